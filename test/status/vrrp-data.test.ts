import { describe, expect, test } from 'vitest'
import type { MacAddress } from '../../src/base/mac.ts'
import type { Link } from '../../src/core/links.ts'
import { NOTHING_TRACKED } from '../../src/core/track/tracked.ts'
import { type VrrpStatus, vrrpData } from '../../src/status/vrrp-data.ts'
import { ip, master } from './sample.ts'

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
      endpoints: [{ interface: 'va', ifindex: 3, family: 4, groups: [ip('224.0.0.18')] }],
      groups: [],
      tracked: NOTHING_TRACKED,
      links: [link],
      addresses: new Map([
        [3, [{ index: 3, prefix: { address: ip('192.0.2.1'), length: 24 }, scope: 0, secondary: false, tentative: false }]],
      ]),
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
