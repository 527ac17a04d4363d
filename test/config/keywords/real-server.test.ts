import { describe, expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

/** Lines of a real_server, which stand on lines 6 and following. */
const rs = (lines: string, server = '10.0.0.1 80') =>
  readCheck(`virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server ${server} {\n${lines}\n}\n}`)
const first = (read: ReturnType<typeof readCheck>) => read.config.virtualServers[0]?.realServers[0]

describe('real_server', () => {
  test('without a word is up for ever with weight 1', () => {
    expect(first(rs(''))).toEqual({
      address: '10.0.0.1',
      port: 80,
      forwarding: { method: 'NAT' },
      weight: 1,
      inhibitOnFailure: false,
      uthreshold: 0,
      lthreshold: 0,
      alpha: false,
      checkers: [],
    })
  })

  test('a missing port is the service’s', () => {
    expect(first(rs('', '10.0.0.1'))?.port).toBe(80)
  })

  test('text behind a slash is cut off', () => {
    expect(first(rs('', '10.0.0.1/24 80'))?.address).toBe('10.0.0.1')
  })

  test.each([
    ['an address that is none', 'RIP1 80', ['5 server', '8 no-real-server']],
    ['port 99999', '10.0.0.1 99999', ['5 port', '5 server', '8 no-real-server']],
  ])('is skipped with %s', (_name, server, codes) => {
    expect(rs('bogus', server).codes).toEqual(codes)
  })

  test('status 2 without an address', () => {
    expect(rs('', '').stopped).toBe(true)
  })

  test('lvs_method with a bad tunnel option is a plain tunnel', () => {
    const read = rs('lvs_method TUN type bogus')
    expect(read.codes).toEqual(['6 tunnel-type'])
    expect(first(read)?.forwarding).toEqual({ method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' })
  })

  test('lvs_method DR with an option is DR', () => {
    const read = rs('lvs_method DR extra')
    expect(read.codes).toEqual(['6 tunnel-option'])
    expect(first(read)?.forwarding).toEqual({ method: 'DR' })
  })

  test('one with the service’s port and one without a port are no twins', () => {
    expect(rs('}\nreal_server 10.0.0.1 {').codes).toEqual([])
  })

  test('a twin is removed', () => {
    const read = rs('}\nreal_server 10.0.0.1 80 {\nweight 2')
    expect(read.codes).toEqual(['real-server-twin'])
    expect(read.config.virtualServers[0]?.realServers).toHaveLength(1)
  })
})

describe('the keywords of real_server', () => {
  test.each([
    { name: 'weight 0', lines: 'weight 0', value: { weight: 0 } },
    {
      name: 'lvs_method',
      lines: 'lvs_method TUN type gue port 6080 remcsum',
      value: { forwarding: { method: 'TUN', type: 'gue', port: 6080, checksum: 'remcsum' } },
    },
    {
      name: 'lvs_method TUN alone is ipip',
      lines: 'lvs_method TUN',
      value: { forwarding: { method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' } },
    },
    { name: 'uthreshold and lthreshold', lines: 'uthreshold 10\nlthreshold 20', value: { uthreshold: 10, lthreshold: 20 } },
    { name: 'inhibit_on_failure', lines: 'inhibit_on_failure', value: { inhibitOnFailure: true } },
    { name: 'inhibit_on_failure off', lines: 'inhibit_on_failure off', value: { inhibitOnFailure: false } },
    { name: 'alpha', lines: 'alpha yes', value: { alpha: true } },
    {
      name: 'notify_up, notify_down, smtp_alert and virtualhost',
      lines: 'notify_up "/x u"\nnotify_down "/x d"\nsmtp_alert no\nvirtualhost a',
      value: {},
    },
    {
      name: 'retry, delay_before_retry, warmup, connect_timeout and delay_loop',
      lines: 'retry 1\ndelay_before_retry 1\nwarmup 0\nconnect_timeout 1\ndelay_loop 1',
      value: {},
    },
  ])('$name', ({ lines, value }) => {
    const read = rs(lines)
    expect(read.codes.filter((code) => code !== 'quorum' && code !== 'hysteresis')).toEqual([])
    expect(first(read)).toMatchObject(value)
  })

  test.each([
    { name: 'weight x', lines: 'weight x', codes: ['6 invalid-number'] },
    { name: 'lvs_method bogus', lines: 'lvs_method bogus', codes: ['6 forwarding-method'] },
    { name: 'uthreshold in hexadecimal', lines: 'uthreshold 0x10', codes: ['6 invalid-number'] },
    { name: 'lthreshold below 0', lines: 'lthreshold -1', codes: ['6 invalid-number'] },
    { name: 'inhibit_on_failure x', lines: 'inhibit_on_failure x', codes: ['6 bad-boolean'] },
    { name: 'alpha extra', lines: 'alpha extra', codes: ['6 bad-boolean'] },
    { name: 'smtp_alert 1', lines: 'smtp_alert 1', codes: ['6 bad-boolean'] },
    { name: 'retry 0', lines: 'retry 0', codes: ['6 invalid-number'] },
    { name: 'connect_timeout 0', lines: 'connect_timeout 0', codes: ['6 timer'] },
    { name: 'delay_loop 1s', lines: 'delay_loop 1s', codes: ['6 timer'] },
    { name: 'notify_up twice', lines: 'notify_up /x\nnotify_up /y', codes: ['7 duplicate'] },
    { name: 'notify_down with an open quote', lines: "notify_down '/x", codes: ['6 unmatched-quote'] },
    { name: 'virtualhost twice', lines: 'virtualhost a\nvirtualhost b', codes: ['7 duplicate'] },
    { name: 'snmp_name', lines: 'snmp_name a', codes: ['6 not-in-build'] },
    { name: 'an unknown checker', lines: 'TCP_CHEK', codes: ['6 unknown-keyword'] },
  ])('$name is told', ({ lines, codes }) => {
    const read = rs(lines)
    expect(read.codes).toEqual(codes)
    expect(first(read)).toMatchObject({ weight: 1 })
  })

  test.each([
    'weight',
    'lvs_method',
    'uthreshold',
    'lthreshold',
    'notify_up',
    'notify_down',
    'retry',
    'delay_loop',
    'delay_before_retry',
    'warmup',
    'connect_timeout',
    'virtualhost',
  ])('status 2 where %s has no argument', (keyword) => {
    expect(rs(keyword).stopped).toBe(true)
  })
})
