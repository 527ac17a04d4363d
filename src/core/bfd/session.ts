import type { Instant, Micros } from '../../base/units.ts'
import type { SessionConfig } from './config.ts'
import type { BfdEffect, Sender } from './events.ts'
import { type BfdState, DIAGNOSTIC } from './packet.ts'

/** The variables of RFC 5880 §6.8.1. */
export interface Session {
  readonly config: SessionConfig
  /** bfd.SessionState */
  readonly state: BfdState
  /** bfd.LocalDiag */
  readonly diagnostic: number
  /** bfd.LocalDiscr: unique on this host, not 0. */
  readonly localDiscriminator: number
  readonly remote: Remote
  /** bfd.DesiredMinTxInterval: what we announce. */
  readonly desiredMinTx: Micros
  /** What of it is in use: while up, an increase counts from the end of the Poll Sequence (§6.8.3). */
  readonly transmitFloor: Micros
  /** bfd.RequiredMinRxInterval, and what of it is in use: while up, a reduction counts from the end of the Poll Sequence. */
  readonly requiredMinRx: Micros
  readonly detectFloor: Micros
  /** A Poll Sequence; `again`: what it announces has changed since, so one more has to follow. */
  readonly poll: 'none' | 'running' | 'again'
  /** When the next periodic packet is due; undefined while there is none. */
  readonly transmitAt: Instant | undefined
  readonly sentAt: Instant | undefined
  /** When the neighbour is given up; undefined before it was heard. */
  readonly expiresAt: Instant | undefined
  readonly heardAt: Instant | undefined
  /** What those who track it know: up, or not. */
  readonly told: boolean
  readonly sent: number
  readonly received: number
}

/** What the neighbour said last. */
export interface Remote {
  readonly state: BfdState
  readonly diagnostic: number
  /** bfd.RemoteDiscr: 0 while nothing is heard. */
  readonly discriminator: number
  readonly minRx: Micros
  readonly minTx: Micros
  readonly multiplier: number
  readonly demand: boolean
}

/** §6.8.1: bfd.RemoteMinRxInterval begins with 1. */
export const NOTHING_HEARD: Remote = {
  state: 'Down',
  diagnostic: DIAGNOSTIC.none,
  discriminator: 0,
  minRx: 1 as Micros,
  minTx: 0 as Micros,
  multiplier: 0,
  demand: false,
}

/** What surrounds a step: effects are appended in the order in which they are to be performed. */
export interface Surroundings {
  readonly now: Instant
  readonly seed: number
  readonly out: BfdEffect[]
}

export function createSession(config: SessionConfig, localDiscriminator: number, now: Instant): Session {
  return {
    config,
    state: 'Down',
    diagnostic: DIAGNOSTIC.none,
    localDiscriminator,
    remote: NOTHING_HEARD,
    desiredMinTx: idleTx(config),
    transmitFloor: idleTx(config),
    requiredMinRx: config.minRx,
    detectFloor: config.minRx,
    poll: 'none',
    transmitAt: config.passive ? undefined : now,
    sentAt: undefined,
    expiresAt: undefined,
    heardAt: undefined,
    told: false,
    sent: 0,
    received: 0,
  }
}

/** The nearest instant at which a tick does something. */
export function sessionDeadline({ transmitAt, expiresAt }: Session): Instant | undefined {
  if (transmitAt === undefined || expiresAt === undefined) return transmitAt ?? expiresAt
  return transmitAt < expiresAt ? transmitAt : expiresAt
}

export function senderOf({ name, sourceIp, neighborIp, ttl, multihop }: SessionConfig): Sender {
  return { session: name, source: sourceIp, destination: neighborIp, port: portOf(multihop), ttl }
}

/** RFC 5881 §4, RFC 5883 §5. */
export const portOf = (multihop: boolean): number => (multihop ? 4784 : 3784)

/** While a session is not up; §6.8.3. */
export const idleTx = ({ idleTx, minTx }: SessionConfig): Micros => Math.max(idleTx, minTx) as Micros
