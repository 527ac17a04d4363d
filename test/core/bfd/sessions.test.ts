import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromMillis, fromSeconds } from '../../../src/base/units.ts'
import type { DatagramEvent } from '../../../src/core/bfd/events.ts'
import { encodeControl } from '../../../src/core/bfd/packet.ts'
import { ms, packet, Rig } from '../../support/bfd-rig.ts'

const ip = (text: string): IpAddress => text as IpAddress

describe('bfd_instance: sockets', () => {
  test('multihop: port 4784 in place of 3784 (RFC 5883 §5), and a listener for each family and port', () => {
    const rig = new Rig({}, { name: 'far', neighborIp: ip('198.51.100.1'), multihop: true }, { name: 'six', neighborIp: ip('2001:db8::1') })
    const [open] = rig.effects.filter((effect) => effect.kind === 'open')
    expect(open?.listeners).toEqual([
      { family: 4, port: 3784 },
      { family: 4, port: 4784 },
      { family: 6, port: 3784 },
    ])
    expect(open?.senders.map(({ session, port }) => [session, port])).toEqual([
      ['peer', 3784],
      ['far', 4784],
      ['six', 3784],
    ])
  })
  test('ttl and hoplimit go out with each packet, source_ip too', () => {
    const rig = new Rig({ ttl: 64 })
    rig.pass(ms(1))
    expect(rig.effects.find((effect) => effect.kind === 'send')).toMatchObject({ sender: { ttl: 64, source: '192.0.2.1' } })
  })
})

describe('whom a packet is for (RFC 5880 §6.3)', () => {
  const discards = (more: Parameters<typeof packet>[0], from: Partial<DatagramEvent>, config = {}): string | undefined => {
    const rig = new Rig(config)
    rig.effects.length = 0
    rig.hear(more, from)
    const [report] = rig.reports().filter(({ event }) => event === 'discarded')
    return report?.event === 'discarded' ? report.reason.kind : undefined
  }
  test.each([
    { name: 'the first, without discriminator, by its addresses', more: { yourDiscriminator: 0 }, from: {}, why: undefined },
    { name: 'later ones by ours', more: {}, from: {}, why: undefined },
    { name: 'a discriminator that is not ours', more: { yourDiscriminator: 0x999 }, from: {}, why: 'no-session' },
    { name: 'neighbor_ip: a stranger', more: { yourDiscriminator: 0 }, from: { source: ip('192.0.2.7') }, why: 'no-session' },
    { name: 'a stranger who knows our discriminator', more: {}, from: { source: ip('192.0.2.7') }, why: 'no-session' },
    { name: 'source_ip: not to our end', more: { yourDiscriminator: 0 }, from: { destination: ip('192.0.2.9') }, why: 'no-session' },
    { name: 'the port of the other kind of session', more: {}, from: { port: 4784 }, why: 'no-session' },
    { name: 'ttl: 254 came over a router (RFC 5881 §5)', more: {}, from: { ttl: 254 }, why: 'ttl' },
    { name: 'no TTL known', more: {}, from: { ttl: undefined }, why: 'ttl' },
  ])('$name', ({ more, from, why }) => expect(discards(more, from)).toBe(why))

  test.each([
    { name: 'max_hops 5 of ttl 64: 59 is near enough', config: { ttl: 64, maxHops: 5 }, ttl: 59, why: undefined },
    { name: 'max_hops 5 of ttl 64: 58 is too far', config: { ttl: 64, maxHops: 5 }, ttl: 58, why: 'ttl' },
    { name: 'max_hops -1 asks for no TTL', config: { maxHops: -1 }, ttl: 1, why: undefined },
    { name: 'max_hops as large as ttl asks for none', config: { ttl: 255, maxHops: 255 }, ttl: 1, why: undefined },
  ])('$name', ({ config, ttl, why }) => expect(discards({}, { ttl }, config)).toBe(why))

  test('authentication is not in use: such a packet is refused (RFC 5880 §6.8.6)', () => {
    const rig = new Rig({})
    const data = encodeControl(packet({ yourDiscriminator: rig.session.localDiscriminator, authenticated: true }))
    const longer = Uint8Array.from([...data, 1, 4, 1, 0])
    longer[3] = 28
    rig.effects.length = 0
    rig.raw(longer)
    expect(rig.reports()).toEqual([expect.objectContaining({ event: 'discarded', reason: { kind: 'authenticated' } })])
    expect(rig.session.state).toBe('Down')
  })

  test('nonsense is reported once for each reason and sender, a flood of senders not without end', () => {
    const rig = new Rig({})
    rig.effects.length = 0
    for (let i = 0; i < 3; i++) rig.raw(Uint8Array.of(1, 2, 3))
    expect(rig.reports().length).toBe(1)
    for (let i = 0; i < 1000; i++) rig.raw(Uint8Array.of(1, 2, 3), { source: ip(`198.18.${i >> 8}.${i & 255}`) })
    expect(rig.reports().length).toBeLessThan(64)
    expect(rig.state.discarded).toBe(1003)
  })

  test('two sessions keep apart', () => {
    const rig = new Rig({}, { name: 'other', neighborIp: ip('192.0.2.3') })
    rig.hear({ state: 'Down', yourDiscriminator: 0 }, { source: ip('192.0.2.3') })
    expect(rig.state.sessions.map(({ state }) => state)).toEqual(['Down', 'Init'])
    expect(new Set(rig.state.sessions.map(({ localDiscriminator }) => localDiscriminator)).size).toBe(2)
  })
})

describe('a reload', () => {
  test('leaves a bfd_instance that is the same as it is, and says again how it is', () => {
    const rig = new Rig({}).up()
    const before = rig.session
    rig.configure({})
    expect(rig.news()).toEqual([expect.objectContaining({ session: 'peer', up: true })])
    expect(rig.session).toMatchObject({ state: 'Up', localDiscriminator: before.localDiscriminator, expiresAt: before.expiresAt })
  })
  test('with another name or other figures is no interruption', () => {
    const rig = new Rig({}).up()
    rig.configure({ name: 'renamed', multiplier: 9, minTx: fromMillis(20) })
    expect(rig.session).toMatchObject({ state: 'Up', config: { name: 'renamed', multiplier: 9 } })
    expect(rig.news()).toEqual([expect.objectContaining({ session: 'renamed', up: true })])
  })
  test('without it the neighbour is told that this is on purpose', () => {
    const rig = new Rig({}).up()
    rig.configure({ name: 'else', neighborIp: ip('192.0.2.99') })
    expect(rig.sent()).toEqual([expect.objectContaining({ state: 'AdminDown', diagnostic: 7 })])
    expect(rig.state.sessions.map(({ config, state }) => [config.name, state])).toEqual([['else', 'Down']])
  })
  test('a reload each 10 ms neither stops packets nor hides a lost neighbour', () => {
    const rig = new Rig({}).up()
    rig.hear({ state: 'Up' })
    let sent = 0
    for (let i = 0; i < 39; i++) {
      rig.pass(ms(10))
      rig.configure({})
      sent += rig.sent().length
    }
    expect(rig.session.state).toBe('Up')
    expect(sent).toBeGreaterThan(5)
    rig.pass(ms(10))
    expect(rig.session.state).toBe('Down')
  })
})

test('two ends that begin together come up in one round trip more than the first packet', () => {
  const rig = new Rig({})
  rig.pass(fromSeconds(0.001))
  rig.hear({ state: 'Down', yourDiscriminator: 0 })
  rig.hear({ state: 'Init' })
  expect(rig.session.state).toBe('Up')
})
