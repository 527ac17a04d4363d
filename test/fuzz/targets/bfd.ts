import { assert } from '../../../src/base/assert.ts'
import type { IpAddress } from '../../../src/base/ip.ts'
import { prng } from '../../../src/base/prng.ts'
import { fromMillis, fromSeconds, type Instant, instant, later } from '../../../src/base/units.ts'
import type { BfdEffect, BfdEvent } from '../../../src/core/bfd/events.ts'
import { decodeControl, encodeControl } from '../../../src/core/bfd/packet.ts'
import { type BfdState, bfdSessions } from '../../../src/core/bfd/sessions.ts'
import { sessionConfig } from '../../support/bfd-rig.ts'

export const name = 'bfd'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A handshake of keepalived's, a parting, and one with authentication. */
export const seeds: readonly Uint8Array[] = [
  '20400318 05562db1 00000000 000f4240 00030d40 00000000',
  '20800318 05562db1 4d68a927 000f4240 000186a0 00000000',
  '20e00318 05562db1 4d68a927 000186a0 00030d40 00000000',
  '20d00318 05562db1 4d68a927 000186a0 00030d40 00000000',
  '27000318 05562db1 4d68a927 000f4240 00030d40 00000000',
  '20c4031c 05562db1 4d68a927 000186a0 00030d40 00000000 01040100',
].map(hex)

/**
 * Whatever comes off the wire: no exception; what is read is written back as it was; and the session that hears it sends and expires in
 * time that never stands still.
 */
export function run(bytes: Uint8Array): void {
  const before = Buffer.from(bytes)
  const decoded = decodeControl(bytes)
  if (decoded.ok) {
    const { detectMultiplier, myDiscriminator, authenticated } = decoded.value
    assert(detectMultiplier > 0 && myDiscriminator !== 0, 'a packet that may be heard')
    const again = encodeControl(decoded.value)
    const read = decodeControl(again)
    // What we write is as long as a packet without authentication.
    if (!authenticated) assert(read.ok && JSON.stringify(read.value) === JSON.stringify(decoded.value), 'written as it was read')
  }
  hear(bytes)
  assert(before.equals(bytes), 'decoding leaves its input alone')
}

const neighbor = '192.0.2.2' as IpAddress

/** Some packets in a row, each of 24 bytes with our discriminator or without, and some time between them. */
function hear(bytes: Uint8Array): void {
  const random = prng(bytes.length)
  let now: Instant = instant(1_000_000)
  let state: BfdState = bfdSessions.initial
  const step = (event: BfdEvent): void => {
    const { state: next, effects } = bfdSessions.step(state, event, now)
    state = next
    for (const effect of effects) judge(effect)
  }
  step({ kind: 'configured', seed: 1, config: { sessions: [config] } })
  const ours = state.sessions[0]?.localDiscriminator ?? 0
  for (let at = 0; at < Math.min(bytes.length, 12 * 24); at += 24) {
    const data = bytes.slice(at, at + 28)
    if (data.length >= 12 && random.chance(0.7)) new DataView(data.buffer).setUint32(8, ours)
    step({ kind: 'datagram', source: neighbor, sourcePort: 49_152, destination: '192.0.2.1' as IpAddress, port: 3784, ttl: 255, data })
    const end = later(now, fromMillis(random.between(0, 3_000)))
    for (let ticks = 0; ; ticks++) {
      const due = bfdSessions.deadline(state)
      if (due === undefined || due > end) break
      assert(ticks < 1_000, 'time passes between two packets')
      now = Math.max(due, now) as Instant
      step({ kind: 'tick' })
    }
    now = end
  }
}

function judge(effect: BfdEffect): void {
  if (effect.kind !== 'send') return
  const sent = decodeControl(effect.data)
  assert(sent.ok, 'what we send is a packet')
  assert(sent.value.state === 'Up' || sent.value.desiredMinTx >= fromSeconds(1), 'RFC 5880 §6.8.3: a second at least while not up')
}

const config = sessionConfig({ neighborIp: neighbor, sourceIp: undefined, minRx: fromMillis(10), minTx: fromMillis(10), multiplier: 5 })
