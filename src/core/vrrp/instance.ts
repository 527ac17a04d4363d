import type { IpAddress } from '../../base/ip.ts'
import { earliest, type Instant, type Micros } from '../../base/units.ts'
import type { AddressObject } from '../reconcile/kinds.ts'
import { type AnnounceSchedule, announceDeadline } from './announce.ts'
import { NO_SEQUENCES, type SequenceMemory } from './authentication.ts'
import type { InstanceConfig } from './config.ts'
import { type Counters, ZERO_COUNTERS } from './counters.ts'
import { addressObjects, routingObjects } from './desired.ts'
import type { StateName, VrrpEffect } from './effects.ts'
import { type Candidate, masterDownTime, skewTime } from './election.ts'
import { type Environment, NO_ENVIRONMENT } from './environment.ts'
import type { Interfaces } from './interfaces.ts'
import { effectivePriority } from './priority.ts'
import type { Report } from './reports.ts'
import type { RoutingObject } from './routing.ts'
import { NO_STAMPS, type StampMemory } from './signature.ts'

/** The states of RFC 9568 §6.4 and keepalived's FAULT, each with exactly the deadlines that it can have. */
export type State =
  /** `swept`: what an earlier life left has been spoken of. */
  | { readonly role: 'init'; readonly swept?: true }
  | { readonly role: 'fault' }
  | BackupState
  | MasterState
  | { readonly role: 'stopped'; readonly keepAddresses: boolean }

export interface BackupState {
  readonly role: 'backup'
  readonly masterDownAt: Instant
  /** Learned from the master in VRRPv3 (Active_Adver_Interval), our own in VRRPv2. */
  readonly masterAdvertInterval: Micros
  /** `preempt_delay`: until then a lower master is left alone. Undefined before the first lower advert. */
  readonly preemptAt: Instant | undefined
  /** The timer ran out long before we did: it was given one more interval to hear a master. */
  readonly overslept: boolean
  /** The timer of a member of a sync group ran out, but others still heard their masters. An accepted advert withdraws it. */
  readonly wantsMaster: boolean
}

export interface MasterState {
  readonly role: 'master'
  readonly advertAt: Instant
  /** When the last advert left: others count from it. */
  readonly sentAt: Instant
  /** When a losing advert was last answered out of turn. */
  readonly answeredAt: Instant | undefined
  /** After a stall: nothing is sent until then, for somebody else may be master by now. */
  readonly listenUntil: Instant | undefined
  /** Priority 0 was sent: it is about to leave. */
  readonly resigned: boolean
  /** Another owner with a lower address, and how long it has to give way. */
  readonly rival: { readonly source: IpAddress; readonly until: Instant } | undefined
  /** Somebody of a lower priority goes on speaking as a master: it does not hear us. */
  readonly dispute?: Dispute
  readonly announce: AnnounceSchedule
}

export interface Dispute {
  readonly since: Instant
  readonly heardAt: Instant
  /** When the log last spoke of it. */
  readonly saidAt: Instant
}

/** One virtual router on this host. */
export interface Instance {
  readonly config: InstanceConfig
  /** `vrrp_sync_group`: it does not change its state alone. */
  readonly syncGroup: string | undefined
  readonly state: State
  readonly environment: Environment
  /** What the kernel should have while we are master. */
  readonly addresses: readonly AddressObject[]
  /** And of routes and rules. */
  readonly routing: readonly RoutingObject[]
  /** What our adverts carry. */
  readonly advertised: readonly IpAddress[]
  readonly ownerLowered: boolean
  readonly oldUnicastChecksum: boolean
  readonly sequences: SequenceMemory
  readonly stamps: StampMemory
  /** The last master that was heard. */
  readonly master: Candidate | undefined
  readonly lastTransition: Instant | undefined
  readonly counters: Counters
  /** What has been reported and will not be again in this state. */
  readonly reported: ReadonlySet<string>
}

/** What surrounds a step: effects are appended in the order in which they are to be performed. */
export interface Surroundings {
  readonly now: Instant
  readonly interfaces: Interfaces
  readonly out: VrrpEffect[]
}

export function createInstance(config: InstanceConfig, syncGroup?: string): Instance {
  return {
    config,
    syncGroup,
    state: { role: 'init' },
    environment: NO_ENVIRONMENT,
    addresses: addressObjects(config),
    routing: routingObjects(config),
    advertised: [],
    ownerLowered: false,
    oldUnicastChecksum: false,
    sequences: NO_SEQUENCES,
    stamps: NO_STAMPS,
    master: undefined,
    lastTransition: undefined,
    counters: ZERO_COUNTERS,
    reported: new Set(),
  }
}

export function priorityOf(instance: Instance): number {
  return effectivePriority(instance.config.priority, { ownerLowered: instance.ownerLowered, weight: instance.environment.weight })
}

/** The nearest instant at which `tick` does something. */
export function instanceDeadline({ state }: Instance): Instant | undefined {
  switch (state.role) {
    case 'backup':
      return state.masterDownAt
    case 'master':
      return earliest(state.advertAt, announceDeadline(state.announce))
    case 'init':
    case 'fault':
    case 'stopped':
      return undefined
  }
}

/** keepalived's word for the state. */
export function stateName({ state }: Instance): StateName {
  switch (state.role) {
    case 'init':
      return 'INIT'
    case 'backup':
      return 'BACKUP'
    case 'master':
      return 'MASTER'
    case 'fault':
      return 'FAULT'
    case 'stopped':
      return 'STOP'
  }
}

/** Our own Master_Down_Interval towards a master of this interval. */
export function downTime(instance: Instance, masterAdvertInterval: Micros): Micros {
  return masterDownTime(instance.config, priorityOf(instance), masterAdvertInterval)
}

/** Our own Skew_Time towards a master of this interval. */
export function skew(instance: Instance, masterAdvertInterval: Micros): Micros {
  return skewTime(instance.config.version, priorityOf(instance), masterAdvertInterval)
}

/** Says it at most once until the state changes, whatever somebody floods us with. */
export function reportOnce(instance: Instance, key: string, report: Report, out: VrrpEffect[]): Instance {
  if (instance.reported.has(key)) return instance
  out.push({ kind: 'report', report })
  return { ...instance, reported: new Set(instance.reported).add(key) }
}
