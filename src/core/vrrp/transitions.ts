import { elapsed, type Instant, later, type Micros } from '../../base/units.ts'
import { type Announcing, announceEffects, NOT_ANNOUNCED } from './announce.ts'
import { type Counters, counted } from './counters.ts'
import { holdsAddresses } from './desired.ts'
import type { TransitionReason, VrrpEffect } from './effects.ts'
import { masterDownTime, OWNER } from './election.ts'
import {
  type BackupState,
  downTime,
  type Instance,
  type MasterState,
  priorityOf,
  type State,
  type Surroundings,
  stateName,
} from './instance.ts'
import { advertEffect } from './transmit.ts'

/** Out of INIT or FAULT. The owner of the addresses is master at once; `state MASTER` alone changes nothing. */
export function enterElection(instance: Instance, why: 'init' | 'fault-cleared', around: Surroundings): Instance {
  if (priorityOf(instance) === OWNER) return becomeMaster(instance, 'owner', around)
  return becomeBackup(instance, { why, wait: downTime(instance, instance.config.advertInt) }, around)
}

export interface BackupEntry {
  readonly why: TransitionReason
  /** Until we take over, if no master is heard. */
  readonly wait: Micros
  /** Of the master that we yield to; our own where none was heard. */
  readonly masterAdvertInterval?: Micros
}

export function becomeBackup(instance: Instance, entry: BackupEntry, around: Surroundings): Instance {
  const state: BackupState = {
    role: 'backup',
    masterDownAt: later(around.now, entry.wait),
    masterAdvertInterval: entry.masterAdvertInterval ?? instance.config.advertInt,
    preemptAt: undefined,
    overslept: false,
    wantsMaster: false,
  }
  return become(instance, state, entry.why, around)
}

/**
 * The advert leaves before the kernel is asked for the addresses: the former master must drop them before our gratuitous ARP. What
 * waits for the kernel is announced when it has `settled`.
 */
export function becomeMaster(instance: Instance, why: TransitionReason, around: Surroundings): Instance {
  const restored: Instance = { ...instance, ownerLowered: false, master: undefined }
  const sent = sendAdvert(restored, priorityOf(restored), around)
  if (instance.ownerLowered) around.out.push({ kind: 'report', report: { event: 'owner-restored', instance: instance.config.name } })
  if (instance.state.role === 'backup' && !instance.state.wantsMaster) reportExpired(instance, instance.state, around)
  const state: MasterState = {
    role: 'master',
    advertAt: later(around.now, instance.config.advertInt),
    sentAt: around.now,
    answeredAt: undefined,
    listenUntil: undefined,
    resigned: false,
    rival: undefined,
    announce: NOT_ANNOUNCED,
  }
  return become(sent, state, why, around)
}

export function reportExpired(instance: Instance, { masterAdvertInterval }: BackupState, { out }: Surroundings): void {
  const after = downTime(instance, masterAdvertInterval)
  out.push({ kind: 'report', report: { event: 'master-down-expired', instance: instance.config.name, after } })
}

export function become(instance: Instance, state: State, why: TransitionReason, around: Surroundings): Instance {
  const from = stateName(instance)
  const next: Instance = { ...instance, state, lastTransition: around.now, reported: new Set(), counters: countTransition(instance, state) }
  const to = stateName(next)
  around.out.push({ kind: 'transition', instance: instance.config.name, from, to, why, priority: priorityOf(next) })
  reportResignation(instance, around)
  if (to === 'MASTER') reportSetting(next, around)
  if (from === 'MASTER' && !holdsAddresses(next)) reportRemoval(next, around)
  return next
}

/** The highest priority that is not an owner's: nobody waits less. */
const BEST_BACKUP = 254

/** Whether a master was silent for longer than the best backup waits: then there is another by now, perhaps. */
export function hasStalled({ config }: Instance, { sentAt }: MasterState, { now }: Surroundings): boolean {
  return elapsed(sentAt, now) > masterDownTime(config, BEST_BACKUP, config.advertInt)
}

/**
 * Only from MASTER: peers need not wait for their full timers. Whoever stalled leaves in silence: peers have not waited for it, and the
 * master that they have may not be called into question.
 */
export function sendPriorityZero(instance: Instance, around: Surroundings): Instance {
  const { state } = instance
  if (state.role !== 'master' || state.listenUntil !== undefined || hasStalled(instance, state, around)) return instance
  const sent = sendAdvert(instance, 0, around)
  if (sent === instance) return instance
  return { ...sent, state: { ...state, resigned: true }, counters: counted(sent.counters, 'priorityZeroSent') }
}

/** The log has it after the transition that it belongs to. */
export function reportResignation({ state, config }: Instance, { out }: Surroundings): void {
  if (state.role === 'master' && state.resigned)
    out.push({ kind: 'report', report: { event: 'priority-zero-sent', instance: config.name } })
}

/** Without a source or an interface there is nothing to send from; the fault that follows says so. */
export function sendAdvert(instance: Instance, priority: number, around: Surroundings): Instance {
  const { config, environment, advertised, oldUnicastChecksum } = instance
  const sequences = { ...instance.sequences, highest: instance.sequences.highest + 1 }
  const { device, ifindex, source } = environment
  if (ifindex === undefined || source === undefined) return instance
  around.out.push(
    advertEffect({ config, device, ifindex, source, addresses: advertised, oldUnicastChecksum, sequence: sequences.highest }, priority),
  )
  return { ...instance, sequences, counters: counted(instance.counters, 'advertsSent') }
}

/** An advert out of turn: the period counts from it. */
export function advertNow(instance: Instance, state: MasterState, around: Surroundings): Instance {
  const advertAt: Instant = later(around.now, instance.config.advertInt)
  return { ...sendAdvert(instance, priorityOf(instance), around), state: { ...state, advertAt, sentAt: around.now } }
}

export function withAnnouncing(instance: Instance, state: MasterState, announcing: Announcing, around: Surroundings): Instance {
  for (const burst of announcing.bursts) {
    for (const effect of announceEffects(instance.config.name, burst, around.interfaces)) {
      const { interface: name, addresses, repeat } = effect
      around.out.push(
        { kind: 'report', report: { event: 'announcing', instance: instance.config.name, interface: name, addresses, repeat } },
        effect,
      )
    }
  }
  return { ...instance, state: { ...state, announce: announcing.schedule } }
}

function countTransition(instance: Instance, state: State): Counters {
  const was = instance.state.role === 'master'
  const is = state.role === 'master'
  if (was === is) return instance.counters
  return counted(instance.counters, is ? 'becameMaster' : 'releasedMaster')
}

/** In the order in which the kernel is asked: rules, routes, addresses, firewall. */
export function reportRemoval(instance: Instance, { out }: Surroundings): void {
  for (const what of ['rules', 'routes', 'vips', 'evips', 'firewall'] as const) reportHeld('removing', what, instance, out)
}

/** The other way round, as far as they depend on each other. */
function reportSetting(instance: Instance, { out }: Surroundings): void {
  for (const what of ['firewall', 'vips', 'evips', 'routes', 'rules'] as const) reportHeld('setting', what, instance, out)
}

/** What an instance has in the kernel while it is master; nothing is said of what its configuration has none of. */
function reportHeld(
  event: 'setting' | 'removing',
  what: 'vips' | 'evips' | 'routes' | 'rules' | 'firewall',
  { config: { name: instance, ...config } }: Instance,
  out: VrrpEffect[],
): void {
  const held = {
    vips: config.virtualIpaddress,
    evips: config.virtualIpaddressExcluded,
    routes: config.virtualRoutes ?? [],
    rules: config.virtualRules ?? [],
    firewall: config.noAccept === true ? [true] : [],
  }
  if (held[what].length === 0) return
  out.push({ kind: 'report', report: what === 'vips' ? { event: `${event}-vips`, instance } : { event, instance, what } })
}
