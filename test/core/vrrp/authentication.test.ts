import { decodeAuthenticationHeader, decodeIpv4, encodeSealedIpv4 } from 'dgram-vrrp/codec'
import { describe, expect, test } from 'vitest'
import type { Authentication } from '../../../src/core/vrrp/config.ts'
import type { AdvertEvent } from '../../../src/core/vrrp/events.ts'
import type { RejectReason } from '../../../src/core/vrrp/receive.ts'
import { instance, unicast, vrrpConfig } from '../../support/vrrp.ts'
import { type Incoming, incoming, link, Rig } from '../../support/vrrp-rig.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const pass = (password: string): Authentication => ({ kind: 'PASS', password: bytes(password) })
const field = (password: string): Uint8Array => Uint8Array.of(...bytes(password), ...new Uint8Array(8)).subarray(0, 8)

/** A backup that just heard its master, and a hostile advert that would make it one's own otherwise. */
function backup(authentication: Authentication, heard: Incoming): Rig {
  const rig = new Rig(vrrpConfig([instance({ authentication })]))
  rig.pass(1).hear({ priority: 200, ...heard })
  expect(rig.instance().counters.advertsReceived).toBe(1)
  return rig.pass(0.5).forget()
}

/** One counter and one line; no timer, state, learned value or packet. */
function expectDropped(rig: Rig, advert: Incoming | AdvertEvent, reason: RejectReason): void {
  const before = rig.instance()
  const due = rig.due()
  rig.dispatch('kind' in advert ? advert : incoming(advert))
  const after = rig.instance()
  expect(after.counters.rejected[reason]).toBe(before.counters.rejected[reason] + 1)
  expect({ ...after, counters: 0, reported: 0 }).toEqual({ ...before, counters: 0, reported: 0 })
  expect(rig.due()).toBe(due)
  expect(rig.performed.map(({ effect }) => effect.kind)).toEqual(['report'])
}

describe('auth_type PASS (RFC 2338 §5.3.6.2)', () => {
  const secret: Incoming = { authType: 1, authData: field('secret') }

  test.each([
    ['secretlongpw', 'secretlo'],
    ['secret', 'secret\0\0'],
    ['1', '1\0\0\0\0\0\0\0'],
  ])('AUT-01 the password %s leaves as eight bytes', (password, wire) => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass(password) })]))
    rig.until('master')
    const advert = rig.adverts()[0]?.advert
    expect(advert?.authType).toBe(1)
    expect(new TextDecoder().decode(advert?.authData)).toBe(wire)
  })

  test.each([
    { name: 'AUT-02 none at all', advert: {}, reason: 'auth-mismatch' as const },
    { name: 'AUT-02 an authentication header', advert: { authType: 2 }, reason: 'auth-mismatch' as const },
    { name: 'AUT-04 type 3', advert: { ...secret, authType: 3 }, reason: 'auth-type' as const },
    { name: 'AUT-04 type 255', advert: { ...secret, authType: 255 }, reason: 'auth-type' as const },
    { name: 'AUT-03 no password', advert: { authType: 1 }, reason: 'auth-failure' as const },
    { name: 'AUT-03 the beginning of the password', advert: { authType: 1, authData: field('secre') }, reason: 'auth-failure' as const },
    { name: 'AUT-03 more than the password', advert: { authType: 1, authData: field('secret!') }, reason: 'auth-failure' as const },
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({
      name: `AUT-03 another byte ${at}`,
      advert: { authType: 1, authData: field('secret').with(at, 0x7f) },
      reason: 'auth-failure' as const,
    })),
  ])('$name is dropped', ({ advert, reason }) => {
    expectDropped(backup(pass('secret'), secret), { priority: 254, ...advert }, reason)
  })

  test('AUT-03 a wrong password changes nothing for a master either, and is said once', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass('secret') })]))
    rig.until('master')
    rig.pass(0.3).forget()
    const wrong = { authType: 1, authData: field('public'), priority: 255 }
    expectDropped(rig, wrong, 'auth-failure')
    rig.hear(wrong)
    expect(rig.reports()).toHaveLength(1)
  })

  test('AUT-02 simple text is a mismatch where none is configured', () => {
    expectDropped(backup({ kind: 'none' }, {}), { priority: 254, ...secret }, 'auth-mismatch')
  })

  test('AUT-02 over IPv6 the type alone is compared: VRRPv2 has no room for the password there', () => {
    const over6 = instance({ family: 6, version: 2, authentication: pass('secret') })
    const rig = new Rig(vrrpConfig([over6]))
    rig.pass(1).hear({ family: 6, version: 2, priority: 200, authType: 1 })
    expect(rig.instance().master?.priority).toBe(200)
    rig.forget()
    expectDropped(rig, { family: 6, version: 2, priority: 254, authType: 0 }, 'auth-mismatch')
  })

  test('AUT-05 without authentication the eight bytes are not looked at', () => {
    const rig = backup({ kind: 'none' }, { authType: 0, authData: field('whatever') })
    expect(rig.instance().master?.priority).toBe(200)
  })

  test('a reload with another password refuses the old one and sends the new one at once', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass('secret') })]))
    rig.until('master')
    rig.pass(0.3).forget()
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ authentication: pass('other') })]) })
    expect(rig.adverts()[0]?.advert.authData).toEqual(field('other'))
    rig.forget()
    expectDropped(rig, { priority: 254, ...secret }, 'auth-failure')
  })
})

interface Sealed extends Incoming {
  readonly sequence: number
  readonly password?: string
  /** What happens to the datagram on its way. */
  readonly spoilDatagram?: (datagram: Uint8Array) => Uint8Array
}

/** An advert as it comes off a socket for authentication headers. */
function sealed({ sequence, password = 'secret', spoilDatagram = (datagram) => datagram, ...advert }: Sealed): AdvertEvent {
  let message = new Uint8Array()
  const event = incoming({
    authType: 2,
    priority: 200,
    ...advert,
    spoil: (encoded) => {
      message = encoded.slice()
      return encoded
    },
  })
  const { source, destination } = event
  const datagram = spoilDatagram(encodeSealedIpv4({ source, destination, id: 9 }, message, { password: bytes(password), sequence }))
  const ip = decodeIpv4(datagram)
  const opened = ip.ok ? decodeAuthenticationHeader(datagram, ip.value.header) : undefined
  if (!opened?.ok || !event.packet.ok) throw new Error('not a sealed advert')
  return { ...event, packet: { ok: true, value: { ...event.packet.value, authenticationHeader: opened.value.header } } }
}

describe('auth_type AH (RFC 2338 §5.3.6.3, as keepalived has it)', () => {
  const ah: Authentication = { kind: 'AH', password: bytes('secret') }

  function follower(sequence = 1000): Rig {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah })]))
    rig.pass(1).dispatch(sealed({ sequence }))
    expect(rig.instance().counters.advertsReceived).toBe(1)
    expect(rig.instance().master).toEqual({ address: '192.0.2.1', priority: 200 })
    return rig.pass(0.5).forget()
  }

  const sequences = (rig: Rig): readonly (number | undefined)[] => rig.adverts().map(({ seal }) => seal?.sequence)

  test('AUT-07 adverts leave with type 2, no authentication data, and a sequence that starts at 1', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah })]))
    rig.until('master')
    rig.pass(2.5)
    expect(rig.adverts()[0]).toMatchObject({
      advert: { authType: 2, authData: new Uint8Array(8) },
      seal: { password: bytes('secret'), sequence: 1 },
    })
    expect(sequences(rig)).toEqual([1, 2, 3])
  })

  test('one advert to several peers has one sequence', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah, transport: unicast(['192.0.2.1', '192.0.2.3']) })]))
    rig.until('master')
    expect(rig.adverts()[0]).toMatchObject({ destinations: ['192.0.2.1', '192.0.2.3'], seal: { sequence: 1 } })
  })

  test('both protocols are listened to: to hear headers, and to tell of adverts without', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah })]))
    const endpoint = { interface: 'eth0', ifindex: 2, family: 4, groups: ['224.0.0.18'] }
    expect(rig.effects('listen').at(-1)?.endpoints).toEqual([endpoint, { ...endpoint, protocol: 'ah' }])
  })

  test.each([
    { name: 'AUT-02 no header at all', advert: incoming({ priority: 254, authType: 2 }), reason: 'auth-mismatch' as const },
    {
      name: 'AUT-02 a password',
      advert: incoming({ priority: 254, authType: 1, authData: field('secret') }),
      reason: 'auth-mismatch' as const,
    },
    { name: 'AUT-02 a header around type 0', advert: sealed({ sequence: 1001, authType: 0 }), reason: 'auth-mismatch' as const },
    { name: 'AUT-04 a header around type 3', advert: sealed({ sequence: 1001, authType: 3 }), reason: 'auth-type' as const },
    { name: 'AUT-03 another password', advert: sealed({ sequence: 1001, password: 'public' }), reason: 'ah-icv' as const },
    {
      name: 'AUT-08 an SPI that is not the source',
      advert: sealed({ sequence: 1001, spoilDatagram: (datagram) => datagram.with(27, 7) }),
      reason: 'ah-spi' as const,
    },
    {
      name: 'AUT-07 another id than was summed',
      advert: sealed({ sequence: 1001, spoilDatagram: (datagram) => datagram.with(5, 8) }),
      reason: 'ah-icv' as const,
    },
    {
      name: 'AUT-09 a higher sequence than was summed',
      advert: sealed({ sequence: 1001, spoilDatagram: (datagram) => datagram.with(28, 1) }),
      reason: 'ah-icv' as const,
    },
    { name: 'AUT-09 the same sequence', advert: sealed({ sequence: 1000, priority: 254 }), reason: 'ah-replay' as const },
    { name: 'AUT-09 a lower sequence', advert: sealed({ sequence: 999, priority: 254 }), reason: 'ah-replay' as const },
    { name: 'AUT-09 a sequence of 0', advert: sealed({ sequence: 0, source: '192.0.2.3' }), reason: 'ah-replay' as const },
  ])('$name is dropped', ({ advert, reason }) => {
    expectDropped(follower(), advert, reason)
  })

  test('AUT-02 a header is a mismatch where it is not configured', () => {
    expectDropped(backup({ kind: 'none' }, {}), sealed({ sequence: 1 }), 'auth-mismatch')
    expectDropped(backup({ kind: 'none' }, {}), sealed({ sequence: 1, authType: 0 }), 'auth-mismatch')
    expectDropped(backup(pass('secret'), { authType: 1, authData: field('secret') }), sealed({ sequence: 1 }), 'auth-mismatch')
  })

  test('AUT-09 a rejected advert moves no sequence', () => {
    const rig = follower()
    rig.dispatch(sealed({ sequence: 2000, intervalCs: 500 }))
    expect(rig.instance().counters.rejected.interval).toBe(1)
    rig.dispatch(sealed({ sequence: 1001 }))
    expect(rig.instance().counters.advertsReceived).toBe(2)
  })

  test('AUT-09 senders have a sequence each, and only the last sixteen are remembered', () => {
    const rig = follower(1000)
    for (let last = 3; last < 18; last++) rig.dispatch(sealed({ source: `192.0.2.${last}`, sequence: 5 }))
    expect(rig.instance().counters.advertsReceived).toBe(16)
    expect(rig.instance().sequences.heard.size).toBe(16)
    rig.forget()
    expectDropped(rig, sealed({ sequence: 1000 }), 'ah-replay')
    rig.dispatch(sealed({ sequence: 1001 })).dispatch(sealed({ source: '192.0.2.20', sequence: 1 }))
    expect([...rig.instance().sequences.heard.keys()]).not.toContain('192.0.2.3')
    expect(rig.instance().sequences.heard.get('192.0.2.1' as never)).toBe(1001)
  })

  test('AUT-11 whoever takes over goes on from what it heard: keepalived has one counter for all', () => {
    const rig = follower(1000)
    rig.until('master')
    expect(sequences(rig)).toEqual([1001])
  })

  test('AUT-11 a lower advert with a higher sequence is answered above it', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah })]))
    rig.until('master')
    rig.pass(0.3).forget()
    rig.dispatch(sealed({ sequence: 5000, priority: 50 }))
    expect(sequences(rig)).toEqual([5001])
  })

  test('AUT-11 a reload goes on with the sequence', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: ah })]))
    rig.until('master')
    rig.pass(2.3).forget()
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ authentication: ah, priority: 110 })]) })
    expect(sequences(rig)).toEqual([4])
  })

  test('AUT-11 a peer that begins anew at 1 is refused, and taken over from after the down time', () => {
    const rig = follower(1000)
    for (let sequence = 1; sequence < 4; sequence++) rig.pass(0.9).dispatch(sealed({ sequence }))
    expect(rig.instance().counters.rejected['ah-replay']).toBe(3)
    expect(rig.until('master')).toBeCloseTo(1 + 3.609, 2)
    // It hears us, and is above us with its next one.
    rig.dispatch(sealed({ sequence: 1002 }))
    expect(rig.role()).toBe('backup')
  })

  test('AUT-12 an owner is master at once, all others wait', () => {
    const owner = new Rig(vrrpConfig([instance({ authentication: ah, priority: 255 })]))
    expect(owner.until('master')).toBeLessThan(0.1)
    const other = new Rig(vrrpConfig([instance({ authentication: ah, state: 'MASTER', priority: 254 })]))
    expect(other.until('master')).toBeGreaterThan(3)
  })

  test('PKT-06 the header takes the room of six addresses', () => {
    const virtualIpaddress = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}`)
    const rig = new Rig(vrrpConfig([instance({ authentication: ah, virtualIpaddress })]), { links: [link('eth0', { mtu: 576 })] })
    rig.until('master')
    expect(rig.adverts()[0]?.advert.addresses).toHaveLength(129)
  })
})
