import { describe, expect, test } from 'vitest'
import { type Family, type IpAddress, parseIp } from '../../../src/base/ip.ts'
import { fromSeconds } from '../../../src/base/units.ts'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import type { RejectReason } from '../../../src/core/vrrp/receive.ts'
import { instance, multicast, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, type Incoming, incoming, link, Rig } from '../../support/vrrp-rig.ts'

/** A backup whose master was heard half a second ago. */
function backup(config: InstanceConfig = instance(), from: Incoming = {}): Rig {
  const rig = new Rig(vrrpConfig([config]))
  rig.pass(1).hear({ family: config.family, version: config.version, priority: 200, ...from })
  return rig.pass(0.5).forget()
}

function master(config: InstanceConfig = instance()): Rig {
  const rig = new Rig(vrrpConfig([config]))
  rig.until('master')
  return rig.pass(0.3).forget()
}

/** "drop(c)" of the VRRP checklist: one counter and one line, no timer, state, learned value or packet. */
function expectDropped(rig: Rig, advert: Incoming, reason: RejectReason): void {
  const before = rig.instance()
  const due = rig.due()
  rig.hear(advert)
  rig.hear(advert)
  const after = rig.instance()
  const count = before.counters.rejected[reason] + 2
  expect(after.counters).toEqual({ ...before.counters, rejected: { ...before.counters.rejected, [reason]: count } })
  expect({ ...after, counters: 0, reported: 0 }).toEqual({ ...before, counters: 0, reported: 0 })
  expect(rig.due()).toBe(due)
  expect(rig.performed.map(({ effect }) => effect.kind)).toEqual(['report'])
  expect(rig.reports()).toMatchObject([{ event: 'advert-rejected', reason }])
}

function expectAccepted(rig: Rig, advert: Incoming): void {
  const before = rig.instance()
  rig.hear(advert)
  expect(rig.instance().counters.rejected).toEqual(before.counters.rejected)
  expect(rig.instance().counters.advertsReceived).toBe(before.counters.advertsReceived + 1)
}

const v3 = instance({ version: 3 })
const lengthen = (by: number) => (bytes: Uint8Array) => Uint8Array.of(...bytes, ...new Uint8Array(by))
const flip = (at: number) => (bytes: Uint8Array) => bytes.with(at, (bytes[at] ?? 0) ^ 1)
const hostile: Incoming = { priority: 254, version: 2 }

interface Row {
  readonly name: string
  readonly config?: InstanceConfig
  readonly advert: Incoming
  readonly reason: RejectReason
}

const rejected: readonly Row[] = [
  { name: 'VAL-24 a datagram larger than the buffer', advert: { ...hostile, truncated: true }, reason: 'truncated' },
  { name: 'VAL-01 a payload too short for a header', advert: { ...hostile, spoil: (bytes) => bytes.subarray(0, 7) }, reason: 'length' },
  { name: 'VAL-02 a count of more addresses than are there', advert: { ...hostile, spoil: (bytes) => bytes.with(3, 2) }, reason: 'length' },
  { name: 'VAL-02 VAL-09 addresses cut off', advert: { ...hostile, spoil: (bytes) => bytes.subarray(0, 12) }, reason: 'length' },
  { name: 'VAL-03 two stray bytes', advert: { ...hostile, spoil: lengthen(2) }, reason: 'length' },
  { name: 'VAL-03 four stray bytes', advert: { ...hostile, spoil: lengthen(4) }, reason: 'length' },
  { name: 'VAL-03 six stray bytes', advert: { ...hostile, spoil: lengthen(6) }, reason: 'length' },
  { name: 'VAL-06 TTL 254 in multicast', advert: { ...hostile, ttl: 254 }, reason: 'ttl' },
  { name: 'VAL-06 TTL 1 in multicast', advert: { ...hostile, ttl: 1 }, reason: 'ttl' },
  { name: 'VAL-06 TTL 0 in multicast', advert: { ...hostile, ttl: 0 }, reason: 'ttl' },
  { name: 'VAL-06 a TTL that the kernel did not tell', advert: { ...hostile, ttl: undefined }, reason: 'ttl' },
  {
    name: 'VAL-07 hop limit 254 over IPv6',
    config: instance({ family: 6 }),
    advert: { family: 6, priority: 254, ttl: 254 },
    reason: 'ttl',
  },
  { name: 'VAL-10 version 3 for one that speaks 2', advert: { priority: 254, version: 3 }, reason: 'version' },
  { name: 'VAL-10 version 2 for one that speaks 3', config: v3, advert: { priority: 254, version: 2 }, reason: 'version' },
  ...[0, 1, 4, 15].map((version) => ({
    name: `VAL-10 version ${version}`,
    advert: { ...hostile, spoil: (bytes: Uint8Array) => bytes.with(0, (version << 4) | 1) },
    reason: 'version' as const,
  })),
  { name: 'VAL-11 type 0', advert: { ...hostile, type: 0 }, reason: 'type' },
  { name: 'VAL-11 type 2', advert: { ...hostile, type: 2 }, reason: 'type' },
  { name: 'VAL-11 type 2 in version 3', config: v3, advert: { version: 3, priority: 254, type: 2 }, reason: 'type' },
  { name: 'VAL-14 an interval of 2 s for one with 1 s', advert: { ...hostile, intervalCs: 200 }, reason: 'interval' },
  { name: 'VAL-14 an interval of 0 in version 2', advert: { ...hostile, intervalCs: 0 }, reason: 'interval' },
  {
    name: 'VAL-16 an interval of 0 in version 3 (erratum 8301)',
    config: v3,
    advert: { version: 3, priority: 254, intervalCs: 0 },
    reason: 'interval',
  },
  {
    name: 'VAL-18 a count of 0 in version 3 (erratum 8299)',
    config: v3,
    advert: { version: 3, priority: 254, addresses: [] },
    reason: 'length',
  },
  { name: 'VAL-22 a unicast advert for one in multicast', advert: { ...hostile, destination: '192.0.2.2' }, reason: 'mode' },
  {
    name: 'VAL-22 a multicast advert for one in unicast',
    config: instance({ transport: unicast(['192.0.2.1']) }),
    advert: hostile,
    reason: 'mode',
  },
  {
    name: 'VAL-23 a source that is no peer, with check_unicast_src',
    config: instance({ transport: unicast(['192.0.2.1'], { checkSource: true }) }),
    advert: { ...hostile, source: '192.0.2.66', destination: '192.0.2.2' },
    reason: 'source',
  },
  {
    name: 'VAL-08 a TTL below min_ttl',
    config: instance({ transport: unicast([], { checkSource: true, peers: [{ address: ip('192.0.2.1'), minTtl: 254, maxTtl: 255 }] }) }),
    advert: { ...hostile, destination: '192.0.2.2', ttl: 64 },
    reason: 'ttl',
  },
  {
    name: 'VAL-08 a TTL above max_ttl',
    config: instance({ transport: unicast([], { checkSource: true, peers: [{ address: ip('192.0.2.1'), minTtl: 0, maxTtl: 10 }] }) }),
    advert: { ...hostile, destination: '192.0.2.2', ttl: 11 },
    reason: 'ttl',
  },
  { name: 'AUT-02 simple text where none is configured', advert: { ...hostile, authType: 1 }, reason: 'auth-mismatch' },
  { name: 'AUT-04 an unknown authentication type', advert: { ...hostile, authType: 3 }, reason: 'auth-type' },
  ...Array.from({ length: 20 }, (_, at) => at)
    .filter((at) => ![0, 1, 3].includes(at))
    .map((at) => ({ name: `CKS-01 a bit flipped in byte ${at}`, advert: { ...hostile, spoil: flip(at) }, reason: 'checksum' as const })),
  {
    name: 'CKS-04 a bit flipped in version 3',
    config: v3,
    advert: { version: 3, priority: 254, checksum: 'message-only', spoil: flip(9) },
    reason: 'checksum',
  },
  {
    name: 'CKS-04 v3_checksum_as_v2 does not turn the check off',
    config: instance({ version: 3, checksum: { v3ChecksumAsV2: true, oldUnicastChecksum: undefined } }),
    advert: { version: 3, priority: 254, spoil: flip(6) },
    reason: 'checksum',
  },
  {
    name: 'CKS-06 the old unicast sum with old_unicast_checksum never',
    config: instance({ version: 3, transport: unicast(['192.0.2.1']), checksum: { v3ChecksumAsV2: false, oldUnicastChecksum: 'never' } }),
    advert: { version: 3, priority: 254, destination: '192.0.2.2', checksum: 'group-pseudo-header' },
    reason: 'checksum',
  },
  {
    name: 'CKS-07 a wrong sum over IPv6',
    config: instance({ family: 6 }),
    advert: { family: 6, priority: 254, spoil: flip(20) },
    reason: 'checksum',
  },
  {
    name: 'FSM-16 any advert, for an owner with owner_ignore_adverts',
    config: instance({ priority: 255, ownerIgnoreAdverts: true }),
    advert: { priority: 255, source: '192.0.2.3' },
    reason: 'own-priority',
  },
]

describe('what is rejected counts and changes nothing else (I9)', () => {
  test.each(rejected.filter(({ config }) => config?.priority !== 255))('$name, in BACKUP', ({ config = instance(), advert, reason }) => {
    const { transport } = config
    const destination = transport.kind === 'unicast' ? { destination: '192.0.2.2', ttl: transport.peers[0]?.maxTtl } : {}
    expectDropped(backup(config, destination), advert, reason)
  })

  test.each(rejected)('$name, in MASTER', ({ config = instance(), advert, reason }) => {
    expectDropped(master(config), advert, reason)
  })
})

describe('what is accepted', () => {
  test('VAL-01 the advert after a bad one is still read', () => {
    const rig = backup()
    rig.unread.push(incoming({ spoil: (bytes) => bytes.subarray(0, 7) }), incoming({ priority: 200 }))
    rig.stall(0.1)
    expect(rig.instance().counters).toMatchObject({ advertsReceived: 2, rejected: { length: 1 } })
  })

  test('VAL-08 any TTL in unicast without limits', () => {
    const config = instance({ transport: unicast(['192.0.2.1']) })
    for (const ttl of [64, 1, undefined])
      expectAccepted(backup(config, { destination: '192.0.2.2' }), { destination: '192.0.2.2', priority: 200, ttl })
  })

  test('VAL-08 a TTL at both ends of the range', () => {
    const transport = unicast([], { checkSource: true, peers: [{ address: ip('192.0.2.1'), minTtl: 10, maxTtl: 20 }] })
    for (const ttl of [10, 20]) expectAccepted(master(instance({ transport })), { destination: '192.0.2.2', ttl })
  })

  test('VAL-23 a source that is no peer, without check_unicast_src', () => {
    const config = instance({ transport: unicast(['192.0.2.1']) })
    expectAccepted(master(config), { source: '192.0.2.66', destination: '192.0.2.2' })
  })

  test('VAL-15 TMR-04 another interval in VRRPv3, which is learned, and reported once', () => {
    const rig = backup(v3)
    expectAccepted(rig, { version: 3, priority: 200, intervalCs: 200 })
    expectAccepted(rig, { version: 3, priority: 200, intervalCs: 200 })
    expect(rig.reports()).toEqual([
      { event: 'interval-differs', instance: 'VI_1', source: '192.0.2.1', received: fromSeconds(2), own: fromSeconds(1) },
    ])
    expect(rig.instance().state).toMatchObject({ masterAdvertInterval: fromSeconds(2) })
  })

  test('VAL-17 the reserved nibble of VRRPv3 is ignored', () => {
    // The nibble is part of the sum, so the sum is corrected by what was added.
    const spoil = (bytes: Uint8Array): Uint8Array => withSum(bytes.with(4, 0xf0))
    const rig = backup(v3)
    expectAccepted(rig, { version: 3, priority: 200, checksum: 'message-only', spoil })
    expect(rig.instance().state).toMatchObject({ masterAdvertInterval: fromSeconds(1) })
  })

  test('VAL-18 a count of 0 in VRRPv2, as an address list that differs', () => {
    const rig = backup()
    expectAccepted(rig, { priority: 200, addresses: [] })
    expect(rig.reports('address-list-differs')).toMatchObject([{ missing: '192.0.2.10', received: 0, expected: 1 }])
  })

  test('VAL-19 other addresses: they count in the election, and are reported once', () => {
    const rig = master()
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.99'] })
    expect(rig.role()).toBe('backup')
    rig.forget()
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.99'] })
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.99'] })
    expect(rig.reports('address-list-differs')).toHaveLength(1)
    expect(rig.instance().counters.addressListDiffers).toBe(3)
  })

  test('VAL-19 an address too many', () => {
    const rig = backup()
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.10', '192.0.2.11'] })
    expect(rig.reports('address-list-differs')).toMatchObject([{ missing: undefined, received: 2, expected: 1 }])
  })

  test('VAL-20 the same addresses in another order are no mismatch', () => {
    const rig = backup(instance({ virtualIpaddress: ['192.0.2.10', '192.0.2.11', '192.0.2.12'] }), {
      addresses: ['192.0.2.10', '192.0.2.11', '192.0.2.12'],
    })
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.12', '192.0.2.10', '192.0.2.11'] })
    expect(rig.reports()).toEqual([])
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.12', '192.0.2.10', '192.0.2.10'] })
    expect(rig.reports('address-list-differs')).toHaveLength(1)
  })

  test('VAL-21 skip_check_adv_addr compares only when the master changes', () => {
    const rig = backup(instance({ skipCheckAdvAddr: true }))
    expectAccepted(rig, { priority: 200, addresses: ['192.0.2.99'] })
    expect(rig.instance().counters.addressListDiffers).toBe(0)
    expectAccepted(rig, { priority: 200, source: '192.0.2.3', addresses: ['192.0.2.99'] })
    expect(rig.instance().counters.addressListDiffers).toBe(1)
    expectAccepted(rig, { priority: 200, source: '192.0.2.3', addresses: ['192.0.2.99'] })
    expect(rig.instance().counters.addressListDiffers).toBe(1)
  })

  test('AUT-05 authentication data with type 0 is ignored', () => {
    expectAccepted(backup(), { priority: 200, authData: new TextEncoder().encode('secret\0\0') })
  })

  test.each([false, true])('CKS-04 VRRPv3 over IPv4 is taken with and without pseudo header, v3_checksum_as_v2 %s', (v3ChecksumAsV2) => {
    const rig = backup(instance({ version: 3, checksum: { v3ChecksumAsV2, oldUnicastChecksum: undefined } }))
    expectAccepted(rig, { version: 3, priority: 200, checksum: 'message-only' })
    expectAccepted(rig, { version: 3, priority: 200, checksum: 'pseudo-header' })
  })

  test('CKS-05 unicast is summed over the real destination', () => {
    const rig = backup(instance({ version: 3, transport: unicast(['192.0.2.1']) }), { destination: '192.0.2.2' })
    expectAccepted(rig, { version: 3, priority: 200, destination: '192.0.2.2', checksum: 'pseudo-header' })
    expect(rig.instance().oldUnicastChecksum).toBe(false)
  })

  test('CKS-06 the old unicast sum is recognized once, and our own adverts follow', () => {
    const rig = master(instance({ version: 3, transport: unicast(['192.0.2.1']) }))
    rig.pass(1)
    expect(rig.adverts().at(-1)).toMatchObject({ checksum: 'pseudo-header' })
    expectAccepted(rig, { version: 3, destination: '192.0.2.2', priority: 50, checksum: 'group-pseudo-header' })
    expect(rig.adverts().at(-1)).toMatchObject({ checksum: 'group-pseudo-header', group: '224.0.0.18' })
    rig.pass(1).hear({ version: 3, destination: '192.0.2.2', priority: 50, checksum: 'group-pseudo-header' })
    expect(rig.reports('old-unicast-checksum')).toHaveLength(1)
  })

  test('CKS-06 in multicast the two sums are one', () => {
    const rig = backup(v3)
    expectAccepted(rig, { version: 3, priority: 200, checksum: 'group-pseudo-header', group: '224.0.0.18' })
    expect(rig.instance().oldUnicastChecksum).toBe(false)
  })

  test('VAL-22 a multicast advert to a group that is configured', () => {
    const config = instance({ transport: { kind: 'multicast', group: ip('224.0.0.99'), source: undefined } })
    expectAccepted(master(config), { destination: '224.0.0.99' })
  })
})

describe('for whom an advert is', () => {
  const pair = (differing: Partial<InstanceConfig>): Rig => {
    const { virtualIpaddress: _, virtualIpaddressExcluded: __, ...rest } = differing
    const other = instance({
      ...rest,
      name: 'VI_2',
      virtualIpaddress: [virtualAddress('10.0.0.1', { interface: rest.interface ?? 'eth0' })],
    })
    return new Rig(vrrpConfig([instance(), other], { logUnknownVrids: true }), {
      links: [link(), link('eth1', { index: 3 })],
      addresses: BOTH,
    })
  }
  const BOTH = [hostAddress('192.0.2.2/24'), hostAddress('fe80::2/64'), hostAddress('10.0.0.2/24', { index: 3 })]

  test('VAL-12 an unknown VRID is counted, and reported once with log_unknown_vrids', () => {
    const rig = backup()
    const known = rig.instance()
    rig.hear({ vrid: 52 }).hear({ vrid: 52 })
    expect(rig.state().unattributed.unknownVrid).toBe(2)
    expect(rig.instance()).toBe(known)
    expect(rig.performed).toEqual([])
    const talkative = pair({ vrid: 60 }).forget()
    talkative.hear({ vrid: 52 }).hear({ vrid: 52 }).hear({ vrid: 53 })
    expect(talkative.reports()).toMatchObject([
      { event: 'unknown-vrid', vrid: 52, ifindex: 2, source: '192.0.2.1' },
      { event: 'unknown-vrid', vrid: 53 },
    ])
  })

  test('VAL-13 VRID 0 is nobody', () => {
    const rig = backup().hear({ vrid: 0, priority: 254 })
    expect(rig.state().unattributed.unknownVrid).toBe(1)
  })

  test('VAL-01 a datagram without a VRID is counted for no instance', () => {
    const rig = backup()
    const known = rig.instance()
    rig.hear({ spoil: (bytes) => bytes.subarray(0, 1) })
    expect(rig.state().unattributed).toEqual({ unknownVrid: 0, length: 1, truncated: 0 })
    expect(rig.instance()).toBe(known)
  })

  test('VAL-30 the same VRID over IPv4 and IPv6 is two virtual routers', () => {
    const config = instance({ name: 'VI_2', family: 6 })
    const rig = new Rig(vrrpConfig([instance(), config]))
    rig.until('master')
    const other = rig.instance('VI_1')
    rig.hear({ family: 6, priority: 255 })
    expect(rig.role('VI_2')).toBe('backup')
    expect(rig.instance('VI_1')).toBe(other)
  })

  test('VAL-31 the same VRID on two interfaces is two virtual routers', () => {
    const rig = pair({ interface: 'eth1' })
    rig.pass(4)
    rig.hear({ ifindex: 3, priority: 254 })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['master', 'backup'])
    rig.hear({ ifindex: 9, priority: 254 })
    expect(rig.role('VI_1')).toBe('master')
  })

  test('UNI-06 two unicast instances share a VRID on an interface: the peer tells which is meant', () => {
    const one = instance({ transport: unicast(['192.0.2.1']) })
    const two = instance({ name: 'VI_2', transport: unicast(['192.0.2.5']), virtualIpaddress: ['192.0.2.20'] })
    const rig = new Rig(vrrpConfig([one, two]))
    rig.pass(4)
    rig.hear({ source: '192.0.2.5', destination: '192.0.2.2', priority: 200 })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['master', 'backup'])
    rig.hear({ source: '192.0.2.1', destination: '192.0.2.2', priority: 200 })
    expect(rig.role('VI_1')).toBe('backup')
  })

  test('VAL-29 INIT and FAULT hear nothing', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 200 })]), { links: [link('eth0', { running: false })] })
    expect(rig.role()).toBe('fault')
    const known = rig.instance()
    rig.forget().hear({ priority: 0 }).hear({ priority: 255 }).hear({ ttl: 1 })
    expect(rig.instance()).toBe(known)
    expect(rig.performed).toEqual([])
    const waiting = new Rig(vrrpConfig([instance()], { startupDelay: fromSeconds(10) }))
    const init = waiting.instance()
    waiting.hear({ priority: 0 }).hear({ priority: 255 })
    expect(waiting.instance()).toBe(init)
  })
})

describe('a flood of rejected adverts', () => {
  const flood: readonly Incoming[] = [
    { priority: 254, spoil: flip(6) },
    { priority: 254, ttl: 1 },
    { priority: 254, authType: 1 },
    { priority: 0, intervalCs: 200 },
  ]

  test('VAL-25 does not move the advert timer of a MASTER', () => {
    const rig = master()
    const first = (rig.due() ?? 0) - 1
    for (let round = 0; round < 150; round++) rig.pass(0.2).hear(flood[round % flood.length])
    const times = rig.adverts().map(({ at }) => at - first)
    expect(times).toEqual(Array.from({ length: 30 }, (_, n) => expect.closeTo(n + 1, 6)))
  })

  test('VAL-26 VAL-14 does not move the down timer of a BACKUP', () => {
    const rig = backup()
    const heard = 1
    while (rig.role() === 'backup' && rig.now() < 20) {
      for (const bad of flood) rig.hear(bad)
      rig.pass(0.2)
    }
    expect(rig.adverts()[0]?.at).toBeCloseTo(heard + 3.609375, 6)
  })

  test('VAL-27 from random sources gives one line of each kind, and leaves the recorded master', () => {
    const rig = backup()
    for (let round = 0; round < 1000; round++) {
      rig.hear({ ...flood[round % flood.length], source: `192.0.2.${20 + (round % 200)}` })
    }
    expect(rig.reports()).toHaveLength(flood.length)
    expect(rig.instance().master).toEqual({ address: '192.0.2.1', priority: 200 })
  })

  test('VAL-28 even one of adverts that are valid is not answered one by one', () => {
    const rig = master()
    for (let round = 0; round < 10_000; round++) rig.pass(0.0001).hear({ priority: 1 })
    // One second: at most one answer in each tenth of the interval.
    expect(rig.adverts().length).toBeLessThanOrEqual(11)
    expect(rig.reports('lower-priority-forces-election').length).toBeLessThanOrEqual(11)
  })
})

function ip(text: string): IpAddress {
  const address = parseIp(text)
  if (address === undefined) throw new Error(text)
  return address
}

/** The message with the sum that belongs to it. */
function withSum(bytes: Uint8Array): Uint8Array {
  const zeroed = bytes.with(6, 0).with(7, 0)
  let sum = 0
  for (let at = 0; at < zeroed.length; at += 2) sum += ((zeroed[at] ?? 0) << 8) | (zeroed[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return zeroed.with(6, (~sum >> 8) & 255).with(7, ~sum & 255)
}

const families: readonly Family[] = [4, 6]
test.each(families)('VAL-22 the other mode is a kind of its own over IPv%i', (family) => {
  const rig = master(instance({ family, transport: multicast(family) }))
  expectDropped(rig, { family, priority: 254, destination: family === 4 ? '192.0.2.2' : 'fe80::2' }, 'mode')
})
