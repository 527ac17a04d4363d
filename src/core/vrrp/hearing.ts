import type { IpAddress } from '../../base/ip.ts'
import { elapsed, fromSeconds, later, type Micros, micros } from '../../base/units.ts'
import { announceAnew, lowerPriorityHeard } from './announce.ts'
import { withSequence } from './authentication.ts'
import { counted, countedRejected } from './counters.ts'
import { judgeAsBackup, judgeAsMaster, OWNER } from './election.ts'
import type { AdvertEvent } from './events.ts'
import {
  type BackupState,
  type Dispute,
  downTime,
  type Instance,
  type MasterState,
  priorityOf,
  reportOnce,
  type Surroundings,
  skew,
} from './instance.ts'
import { type Reception, receive } from './receive.ts'
import { withStamp } from './signature.ts'
import { advertNow, becomeBackup, sendAdvert, withAnnouncing } from './transitions.ts'

type Accepted = Extract<Reception, { kind: 'accepted' }>
type Rejected = Extract<Reception, { kind: 'rejected' }>

/** An advert for this instance came in. INIT and FAULT hear nothing (RFC 9568 §6.4.1). */
export function hear(instance: Instance, event: AdvertEvent, around: Surroundings): Instance {
  const { state } = instance
  if (state.role !== 'backup' && state.role !== 'master') return instance
  const { config, advertised, master } = instance
  const sequences = instance.sequences.heard
  const reception = receive(event, { config, advertised, sequences, stamps: instance.stamps, knownMaster: master?.address })
  if (reception.kind === 'rejected') return countRejected(instance, reception, event, around)
  const noted = note(instance, reception, around)
  return state.role === 'backup' ? hearAsBackup(noted, state, reception, around) : hearAsMaster(noted, state, reception, around)
}

/** Nothing but a counter moves, and one line is written. */
function countRejected(instance: Instance, { reason, received, expected }: Rejected, event: AdvertEvent, { out }: Surroundings): Instance {
  const next = { ...instance, counters: countedRejected(instance.counters, reason) }
  const report = { event: 'advert-rejected', instance: instance.config.name, source: event.source, reason, received, expected } as const
  return reportOnce(next, `rejected ${reason}`, report, out)
}

/** What an accepted advert tells, whatever the election makes of it. */
function note(instance: Instance, heard: Accepted, { out }: Surroundings): Instance {
  const name = instance.config.name
  const { source, addressList } = heard
  let counters =
    heard.priority === 0
      ? counted(instance.counters, 'advertsReceived', 'priorityZeroReceived')
      : counted(instance.counters, 'advertsReceived')
  if (addressList.kind === 'differs') counters = counted(counters, 'addressListDiffers')
  if (heard.intervalDiffers) counters = counted(counters, 'intervalDiffers')
  let next: Instance = { ...instance, counters }
  if (heard.stamp !== undefined) next = { ...next, stamps: withStamp(next.stamps, source, heard.stamp, peersOf(instance)) }
  if (heard.sequence !== undefined) next = { ...next, sequences: withSequence(next.sequences, source, heard.sequence) }
  if (addressList.kind === 'differs') {
    const { missing, received } = addressList
    const report = {
      event: 'address-list-differs',
      instance: name,
      source,
      missing,
      received,
      expected: instance.advertised.length,
    } as const
    next = reportOnce(next, report.event, report, out)
  }
  if (heard.intervalDiffers) {
    const report = { event: 'interval-differs', instance: name, source, received: heard.interval, own: instance.config.advertInt } as const
    next = reportOnce(next, report.event, report, out)
  }
  if (heard.oldUnicastChecksum && !instance.oldUnicastChecksum) {
    next = { ...next, oldUnicastChecksum: true }
    if (instance.config.checksum.oldUnicastChecksum === undefined) {
      out.push({ kind: 'report', report: { event: 'old-unicast-checksum', instance: name, source } })
    }
  }
  return next
}

const peersOf = ({ config: { transport } }: Instance): number => (transport.kind === 'unicast' ? transport.peers.length : 0)

function hearAsBackup(instance: Instance, state: BackupState, heard: Accepted, around: Surroundings): Instance {
  const name = instance.config.name
  const { source, priority } = heard
  const self = heard.priority < OWNER ? restoreOwner(instance, state, around) : { instance, state }
  const own = priorityOf(self.instance)
  switch (judgeAsBackup(priority, own, instance.config.preemption)) {
    case 'master-resigned': {
      around.out.push({ kind: 'report', report: { event: 'backup-got-priority-zero', instance: name, source } })
      const masterDownAt = later(heard.heardAt ?? around.now, skew(self.instance, self.state.masterAdvertInterval))
      return { ...self.instance, state: { ...self.state, masterDownAt, wantsMaster: false } }
    }
    case 'master-stands':
      // With nopreempt a lower master stands too, but it says nothing about a delay.
      return follow(self.instance, { ...self.state, preemptAt: undefined }, heard, around)
    case 'master-outranked': {
      const delayed = delayPreemption(self.instance, self.state, around)
      if (delayed !== undefined) return follow(self.instance, delayed, heard, around)
      // The timer runs on: that is how preemption happens.
      const report = { event: 'lower-priority-discarded', instance: name, source, priority, own } as const
      return reportOnce({ ...self.instance, state: self.state }, report.event, report, around.out)
    }
  }
}

/** `preempt_delay`: the first lower advert starts it, and while it runs a lower master is as good as any. */
function delayPreemption({ config }: Instance, state: BackupState, { now, out }: Surroundings): BackupState | undefined {
  if (config.preemption.kind !== 'preempt' || config.preemption.delay === 0) return undefined
  if (state.preemptAt !== undefined) return now < state.preemptAt ? state : undefined
  out.push({ kind: 'report', report: { event: 'preempt-delay-started', instance: config.name, delay: config.preemption.delay } })
  return { ...state, preemptAt: later(now, config.preemption.delay) }
}

/** The master lives: the timer starts anew, with the interval that the master says it uses (RFC 9568 §6.4.2). */
function follow(instance: Instance, state: BackupState, heard: Accepted, { now }: Surroundings): Instance {
  const masterAdvertInterval = heard.interval
  const masterDownAt = later(heard.heardAt ?? now, downTime(instance, masterAdvertInterval))
  return {
    ...instance,
    master: { address: heard.source, priority: heard.priority },
    state: { ...state, masterAdvertInterval, masterDownAt, overslept: false, wantsMaster: false },
  }
}

/** The other owner is gone or has mended its ways: we own the addresses again. The running timer moves by the change in skew. */
function restoreOwner(instance: Instance, state: BackupState, around: Surroundings): { instance: Instance; state: BackupState } {
  if (!instance.ownerLowered) return { instance, state }
  around.out.push({ kind: 'report', report: { event: 'owner-restored', instance: instance.config.name } })
  const restored = { ...instance, ownerLowered: false }
  return { instance: restored, state: shiftTimer(instance, restored, state) }
}

/** A new priority moves the running timer by the difference in skew; it does not start it anew. */
export function shiftTimer(before: Instance, after: Instance, state: BackupState): BackupState {
  const shift = micros(skew(after, state.masterAdvertInterval) - skew(before, state.masterAdvertInterval))
  return { ...state, masterDownAt: later(state.masterDownAt, shift) }
}

function hearAsMaster(instance: Instance, state: MasterState, heard: Accepted, around: Surroundings): Instance {
  const name = instance.config.name
  const { source: ownAddress } = instance.environment
  if (ownAddress === undefined) return instance
  const { source, priority } = heard
  const own = priorityOf(instance)
  switch (judgeAsMaster({ priority, address: source }, { priority: own, address: ownAddress })) {
    case 'other-resigned': {
      if (hasJustAnswered(instance, state, around)) return instance
      const answered = advertNow(instance, { ...state, answeredAt: around.now }, around)
      around.out.push({ kind: 'report', report: { event: 'master-got-priority-zero', instance: name, source } })
      return prove(answered, around)
    }
    case 'outranked':
      around.out.push({ kind: 'report', report: { event: 'higher-priority-received', instance: name, source, priority, own } })
      return yieldTo(instance, heard, 'higher-priority', around)
    case 'outranked-by-address':
      around.out.push({ kind: 'report', report: { event: 'higher-address-received', instance: name, source, priority, ownAddress } })
      return yieldTo(instance, heard, 'higher-address', around)
    case 'stands':
      if (state.listenUntil !== undefined && instance.config.preemption.kind === 'nopreempt')
        return yieldTo(instance, heard, 'stalled', around)
      if (priority === OWNER) return contest(instance, state, heard, around)
      return answerLower(instance, state, heard, around)
    case 'own-packet':
      return reportOnce(instance, 'own-address', { event: 'own-address-received', instance: name, source }, around.out)
  }
}

/** No priority 0: the other one is master already, and a third router must not be called up. */
function yieldTo(
  instance: Instance,
  heard: Accepted,
  why: 'higher-priority' | 'higher-address' | 'stalled',
  around: Surroundings,
): Instance {
  const last = instance.config.higherPrioSendAdvert && why !== 'stalled' ? sendAdvert(instance, priorityOf(instance), around) : instance
  const master = { address: heard.source, priority: heard.priority }
  const masterAdvertInterval: Micros = heard.interval
  return becomeBackup({ ...last, master }, { why, wait: downTime(instance, masterAdvertInterval), masterAdvertInterval }, around)
}

/** RFC 9568 §6.4.3: the loser is told at once, and so are those who may have listened to it. */
function answerLower(instance: Instance, state: MasterState, { source, priority }: Accepted, around: Surroundings): Instance {
  const { config } = instance
  // With lower_prio_no_advert a stalled master has nothing to say before it has listened.
  if (hasJustAnswered(instance, state, around) || (state.listenUntil !== undefined && config.lowerPrioNoAdvert)) return instance
  const own = priorityOf(instance)
  const { dispute, again } = disputed(instance, state, source, around)
  const answering: MasterState = { ...state, answeredAt: around.now, dispute }
  const answered = config.lowerPrioNoAdvert ? { ...instance, state: answering } : advertNow(instance, answering, around)
  const report = { event: 'lower-priority-forces-election', instance: config.name, source, priority, own } as const
  around.out.push({ kind: 'report', report: again ? { ...report, again } : report })
  if (state.listenUntil !== undefined) return prove(answered, around)
  return masterState(answered, (now) => withAnnouncing(answered, now, lowerPriorityHeard(now.announce, config.garp, around.now), around))
}

/**
 * Who is answered and speaks on does not hear us: then two are master, and only people can mend that. The log says so once a minute,
 * however often it is answered.
 */
function disputed({ config }: Instance, { dispute }: MasterState, source: IpAddress, { now, out }: Surroundings): Disputed {
  const patience = micros(3 * config.advertInt)
  if (dispute === undefined || elapsed(dispute.heardAt, now) > patience) {
    return { dispute: { since: now, heardAt: now, saidAt: now }, again: undefined }
  }
  const lasting = elapsed(dispute.since, now)
  const first = lasting > patience && elapsed(dispute.since, dispute.saidAt) <= patience
  if (!first && elapsed(dispute.saidAt, now) < MINUTE) return { dispute: { ...dispute, heardAt: now }, again: true }
  out.push({ kind: 'report', report: { event: 'dual-master-suspected', instance: config.name, source, lasting } })
  return { dispute: { ...dispute, heardAt: now, saidAt: now }, again: true }
}

interface Disputed {
  readonly dispute: Dispute
  readonly again: true | undefined
}

const MINUTE = fromSeconds(60)

/** After a stall: it is known who is master, so clients may be told. */
export function prove(instance: Instance, around: Surroundings): Instance {
  return masterState(instance, (state) => {
    if (state.listenUntil === undefined) return instance
    const proven: MasterState = { ...state, listenUntil: undefined }
    return withAnnouncing(instance, proven, announceAnew(proven.announce, instance.config.garp, around.now), around)
  })
}

function masterState(instance: Instance, change: (state: MasterState) => Instance): Instance {
  return instance.state.role === 'master' ? change(instance.state) : instance
}

/** One answer serves all who spoke: a queue of stale adverts after a stall, or a flood, is not answered one by one. */
function hasJustAnswered({ config }: Instance, { answeredAt }: MasterState, { now }: Surroundings): boolean {
  return answeredAt !== undefined && elapsed(answeredAt, now) < config.advertInt / 10
}

/**
 * Two owners: the one with the lower address yields, so ours stands. It gets two adverts and a little more than an interval to see
 * that; if it does not, one of the two is configured wrongly and we give way instead.
 */
function contest(instance: Instance, state: MasterState, heard: Accepted, around: Surroundings): Instance {
  const { source, priority, interval } = heard
  const patience = micros(1.2 * Math.max(instance.config.advertInt, interval))
  const known = state.rival?.source === source && elapsed(state.rival.until, around.now) < patience * 3 ? state.rival : undefined
  if (known === undefined) {
    around.out.push({ kind: 'report', report: { event: 'two-owners', instance: instance.config.name, source } })
    const rival = { source, until: later(around.now, patience) }
    const told = sendAdvert(advertNow(instance, { ...state, rival, listenUntil: undefined }, around), priorityOf(instance), around)
    return masterState(told, (now) => withAnnouncing(told, now, lowerPriorityHeard(now.announce, instance.config.garp, around.now), around))
  }
  if (around.now < known.until) return instance
  around.out.push(
    { kind: 'report', report: { event: 'owner-lowered', instance: instance.config.name, source } },
    { kind: 'report', report: { event: 'higher-priority-received', instance: instance.config.name, source, priority, own: OWNER - 1 } },
  )
  return yieldTo({ ...instance, ownerLowered: true }, heard, 'higher-priority', around)
}
