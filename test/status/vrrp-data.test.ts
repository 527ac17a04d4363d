import { describe, expect, test } from 'vitest'
import type { MacAddress } from '../../src/base/mac.ts'
import { fromMillis, fromSeconds, instant } from '../../src/base/units.ts'
import type { Link } from '../../src/core/links.ts'
import type { TrackScript } from '../../src/core/track/config.ts'
import { createScript } from '../../src/core/track/script.ts'
import { NOTHING_TRACKED } from '../../src/core/track/tracked.ts'
import { type VrrpStatus, vrrpData } from '../../src/status/vrrp-data.ts'
import { route, rule } from '../support/kernel-objects.ts'
import { virtualAddress } from '../support/vrrp.ts'
import { address, ip, master } from './sample.ts'

const link: Link = {
  index: 3,
  name: 'va',
  mac: 'da:2d:6e:6f:71:91' as MacAddress,
  mtu: 1500,
  up: true,
  running: true,
  loopback: false,
  multicast: true,
  arp: true,
}
const ctime = (): string => 'Sat Nov 21 08:51:40 2026'
const dump = (over: Partial<VrrpStatus> = {}): string =>
  vrrpData(
    {
      instances: [master()],
      endpoints: [{ interface: 'va', ifindex: 3, family: 4, groups: [ip('224.0.0.18')], lost: 0 }],
      groups: [],
      tracked: NOTHING_TRACKED,
      links: [link],
      addresses: new Map([
        [3, [{ index: 3, prefix: { address: ip('192.0.2.1'), length: 24 }, scope: 0, secondary: false, tentative: false }]],
      ]),
      wakeUps: { late: 3, longest: fromMillis(12.5) },
      ...over,
    },
    ctime,
  )

/** As keepalived-exporter reads it: sections by one space, keys by three, addresses by five. */
function read(text: string): { name: string; keys: Record<string, string>; vips: string[]; evips: string[] }[] {
  const found: { name: string; keys: Record<string, string>; vips: string[]; evips: string[] }[] = []
  let list: string[] | undefined
  for (const line of text.split('\n')) {
    const instance = /^ VRRP Instance = (.*)$/.exec(line)
    if (instance) found.push({ name: instance[1] ?? '', keys: {}, vips: [], evips: [] })
    const last = found.at(-1)
    if (last === undefined) continue
    const member = /^ {5}(\S.*)$/.exec(line)
    if (member) list?.push(member[1] ?? '')
    else list = /^ {3}Virtual IP \(/.test(line) ? last.vips : /^ {3}Virtual IP Excluded/.test(line) ? last.evips : undefined
    const key = /^ {3}(\S[^=]*?) = (.*)$/.exec(line)
    if (key?.[1] !== undefined && !(key[1] in last.keys)) last.keys[key[1]] = key[2] ?? ''
  }
  return found
}

test('vrrp_sync_group: a section of its own as keepalived writes it, and a line in each member', () => {
  const group = { name: 'G1', state: 'MASTER', members: ['VI_1', 'VI_2'], faults: 1, waiting: 0 } as const
  const text = dump({ groups: [group], instances: [{ ...master(), syncGroup: 'G1' }] })
  expect(text).toContain(
    [
      '------< VRRP Sync groups >------',
      ' VRRP Sync Group = G1, MASTER',
      '   Num member fault 1, num member init 0',
      '   VRRP member instances :',
      '     VI_1',
      '     VI_2',
      '   Using smtp notification = no',
      '------< Interfaces >------',
    ].join('\n'),
  )
  expect(text).toContain('   VRRP Version = 2\n   Sync group = G1\n')
  expect(dump()).not.toContain('Sync')
})

test('vrrp_version 3, vrrp_strict, skip_check_adv_addr and notify_priority_changes, in keepalived’s places', () => {
  const usual = dump()
  const text = dump({ instances: [master({}, { version: 3, strict: true, skipCheckAdvAddr: true, notify: { priorities: true } })] })
  expect(text).toContain('   Interface = va\n   Skip checking advert IP addresses\n   Enforcing strict VRRP compliance\n   Using src_ip')
  expect(text).toContain('   Advert interval = 1000 milli-sec\n   Master advert interval = 1000 milli-sec\n   Accept')
  expect([usual, text].map((dumped) => dumped.includes('Authentication type'))).toEqual([true, false])
  expect([usual, text].map((dumped) => /Notify priority changes = (\w+)/.exec(dumped)?.[1])).toEqual(['false', 'true'])
})

describe('keepalived.data', () => {
  test('an exporter finds what it looks for', () => {
    expect(read(dump())).toMatchObject([
      {
        name: 'VI_1',
        keys: {
          State: 'MASTER',
          Wantstate: 'MASTER',
          Interface: 'va',
          'Gratuitous ARP delay': '5',
          'Virtual Router ID': '51',
          Priority: '150',
        },
        vips: ['192.0.2.250/24 dev va scope global set'],
        evips: ['192.0.2.251/24 dev va scope global set'],
      },
    ])
  })

  test('the last transition has the number and the words', () => {
    expect(dump()).toContain('   Last transition = 1795251100.381637 (Sat Nov 21 08:51:40.381637 2026)\n')
  })

  test('a backup names its master', () => {
    const text = dump({ instances: [master({ state: 'BACKUP', masterAddress: ip('192.0.2.2'), masterPriority: 200 })] })
    expect(text).toContain('   State = BACKUP\n   Master router = 192.0.2.2\n   Master priority = 200\n')
  })

  test('a master names none', () => {
    expect(dump()).not.toContain('Master router')
  })

  test('unicast peers are listed', () => {
    const transport = {
      kind: 'unicast' as const,
      peers: [{ address: ip('192.0.2.2'), minTtl: 0, maxTtl: 255 }],
      source: undefined,
      ttl: 64,
      checkSource: true,
    }
    const text = dump({ instances: [master({}, { transport })] })
    expect(text).toContain('   Unicast Peer :\n     192.0.2.2 min_ttl 0 max_ttl 255\n')
    expect(text).not.toContain('Multicast address')
  })

  test('interfaces with their state and who tracks them', () => {
    expect(dump({ links: [{ ...link, running: false }] })).toContain('   State = UP\n')
    expect(dump()).toContain('   Tracking VRRP instances :\n     VI_1, weight 0')
    expect(dump({ instances: [master({}, { dontTrackPrimary: true })] })).not.toContain('Tracking VRRP instances')
  })
})

describe('use_vmac', () => {
  const mac = '00:00:5e:00:01:33' as MacAddress
  const vmac = { name: 'vrrp.51', base: 'va', type: { kind: 'macvlan', mac }, group: 0, xmitBase: false } as const
  const upper: Link = { ...link, index: 9, name: 'vrrp.51', mac }
  const lines = (over: Partial<VrrpStatus>, head: string): readonly string[] => {
    const all = dump({ links: [link, upper], ...over }).split('\n')
    return all.slice(all.findIndex((line) => line.startsWith(head)))
  }

  test('the instance says which link it runs on, and above what', () => {
    const of = (config: Parameters<typeof master>[1]): readonly string[] =>
      lines({ instances: [master({}, config)] }, '   Master down timer').slice(1, 4)
    expect(of({ interface: 'va', vmac })).toEqual([
      '   Use VMAC, i/f name vrrp.51, is_up = true, xmit_base = false',
      '   Interface = vrrp.51, vmac on va',
      '   Using src_ip = 192.0.2.1',
    ])
    expect(of({ interface: 'va', vmac: { ...vmac, xmitBase: true } }).slice(0, 2)).toEqual([
      '   Use VMAC, i/f name vrrp.51, is_up = true, xmit_base = true',
      '   Interface = vrrp.51, vmac on va, xmit base i/f',
    ])
    expect(of({ interface: 'va', addressLinks: [vmac] })[0]).toBe('   Use VMAC for VIPs on other interfaces')
  })

  test('the interface says what is below it', () => {
    const instances = [master({}, { interface: 'va', vmac })]
    expect(lines({ instances }, ' Name = vrrp.51').filter((line) => /VMAC|created/.test(line))).toEqual([
      '   VMAC type private, underlying interface = va, state = UP, RUNNING',
      '   I/f created by keepalived',
    ])
  })

  test('an address names its link and what is below; use_vmac if its line does', () => {
    const virtualIpaddress = [
      address('192.0.2.250/24', { interface: 'vrrp.51', below: 'va' }),
      address('192.0.2.251/24', { interface: 'vrrp1.51', below: 'vb', useVmac: true }),
    ]
    expect(lines({ instances: [master({}, { vmac, virtualIpaddress })] }, '   Virtual IP (2)').slice(1, 3)).toEqual([
      expect.stringContaining('     192.0.2.250/24 dev vrrp.51@va scope global'),
      expect.stringContaining('     192.0.2.251/24 dev vrrp1.51@vb use_vmac scope global'),
    ])
  })

  test('garp_extra_if is shown where it is', () => {
    const garp = { ...master().config.garp, extra: { every: fromSeconds(7), interfaces: ['vrrp.51'] } }
    expect(dump({ instances: [master({}, { garp })] })).toContain('\n   Gratuitous ARP for each secondary i/f = 7\n')
  })
})

describe('routes and rules', () => {
  const lines = {
    virtualRoutes: [{ ...route('10.1.0.0/16 via 192.0.2.77 dev va'), noTrack: false }],
    virtualRules: [{ ...rule('from 10.1.0.0/16 table 100 preference 5'), noTrack: false }],
  }

  test('virtual_routes and virtual_rules follow the addresses of their instance', () => {
    const text = dump({ instances: [master({}, lines)] })
    expect(text).toContain(
      [
        '   Virtual Routes :',
        '     prepend 10.1.0.0/16 via inet 192.0.2.77 dev va proto 18',
        '   Virtual Rules :',
        '     from 10.1.0.0/16 priority 5 tos 0x0 protocol 18 lookup 100',
      ].join('\n'),
    )
  })

  test('no_accept: accept is disabled, and the addresses are in a set', () => {
    const text = dump({ instances: [master({}, { noAccept: true })] })
    expect(text).toContain('   Accept = disabled')
    expect(text).toContain('     192.0.2.250/24 dev va scope global set nftable_set')
  })

  test('static_ipaddress, static_routes and static_rules have sections before the topology', () => {
    const statics = {
      addresses: [virtualAddress('198.51.100.9/24', { interface: 'va' })],
      routes: lines.virtualRoutes,
      rules: lines.virtualRules,
    }
    expect(dump({ statics }).split('------< VRRP Topology')[0]).toBe(
      [
        '------< Static Addresses >------',
        '     198.51.100.9/24 dev va scope global set',
        '------< Static Routes >------',
        '     prepend 10.1.0.0/16 via inet 192.0.2.77 dev va proto 18',
        '------< Static Rules >------',
        '     from 10.1.0.0/16 priority 5 tos 0x0 protocol 18 lookup 100',
        '',
      ].join('\n'),
    )
  })
})

test('late wake-ups of the process end the dump', () => {
  expect(dump()).toMatch(/------< VRRP Timers >------\n Late wake-ups = 3\n Longest delay = 12500 usecs\n$/)
})

test('a script that has not ended yet is counted in each instance that tracks it; kernel_rx_buf_size stands with the socket', () => {
  const chk: TrackScript = {
    name: 'chk',
    run: { kind: 'readable', path: '/run/well' },
    interval: fromSeconds(1),
    timeout: fromSeconds(1),
    rise: 1,
    fall: 1,
  }
  const scripts = [createScript(chk, instant(0))]
  const trackers = [{ kind: 'script', name: 'chk', weight: 0, reverse: false }] as const
  const endpoints = [{ interface: 'va', ifindex: 3, family: 4, groups: [], receiveBuffer: 4500, lost: 17 }] as const
  const text = dump({ instances: [master({}, { trackers })], tracked: { ...NOTHING_TRACKED, scripts }, endpoints })
  expect(text).toContain('   Number of track scripts init = 1')
  expect(text).toContain('   Rx buf size = 4500\n   Rx buf overruns = 17')
  expect(dump()).toContain('   Number of track scripts init = 0')
})

test('interface_up_down_delays and linkbeat_interfaces stand with their link', () => {
  const text = dump({
    delays: [{ interface: 'va', down: fromSeconds(2), up: fromSeconds(0.5) }],
    changing: new Set(['va']),
    polled: ['va'],
  })
  expect(text).toContain(
    ['   Delayed state change running = true', '   Up debounce timer = 500000us', '   Down debounce timer = 2000000us'].join('\n'),
  )
  expect(text).toContain('   NIC status polled by ethtool')
  expect(dump()).toContain('   Down debounce timer = 0us')
  expect(dump()).toContain('   NIC netlink status update')
})
