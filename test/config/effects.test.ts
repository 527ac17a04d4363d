/** Keywords, each with what it comes to in the configuration that the daemon runs with. */
import { describe, expect, test } from 'vitest'
import type { AgentConfig } from '../../src/config/agent-config.ts'
import type { InstanceConfig } from '../../src/core/vrrp/config.ts'
import { loadText } from '../support/config-files.ts'

const around = (line: string, vips = '192.0.2.100/24'): string =>
  `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nversion 3\nvirtual_ipaddress {\n${vips}\n}\n${line}\n}\n`
const first = ({ vrrp }: AgentConfig): InstanceConfig => {
  const instance = vrrp?.instances[0]
  if (instance === undefined) throw new Error('no instance')
  return instance
}
const group = ({ transport }: InstanceConfig) => (transport.kind === 'multicast' ? transport.group : transport.kind)

describe('in vrrp_instance', () => {
  test.each([
    {
      keyword: 'garp_master_refresh_repeat',
      line: 'garp_master_refresh_repeat 3',
      read: (one: InstanceConfig) => one.garp.masterRefreshRepeat,
      from: 1,
      to: 3,
    },
    {
      keyword: 'garp_lower_prio_repeat',
      line: 'garp_lower_prio_repeat 7',
      read: (one: InstanceConfig) => one.garp.lowerPrioRepeat,
      from: 5,
      to: 7,
    },
    {
      keyword: 'garp_lower_prio_delay',
      line: 'garp_lower_prio_delay 7',
      read: (one: InstanceConfig) => one.garp.lowerPrioDelay,
      from: 5_000_000,
      to: 7_000_000,
    },
    { keyword: 'mcast_dst_ip', line: 'mcast_dst_ip 224.0.0.50', read: group, from: '224.0.0.18', to: '224.0.0.50' },
    {
      keyword: 'virtual_ipaddress_excluded',
      line: 'virtual_ipaddress_excluded {\n192.0.2.9/24\n}',
      read: (one: InstanceConfig) => one.virtualIpaddressExcluded.map(({ prefix }) => prefix.address).join(),
      from: '',
      to: '192.0.2.9',
    },
    {
      keyword: 'kernel_rx_buf_size',
      line: 'kernel_rx_buf_size 9000',
      read: (one: InstanceConfig) => JSON.stringify(one.receiveBuffer),
      from: undefined,
      to: '{"kind":"bytes","bytes":9000}',
    },
    { keyword: 'track_src_ip', line: 'track_src_ip', read: (one: InstanceConfig) => one.trackSrcIp, from: undefined, to: true },
    {
      keyword: 'timer_expired_backup',
      line: 'nopreempt\ntimer_expired_backup 200',
      read: (one: InstanceConfig) => one.timerExpiredBackup,
      from: undefined,
      to: 200,
    },
    {
      keyword: 'thread_timer_expired',
      line: 'nopreempt\nthread_timer_expired',
      read: (one: InstanceConfig) => one.timerExpiredBackup,
      from: undefined,
      to: 254,
    },
    { keyword: 'unicast_fault_no_peer', line: 'unicast_fault_no_peer', read: group, from: '224.0.0.18', to: 'unicast' },
    { keyword: 'down_timer_adverts', line: 'down_timer_adverts 5', read: (one: InstanceConfig) => one.downTimerAdverts, from: 3, to: 5 },
  ])('$keyword: $line changes $from to $to', ({ line, read, from, to }) => {
    expect([read(first(loadText(around('')))), read(first(loadText(around(line))))]).toEqual([from, to])
  })

  test('timer_expired_backup without nopreempt is dropped', () => {
    expect(first(loadText(around('timer_expired_backup'))).timerExpiredBackup).toBeUndefined()
  })

  test('debug is read and changes nothing', () => {
    expect(first(loadText(around('debug 3')))).toEqual(first(loadText(around(''))))
  })

  test('no_virtual_ipaddress lets a VRRPv3 instance be without addresses', () => {
    const without = (line: string) => loadText(`vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nversion 3\n${line}\n}\n`)
    expect(without('').fatal?.kind).toBe('vrrp-unusable')
    expect(first(without('no_virtual_ipaddress')).virtualIpaddress).toEqual([])
  })

  test('native_ipv6 makes an IPv6 instance of version 3 before any address says so', () => {
    const { family, version } = first(
      loadText('vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nnative_ipv6\nvirtual_ipaddress {\n2001:db8::1/64\n}\n}\n'),
    )
    expect([family, version]).toEqual([6, 3])
  })

  test('time_window of auth_hmac is how old an advert may be', () => {
    const hmac = (line: string) => around(`auth_hmac {\nkey 1 ${'k'.repeat(32)}\nactive_key 1\n${line}\n}`)
    expect(first(loadText(hmac('time_window 60'))).authHmac?.timeWindow).toBe(60_000_000)
    expect(first(loadText(hmac(''))).authHmac?.timeWindow).toBe(5_000_000)
  })
})

describe('in global_defs, for every instance', () => {
  test.each([
    { keyword: 'vrrp_mcast_group4', line: 'vrrp_mcast_group4 224.0.0.50', read: group, from: '224.0.0.18', to: '224.0.0.50' },
    {
      keyword: 'vrrp_garp_master_refresh',
      line: 'vrrp_garp_master_refresh 60',
      read: (one: InstanceConfig) => one.garp.masterRefresh,
      from: 0,
      to: 60_000_000,
    },
    {
      keyword: 'vrrp_garp_master_refresh_repeat',
      line: 'vrrp_garp_master_refresh_repeat 3',
      read: (one: InstanceConfig) => one.garp.masterRefreshRepeat,
      from: 1,
      to: 3,
    },
    {
      keyword: 'vrrp_garp_lower_prio_delay',
      line: 'vrrp_garp_lower_prio_delay 7',
      read: (one: InstanceConfig) => one.garp.lowerPrioDelay,
      from: 5_000_000,
      to: 7_000_000,
    },
    {
      keyword: 'vrrp_garp_lower_prio_repeat',
      line: 'vrrp_garp_lower_prio_repeat 7',
      read: (one: InstanceConfig) => one.garp.lowerPrioRepeat,
      from: 5,
      to: 7,
    },
    {
      keyword: 'vrrp_down_timer_adverts',
      line: 'vrrp_down_timer_adverts 5',
      read: (one: InstanceConfig) => one.downTimerAdverts,
      from: 3,
      to: 5,
    },
    {
      keyword: 'vrrp_min_garp',
      line: 'vrrp_min_garp',
      read: (one: InstanceConfig) => [one.garp.masterRepeat, one.garp.masterDelay].join(),
      from: '5,5000000',
      to: '1,0',
    },
    {
      keyword: 'vrrp_lower_prio_no_advert',
      line: 'vrrp_lower_prio_no_advert',
      read: (one: InstanceConfig) => one.lowerPrioNoAdvert,
      from: false,
      to: true,
    },
    {
      keyword: 'vrrp_higher_prio_send_advert',
      line: 'vrrp_higher_prio_send_advert',
      read: (one: InstanceConfig) => one.higherPrioSendAdvert,
      from: false,
      to: true,
    },
    {
      keyword: 'vrrp_skip_check_adv_addr',
      line: 'vrrp_skip_check_adv_addr',
      read: (one: InstanceConfig) => one.skipCheckAdvAddr,
      from: false,
      to: true,
    },
  ])('$keyword: $line changes $from to $to', ({ line, read, from, to }) => {
    expect([read(first(loadText(around('')))), read(first(loadText(`global_defs {\n${line}\n}\n${around('')}`)))]).toEqual([from, to])
  })

  test('vrrp_mcast_group6 is where IPv6 adverts go', () => {
    const text = around('', '2001:db8::1/64')
    expect([group(first(loadText(text))), group(first(loadText(`global_defs {\nvrrp_mcast_group6 ff02::50\n}\n${text}`)))]).toEqual([
      'ff02::12',
      'ff02::50',
    ])
  })

  test('vrrp_owner_ignore_adverts counts for address owners only', () => {
    const text = (priority: number) => `global_defs {\nvrrp_owner_ignore_adverts\n}\n${around(`priority ${priority}`)}`
    expect([255, 254].map((priority) => first(loadText(text(priority))).ownerIgnoreAdverts)).toEqual([true, false])
  })

  test('vrrp_check_unicast_src takes adverts from listed peers alone', () => {
    const unicast = around('unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n}')
    const checks = (text: string): boolean | undefined => {
      const { transport } = first(loadText(text))
      return transport.kind === 'unicast' ? transport.checkSource : undefined
    }
    expect([checks(unicast), checks(`global_defs {\nvrrp_check_unicast_src\n}\n${unicast}`)]).toEqual([false, true])
  })

  test('vrrp_gna_interval spaces unsolicited advertisements', () => {
    expect(loadText(`global_defs {\nvrrp_gna_interval 0.5\n}\n${around('')}`).vrrp?.globals.gnaInterval).toBe(500_000)
  })
})

describe('buffers', () => {
  const buffer = (lines: string) => first(loadText(`global_defs {\n${lines}\n}\n${around('')}`)).receiveBuffer
  test.each([
    { keyword: 'vrrp_rx_bufs_policy', lines: 'vrrp_rx_bufs_policy MTU', expected: { kind: 'MTU', times: 3 } },
    {
      keyword: 'vrrp_rx_bufs_multiplier',
      lines: 'vrrp_rx_bufs_policy advert\nvrrp_rx_bufs_multiplier 7',
      expected: { kind: 'ADVERT', times: 7 },
    },
    {
      keyword: 'vrrp_rx_bufs_policy',
      lines: 'vrrp_rx_bufs_policy 4000\nvrrp_rx_bufs_multiplier 7',
      expected: { kind: 'bytes', bytes: 4000 },
    },
    { keyword: 'vrrp_rx_bufs_multiplier', lines: 'vrrp_rx_bufs_multiplier 7', expected: undefined },
  ])('$keyword: $lines', ({ lines, expected }) => {
    expect(buffer(lines)).toEqual(expected)
  })

  test.each([
    { keyword: 'vrrp_netlink_cmd_rcv_bufs', name: 'commandBuffer' },
    { keyword: 'vrrp_netlink_monitor_rcv_bufs', name: 'monitorBuffer' },
    { keyword: 'process_monitor_rcv_bufs', name: 'processBuffer' },
  ])('$keyword is the $name, and its _force goes beyond the limit', ({ keyword, name }) => {
    const globals = (more: string) => loadText(`global_defs {\n${keyword} 70000\n${more}\n}\n${around('')}`).vrrp?.globals
    expect(globals('')).toMatchObject({ [name]: { bytes: 70000, force: false } })
    expect(globals(`${keyword}_force`)).toMatchObject({ [name]: { bytes: 70000, force: true } })
  })

  test('vrrp_netlink_cmd_rcv_bufs_force, vrrp_netlink_monitor_rcv_bufs_force and process_monitor_rcv_bufs_force alone set nothing', () => {
    const lines = 'vrrp_netlink_cmd_rcv_bufs_force\nvrrp_netlink_monitor_rcv_bufs_force\nprocess_monitor_rcv_bufs_force\n'
    const globals = loadText(`global_defs {\n${lines}vrrp_netlink_cmd_rcv_bufs 0\n}\n${around('')}`).vrrp?.globals
    expect(globals).not.toHaveProperty('commandBuffer')
    expect(globals).not.toHaveProperty('monitorBuffer')
  })
})

describe('of the daemon', () => {
  test.each([
    { keyword: 'use_pid_dir', text: 'use_pid_dir', read: ({ global }: AgentConfig) => global.usePidDir, from: false, to: true },
    {
      keyword: 'process_names',
      text: 'global_defs {\nprocess_names\n}',
      read: ({ global }: AgentConfig) => global.vrrp.name,
      from: undefined,
      to: 'keepalived_vrrp',
    },
    {
      keyword: 'vrrp_process_name',
      text: 'global_defs {\nvrrp_process_name v\n}',
      read: ({ global }: AgentConfig) => global.vrrp.name,
      from: undefined,
      to: 'v',
    },
    {
      keyword: 'checker_process_name',
      text: 'global_defs {\nchecker_process_name c\n}',
      read: ({ global }: AgentConfig) => global.checker.name,
      from: undefined,
      to: 'c',
    },
    {
      keyword: 'vrrp_priority',
      text: 'global_defs {\nvrrp_priority -5\n}',
      read: ({ global }: AgentConfig) => global.vrrp.priority,
      from: 0,
      to: -5,
    },
    {
      keyword: 'vrrp_no_swap',
      text: 'global_defs {\nvrrp_no_swap\n}',
      read: ({ global }: AgentConfig) => global.vrrp.noSwap,
      from: false,
      to: true,
    },
    {
      keyword: 'max_auto_priority',
      text: 'global_defs {\nmax_auto_priority\n}',
      read: ({ global }: AgentConfig) => global.maxAutoPriority,
      from: 0,
      to: 99,
    },
    {
      keyword: 'min_auto_priority_delay',
      text: 'global_defs {\nmin_auto_priority_delay 5000\n}',
      read: ({ global }: AgentConfig) => global.minAutoPriorityDelay,
      from: 1_000_000,
      to: 5000,
    },
    {
      keyword: 'vrrp_rt_priority',
      text: 'global_defs {\nvrrp_rt_priority 50\n}',
      read: ({ global }: AgentConfig) => global.vrrp.realtimePriority,
      from: undefined,
      to: 50,
    },
    {
      keyword: 'checker_priority',
      text: 'global_defs {\nchecker_priority -5\n}',
      read: ({ global }: AgentConfig) => global.checker.priority,
      from: 0,
      to: -5,
    },
    {
      keyword: 'checker_no_swap',
      text: 'global_defs {\nchecker_no_swap\n}',
      read: ({ global }: AgentConfig) => global.checker.noSwap,
      from: false,
      to: true,
    },
    {
      keyword: 'checker_rt_priority',
      text: 'global_defs {\nchecker_rt_priority 50\n}',
      read: ({ global }: AgentConfig) => global.checker.realtimePriority,
      from: undefined,
      to: 50,
    },
  ])('$keyword changes $from to $to', ({ text, read, from, to }) => {
    expect([read(loadText('')), read(loadText(`${text}\n`))]).toEqual([from, to])
  })

  test('lvs_flush_onstop is lvs_flush_on_stop in its old spelling', () => {
    const server = 'virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n}\n}\n'
    const flush = (word: string) => loadText(`global_defs {\n${word}\n}\n${server}`).check?.globals.lvsFlushOnStop
    expect([flush('lvs_flush_on_stop'), flush('lvs_flush_onstop'), flush('lvs_flush_onstop VS')]).toEqual(['all', 'all', 'vs'])
  })
})

describe('includes that must be', () => {
  test.each([
    { keyword: 'include', text: 'include none.conf', fatal: false },
    { keyword: 'includer', text: 'includer none.conf', fatal: false },
    { keyword: 'includem', text: 'includem none.conf', fatal: true },
    { keyword: 'includew', text: 'includew *.none', fatal: true },
    { keyword: 'includeb', text: 'includeb {keepalived,none}.conf', fatal: true },
    { keyword: 'includea', text: 'includea *.none', fatal: true },
    { keyword: 'include_check', text: 'global_defs {\ninclude_check match\n}\ninclude none.conf', fatal: true },
  ])('$keyword: a file that is not there is fatal: $fatal', ({ text, fatal }) => {
    expect(loadText(`${text}\n`).fatal?.kind).toBe(fatal ? 'include' : undefined)
  })
})
