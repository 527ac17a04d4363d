import type { IpAddress } from '../../src/base/ip.ts'
import { fromMillis, fromSeconds, type Instant, instant, later, type Micros, micros } from '../../src/base/units.ts'
import type { SessionConfig } from '../../src/core/bfd/config.ts'
import type { BfdEffect, BfdEvent, DatagramEvent, SessionNews } from '../../src/core/bfd/events.ts'
import { type ControlPacket, decodeControl, encodeControl } from '../../src/core/bfd/packet.ts'
import type { BfdReport } from '../../src/core/bfd/reports.ts'
import type { Session } from '../../src/core/bfd/session.ts'
import { type BfdState, bfdSessions } from '../../src/core/bfd/sessions.ts'

export const OURS = '192.0.2.1' as IpAddress
export const THEIRS = '192.0.2.2' as IpAddress

export const sessionConfig = (more: Partial<SessionConfig> = {}): SessionConfig => ({
  name: 'peer',
  neighborIp: THEIRS,
  sourceIp: OURS,
  minRx: fromMillis(100),
  minTx: fromMillis(50),
  idleTx: fromSeconds(1),
  multiplier: 3,
  passive: false,
  ttl: 255,
  maxHops: 0,
  multihop: false,
  vrrp: true,
  checker: true,
  ...more,
})

/** What the neighbour says when a test does not care. */
export const THEIR_DISCRIMINATOR = 0x2222
export const packet = (more: Partial<ControlPacket> = {}): ControlPacket => ({
  diagnostic: 0,
  state: 'Down',
  poll: false,
  final: false,
  controlPlaneIndependent: false,
  authenticated: false,
  demand: false,
  detectMultiplier: 4,
  myDiscriminator: THEIR_DISCRIMINATOR,
  yourDiscriminator: 0,
  desiredMinTx: fromMillis(80),
  requiredMinRx: fromMillis(60),
  requiredMinEchoRx: 0 as Micros,
  ...more,
})

/** All sessions of a host, under a clock that the test moves. */
export class Rig {
  state: BfdState = bfdSessions.initial
  now: Instant = instant(1_000_000_000)
  readonly effects: BfdEffect[] = []

  constructor(...configs: readonly Partial<SessionConfig>[]) {
    this.configure(...(configs.length === 0 ? [{}] : configs))
  }

  configure(...configs: readonly Partial<SessionConfig>[]): void {
    this.event({ kind: 'configured', config: { sessions: configs.map(sessionConfig) }, seed: 7 })
  }

  event(event: BfdEvent): void {
    const step = bfdSessions.step(this.state, event, this.now)
    this.state = step.state
    this.effects.push(...step.effects)
  }

  get session(): Session {
    const [first] = this.state.sessions
    if (first === undefined) throw new Error('no session')
    return first
  }

  /** A packet of the neighbour, addressed to the first session unless it is said otherwise. */
  hear(more: Partial<ControlPacket> = {}, from: Partial<DatagramEvent> = {}): void {
    const yourDiscriminator = this.session.localDiscriminator
    this.raw(encodeControl(packet({ yourDiscriminator, ...more })), from)
  }

  raw(data: Uint8Array, from: Partial<DatagramEvent> = {}): void {
    this.event({ kind: 'datagram', source: THEIRS, sourcePort: 50_000, destination: OURS, port: 3784, ttl: 255, data, ...from })
  }

  /** Lets time pass, deadline after deadline. */
  pass(time: Micros): void {
    const end = later(this.now, time)
    for (let due = bfdSessions.deadline(this.state); due !== undefined && due <= end; due = bfdSessions.deadline(this.state)) {
      this.now = Math.max(due, this.now) as Instant
      this.event({ kind: 'tick' })
    }
    this.now = end
  }

  /** By the three ways of the handshake. */
  up(): this {
    const port = this.session.config.multihop ? 4784 : 3784
    this.hear({ state: 'Down' }, { port })
    this.hear({ state: 'Init' }, { port })
    this.hear({ state: 'Up', final: true }, { port })
    this.effects.length = 0
    return this
  }

  /** What has been sent since the last look. */
  sent(): ControlPacket[] {
    return this.effects.splice(0).flatMap((effect) => {
      if (effect.kind !== 'send') return []
      const decoded = decodeControl(effect.data)
      if (!decoded.ok) throw new Error(decoded.error.kind)
      return [decoded.value]
    })
  }

  news(): SessionNews[] {
    return this.effects.splice(0).flatMap((effect) => (effect.kind === 'tell' ? [effect.news] : []))
  }

  reports(): BfdReport[] {
    return this.effects.splice(0).flatMap((effect) => (effect.kind === 'report' ? [effect.report] : []))
  }
}

export const ms = (value: number): Micros => micros(value * 1_000)
