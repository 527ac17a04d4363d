import { describe, expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

const RS = 'real_server 10.0.0.1 80 { }'
/** A virtual server with these lines; they stand on lines 2 and following. */
const vs = (lines: string, service = '192.0.2.1 80', base = 'lvs_sched rr\nlvs_method NAT\nprotocol TCP') =>
  readCheck(`virtual_server ${service} {\n${lines}\n${base}\n${RS}\n}`)
const only = (read: ReturnType<typeof readCheck>) => {
  expect(read.config.virtualServers).toHaveLength(1)
  return read.config.virtualServers[0]
}

describe('virtual_server', () => {
  test.each([
    { name: 'an address and a port', service: '192.0.2.1 80', log: '[192.0.2.1]:tcp:80' },
    { name: 'text behind a slash is cut off', service: '192.0.2.1/24 80', log: '[192.0.2.1]:tcp:80' },
    { name: 'text behind a dash is cut off', service: '192.0.2.1-9 80', log: '[192.0.2.1]:tcp:80' },
    { name: 'words behind the port are ignored', service: '192.0.2.1 80 TCP', log: '[192.0.2.1]:tcp:80' },
  ])('$name', ({ service, log }) => {
    const read = vs('', service)
    expect(read.codes).toEqual([])
    expect(only(read)?.name).toBe(log)
  })

  test('fwmark N is named FWM N', () => {
    const read = vs('', 'fwmark 5', 'lvs_sched rr\nlvs_method NAT')
    expect(read.codes).toEqual([])
    expect(only(read)).toMatchObject({ name: 'FWM 5', services: [{ kind: 'fwmark', fwmark: 5, family: 4 }] })
  })

  test.each([
    ['an address that is none', '192.0.2.300 80', ['1 service']],
    ['a name', 'www.example.com 80', ['1 service']],
    ['port 65536', '192.0.2.1 65536', ['1 port', '1 service']],
    ['fwmark in hexadecimal', 'fwmark 0x10', ['1 service']],
    ['fwmark without a number', 'fwmark', ['1 service']],
    ['group without a name', 'group', ['1 service']],
  ])('is skipped unread with %s', (_name, service, codes) => {
    const read = vs('bogus', service)
    expect(read.codes).toEqual(codes)
    expect(read.config.virtualServers).toEqual([])
  })

  test('status 2 where the service is missing', () => {
    expect(readCheck('virtual_server {\n}').stopped).toBe(true)
  })

  test('the same service twice stays twice', () => {
    const one = `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${RS}\n}\n`
    expect(readCheck(one + one)).toMatchObject({ codes: [], config: { virtualServers: { length: 2 } } })
  })

  test('is dropped without a real_server, even with a sorry_server', () => {
    const read = readCheck('virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nsorry_server 10.0.0.9 80\n}')
    expect(read.codes).toEqual(['6 no-real-server'])
    expect(read.config.virtualServers).toEqual([])
  })
})

describe('the keywords of virtual_server', () => {
  test.each([
    { name: 'lvs_sched', lines: 'lvs_sched fo', base: 'lvs_method NAT\nprotocol TCP', value: { scheduler: 'fo' } },
    { name: 'lb_algo is lvs_sched', lines: 'lb_algo wrr', base: 'lvs_method NAT\nprotocol TCP', value: { scheduler: 'wrr' } },
    {
      name: 'lb_kind is lvs_method',
      lines: 'lb_kind DR',
      base: 'lvs_sched rr\nprotocol TCP',
      value: { realServers: [{ forwarding: { method: 'DR' } }] },
    },
    {
      name: 'the last of lvs_sched and lb_algo counts',
      lines: 'lvs_sched rr\nlb_algo wlc',
      base: 'lvs_method NAT\nprotocol TCP',
      value: { scheduler: 'wlc' },
    },
    { name: 'protocol in any case', lines: 'protocol sctp', base: 'lvs_sched rr\nlvs_method NAT', value: { name: '[192.0.2.1]:sctp:80' } },
    { name: 'bare persistence_timeout is 360 s', lines: 'persistence_timeout', value: { persistenceTimeout: 360 } },
    { name: 'persistence_timeout', lines: 'persistence_timeout 2678400', value: { persistenceTimeout: 2_678_400 } },
    {
      name: 'persistence_granularity is a netmask and implies 360 s',
      lines: 'persistence_granularity 255.255.255.0',
      value: { persistenceGranularity: '255.255.255.0', persistenceTimeout: 360 },
    },
    {
      name: 'persistence_granularity 24 of IPv4 is 0.0.0.24',
      lines: 'persistence_granularity 24',
      value: { persistenceGranularity: '0.0.0.24' },
    },
    { name: 'persistence_engine', lines: 'persistence_engine sip', value: { persistenceEngine: 'sip' } },
    {
      name: 'alpha takes no argument: alpha off switches it on',
      lines: 'alpha off',
      value: { alpha: true, realServers: [{ alpha: true }] },
    },
    { name: 'omega takes no argument: omega no switches it on', lines: 'omega no', value: { omega: true } },
    {
      name: 'inhibit_on_failure takes no argument either',
      lines: 'inhibit_on_failure off',
      value: { realServers: [{ inhibitOnFailure: true }] },
    },
    { name: 'weight is the default of its servers', lines: 'weight 7', value: { realServers: [{ weight: 7 }] } },
    { name: 'flag-1, flag-2 and flag-3 need no scheduler', lines: 'flag-1\nflag-2\nflag-3', value: { flags: 0x38 } },
    {
      name: 'sh-port and sh-fallback behind sh',
      lines: 'lvs_sched sh\nsh-port\nsh-fallback',
      base: 'lvs_method NAT\nprotocol TCP',
      value: { flags: 0x18 },
    },
    {
      name: 'mh-port and mh-fallback behind mh',
      lines: 'lvs_sched mh\nmh-port\nmh-fallback',
      base: 'lvs_method NAT\nprotocol TCP',
      value: { flags: 0x18 },
    },
    { name: 'sh-port with mh is mh-port', lines: 'lvs_sched mh\nsh-port', base: 'lvs_method NAT\nprotocol TCP', value: { flags: 0x10 } },
    {
      name: 'lvs_method TUN with a fault is a plain tunnel',
      lines: 'protocol TCP',
      base: 'lvs_sched rr\nlvs_method TUN',
      value: { realServers: [{ forwarding: { method: 'TUN', type: 'ipip' } }] },
    },
    { name: 'hashed means nothing', lines: 'lvs_sched sh\nhashed', base: 'lvs_method NAT\nprotocol TCP', value: { flags: 0 } },
    { name: 'ops with UDP', lines: 'ops', base: 'lvs_sched rr\nlvs_method NAT\nprotocol UDP', value: { flags: 4 } },
    { name: 'quorum and hysteresis', lines: 'quorum 1\nhysteresis 0', value: { quorum: 1, hysteresis: 0 } },
    {
      name: 'sorry_server takes the service’s port',
      lines: 'sorry_server 10.0.0.9',
      value: { sorryServer: { address: '10.0.0.9', port: 80, inhibit: false } },
    },
    {
      name: 'the last sorry_server counts',
      lines: 'sorry_server 10.0.0.8\nsorry_server 10.0.0.9',
      value: { sorryServer: { address: '10.0.0.9' } },
    },
    { name: 'sorry_server_inhibit', lines: 'sorry_server 10.0.0.9 80\nsorry_server_inhibit', value: { sorryServer: { inhibit: true } } },
    {
      name: 'sorry_server_lvs_method',
      lines: 'sorry_server 10.0.0.9 80\nsorry_server_lvs_method DR',
      value: { sorryServer: { forwarding: { method: 'DR' } } },
    },
    { name: 'ip_family that agrees', lines: 'ip_family inet', value: { name: '[192.0.2.1]:tcp:80' } },
    {
      name: 'ha_suspend, smtp_alert, quorum_up and quorum_down are read',
      lines: 'ha_suspend\nsmtp_alert off\nquorum_up "/x up"\nquorum_down "/x down"',
      value: {},
    },
  ])('$name', ({ lines, base, value }) => {
    const read = vs(lines, undefined, base)
    expect(read.codes).toEqual([])
    expect(only(read)).toMatchObject(value)
  })

  test.each([
    { name: 'lvs_sched in capitals is unknown', lines: 'lvs_sched RR', codes: ['2 bad-choice'] },
    { name: 'lvs_method in small letters is unknown', lines: 'lvs_method nat', codes: ['2 forwarding-method'] },
    { name: 'lvs_method DR takes no option', lines: 'lvs_method DR extra', codes: ['2 tunnel-option'] },
    { name: 'lvs_method TUN type bogus', lines: 'lvs_method TUN type bogus', codes: ['2 tunnel-type'] },
    { name: 'lvs_method TUN type gue needs a port', lines: 'lvs_method TUN type gue', codes: ['2 tunnel-option'] },
    { name: 'protocol ICMP', lines: 'protocol ICMP', codes: ['2 bad-choice'] },
    { name: 'lvs_method TUN with csum is for gue and gre', lines: 'lvs_method TUN csum', codes: ['2 tunnel-option'] },
    { name: 'lvs_method TUN type gre with remcsum', lines: 'lvs_method TUN type gre remcsum', codes: ['2 tunnel-option'] },
    { name: 'lvs_method TUN type without a type', lines: 'lvs_method TUN type', codes: ['2 tunnel-option'] },
    { name: 'lvs_method TUN type gue port 0', lines: 'lvs_method TUN type gue port 0', codes: ['2 tunnel-port'] },
    { name: 'sh-port without sh', lines: 'sh-port', codes: ['2 scheduler-flag'] },
    { name: 'mh-fallback without mh', lines: 'mh-fallback', codes: ['2 scheduler-flag'] },
    { name: 'hashed without sh or mh', lines: 'hashed', codes: ['2 scheduler-flag'] },
    { name: 'flag-4', lines: 'flag-4', codes: ['2 unknown-keyword'] },
    { name: 'persistence_timeout 0', lines: 'persistence_timeout 0', codes: ['2 invalid-number'] },
    { name: 'persistence_granularity x', lines: 'persistence_granularity x', codes: ['2 granularity'] },
    { name: 'persistence_engine of 17 characters is cut', lines: `persistence_engine ${'x'.repeat(17)}`, codes: ['2 engine-length'] },
    { name: 'retry 0 is for checkers only', lines: 'retry 0', codes: ['2 invalid-number'] },
    { name: 'delay_loop 0', lines: 'delay_loop 0', codes: ['2 timer'] },
    { name: 'connect_timeout above 4294 s', lines: 'connect_timeout 4295.967295', codes: ['2 timer'] },
    { name: 'warmup of no number', lines: 'warmup x', codes: ['2 timer'] },
    { name: 'delay_before_retry below 0', lines: 'delay_before_retry -1', codes: ['2 timer'] },
    { name: 'quorum 0 is 1', lines: 'quorum 0', codes: ['2 invalid-number'] },
    { name: 'hysteresis x', lines: 'hysteresis x', codes: ['2 invalid-number'] },
    { name: 'weight 0 is for servers only', lines: 'weight 0', codes: ['2 invalid-number'] },
    { name: 'smtp_alert TRUE', lines: 'smtp_alert TRUE', codes: ['2 bad-boolean'] },
    { name: 'virtualhost twice', lines: 'virtualhost a\nvirtualhost b', codes: ['3 duplicate'] },
    { name: 'quorum_up twice keeps the first', lines: 'quorum_up /x\nquorum_up /y', codes: ['3 duplicate'] },
    { name: 'sorry_server_inhibit before sorry_server', lines: 'sorry_server_inhibit', codes: ['2 sorry-order'] },
    {
      name: 'sorry_server_lvs_method before sorry_server, not even with an argument',
      lines: 'sorry_server_lvs_method',
      codes: ['2 sorry-order'],
    },
    { name: 'sorry_server that is no address', lines: 'sorry_server bogus', codes: ['2 server'] },
    { name: 'sorry_server of the other family is told at the end', lines: 'sorry_server 2001:db8::9 80', codes: ['7 server-family'] },
    { name: 'ip_family of the other family', lines: 'ip_family inet6', codes: ['2 ip-family'] },
    { name: 'ip_family bogus', lines: 'ip_family bogus', codes: ['2 ip-family'] },
    { name: 'snmp_name is of builds with SNMP', lines: 'snmp_name a', codes: ['2 not-in-build'] },
    { name: 'TCP_CHECK is no keyword here', lines: 'TCP_CHECK', codes: ['2 unknown-keyword'] },
  ])('$name', ({ lines, codes }) => {
    const read = vs(lines)
    expect(read.codes).toEqual(codes)
    expect(only(read)).toMatchObject({ scheduler: 'rr', persistenceTimeout: 0 })
  })

  test.each([
    'ip_family',
    'retry',
    'delay_before_retry',
    'warmup',
    'connect_timeout',
    'delay_loop',
    'lb_algo',
    'lvs_sched',
    'lb_kind',
    'lvs_method',
    'persistence_engine',
    'persistence_granularity',
    'protocol',
    'quorum_down',
    'quorum',
    'weight',
    'sorry_server',
  ])('status 2 where %s has no argument', (keyword) => {
    expect(vs(keyword).stopped).toBe(true)
  })

  test('an unknown block falls into the enclosing one and its brace closes that', () => {
    const read = vs('TCP_CHECK {\nconnect_timeout 3\n}')
    expect(read.codes.slice(0, 3)).toEqual(['2 unknown-keyword', '2 unexpected-begin', '4 no-real-server'])
  })
})

describe('families', () => {
  const family = (service: string, method: string, servers: string) =>
    readCheck(`virtual_server ${service} {\nprotocol TCP\nlvs_sched rr\nlvs_method ${method}\n${servers}\n}`)

  test('a real_server of the other family is skipped at its end', () => {
    const read = family('192.0.2.1 80', 'NAT', `real_server 2001:db8::1 80 {\n}\n${RS}`)
    expect(read.codes).toEqual(['6 server-family'])
    expect(only(read)?.realServers).toHaveLength(1)
  })

  test('a tunnel may lead to the other family', () => {
    const read = family('192.0.2.1 80', 'TUN', 'real_server 2001:db8::1 80 {\n}')
    expect(read.codes).toEqual([])
  })

  test('a sorry_server of the other family needs a tunnel of its own or of the virtual_server', () => {
    const sorry = (method: string, more = '') => family('192.0.2.1 80', method, `${RS}\nsorry_server 2001:db8::9 80\n${more}`)
    expect(sorry('TUN').codes).toEqual([])
    expect(sorry('NAT', 'sorry_server_lvs_method TUN').codes).toEqual([])
    expect(sorry('TUN', 'sorry_server_lvs_method NAT').codes).toEqual(['8 server-family'])
    expect(sorry('NAT').codes).toEqual(['8 server-family'])
  })

  test('fwmark takes the family of its first server', () => {
    const read = readCheck(
      'virtual_server fwmark 5 {\nlvs_sched rr\nlvs_method NAT\nreal_server 2001:db8::1 {\n}\nreal_server 10.0.0.1 {\n}\n}',
    )
    expect(read.codes).toEqual(['7 server-family'])
    expect(only(read)?.services).toEqual([{ kind: 'fwmark', fwmark: 5, family: 6 }])
  })

  test('persistence_granularity without a dot makes a fwmark service IPv6', () => {
    const read = readCheck(
      'virtual_server fwmark 5 {\nlvs_sched rr\nlvs_method NAT\npersistence_granularity 64\nreal_server 2001:db8::1 {\n}\n}',
    )
    expect(read.codes).toEqual([])
    expect(only(read)).toMatchObject({ persistenceGranularity: 64, services: [{ family: 6 }] })
  })

  test('persistence_granularity of IPv6 ends at 128', () => {
    const read = readCheck(
      'virtual_server 2001:db8::5 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\npersistence_granularity 129\nreal_server 2001:db8::1 {\n}\n}',
    )
    expect(read.codes).toEqual(['5 granularity'])
  })
})
