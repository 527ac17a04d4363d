import { elapsed, later } from '../../base/units.ts'
import { announceDeadline, announceDue, nextBeat } from './announce.ts'
import { masterDownTime } from './election.ts'
import { prove } from './hearing.ts'
import { type BackupState, downTime, type Instance, type MasterState, priorityOf, type Surroundings, skew } from './instance.ts'
import { becomeBackup, becomeMaster, hasStalled, reportExpired, sendAdvert, withAnnouncing } from './transitions.ts'

/** Whatever is due. The loop has read all sockets before, so nothing that came in time is missed. */
export function tickInstance(instance: Instance, around: Surroundings): Instance {
  const { state } = instance
  switch (state.role) {
    case 'backup':
      return state.masterDownAt <= around.now ? masterIsDown(instance, state, around) : instance
    case 'master':
      return tickMaster(instance, state, around)
    case 'init':
    case 'fault':
    case 'stopped':
      return instance
  }
}

function masterIsDown(instance: Instance, state: BackupState, around: Surroundings): Instance {
  const wait = downTime(instance, state.masterAdvertInterval)
  // Whoever slept through a whole down time, with the machine perhaps, has heard nothing because it could not.
  if (elapsed(state.masterDownAt, around.now) > wait && !state.overslept) {
    const masterDownAt = later(later(around.now, state.masterAdvertInterval), skew(instance, state.masterAdvertInterval))
    return { ...instance, state: { ...state, masterDownAt, overslept: true } }
  }
  // In a sync group the wish is remembered, and all of them take over when the last one has it.
  if (instance.syncGroup !== undefined) {
    reportExpired(instance, state, around)
    return { ...instance, state: { ...state, masterDownAt: later(around.now, wait), overslept: false, wantsMaster: true } }
  }
  return becomeMaster(instance, 'master-down', around)
}

function tickMaster(instance: Instance, state: MasterState, around: Surroundings): Instance {
  const advertised = state.advertAt <= around.now ? periodicAdvert(instance, state, around) : instance
  if (advertised.state.role !== 'master') return advertised
  const announceAt = announceDeadline(advertised.state.announce)
  if (announceAt === undefined || announceAt > around.now) return advertised
  const due = announceDue(advertised.state.announce, instance.config.garp, around.now)
  return withAnnouncing(advertised, advertised.state, due, around)
}

/** Counted from when it was due, so the period does not drift; a stall is not made up for with a burst. */
function periodicAdvert(instance: Instance, state: MasterState, around: Surroundings): Instance {
  const advertAt = nextBeat(state.advertAt, instance.config.advertInt, around.now)
  const sent = sendAdvert(instance, priorityOf(instance), around)
  return prove({ ...sent, state: { ...state, advertAt, sentAt: around.now } }, around)
}

/**
 * A master that could not run for longer than the best backup waits must expect to find another one. It keeps its addresses, but
 * says nothing for an interval: an advert or gratuitous ARP now would take the clients away from whoever serves them. With
 * `timer_expired_backup` it is backup at once, and says nothing either.
 */
export function noticeStall(instance: Instance, around: Surroundings): Instance {
  const { config, state } = instance
  if (state.role !== 'master' || state.listenUntil !== undefined) return instance
  const silence = elapsed(state.sentAt, around.now)
  const { timerExpiredBackup } = config
  if (timerExpiredBackup !== undefined && silence > masterDownTime(config, timerExpiredBackup, config.advertInt)) {
    reportStall(instance, state, around)
    return becomeBackup(instance, { why: 'stalled', wait: downTime(instance, config.advertInt) }, around)
  }
  if (!hasStalled(instance, state, around)) return instance
  const listenUntil = later(around.now, config.advertInt)
  reportStall(instance, state, around)
  const announce = { present: state.announce.present, secondAt: undefined, refreshAt: undefined, lowerPrioAt: undefined }
  return { ...instance, state: { ...state, listenUntil, advertAt: listenUntil, announce } }
}

function reportStall({ config }: Instance, { advertAt }: MasterState, { now, out }: Surroundings): void {
  out.push({ kind: 'report', report: { event: 'stalled', instance: config.name, late: elapsed(advertAt, now) } })
}
