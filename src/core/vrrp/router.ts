import type { IpAddress } from '../../base/ip.ts'
import { earliest, elapsed, type Instant, instant, later, type Micros, micros } from '../../base/units.ts'
import type { SessionNews } from '../bfd/events.ts'
import type { LinkEvent } from '../links.ts'
import type { Machine, Step } from '../machine.ts'
import { type KernelObject, keyOf } from '../reconcile/kinds.ts'
import {
  bfdSays,
  fileSays,
  NOTHING_TRACKED,
  observe,
  processesCounted,
  reconfigureTracked,
  runEnded,
  type Tracked,
  trackedDeadline,
  trackedDue,
} from '../track/tracked.ts'
import { addressesPresent } from './announce.ts'
import { type AnnounceQueues, queuesDeadline, withoutInstance } from './announce-queue.ts'
import { type Carriers, carriersDeadline, judgeCarriers, NO_CARRIERS, overruled } from './carrier.ts'
import type { StaticsConfig, VrrpConfig, VrrpGlobals } from './config.ts'
import { deliver, listenersOf } from './delivery.ts'
import { addressObjects, namedObjects, staticObjects } from './desired.ts'
import type { Endpoint, VrrpEffect } from './effects.ts'
import { OWNER } from './election.ts'
import { environmentOf } from './environment.ts'
import type { LinkbeatEvent, ObjectsLostEvent, ScriptEndedEvent, SettledEvent, VrrpEvent } from './events.ts'
import { createInstance, type Instance, instanceDeadline, type Surroundings } from './instance.ts'
import { type Interfaces, NO_INTERFACES, withLinkEvent } from './interfaces.ts'
import { adapt, assertMastership, objectsLost, reconfigure, removeInstance, startInstance, stopInstance } from './lifecycle.ts'
import { matchInstances } from './matching.ts'
import { groundObjects } from './own-links.ts'
import { objectText } from './routing-text.ts'
import { scriptReports } from './script-reports.ts'
import { settle } from './settle.ts'
import { alarmed, groupsOf, type SyncGroup, siblingBursts, synchroniseGroups } from './sync-group.ts'
import { noticeStall, tickInstance } from './timers.ts'
import { withAnnouncing } from './transitions.ts'

/** All virtual routers of a host. */
export interface RouterState {
  readonly globals: VrrpGlobals
  readonly interfaces: Interfaces | undefined
  readonly carriers: Carriers
  readonly instances: readonly Instance[]
  readonly groups: readonly SyncGroup[]
  readonly tracked: Tracked
  /** `vrrp_startup_delay`: until then all wait in INIT. Undefined before the first configuration. */
  readonly startsAt: Instant | undefined
  /** Interfaces are known, and the start-up delay is over: nobody waits in INIT for want of time. */
  readonly started: boolean
  readonly stopped: boolean
  /** What should exist now: another array only when it has changed. See `desired`. */
  readonly desired: readonly KernelObject[]
  /** `static_ipaddress`, `static_routes`, `static_rules`: nobody's, and wanted until the stop. */
  readonly statics: readonly KernelObject[]
  /** Their lines. */
  readonly staticsConfig?: StaticsConfig | undefined
  /** All that the configuration names, wanted now or not. See `named`. */
  readonly named: readonly KernelObject[]
  /** Links of our own and settings that should exist now: another array only after a configuration or the stop. See `ground`. */
  readonly ground: readonly KernelObject[]
  readonly endpoints: readonly Endpoint[]
  /** The virtual addresses of all instances but owners: never a source. */
  readonly virtual: ReadonlySet<IpAddress>
  /** Positions in `instances`, see delivery.ts. */
  readonly listeners: ReadonlyMap<number, readonly number[]>
  readonly queues: AnnounceQueues
  /** Adverts for nobody here, and datagrams too short to say for whom. */
  readonly unattributed: { readonly unknownVrid: number; readonly length: number; readonly truncated: number }
  /** Unknown VRIDs already reported. */
  readonly strangers: ReadonlySet<number>
}

export type Router = Machine<RouterState, VrrpEvent, VrrpEffect>

/** What should exist now, for the reconciler: the same array until something changes. */
export const desired = (state: RouterState): readonly KernelObject[] => state.desired

/** What the configuration names, wanted now or not: what of them is found and not desired is a left-over. */
export const named = (state: RouterState): readonly KernelObject[] => state.named

/** The links that addresses stand on, and the settings below them, for a reconciler of their own: transitions do not change them. */
export const ground = (state: RouterState): readonly KernelObject[] => state.ground

/** When the first backup will be master unless it hears one before; undefined without a backup. */
export function nextTakeover({ instances }: RouterState): Instant | undefined {
  let nearest: Instant | undefined
  for (const { state } of instances)
    if (state.role === 'backup' && (nearest === undefined || state.masterDownAt < nearest)) nearest = state.masterDownAt
  return nearest
}

const NOTHING: readonly KernelObject[] = []

const initial: RouterState = {
  globals: { startupDelay: 0 as Micros, logUnknownVrids: false, garpInterval: 0 as Micros, gnaInterval: 0 as Micros },
  interfaces: undefined,
  carriers: NO_CARRIERS,
  instances: [],
  groups: [],
  tracked: NOTHING_TRACKED,
  startsAt: undefined,
  started: false,
  stopped: false,
  desired: NOTHING,
  statics: NOTHING,
  named: NOTHING,
  ground: NOTHING,
  endpoints: [],
  virtual: new Set(),
  listeners: new Map(),
  queues: new Map(),
  unattributed: { unknownVrid: 0, length: 0, truncated: 0 },
  strangers: new Set(),
}

export const router: Router = { initial, step, deadline }

function step(state: RouterState, event: VrrpEvent, now: Instant): Step<RouterState, VrrpEffect> {
  const out: VrrpEffect[] = []
  const advanced = advance(state, event, now, out)
  const synchronised = advanced.groups.length === 0 ? advanced : synchronise(state, advanced, event, now, out)
  const next = settle(state, synchronised, now, out)
  return { state: next, effects: out }
}

function deadline(state: RouterState): Instant | undefined {
  const { instances, queues } = state
  let nearest = earliest(
    queuesDeadline(queues),
    carriersDeadline(state.carriers),
    awaitsStart(state) ? state.startsAt : undefined,
    runsDeadline(state),
  )
  for (const instance of instances) {
    const at = instanceDeadline(instance)
    if (at !== undefined && (nearest === undefined || at < nearest)) nearest = at
  }
  return nearest
}

const runsDeadline = ({ stopped, tracked }: RouterState): Instant | undefined => (stopped ? undefined : trackedDeadline(tracked))

function awaitsStart({ instances, interfaces, started, stopped }: RouterState): boolean {
  return instances.length > 0 && interfaces !== undefined && !started && !stopped
}

function advance(state: RouterState, event: VrrpEvent, now: Instant, out: VrrpEffect[]): RouterState {
  if (state.stopped) return state
  const around: Surroundings = { now, interfaces: state.interfaces ?? NO_INTERFACES, out }
  switch (event.kind) {
    case 'configured':
      return configure(state, event.config, around)
    case 'advert':
      return deliver(state, event, around)
    case 'settled':
      return addressesSettled(state, event, around)
    case 'objects-lost':
      return lost(state, event, around)
    case 'script-ended':
      return scriptEnded(state, event, around)
    case 'file':
      return observed(state, fileSays(state.tracked, event.path, event.value), around)
    case 'bfd':
      return bfdChanged(state, event, around)
    case 'processes':
      return processesChanged(state, processesCounted(state.tracked, event.name, event.running, around.now), around)
    case 'linkbeat':
      return linkbeat(state, event, around)
    case 'tick':
      return startReady(runScripts(tick(settleCarriers(state, around), around), around), around)
    case 'stop':
      return {
        ...each(state, (instance) => stopInstance(instance, event, around)),
        stopped: true,
        queues: new Map(),
        ground: event.keepAddresses ? state.ground : NOTHING,
      }
    case 'link':
    case 'link-removed':
    case 'address-added':
    case 'address-removed':
    case 'links-known':
      return linksChanged(state, event, around)
  }
}

/** A change of nothing keeps the array: whoever compares sees at once that there is nothing to do. */
function each(state: RouterState, change: (instance: Instance) => Instance): RouterState {
  let instances: Instance[] | undefined
  for (const [at, instance] of state.instances.entries()) {
    const next = change(instance)
    if (next === instance) continue
    instances ??= [...state.instances]
    instances[at] = next
  }
  return instances === undefined ? state : { ...state, instances }
}

function configure(state: RouterState, config: VrrpConfig, around: Surroundings): RouterState {
  // What an owner owns is an address of this host like any other, and may be the source of another instance.
  const borrowed = config.instances.filter(({ priority }) => priority !== OWNER)
  const virtual = new Set(borrowed.flatMap(addressObjects).map(({ prefix }) => prefix.address))
  const { continued, removed } = matchInstances(state.instances, config.instances)
  for (const instance of removed) removeInstance(noticeStall(instance, around), around)
  const groupOf = new Map(config.syncGroups.flatMap(({ name, members }) => members.map((member) => [member, name])))
  const instances = config.instances.map((one, at) => {
    const running = continued[at]
    const group = groupOf.get(one.name)
    return running === undefined ? createInstance(one, group) : reconfigure(noticeStall(running, around), one, group)
  })
  const statics = config.statics === undefined ? NOTHING : staticObjects(config.statics)
  const linkbeats = new Set(config.globals.linkbeats)
  const configured: RouterState = {
    ...state,
    globals: config.globals,
    // What is polled no more is as its flags say.
    carriers: { ...state.carriers, polled: new Map([...state.carriers.polled].filter(([name]) => linkbeats.has(name))) },
    startsAt: state.startsAt ?? startsAt(config.globals, around.now),
    instances,
    groups: groupsOf(config, state.groups),
    tracked: reconfigureTracked(state.tracked, config.tracked, around.now),
    virtual,
    statics,
    staticsConfig: config.statics,
    named: [...statics, ...namedObjects(instances, config.globals.firewall)],
    ground: groundObjects(config),
    listeners: new Map(),
    // A burst under way is dropped with the instance, or with the name that it is known by.
    queues: removed
      .concat(renamed(state.instances, continued, config))
      .reduce((queues, { config: { name } }) => withoutInstance(queues, name), state.queues),
    strangers: new Set(),
  }
  const next = state.interfaces === undefined ? configured : withCarriers(configured, state.interfaces, around.now)
  const adapted = next.interfaces === undefined ? next : adaptAll(next, next.interfaces, around)
  return startReady(
    each(adapted, (instance) => assertMastership(instance, around)),
    around,
  )
}

/** The monotonic clock counts from the boot of the machine. */
function startsAt({ startupDelay, delayAfterBoot = micros(0) }: VrrpGlobals, now: Instant): Instant {
  return instant(Math.max(later(now, startupDelay), delayAfterBoot))
}

function renamed(before: readonly Instance[], continued: readonly (Instance | undefined)[], config: VrrpConfig): readonly Instance[] {
  return before.filter((instance) => {
    const at = continued.indexOf(instance)
    return at >= 0 && config.instances[at]?.name !== instance.config.name
  })
}

function linksChanged(state: RouterState, event: LinkEvent, around: Surroundings): RouterState {
  const known = withLinkEvent(state.interfaces, event)
  // Single notifications may precede the first complete picture: nothing starts on part of it.
  if (state.interfaces === undefined && event.kind !== 'links-known') return state
  const next = withCarriers({ ...state, interfaces: known }, known, around.now)
  const interfaces = next.interfaces ?? known
  const surroundings = { ...around, interfaces }
  if (event.kind === 'address-added' || event.kind === 'address-removed') {
    const { address } = event.address.prefix
    // Our own virtual addresses come and go in hundreds, and are a source for nobody but their owner.
    const matters = ({ config }: Instance): boolean =>
      !state.virtual.has(address) || config.priority === OWNER || config.transport.source === address
    const adapted = each(next, (instance) => (matters(instance) ? adaptTo(instance, next, interfaces, surroundings) : instance))
    return adapted === next ? next : startReady(adapted, surroundings)
  }
  return startReady(adaptAll(next, interfaces, surroundings), surroundings)
}

/** What polling and `interface_up_down_delays` make of the interfaces. */
function withCarriers(state: RouterState, interfaces: Interfaces, now: Instant): RouterState {
  const carriers = judgeCarriers(state.carriers, interfaces, state.globals.interfaceDelays ?? [], now)
  return { ...state, carriers, interfaces: { byName: interfaces.byName, addresses: interfaces.addresses, overruled: overruled(carriers) } }
}

function linkbeat(state: RouterState, { interface: name, up }: LinkbeatEvent, around: Surroundings): RouterState {
  if (state.carriers.polled.get(name) === up) return state
  return carriersChanged({ ...state, carriers: { ...state.carriers, polled: new Map(state.carriers.polled).set(name, up) } }, around)
}

function settleCarriers(state: RouterState, around: Surroundings): RouterState {
  const due = carriersDeadline(state.carriers)
  return due === undefined || due > around.now ? state : carriersChanged(state, around)
}

function carriersChanged(state: RouterState, around: Surroundings): RouterState {
  if (state.interfaces === undefined) return state
  const next = withCarriers(state, state.interfaces, around.now)
  const interfaces = next.interfaces ?? state.interfaces
  return startReady(adaptAll(next, interfaces, { ...around, interfaces }), { ...around, interfaces })
}

function adaptAll(state: RouterState, interfaces: Interfaces, around: Surroundings): RouterState {
  const adapted = each(state, (instance) => adaptTo(instance, state, interfaces, around))
  return { ...adapted, listeners: listenersOf(adapted.instances) }
}

function adaptTo(instance: Instance, { virtual, tracked }: RouterState, interfaces: Interfaces, around: Surroundings): Instance {
  return adapt(instance, environmentOf(instance.config, interfaces, virtual, observe(tracked)), around)
}

/** What befell some members of sync groups, for the others. */
function synchronise(before: RouterState, after: RouterState, event: VrrpEvent, now: Instant, out: VrrpEffect[]): RouterState {
  const starting = after.groups.some(({ state }) => state === 'INIT')
  if (after.instances === before.instances && after.groups === before.groups && !starting) return after
  const around: Surroundings = { now, interfaces: after.interfaces ?? NO_INTERFACES, out }
  const heard = event.kind === 'advert' ? alarmed(out) : undefined
  const { instances, groups } = synchroniseGroups(before.instances, after, after.started && !after.stopped, around)
  return { ...after, instances: heard === undefined ? instances : siblingBursts(heard, { instances, groups }, around), groups }
}

function startReady(state: RouterState, around: Surroundings): RouterState {
  const { interfaces, startsAt } = state
  if (interfaces === undefined || startsAt === undefined || around.now < startsAt) return state
  return each(state.started ? state : { ...state, started: true }, (instance) =>
    instance.state.role === 'init' ? startInstance(instance, around) : instance,
  )
}

/** What is static comes back by itself; the rest concerns its instance. */
function lost(state: RouterState, event: ObjectsLostEvent, around: Surroundings): RouterState {
  const statics = new Set(state.statics.map(keyOf))
  for (const object of event.objects) {
    if (!statics.has(keyOf(object))) continue
    around.out.push({ kind: 'report', report: { event: 'restoring', instance: undefined, what: object.kind, text: objectText(object) } })
  }
  return each(state, (instance) => objectsLost(instance, event, around))
}

function addressesSettled(state: RouterState, { objects }: SettledEvent, around: Surroundings): RouterState {
  const settled = new Set(objects.map(keyOf))
  return each(state, (instance) => {
    const master = instance.state
    if (master.role !== 'master') return instance
    const present = instance.addresses.filter((address) => settled.has(keyOf(address)))
    const known = master.announce.present
    if (present.length === known.length && present.every((address, at) => address === known[at])) return instance
    return withAnnouncing(instance, master, addressesPresent(master.announce, present, instance.config.garp, around.now), around)
  })
}

function tick(state: RouterState, around: Surroundings): RouterState {
  return each(state, (instance) => {
    const at = instanceDeadline(instance)
    return at === undefined || at > around.now ? instance : tickInstance(noticeStall(instance, around), around)
  })
}

function runScripts(state: RouterState, around: Surroundings): RouterState {
  const due = trackedDeadline(state.tracked)
  if (due === undefined || due > around.now) return state
  const { tracked, runs } = trackedDue(state.tracked, around.now)
  for (const run of runs) around.out.push({ kind: 'run-script', ...run })
  return processesChanged({ ...state, tracked: { ...tracked, processes: state.tracked.processes } }, tracked, around)
}

/** Of those that are otherwise than before it is told; unchanged ones are a new count at most. */
function processesChanged(state: RouterState, tracked: Tracked, around: Surroundings): RouterState {
  const changed = tracked.processes.filter(({ condition }, at) => condition !== state.tracked.processes[at]?.condition)
  if (changed.length === 0) return { ...state, tracked }
  for (const { config, condition } of changed) {
    around.out.push({ kind: 'report', report: { event: 'process-changed', process: config.name, good: condition === 'up' } })
  }
  return observed(state, tracked, around)
}

function scriptEnded(state: RouterState, { run, end }: ScriptEndedEvent, around: Surroundings): RouterState {
  const change = runEnded(state.tracked, run, end)
  if (change === undefined) return state
  around.out.push(...scriptReports(change))
  const { tracked, before, after } = change
  return before.condition === after.condition ? { ...state, tracked } : observed(state, tracked, around)
}

/** Each instance that tracks the session says so before it changes. */
function bfdChanged(state: RouterState, { session: bfd, up, at }: SessionNews, around: Surroundings): RouterState {
  around.out.push({ kind: 'report', report: { event: 'bfd-received', bfd, up, delay: elapsed(at, around.now) } })
  return observed(state, bfdSays(state.tracked, bfd, up), around, ({ config: { name: instance, trackers } }) => {
    if (trackers.some(({ kind, name }) => kind === 'bfd' && name === bfd))
      around.out.push({ kind: 'report', report: { event: 'bfd-changed', instance, bfd, up } })
  })
}

/** Something tracked is otherwise than it was: some instances may have other priorities or faults. */
function observed(state: RouterState, tracked: Tracked, around: Surroundings, before = (_: Instance): void => undefined): RouterState {
  if (tracked === state.tracked) return state
  const next = { ...state, tracked }
  const { interfaces } = next
  if (interfaces === undefined) return next
  const adapted = each(next, (instance) => {
    if (instance.config.trackers.length === 0) return instance
    before(instance)
    return adaptTo(instance, next, interfaces, around)
  })
  return startReady(adapted, around)
}
