import { describe, expect, test } from 'vitest'
import { fromMillis, type Micros } from '../../../src/base/units.ts'
import { type ControlPacket, decodeControl, encodeControl } from '../../../src/core/bfd/packet.ts'
import { packet } from '../../support/bfd-rig.ts'

const bytes = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat())

/** As keepalived sends it. */
const UP_POLL = bytes(
  [0x20], // version 1, no diagnostic
  [0xe0], // Up, Poll
  [3, 24], // multiplier, length
  [0x05, 0x56, 0x2d, 0xb1], // my discriminator
  [0x4d, 0x68, 0xa9, 0x27], // your discriminator
  [0x00, 0x01, 0x86, 0xa0], // 100,000 µs
  [0x00, 0x03, 0x0d, 0x40], // 200,000 µs
  [0, 0, 0, 0],
)

const decoded: ControlPacket = {
  diagnostic: 0,
  state: 'Up',
  poll: true,
  final: false,
  controlPlaneIndependent: false,
  authenticated: false,
  demand: false,
  detectMultiplier: 3,
  myDiscriminator: 0x05562db1,
  yourDiscriminator: 0x4d68a927,
  desiredMinTx: fromMillis(100),
  requiredMinRx: fromMillis(200),
  requiredMinEchoRx: 0 as Micros,
}

describe('a BFD Control packet (RFC 5880 §4.1)', () => {
  test('is read field by field', () => expect(decodeControl(UP_POLL)).toEqual({ ok: true, value: decoded }))
  test('is written as it is read', () => expect(encodeControl(decoded)).toEqual(UP_POLL))

  test.each(['AdminDown', 'Down', 'Init', 'Up'] as const)('carries the state %s', (state) => {
    const one = packet({ state, yourDiscriminator: 1 })
    expect(decodeControl(encodeControl(one))).toEqual({ ok: true, value: one })
  })

  test.each([
    { name: 'P', flags: { poll: true } },
    { name: 'F', flags: { final: true } },
    { name: 'C', flags: { controlPlaneIndependent: true } },
    { name: 'D', flags: { demand: true } },
  ])('carries the flag $name', ({ flags }) => {
    const one = packet({ yourDiscriminator: 1, ...flags })
    expect(decodeControl(encodeControl(one))).toEqual({ ok: true, value: one })
  })

  test('keeps 32 bits of an unsigned number', () => {
    const one = packet({ myDiscriminator: 0xffffffff, desiredMinTx: 0xffffffff as Micros })
    expect(decodeControl(encodeControl(one))).toEqual({ ok: true, value: one })
  })

  test('may be followed by something: only its length counts', () => {
    expect(decodeControl(bytes([...UP_POLL], [1, 2, 3, 4]))).toEqual({ ok: true, value: decoded })
  })
})

const changed = (...changes: readonly (readonly [at: number, value: number])[]): Uint8Array => {
  const copy = UP_POLL.slice()
  for (const [at, value] of changes) copy[at] = value
  return copy
}

describe('a packet is none (RFC 5880 §6.8.6)', () => {
  test.each([
    { name: 'nothing at all', data: bytes(), error: { kind: 'too-small', size: 0 } },
    { name: '23 bytes', data: UP_POLL.slice(0, 23), error: { kind: 'too-small', size: 23 } },
    { name: 'version 0', data: changed([0, 0x00]), error: { kind: 'version', version: 0 } },
    { name: 'version 2', data: changed([0, 0x40]), error: { kind: 'version', version: 2 } },
    { name: 'a length of 23', data: changed([3, 23]), error: { kind: 'length', length: 23, size: 24 } },
    { name: 'a length beyond the datagram', data: changed([3, 25]), error: { kind: 'length', length: 25, size: 24 } },
    { name: 'A and a length of 24', data: changed([1, 0xe4]), error: { kind: 'length', length: 24, size: 24 } },
    { name: 'a multiplier of 0', data: changed([2, 0]), error: { kind: 'multiplier' } },
    { name: 'the multipoint bit', data: changed([1, 0xe1]), error: { kind: 'multipoint' } },
    { name: 'My Discriminator 0', data: changed([4, 0], [5, 0], [6, 0], [7, 0]), error: { kind: 'my-discriminator' } },
    {
      name: 'Your Discriminator 0 in state Up',
      data: changed([8, 0], [9, 0], [10, 0], [11, 0]),
      error: { kind: 'your-discriminator' },
    },
    {
      name: 'Your Discriminator 0 in state Init',
      data: changed([1, 0x80], [8, 0], [9, 0], [10, 0], [11, 0]),
      error: { kind: 'your-discriminator' },
    },
    { name: 'Poll and Final at once (§6.5)', data: changed([1, 0xf0]), error: { kind: 'poll-and-final' } },
  ])('with $name', ({ data, error }) => expect(decodeControl(data)).toEqual({ ok: false, error }))
})
