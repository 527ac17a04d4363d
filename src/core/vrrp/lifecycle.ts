import { familyOf } from '../../base/ip.ts'
import { type KernelObject, keyOf, serves } from '../reconcile/kinds.ts'
import { announceOn } from './announce.ts'
import type { InstanceConfig } from './config.ts'
import { addressObjects, isTracked, routingObjects } from './desired.ts'
import { advertLimit, type Environment, type Fault } from './environment.ts'
import type { ObjectsLostEvent, StopEvent } from './events.ts'
import { shiftTimer } from './hearing.ts'
import { type Instance, priorityOf, type State, type Surroundings, skew, stateName } from './instance.ts'
import type { Report } from './reports.ts'
import { objectText } from './routing-text.ts'
import { advertNow, become, becomeBackup, enterElection, reportRemoval, reportResignation, sendPriorityZero } from './transitions.ts'

/** Out of INIT, if nothing stands against it, once interfaces are known and the start-up delay is over. */
export function startInstance(instance: Instance, around: Surroundings): Instance {
  const { faults, waiting } = instance.environment
  const swept = sweep(instance, around)
  // A sync group starts as one.
  if (faults.length === 0) return instance.syncGroup === undefined && !waiting ? enterElection(swept, 'init', around) : swept
  reportFaults(instance, [], faults, around)
  return become(swept, { role: 'fault' }, 'fault', around)
}

/** Left-overs of an earlier life go first. */
function sweep(instance: Instance, around: Surroundings): Instance {
  if (instance.state.role !== 'init' || instance.state.swept) return instance
  reportRemoval(instance, around)
  return { ...instance, state: { role: 'init', swept: true } }
}

/** The interfaces changed, or the configuration did. */
export function adapt(instance: Instance, found: Environment, around: Surroundings): Instance {
  const before = instance.environment
  const environment = sameSource(before, found) ? { ...found, sourceObject: before.sourceObject } : found
  const next = withPriority(instance, withAdvertised({ ...instance, environment }, around), around)
  const { role } = instance.state
  if (role === 'init' || role === 'stopped') return next
  reportFaults(instance, before.faults, environment.faults, around)
  if (role === 'fault')
    return environment.faults.length === 0 && !environment.waiting && next.syncGroup === undefined ? leaveFault(next, around) : next
  if (environment.faults.length === 0) return next
  // Tried from where we were: the interface may still carry it.
  const told = role === 'master' ? sendPriorityZero({ ...next, environment: { ...before, faults: environment.faults } }, around) : next
  return become({ ...told, environment }, { role: 'fault' }, 'fault', around)
}

/** The same object stays the same, so that nothing is thought to have changed. */
const sameSource = (before: Environment, { sourceObject }: Environment): boolean =>
  sourceObject !== undefined && before.sourceObject !== undefined && keyOf(before.sourceObject) === keyOf(sourceObject)

/** The trackers have changed the priority: the next advert says so, and the timer of a backup moves by the change in skew. */
function withPriority(before: Instance, after: Instance, { out }: Surroundings): Instance {
  const [from, to] = [priorityOf(before), priorityOf(after)]
  if (from === to) return after
  out.push({ kind: 'report', report: { event: 'priority-changed', instance: after.config.name, from, to } })
  return after.state.role === 'backup' ? { ...after, state: shiftTimer(before, after, after.state) } : after
}

/** A reload: nothing starts anew. A master says at once what it is now; the timer of a backup runs on, moved by the change in skew. */
export function reconfigure(instance: Instance, config: InstanceConfig, syncGroup: string | undefined): Instance {
  const ownerLowered = instance.ownerLowered && config.priority === instance.config.priority
  const addresses = kept(instance.addresses, addressObjects(config))
  const routing = kept(instance.routing, routingObjects(config))
  const next: Instance = { ...instance, config, syncGroup, ownerLowered, addresses, routing, reported: new Set() }
  return { ...next, state: reconfigureState(instance, next) }
}

/** The former array, if the new one says the same: whoever compares sees that there is nothing to do. */
function kept<Kind extends KernelObject>(before: readonly Kind[], after: readonly Kind[]): readonly Kind[] {
  const isSame = (one: Kind, at: number): boolean => {
    const former = before[at]
    return former !== undefined && keyOf(former) === keyOf(one) && serves(former, one) && serves(one, former)
  }
  return before.length === after.length && after.every(isSame) ? before : after
}

function reconfigureState(before: Instance, after: Instance): State {
  const { state } = before
  if (state.role === 'backup') {
    const shifted = shiftTimer(before, after, state)
    const learned = after.config.version === 3 && before.config.version === 3
    return { ...shifted, masterAdvertInterval: learned ? state.masterAdvertInterval : after.config.advertInt }
  }
  if (state.role !== 'master') return state
  const configured = new Set(after.addresses.map(keyOf))
  const present = state.announce.present.filter((address) => configured.has(keyOf(address)))
  return { ...state, announce: { ...state.announce, present } }
}

/** After a reload, and with the new addresses: covers the gap that reading the configuration may have made. */
export function assertMastership(instance: Instance, around: Surroundings): Instance {
  const { state } = instance
  if (state.role !== 'master' || state.listenUntil !== undefined) return instance
  return advertNow(instance, state, around)
}

/** The configuration has it no more. */
export function removeInstance(instance: Instance, around: Surroundings): void {
  const told = instance.state.role === 'master' ? sendPriorityZero(instance, around) : instance
  const { config } = told
  around.out.push({
    kind: 'transition',
    instance: config.name,
    from: stateName(instance),
    to: 'DELETED',
    why: 'deleted',
    priority: priorityOf(told),
  })
  reportResignation(told, around)
  if (instance.state.role === 'master') reportRemoval(told, around)
}

/** The orderly stop. With `--dont-release-vrrp` the addresses stay and nobody is told. */
export function stopInstance(instance: Instance, { keepAddresses }: StopEvent, around: Surroundings): Instance {
  if (instance.state.role === 'stopped') return instance
  const isMaster = instance.state.role === 'master'
  const told = isMaster && !keepAddresses ? sendPriorityZero(instance, around) : instance
  return become(told, { role: 'stopped', keepAddresses: isMaster && keepAddresses }, 'stop', around)
}

/**
 * Somebody took an address, a route or a rule from a master: it gives up all of them, and comes back after a skew if nobody else does.
 * What is not tracked is put back, and that is all.
 */
export function objectsLost(instance: Instance, event: ObjectsLostEvent, around: Surroundings): Instance {
  const { config, state } = instance
  if (state.role !== 'master') return instance
  const held = new Set([...state.announce.present, ...instance.routing].map(keyOf))
  const lost = event.objects.filter((object) => held.has(keyOf(object)))
  if (lost.length === 0) return instance
  const fatal = lost.filter((object) => isTracked(config, keyOf(object)))
  for (const object of lost) around.out.push({ kind: 'report', report: lossReport(config.name, object, fatal.includes(object)) })
  if (fatal.length === 0) return instance
  const told = sendPriorityZero(instance, around)
  return becomeBackup(told, { why: 'vip-removed', wait: skew(told, config.advertInt) }, around)
}

function lossReport(instance: string, object: KernelObject, isFatal: boolean): Report {
  if (!isFatal) return { event: 'restoring', instance, what: object.kind, text: objectText(object) }
  if (object.kind === 'address') return { event: 'vip-lost', instance, address: object.prefix.address, interface: object.interface }
  return { event: 'routing-lost', instance, what: object.kind, text: objectText(object) }
}

function leaveFault(instance: Instance, around: Surroundings): Instance {
  announceOwnAddress(instance, around)
  return enterElection(instance, 'fault-cleared', around)
}

/** Of a unicast instance that leaves FAULT: peers have to find it again. */
export function announceOwnAddress({ config, environment }: Instance, around: Surroundings): void {
  const { source } = environment
  if (config.transport.kind === 'unicast' && source !== undefined) {
    const { name, garp, family, interface: own } = config
    const { interfaces } = around
    around.out.push(...announceOn({ instance: name, interfaces, interface: own, family, addresses: [source], repeat: garp.masterRepeat }))
  }
}

/** What an advert has no room for is still set, but no longer advertised. */
function withAdvertised(instance: Instance, { out, interfaces }: Surroundings): Instance {
  const { config, environment } = instance
  const own = config.virtualIpaddress.map(({ prefix }) => prefix.address).filter((address) => familyOf(address) === config.family)
  const advertised = own.slice(0, environment.advertised)
  if (advertised.length === instance.advertised.length && advertised.every((address, at) => address === instance.advertised[at]))
    return instance
  const count = own.length - advertised.length
  if (count > 0) {
    const limit = advertLimit(config, interfaces.byName.get(environment.device))
    out.push({ kind: 'report', report: { event: 'vips-moved-to-excluded', instance: config.name, count, limit } })
  }
  return { ...instance, advertised }
}

function reportFaults({ config }: Instance, before: readonly Fault[], after: readonly Fault[], { out }: Surroundings): void {
  const among = (faults: readonly Fault[], fault: Fault): boolean =>
    faults.some(({ cause, subject }) => cause === fault.cause && subject === fault.subject)
  for (const fault of before) {
    if (!among(after, fault)) out.push({ kind: 'report', report: { event: 'fault-cleared', instance: config.name, ...fault } })
  }
  for (const fault of after) {
    if (!among(before, fault)) out.push({ kind: 'report', report: { event: 'fault-raised', instance: config.name, ...fault } })
  }
}
