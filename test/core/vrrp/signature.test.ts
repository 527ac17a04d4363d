import { nextStamp, type Signature, type Stamp, stampMillis } from 'dgram-vrrp/codec'
import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { AuthHmac, HmacKey, InstanceConfig } from '../../../src/core/vrrp/config.ts'
import type { AdvertEvent } from '../../../src/core/vrrp/events.ts'
import type { RejectReason } from '../../../src/core/vrrp/receive.ts'
import { instance, unicast, vrrpConfig } from '../../support/vrrp.ts'
import { type Incoming, incoming, link, Rig } from '../../support/vrrp-rig.ts'

const one: HmacKey = { id: 1, secret: new Uint8Array(32).fill(0x11) }
const two: HmacKey = { id: 2, secret: new Uint8Array(48).fill(0x22) }
const enforce: AuthHmac = { keys: [one], activeKey: one, mode: 'enforce', antiReplay: 'time', timeWindow: fromSeconds(5) }

/** Our wall clock at the start of every test, in milliseconds since 1970. */
const WALL = 1_744_830_464_500
const at = (seconds: number): Stamp => nextStamp(undefined, WALL + seconds * 1_000, 0)

interface Signed extends Incoming {
  readonly stamp?: Stamp
  readonly key?: HmacKey
  /** Seconds of our wall clock after the start. */
  readonly received?: number
  readonly unsigned?: boolean
}

/** A signed advert that comes in, signed and received at the start unless told otherwise. */
function advert({ stamp = at(0), key = one, received = 0, unsigned = false, ...plan }: Signed = {}): AdvertEvent {
  const signature: Signature = { keyId: key.id, key: key.secret, stamp }
  return { ...incoming({ version: 3, priority: 200, ...plan, ...(!unsigned && { signature }) }), receivedAt: WALL + received * 1_000 }
}

const signedBy = (authHmac: AuthHmac, more: Partial<InstanceConfig> = {}): InstanceConfig => instance({ version: 3, ...more, authHmac })

function backup(authHmac: AuthHmac = enforce, heard: AdvertEvent | 'nobody' = advert(), more: Partial<InstanceConfig> = {}): Rig {
  const rig = new Rig(vrrpConfig([signedBy(authHmac, more)]))
  rig.pass(1)
  if (heard !== 'nobody') rig.dispatch(heard)
  expect(rig.instance().counters.advertsReceived).toBe(heard === 'nobody' ? 0 : 1)
  return rig.pass(0.5).forget()
}

/** One counter and one line; no timer, state, learned value, memory or packet. */
function expectDropped(rig: Rig, event: AdvertEvent, reason: RejectReason): void {
  const before = rig.instance()
  const due = rig.due()
  rig.dispatch(event)
  const after = rig.instance()
  expect(after.counters.rejected).toEqual({ ...before.counters.rejected, [reason]: before.counters.rejected[reason] + 1 })
  expect({ ...after, counters: 0, reported: 0 }).toEqual({ ...before, counters: 0, reported: 0 })
  expect(rig.due()).toBe(due)
  expect(rig.performed.every(({ effect }) => effect.kind === 'report')).toBe(true)
}

function expectAccepted(rig: Rig, event: AdvertEvent): void {
  const before = rig.instance().counters
  rig.dispatch(event)
  expect(rig.instance().counters.rejected).toEqual(before.rejected)
  expect(rig.instance().counters.advertsReceived).toBe(before.advertsReceived + 1)
}

/** Something done to the bytes of a message over IPv4 of 12 bytes, its checksum mended: only the tag can tell. */
const alter = (where: number) => (bytes: Uint8Array) => {
  const changed = bytes.with(where, (bytes[where] ?? 0) ^ 1)
  if (where >= 12) return changed
  changed.set([0, 0], 6)
  let sum = 0
  for (let i = 0; i < 12; i += 2) sum += ((changed[i] ?? 0) << 8) | (changed[i + 1] ?? 0)
  sum = ~((sum & 0xffff) + (sum >>> 16))
  return changed.with(6, (sum >> 8) & 255).with(7, sum & 255)
}

describe('auth_hmac', () => {
  test('adverts are signed with active_key', () => {
    const rig = new Rig(vrrpConfig([signedBy({ ...enforce, keys: [one, two], activeKey: two })]))
    rig.until('master')
    expect(rig.adverts()[0]?.signing).toEqual({ key: two, timeWindow: fromSeconds(5) })
  })

  test('AUT-13 enforce: an advert without signature is dropped', () => {
    expectDropped(backup(), advert({ unsigned: true, priority: 254 }), 'hmac-missing')
  })

  test.each([27, 29, 56])('AUT-13 enforce: %i bytes behind the message are no signature', (count) => {
    const spoil = (bytes: Uint8Array): Uint8Array => Uint8Array.of(...bytes, ...new Uint8Array(count))
    expectDropped(backup(), advert({ unsigned: true, priority: 254, spoil }), 'length')
  })

  test.each(['permissive', 'receive-only'] as const)('AUT-14 %s: an advert without signature is taken, a wrong one is not', (mode) => {
    const rig = backup({ ...enforce, mode })
    expectAccepted(rig, advert({ unsigned: true }))
    expectDropped(rig, advert({ key: { ...one, secret: two.secret } }), 'hmac-invalid')
  })

  test('AUT-14 receive-only sends no signature, permissive does', () => {
    for (const [mode, signs] of [
      ['permissive', true],
      ['receive-only', false],
    ] as const) {
      const rig = new Rig(vrrpConfig([signedBy({ ...enforce, mode })]))
      rig.until('master')
      expect(rig.adverts()[0]?.signing !== undefined).toBe(signs)
    }
  })

  test.each([
    { name: 'priority', where: 2, reason: 'hmac-invalid' as const },
    { name: 'interval', where: 5, reason: 'hmac-invalid' as const },
    { name: 'VIP', where: 11, reason: 'hmac-invalid' as const },
    { name: 'seconds', where: 19, reason: 'hmac-invalid' as const },
    { name: 'counter', where: 23, reason: 'hmac-invalid' as const },
    { name: 'first byte of the tag', where: 24, reason: 'hmac-invalid' as const },
    { name: 'last byte of the tag', where: 39, reason: 'hmac-invalid' as const },
    { name: 'extension type', where: 12, reason: 'hmac-malformed' as const },
    { name: 'reserved field', where: 15, reason: 'hmac-malformed' as const },
    { name: 'key id', where: 13, reason: 'hmac-unknown-key' as const },
  ])('AUT-15 a bit flipped in the $name: $reason', ({ where, reason }) => {
    expectDropped(backup(), advert({ stamp: at(1), checksum: 'message-only', spoil: alter(where) }), reason)
  })

  test('AUT-16 another source than the one that signed', () => {
    let stolen = new Uint8Array()
    const keep = (bytes: Uint8Array): Uint8Array => {
      stolen = bytes.slice()
      return bytes
    }
    const plan = { stamp: at(1), checksum: 'message-only', priority: 254 } as const
    advert({ ...plan, spoil: keep })
    expectDropped(backup(), advert({ ...plan, source: '192.0.2.9', spoil: () => stolen }), 'hmac-invalid')
    expectAccepted(backup(), advert({ ...plan, spoil: () => stolen }))
  })

  test.each([
    { name: 'sent 5 s ago', received: 5.001 + 1, stamp: at(1), reason: 'hmac-stale' as const },
    { name: 'a sender 5 s ahead', received: 0, stamp: at(5.001), reason: 'hmac-stale' as const },
    { name: 'a time we do not know', received: Number.NaN, stamp: at(1), reason: 'hmac-stale' as const },
  ])('AUT-17 $name is stale', ({ received, stamp, reason }) => {
    expectDropped(backup(), advert({ received, stamp }), reason)
  })

  test.each([-5, 5])('AUT-17 clocks that differ by %i s agree', (difference) => {
    expectAccepted(backup(enforce, 'nobody'), advert({ received: 10, stamp: at(10 + difference) }))
  })

  test('AUT-17 anti_replay monotonic does not look at the clock', () => {
    const rig = backup({ ...enforce, antiReplay: 'monotonic' })
    expectAccepted(rig, advert({ stamp: at(86_400) }))
    expectDropped(rig, advert({ stamp: at(86_399) }), 'hmac-replay')
  })

  test('AUT-18 the same advert twice, and an older one', () => {
    const rig = backup(enforce, advert({ stamp: at(2), received: 2 }))
    expectDropped(rig, advert({ stamp: at(2), received: 2.1 }), 'hmac-replay')
    expectDropped(rig, advert({ stamp: at(1.9), received: 2.1 }), 'hmac-replay')
    expectAccepted(rig, advert({ stamp: { ...at(2), counter: 1 }, received: 2.1 }))
  })

  test('AUT-18 a reload forgets nothing', () => {
    const rig = backup(enforce, advert({ stamp: at(2), received: 2 }))
    rig.dispatch({ kind: 'configured', config: vrrpConfig([signedBy(enforce, { priority: 110 })]) }).forget()
    expectDropped(rig, advert({ stamp: at(2), received: 2.1 }), 'hmac-replay')
  })

  test('AUT-19 a hundred forged sources leave the peer’s mark alone', () => {
    const rig = backup()
    for (let n = 0; n < 100; n++) rig.dispatch(advert({ source: `198.51.100.${n}`, key: { ...one, secret: two.secret }, stamp: at(3) }))
    expect(rig.instance().counters.rejected['hmac-invalid']).toBe(100)
    rig.forget()
    expectDropped(rig, advert(), 'hmac-replay')
    expect([...rig.instance().stamps.keys()]).toEqual(['192.0.2.1'])
  })

  test('AUT-19 in multicast the last four senders are remembered', () => {
    const rig = backup()
    for (const last of [3, 4, 5]) expectAccepted(rig, advert({ source: `192.0.2.${last}` }))
    expectAccepted(rig, advert({ stamp: at(1) }))
    expectAccepted(rig, advert({ source: '192.0.2.6' }))
    expect([...rig.instance().stamps.keys()]).toEqual(['192.0.2.4', '192.0.2.5', '192.0.2.1', '192.0.2.6'])
  })

  test('AUT-19 in unicast there are as many as peers', () => {
    const peers = Array.from({ length: 10 }, (_, n) => `192.0.2.${100 + n}`)
    const rig = backup(enforce, 'nobody', { transport: unicast(peers) })
    for (const source of peers) expectAccepted(rig, advert({ source, destination: '192.0.2.2' }))
    expect(rig.instance().stamps.size).toBe(10)
  })

  test('AUT-20 whoever has both keys follows a sender from one to the other without a gap', () => {
    const rig = backup({ ...enforce, keys: [one, two] })
    expectAccepted(rig, advert({ key: one, stamp: at(1) }))
    expectAccepted(rig, advert({ key: two, stamp: at(2) }))
    expectDropped(rig, advert({ key: one, stamp: at(2) }), 'hmac-replay')
    rig.dispatch({ kind: 'configured', config: vrrpConfig([signedBy({ ...enforce, keys: [two], activeKey: two })]) }).forget()
    expectDropped(rig, advert({ key: one, stamp: at(3) }), 'hmac-unknown-key')
  })

  test('AUT-21 a sender whose clock goes back by an hour is stale until the clocks agree, and then taken at once', () => {
    const rig = backup()
    let last: Stamp | undefined = at(0)
    for (const wall of [1, 2]) {
      last = nextStamp(last, WALL + wall * 1_000 - 3_600_000, 5_000)
      expectDropped(rig, advert({ stamp: last, received: wall }), 'hmac-stale')
    }
    last = nextStamp(last, WALL + 3_000, 5_000)
    expect(stampMillis(last)).toBeCloseTo(WALL + 3_000, -1)
    expectAccepted(rig, advert({ stamp: last, received: 3 }))
  })

  test('AUT-21 what we remember from before our clock and the sender’s went back expires with the window', () => {
    const rig = backup(enforce, advert({ stamp: at(0), received: 0 }))
    expectAccepted(rig, advert({ stamp: at(-3_600), received: -3_600 }))
    expectDropped(rig, advert({ stamp: at(-3_600), received: -3_599 }), 'hmac-replay')
  })

  test('AUT-15 without auth_hmac a signature is stray bytes', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3 })]))
    rig.pass(1).forget()
    expectDropped(rig, advert(), 'length')
  })

  test('version 2 with a password has both looked at', () => {
    const authentication = { kind: 'PASS', password: new TextEncoder().encode('secret') } as const
    const data = Uint8Array.from(Buffer.from('secret\0\0'))
    const rig = backup(enforce, advert({ version: 2, authType: 1, authData: data }), { version: 2, authentication })
    expectDropped(rig, advert({ version: 2, stamp: at(1) }), 'auth-mismatch')
    expectDropped(rig, advert({ version: 2, authType: 1, authData: data, unsigned: true }), 'hmac-missing')
    expectAccepted(rig, advert({ version: 2, authType: 1, authData: data, stamp: at(1) }))
  })

  test('CKS-09 over IPv6 too', () => {
    const rig = backup(enforce, advert({ family: 6 }), {
      family: 6,
      virtualIpaddress: instance({ family: 6 }).virtualIpaddress,
      transport: instance({ family: 6 }).transport,
    })
    expectAccepted(rig, advert({ family: 6, stamp: at(1) }))
  })

  test('PKT-06 the signature takes the room of seven addresses', () => {
    const virtualIpaddress = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}`)
    const rig = new Rig(vrrpConfig([instance({ version: 3, authHmac: enforce, virtualIpaddress })]), {
      links: [link('eth0', { mtu: 576 })],
    })
    rig.until('master')
    expect(rig.adverts()[0]?.advert.addresses).toHaveLength(130)
  })
})
