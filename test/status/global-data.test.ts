import { expect, test } from 'vitest'
import { loadWhole } from '../../src/config/load.ts'
import type { Reader } from '../../src/config/reader.ts'
import { type GlobalStatus, globalData, sslData } from '../../src/status/global-data.ts'
import { MAIN, readerOf } from '../support/config-files.ts'

const host: Partial<Reader> = { interfaceExists: () => true, userExists: () => true, groupExists: () => true }
const instance = 'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n'
const status = (global: string, more: Partial<GlobalStatus> = {}): GlobalStatus => ({
  written: loadWhole(MAIN, readerOf({ [MAIN]: `${global}\n${instance}` }, host), { configId: undefined, allChecks: false, test: true })
    .parsed.global,
  hostname: 'vm',
  scriptUser: { uid: 0, gid: 0 },
  idsOf: () => ({ uid: 5, gid: 6 }),
  ...more,
})
const linesOf = (global: string, more: Partial<GlobalStatus> = {}): readonly string[] =>
  globalData(status(`global_defs {\n${global}\n}`, more)).split('\n')
/** Lines that are there only with these words, without the space before them. */
const added = (global: string): readonly string[] => {
  const usual = new Set(linesOf(''))
  return linesOf(global)
    .filter((line) => !usual.has(line))
    .map((line) => line.slice(1))
}

test('without a word of its own all lines of keepalived, in its order', () => {
  expect(globalData(status('global_defs {\n router_id T\n}'), 'vrrp').split('\n')).toEqual([
    '------< Global definitions >------',
    ' Network namespace = (default)',
    ' Network namespace ipvs = (main namespace)',
    ' Router ID = T',
    ' Default smtp_alert = unset',
    ' Default smtp_alert_vrrp = unset',
    ' Default smtp_alert_checker = unset',
    ' Checkers log all failures = false',
    ' No test config before reload',
    ' Dynamic interfaces = false',
    ' Default interface = eth0',
    ' Disable local IGMP = no',
    ' LVS flush = false',
    ' LVS flush on stop = disabled',
    ' FIFO write vrrp states on reload = false',
    ' VRRP notify priority changes = false',
    ' VRRP IPv4 mcast group = 224.0.0.18',
    ' VRRP IPv6 mcast group = ff02::12',
    ' Gratuitous ARP delay = 5',
    ' Gratuitous ARP repeat = 5',
    ' Gratuitous ARP refresh timer = 0',
    ' Gratuitous ARP refresh repeat = 1',
    ' Gratuitous ARP lower priority delay = 5',
    ' Gratuitous ARP lower priority repeat = 5',
    ' Num adverts before down = 3',
    ' Gratuitous ARP for each secondary VMAC = 0s',
    ' Send advert after receive lower priority advert = true',
    ' Send advert after receive higher priority advert = false',
    ' Gratuitous ARP interval = 0.000000',
    ' Gratuitous NA interval = 0.000000',
    ' VRRP default protocol version = 2',
    ' nftables without counters',
    ' VRRP check unicast_src = false',
    ' VRRP skip check advert addresses = false',
    ' VRRP strict mode = false',
    ' Max auto priority = 0',
    ' Min auto priority delay = 1000000 usecs',
    ...['VRRP', 'Checker', 'BFD'].flatMap((process) => [
      ` ${process} process priority = 0`,
      ` ${process} don't swap = false`,
      ` ${process} realtime priority = 0`,
      ` ${process} realtime limit = 10000`,
    ]),
    ' SNMP vrrp disabled',
    ' SNMP checker disabled',
    ' SNMP RFCv2 disabled',
    ' SNMP RFCv3 disabled',
    ' SNMP traps disabled',
    ' SNMP socket = default (unix:/var/agentx/master)',
    ' DBus disabled',
    ' DBus service name = ',
    ' Script security disabled',
    ' Default script uid:gid 0:0',
    ...['vrrp_netlink_cmd', 'vrrp_netlink_monitor', 'process_monitor', 'lvs_netlink_cmd', 'lvs_netlink_monitor'].flatMap((name) => [
      ` ${name}_rcv_bufs = 0`,
      ` ${name}_rcv_bufs_force = 0`,
    ]),
    ' rs_init_notifies = 0',
    ' no_checker_emails = 0',
    ' rx_bufs_multiples = 3',
    ' umask = 0177',
    '',
  ])
})

test('the other processes do not know what stands in for lower priorities, nor an interface', () => {
  const other = linesOf('')
  expect(other.filter((line) => /lower priority (delay|repeat)|Default interface/.test(line))).toEqual([
    ' Gratuitous ARP lower priority delay = 4294967295',
    ' Gratuitous ARP lower priority repeat = 4294967295',
  ])
})

test.each([
  {
    words: 'lvs_sync_daemon eth1 VI_1 id 9 maxlen 1000 port 9999 ttl 2',
    lines: [
      'LVS syncd vrrp instance = VI_1',
      'LVS syncd interface = eth1',
      'LVS syncd syncid = 9',
      'LVS syncd maxlen = 1000',
      'LVS syncd mcast port = 9999',
      'LVS syncd mcast ttl = 2',
    ],
  },
  { words: 'lvs_flush\nlvs_flush_on_stop VS', lines: ['LVS flush = true', 'LVS flush on stop = VS'] },
  { words: 'lvs_flush_on_stop', lines: ['LVS flush on stop = full'] },
  {
    words: 'lvs_timeouts tcp 700 tcpfin 70 udp 170',
    lines: ['LVS TCP timeout = 700', 'LVS TCP FIN timeout = 70', 'LVS UDP timeout = 170'],
  },
  { words: 'smtp_alert on\nsmtp_alert_vrrp off', lines: ['Default smtp_alert = on', 'Default smtp_alert_vrrp = off'] },
  {
    words: 'smtp_server 192.0.2.9 26\nnotification_email {\na@b.c\n}',
    lines: [
      'Smtp server = 192.0.2.9',
      'Smtp server port = 26',
      'Smtp HELO name = vm',
      'Smtp server connection timeout = 30',
      'Email notification from = root@vm',
      'Email notification to:',
      '  a@b.c',
    ],
  },
  {
    words: 'dynamic_interfaces allow_if_changes\nno_email_faults',
    lines: ['Dynamic interfaces = true', 'Allow interface changes = true', 'Send emails for fault transitions = off'],
  },
  {
    words: 'notify_fifo /run/f\nvrrp_notify_fifo /run/v daemon',
    lines: ['Global notify fifo = /run/f, uid:gid 0:0', 'VRRP notify fifo = /run/v, uid:gid 5:6'],
  },
  { words: 'vrrp_min_garp', lines: ['Gratuitous ARP delay = 0', 'Gratuitous ARP repeat = 1', 'Gratuitous ARP refresh repeat = 0'] },
  { words: 'vrrp_garp_extra_if all 3', lines: ['Gratuitous ARP for each secondary i/f = 3s'] },
  {
    words: 'nftables\nnftables_ifindex\nnftables_counters',
    lines: [
      'nftables table name = keepalived',
      'nftables base chain priority = -1',
      'nftables force use ifindex for link local IPv6',
      'nftables with counters',
    ],
  },
  {
    words: 'vrrp_rt_priority 3\nchecker_priority -4\nbfd_no_swap',
    lines: ['VRRP realtime priority = 3', 'Checker process priority = -4', "BFD don't swap = true"],
  },
  {
    words: 'process_names',
    lines: ['VRRP process name = keepalived_vrrp', 'LVS process name = keepalived_lvs', 'BFD process name = keepalived_bfd'],
  },
  {
    words: 'reload_check_config /tmp/rc\nreload_time_file /tmp/rt',
    lines: ['Test config before reload, log to /tmp/rc', 'Reload time file = /tmp/rt'],
  },
  {
    words: 'vrrp_rx_bufs_policy 3000\numask 0027\nvrrp_startup_delay 1.5\nlog_unknown_vrids\nvmac_prefix xx\nvmac_addr_prefix yy',
    lines: [
      'rx_bufs_size = 3000',
      'umask = 027',
      'vrrp_startup_delay = 1.5',
      'log_unknown_vrids',
      'VMAC prefix = xx',
      'VMAC address prefix = yy',
    ],
  },
])('$words', ({ words, lines }) => {
  expect(added(words)).toEqual(lines)
})

test('net_namespace and net_namespace_ipvs', () => {
  expect(globalData(status('net_namespace_ipvs other')).split('\n').slice(1, 3)).toEqual([
    ' Network namespace = (default)',
    ' Network namespace ipvs = other',
  ])
})

test('SSL in the dump of the checker process, its password masked', () => {
  expect(sslData({ password: 'secret', ca: '/ca', key: '/k' })).toBe(
    '------< SSL definitions >------\n Password : ********\n CA-file : /ca\n Key file : /k\n',
  )
  expect(sslData(undefined)).toBe('')
})
