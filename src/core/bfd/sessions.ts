import { familyOf } from '../../base/ip.ts'
import { prng } from '../../base/prng.ts'
import { earliest, type Instant } from '../../base/units.ts'
import type { Machine } from '../machine.ts'
import type { BfdConfig } from './config.ts'
import { endsOf } from './ends.ts'
import type { BfdEffect, BfdEvent, DatagramEvent, Listener, OpenEffect } from './events.ts'
import { decodeControl } from './packet.ts'
import { addressee } from './receive.ts'
import type { Discard } from './reports.ts'
import { createSession, portOf, type Session, type Surroundings, senderOf, sessionDeadline } from './session.ts'
import { receive, reconfigureSession, stopSession, tickSession } from './transitions.ts'
import { tell } from './transmit.ts'

/** All BFD sessions of a host. */
export interface BfdState {
  readonly sessions: readonly Session[]
  readonly seed: number
  /** Packets that were for nobody. */
  readonly discarded: number
  /** Reasons and senders already reported. */
  readonly reported: ReadonlySet<string>
}

/** Asynchronous mode of RFC 5880 over one hop (RFC 5881) or several (RFC 5883). */
export const bfdSessions: Machine<BfdState, BfdEvent, BfdEffect> = {
  initial: { sessions: [], seed: 0, discarded: 0, reported: new Set() },
  step(state, event, now) {
    const out: BfdEffect[] = []
    return { state: advance(state, event, { now, seed: state.seed, out }), effects: out }
  },
  deadline({ sessions }) {
    let nearest: Instant | undefined
    for (const session of sessions) nearest = earliest(nearest, sessionDeadline(session))
    return nearest
  },
}

/** More than that many kinds of nonsense are not reported: a flood is no reason to fill the log. */
const MOST_REPORTED = 64

function advance(state: BfdState, event: BfdEvent, around: Surroundings): BfdState {
  switch (event.kind) {
    case 'configured':
      return configure(state, event.config, { ...around, seed: event.seed })
    case 'datagram':
      return hear(state, event, around)
    case 'tick':
      return each(state, (session) => {
        const due = sessionDeadline(session)
        return due === undefined || due > around.now ? session : tickSession(session, around)
      })
    case 'stop':
      return each(state, (session) => stopSession(session, around))
  }
}

const each = (state: BfdState, change: (session: Session) => Session): BfdState => ({ ...state, sessions: state.sessions.map(change) })

/** A session is its two ends: with other figures, or another name, it goes on. */
function configure(state: BfdState, config: BfdConfig, around: Surroundings): BfdState {
  const running = new Map(state.sessions.map((session) => [endsOf(session.config), session]))
  const taken = new Set(state.sessions.map(({ localDiscriminator }) => localDiscriminator))
  const wanted = new Set(config.sessions.map(endsOf))
  for (const [ends, session] of running) if (!wanted.has(ends)) stopSession(session, around)
  around.out.push(socketsOf(config))
  const random = prng(around.seed)
  const sessions = config.sessions.map((one) => {
    const known = running.get(endsOf(one))
    return known === undefined ? createSession(one, discriminator(random.next, taken), around.now) : reconfigureSession(known, one, around)
  })
  for (const session of sessions) around.out.push(tell(session, around.now))
  return { sessions, seed: around.seed, discarded: state.discarded, reported: new Set() }
}

/** §6.8.1: unique among the sessions of this host, and not 0; hard to guess besides. */
function discriminator(random: () => number, taken: Set<number>): number {
  for (;;) {
    const chosen = Math.floor(random() * 0xffffffff) + 1
    if (taken.has(chosen)) continue
    taken.add(chosen)
    return chosen
  }
}

function socketsOf({ sessions }: BfdConfig): OpenEffect {
  const listeners = new Map<string, Listener>()
  for (const { neighborIp, multihop } of sessions) {
    const listener = { family: familyOf(neighborIp), port: portOf(multihop) }
    listeners.set(`${listener.family} ${listener.port}`, listener)
  }
  return { kind: 'open', listeners: [...listeners.values()], senders: sessions.map(senderOf) }
}

function hear(state: BfdState, event: DatagramEvent, around: Surroundings): BfdState {
  const packet = decodeControl(event.data)
  if (!packet.ok) return discard(state, event, packet.error, around)
  const found = addressee(state.sessions, packet.value, event)
  if (!found.ok) return discard(state, event, found.error, around)
  const at = state.sessions.indexOf(found.value)
  return { ...state, sessions: state.sessions.with(at, receive(found.value, packet.value, around)) }
}

function discard(state: BfdState, { source, sourcePort }: DatagramEvent, reason: Discard, { out }: Surroundings): BfdState {
  const discarded = state.discarded + 1
  const key = `${reason.kind} ${source}`
  if (state.reported.has(key) || state.reported.size >= MOST_REPORTED) return { ...state, discarded }
  out.push({ kind: 'report', report: { event: 'discarded', source, sourcePort, reason } })
  return { ...state, discarded, reported: new Set(state.reported).add(key) }
}
