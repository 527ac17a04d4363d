import { type Instant, later, type Micros } from '../../base/units.ts'
import type { BfdEffect } from './events.ts'
import { encodeControl } from './packet.ts'
import { type Session, type Surroundings, senderOf } from './session.ts'
import { jittered, randomOf, transmitInterval, transmits } from './timing.ts'

/** A periodic packet, or one in its place; the next one counts from here. */
export function sendNow(session: Session, around: Surroundings): Session {
  if (!transmits(session)) return { ...session, transmitAt: undefined }
  const sent = send(session, { final: false }, around)
  return schedule({ ...sent, sentAt: around.now, transmitAt: undefined }, around)
}

/** Keeps the instant that is set; else an interval after the last packet, at once before the first. */
export function schedule(session: Session, { now, seed }: Surroundings): Session {
  if (!transmits(session)) return { ...session, transmitAt: undefined }
  const { transmitAt, sentAt, sent, config, localDiscriminator } = session
  if (transmitAt !== undefined) return session
  if (sentAt === undefined) return { ...session, transmitAt: now }
  const interval = jittered(transmitInterval(session), config.multiplier, randomOf(seed ^ localDiscriminator, sent))
  return { ...session, transmitAt: later(sentAt, interval) }
}

export function send(session: Session, { final }: { readonly final: boolean }, { out }: Surroundings): Session {
  const { config, state, diagnostic, localDiscriminator, remote, desiredMinTx, requiredMinRx, poll, sent } = session
  const data = encodeControl({
    diagnostic,
    state,
    // An answer is no question (§6.5).
    poll: poll !== 'none' && !final,
    final,
    controlPlaneIndependent: false,
    authenticated: false,
    demand: false,
    detectMultiplier: config.multiplier,
    myDiscriminator: localDiscriminator,
    yourDiscriminator: remote.discriminator,
    desiredMinTx,
    requiredMinRx,
    requiredMinEchoRx: 0 as Micros,
  })
  out.push({ kind: 'send', sender: senderOf(config), data })
  return { ...session, sent: sent + 1 }
}

/** For those who track it. */
export function tell({ config, told }: Session, now: Instant): BfdEffect {
  const { name, vrrp, checker } = config
  return { kind: 'tell', news: { kind: 'bfd', session: name, up: told, at: now }, vrrp, checker }
}
