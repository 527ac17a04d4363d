import { elapsed, type Instant, later, type Micros } from '../../base/units.ts'
import type { SessionConfig } from './config.ts'
import { type BfdState, type ControlPacket, DIAGNOSTIC } from './packet.ts'
import { reportParameters } from './parameters.ts'
import { idleTx, NOTHING_HEARD, type Remote, type Session, type Surroundings } from './session.ts'
import { detectionTime, transmitInterval, transmits } from './timing.ts'
import { schedule, send, sendNow, tell } from './transmit.ts'

/** A valid packet of its neighbour (RFC 5880 §6.8.6, from "Set bfd.RemoteDiscr" on). */
export function receive(before: Session, packet: ControlPacket, around: Surroundings): Session {
  const heard: Session = { ...before, remote: remoteOf(packet), heardAt: around.now, received: before.received + 1 }
  const polled = packet.final ? endPoll(heard) : heard
  const next = transition(polled, packet.state, around)
  const alive: Session = { ...next, expiresAt: later(around.now, detectionTime(next)) }
  reportParameters(before, alive, around)
  const scheduled = transmitInterval(alive) === transmitInterval(before) ? alive : { ...alive, transmitAt: undefined }
  // The answer to a Poll waits for no timer; nor does what would differ from the last packet (§6.8.7).
  if (packet.poll) return schedule(send(scheduled, { final: true }, around), around)
  return next.state === before.state ? schedule(scheduled, around) : sendNow(scheduled, around)
}

/** A deadline has come. */
export function tickSession(session: Session, around: Surroundings): Session {
  const { now } = around
  const living = session.expiresAt !== undefined && session.expiresAt <= now ? expire(session, session.expiresAt, around) : session
  return living.transmitAt !== undefined && living.transmitAt <= now ? sendNow(living, around) : living
}

/** A reload has other figures for it: they are announced, and the session stays as it is (§6.8.3). */
export function reconfigureSession(session: Session, config: SessionConfig, around: Surroundings): Session {
  const desiredMinTx = session.state === 'Up' ? config.minTx : idleTx(config)
  const { minRx: requiredMinRx } = config
  const next: Session = { ...session, config }
  const changed = desiredMinTx !== session.desiredMinTx || requiredMinRx !== session.requiredMinRx
  const announced = changed ? announce(next, { desiredMinTx, requiredMinRx }, around) : next
  const heard = session.expiresAt === undefined ? undefined : session.heardAt
  const expiresAt = heard === undefined ? undefined : later(heard, detectionTime(announced))
  return schedule({ ...announced, expiresAt, transmitAt: undefined }, around)
}

/** Taken out of service on purpose: the neighbour need not find out by waiting (§6.8.16). */
export function stopSession(session: Session, around: Surroundings): Session {
  if (session.state === 'AdminDown') return session
  const told = transmits(session)
  const stopped: Session = { ...session, state: 'AdminDown', diagnostic: DIAGNOSTIC.adminDown, poll: 'none' }
  const last = told ? send(stopped, { final: false }, around) : stopped
  return { ...last, transmitAt: undefined, expiresAt: undefined }
}

function remoteOf(packet: ControlPacket): Remote {
  return {
    state: packet.state,
    diagnostic: packet.diagnostic,
    discriminator: packet.myDiscriminator,
    minRx: packet.requiredMinRx,
    minTx: packet.desiredMinTx,
    multiplier: packet.detectMultiplier,
    demand: packet.demand,
  }
}

/** The table of §6.8.6. */
function transition(session: Session, heard: BfdState, around: Surroundings): Session {
  const { state } = session
  if (heard === 'AdminDown') return state === 'Down' ? session : enter(session, 'Down', DIAGNOSTIC.neighborDown, around)
  switch (state) {
    case 'Down':
      if (heard === 'Down') return enter(session, 'Init', session.diagnostic, around)
      return heard === 'Init' ? enter(session, 'Up', DIAGNOSTIC.none, around) : session
    case 'Init':
      return heard === 'Init' || heard === 'Up' ? enter(session, 'Up', DIAGNOSTIC.none, around) : session
    case 'Up':
      return heard === 'Down' ? enter(session, 'Down', DIAGNOSTIC.neighborDown, around) : session
    case 'AdminDown':
      return session
  }
}

/** Another state: with it comes another interval, and those who track the session are told. */
function enter(session: Session, to: BfdState, diagnostic: number, around: Surroundings): Session {
  const { config, state: from, remote } = session
  const { name } = config
  const change = {
    event: 'state-changed',
    session: name,
    from,
    to,
    localDiagnostic: diagnostic,
    remoteDiagnostic: remote.diagnostic,
  } as const
  around.out.push({ kind: 'report', report: change })
  // A neighbour that is taken out of service on purpose has not failed (RFC 5882 §3.2).
  const told = to === 'Up' || (session.told && (to === 'Init' || remote.state === 'AdminDown'))
  const entered: Session = { ...session, state: to, diagnostic, told }
  if (told !== session.told) around.out.push(tell(entered, around.now))
  if (to !== 'Up')
    return { ...entered, desiredMinTx: idleTx(config), transmitFloor: idleTx(config), detectFloor: config.minRx, poll: 'none' }
  return config.minTx === entered.desiredMinTx ? entered : announce(entered, { desiredMinTx: config.minTx }, around)
}

/** Other intervals than before: a neighbour that is up hears of them in a Poll Sequence (§6.8.3). */
function announce(
  session: Session,
  figures: { readonly desiredMinTx: Micros; readonly requiredMinRx?: Micros },
  { out }: Surroundings,
): Session {
  const { desiredMinTx, requiredMinRx = session.requiredMinRx } = figures
  const { state, poll, transmitFloor, detectFloor, config } = session
  const announced: Session = { ...session, desiredMinTx, requiredMinRx }
  if (state !== 'Up') return { ...announced, transmitFloor: desiredMinTx, detectFloor: requiredMinRx }
  out.push({ kind: 'report', report: { event: 'poll-started', session: config.name } })
  return {
    ...announced,
    transmitFloor: Math.min(transmitFloor, desiredMinTx) as Micros,
    detectFloor: Math.max(detectFloor, requiredMinRx) as Micros,
    poll: poll === 'none' ? 'running' : 'again',
  }
}

/** Final: the neighbour knows what we announced, so it may be used. */
function endPoll(session: Session): Session {
  if (session.poll === 'again') return { ...session, poll: 'running' }
  return { ...session, poll: 'none', transmitFloor: session.desiredMinTx, detectFloor: session.requiredMinRx }
}

/** §6.8.4; and the neighbour is forgotten, for it may come back as another. */
function expire(session: Session, due: Instant, around: Surroundings): Session {
  const { state, config } = session
  const forget = (one: Session): Session => ({
    ...one,
    remote: { ...NOTHING_HEARD, diagnostic: one.remote.diagnostic },
    expiresAt: undefined,
  })
  if (state !== 'Up' && state !== 'Init') return schedule({ ...forget(session), transmitAt: undefined }, around)
  const overdue = elapsed(due, around.now)
  around.out.push({ kind: 'report', report: { event: 'expired', session: config.name, after: detectionTime(session), overdue } })
  const down = forget(enter(session, 'Down', DIAGNOSTIC.expired, around))
  return transmits(down) ? sendNow(down, around) : { ...down, transmitAt: undefined }
}
