import { assert } from '../../base/assert.ts'
import { type Micros, micros } from '../../base/units.ts'
import { lowerPriorityHeard } from './announce.ts'
import type { VrrpConfig } from './config.ts'
import type { StateName, VrrpEffect } from './effects.ts'
import { OWNER } from './election.ts'
import { downTime, type Instance, type Surroundings, skew, stateName } from './instance.ts'
import { announceOwnAddress } from './lifecycle.ts'
import { become, becomeBackup, becomeMaster, sendPriorityZero, withAnnouncing } from './transitions.ts'

/** A `vrrp_sync_group` at work: either all of its members are master, or none is. */
export interface SyncGroup {
  readonly name: string
  /** Positions among the instances, in the order of the group. */
  readonly members: readonly number[]
  /** What was last told of it. */
  readonly state: StateName
}

export interface Synchronised {
  readonly instances: readonly Instance[]
  readonly groups: readonly SyncGroup[]
}

/** The groups of a configuration; one that was there before keeps its state. */
export function groupsOf({ instances, syncGroups }: VrrpConfig, before: readonly SyncGroup[]): readonly SyncGroup[] {
  return syncGroups.map(({ name, members }) => {
    const positions = members.map((member) => instances.findIndex((instance) => instance.name === member))
    assert(positions.length > 0 && !positions.includes(-1), 'a sync group has members, and they exist')
    return { name, members: positions, state: before.find((group) => group.name === name)?.state ?? 'INIT' }
  })
}

/**
 * Makes the others follow those whom the event has moved, whose own effects are out already. `started`: INIT may be left. What is told
 * of a group comes after all that is told of its members, but at the start, as keepalived has it.
 */
export function synchroniseGroups(
  before: readonly Instance[],
  { instances, groups }: Synchronised,
  started: boolean,
  around: Surroundings,
): Synchronised {
  const all = [...instances]
  const settled = groups.map((group): SyncGroup => {
    const untouched = group.state !== 'INIT' && group.members.every((at) => before[at] === all[at])
    if (untouched) return group
    const company = new Company(group, all, around)
    const beginning = around.out.length
    if (started) follow(company, before)
    const state = company.state() ?? group.state
    if (state === group.state) return group
    const first = group.state === 'INIT' && state === 'BACKUP'
    const report = { event: 'group-transition', group: group.name, from: group.state, to: state } as const
    around.out.splice(first ? beginning : around.out.length, 0, { kind: 'report', report })
    return { ...group, state }
  })
  return { instances: all.every((instance, at) => instance === instances[at]) ? instances : all, groups: settled }
}

/** The members of one group, each replaced as it changes. */
class Company {
  readonly group: SyncGroup
  readonly around: Surroundings
  readonly #all: Instance[]

  constructor(group: SyncGroup, all: Instance[], around: Surroundings) {
    this.group = group
    this.#all = all
    this.around = around
  }

  members(): readonly (readonly [number, Instance])[] {
    return this.group.members.flatMap((at) => {
      const instance = this.#all[at]
      return instance === undefined ? [] : [[at, instance] as const]
    })
  }

  instances(): readonly Instance[] {
    return this.members().map(([, instance]) => instance)
  }

  roles(): ReadonlySet<Instance['state']['role']> {
    return new Set(this.instances().map(({ state }) => state.role))
  }

  /** Changes all to whom it applies, in the order of the group; `first` before the others. */
  change(applies: (instance: Instance) => boolean, change: (instance: Instance) => Instance, first?: number): void {
    const members = this.members().filter(([, instance]) => applies(instance))
    const ordered = [...members.filter(([at]) => at === first), ...members.filter(([at]) => at !== first)]
    for (const [at, instance] of ordered) this.#all[at] = change(instance)
  }

  say(to: 'MASTER' | 'BACKUP' | 'FAULT'): void {
    this.around.out.push({ kind: 'report', report: { event: 'group-syncing', group: this.group.name, to } })
  }

  /** What all members have in common; undefined while they differ. */
  state(): StateName | undefined {
    const names = new Set(this.instances().map(stateName))
    return names.size === 1 ? [...names][0] : undefined
  }
}

function follow(company: Company, before: readonly Instance[]): void {
  const members = company.instances()
  if (company.roles().has('stopped')) return
  if (members.some(({ environment }) => environment.faults.length > 0)) {
    fallTogether(company)
    return
  }
  if (members.some(({ environment }) => environment.waiting)) return
  if (company.roles().has('init') || company.roles().has('fault')) riseTogether(company)
  if (wantMaster(company)) promoteTogether(company, before)
  else demoteTogether(company)
}

/** Whoever was master says so to its peers. */
function fallTogether(company: Company): void {
  const { around } = company
  const stands = ({ state }: Instance): boolean => state.role !== 'fault'
  if (!company.instances().some(stands)) return
  company.say('FAULT')
  company.change(stands, (instance) => {
    const told = instance.state.role === 'master' ? sendPriorityZero(instance, around) : instance
    return become(told, { role: 'fault' }, 'sync-fault', around)
  })
}

/** Out of INIT or FAULT: all owners are master at once, and who joins a group of masters is one. Otherwise the group waits as a backup. */
function riseTogether(company: Company): void {
  const { around } = company
  const rises = ({ state }: Instance): boolean => state.role === 'init' || state.role === 'fault'
  const others = company.instances().filter((instance) => !rises(instance))
  const asMaster =
    others.length > 0
      ? others.every(({ state }) => state.role === 'master')
      : company.instances().every((instance) => instance.config.priority === OWNER)
  company.change(rises, (instance) => {
    if (instance.state.role === 'fault') announceOwnAddress(instance, around)
    if (asMaster) return becomeMaster(instance, others.length > 0 ? 'sync-master' : 'owner', around)
    const why = instance.state.role === 'init' ? 'init' : 'fault-cleared'
    return becomeBackup(instance, { why, wait: firstWait(instance) }, around)
  })
}

/** An owner among others need not wait long for itself. */
function firstWait(instance: Instance): Micros {
  const { advertInt } = instance.config
  return instance.config.priority === OWNER ? micros(advertInt + skew(instance, advertInt)) : downTime(instance, advertInt)
}

/** The gate: a group takes over when its slowest member would. */
function wantMaster(company: Company): boolean {
  return company.instances().every(({ state }) => state.role === 'master' || (state.role === 'backup' && state.wantsMaster))
}

function promoteTogether(company: Company, before: readonly Instance[]): void {
  const { around } = company
  const waits = ({ state }: Instance): boolean => state.role === 'backup'
  const wished = (at: number): boolean => {
    const state = before[at]?.state
    return state?.role === 'backup' && state.wantsMaster
  }
  const waiting = company.members().filter(([, instance]) => waits(instance))
  const trigger = (waiting.find(([at]) => !wished(at)) ?? waiting[0])?.[0]
  if (trigger === undefined) return
  let isTrigger = true
  company.change(
    waits,
    (instance) => {
      const promoted = becomeMaster(instance, isTrigger ? 'master-down' : 'sync-master', around)
      if (isTrigger) company.say('MASTER')
      isTrigger = false
      return promoted
    },
    trigger,
  )
}

/**
 * One gave up mastership: so do the others. Whoever was outranked leaves without priority 0, and so do they; if an address was taken
 * from it, all of them say so and come back together after a skew.
 */
function demoteTogether(company: Company): void {
  const { around } = company
  const roles = company.roles()
  if (!roles.has('master') || !roles.has('backup')) return
  company.say('BACKUP')
  const robbed = around.out.some((effect) => effect.kind === 'transition' && effect.why === 'vip-removed')
  company.change(
    ({ state }) => state.role === 'master',
    (instance) => {
      const { advertInt } = instance.config
      if (!robbed) return becomeBackup(instance, { why: 'sync-backup', wait: downTime(instance, advertInt) }, around)
      return becomeBackup(sendPriorityZero(instance, around), { why: 'vip-removed', wait: skew(instance, advertInt) }, around)
    },
  )
}

/** The instance that heard somebody of a lower priority speak as a master. */
export function alarmed(out: readonly VrrpEffect[]): string | undefined {
  for (const effect of out) {
    if (effect.kind !== 'report') continue
    const { report } = effect
    if (report.event === 'lower-priority-forces-election' || report.event === 'two-owners') return report.instance
  }
  return undefined
}

/** Who listened to the other one on this link may have done so on the links of the other members too. */
export function siblingBursts(heard: string, { instances, groups }: Synchronised, around: Surroundings): readonly Instance[] {
  const group = groups.find(({ members }) => members.some((at) => instances[at]?.config.name === heard))
  if (group === undefined) return instances
  return instances.map((instance, at) => {
    const { state, config } = instance
    if (!group.members.includes(at) || config.name === heard || state.role !== 'master' || state.listenUntil !== undefined) return instance
    return withAnnouncing(instance, state, lowerPriorityHeard(state.announce, config.garp, around.now), around)
  })
}
