import { finder } from '../../base/finder.ts'
import type { IpAddress } from '../../base/ip.ts'
import { keepEqual } from '../../base/keep-equal.ts'
import { type Prng, prng } from '../../base/prng.ts'
import { type Instant, later } from '../../base/units.ts'
import { newAgenda, setDeadline } from './agenda.ts'
import { type CheckerState, checkerDeadline, isUp, type Standing, startChecker } from './checker.ts'
import { type BfdCheck, type Checker, type FileCheck, isScheduled, type RealServer, type VirtualServer } from './config.ts'
import { serviceFrame } from './desired.ts'
import type { CheckEffect, CheckEvent } from './events.ts'
import { judgeFile } from './file-check.ts'
import { checkerKey, type Former, former, keepService, realServerKey, serverName, virtualServerKey } from './identity.ts'
import { tellQuorum, tellServer } from './notify.ts'
import type { CheckReport } from './reports.ts'
import { findTwins } from './sharing.ts'
import type { PoolState, RealServerState, RunningChecker, VirtualServerState } from './state.ts'
import { isSuspended } from './suspension.ts'
import { effectiveWeight, noInfluence } from './weight.ts'

/** Start or reload: what is the same keeps its state and its attempts under way, what is new begins, what is gone is given up. */
export function configure(state: PoolState, event: Configured, now: Instant): Reconfigured {
  const files = event.files ?? state.files
  const { bfds } = state
  const addresses = event.addresses ?? state.addresses
  const rsInitNotifies = event.config.globals.rsInitNotifies === true
  const building: Building = {
    ...{ random: prng(event.seed), now, files, bfds, addresses, rsInitNotifies },
    ...{ checkers: [], entering: new Map(), left: new Map(), given: [] },
  }
  // Whether it is suspended depends on the addresses.
  const untouched = untouchedOf(event.config.virtualServers, state.virtualServers, ({ haSuspend }) => haSuspend === undefined)
  const old = former(untouched.others)
  const fresh = event.config.virtualServers.map((given, i) => {
    const self = untouched.kept[i]
    if (self !== undefined) return carryOver(building, self, self)
    const key = virtualServerKey(given)
    const before = old.take(key)
    // What has not changed is known again by identity: of fifty thousand destinations none is written or compared anew.
    return virtualServer(building, key, keepService(before?.config, given), before)
  })
  const gone = new Set(old.rest())
  const leaving = state.virtualServers.flatMap((self) => (gone.has(self) ? dropVirtualServer(building, self) : whatLeft(building, self)))
  state.config = { ...event.config, virtualServers: fresh.map(({ config }) => config) }
  state.files = files
  state.addresses = addresses
  state.virtualServers = fresh
  state.checkers = building.checkers
  if (state.shareProbes) findTwins(state.checkers)
  state.desired = undefined
  schedule(state)
  const cancelled = abandoned(state, building.given).map((id) => ({ kind: 'cancel-probe', id }) as const)
  return { leaving: [...cancelled, ...leaving], entering: building.entering }
}

/** What is to be said and done: of those that are gone, in their old order, and of each virtual server that is there now. */
export interface Reconfigured {
  readonly leaving: readonly CheckEffect[]
  readonly entering: ReadonlyMap<VirtualServerState, readonly CheckEffect[]>
}

type Configured = Extract<CheckEvent, { readonly kind: 'configured' }>

interface Building {
  readonly random: Prng
  readonly now: Instant
  readonly files: ReadonlyMap<string, number>
  readonly bfds: ReadonlyMap<string, boolean>
  readonly checkers: RunningChecker[]
  readonly addresses: ReadonlySet<IpAddress>
  readonly rsInitNotifies: boolean
  readonly entering: Map<VirtualServerState, CheckEffect[]>
  /** Of virtual servers as they were: what they are now, and the servers that they have no longer. */
  readonly left: Map<VirtualServerState, { readonly now: VirtualServer; readonly servers: readonly RealServerState[] }>
  /** Attempts that somebody waits for no longer. */
  readonly given: number[]
}

interface Untouched<Self> {
  /** For each configuration the state that it had, if it is the very same object: a reload reads what has changed. */
  readonly kept: readonly (Self | undefined)[]
  /** All other states. */
  readonly others: readonly Self[]
}

/** Not those that depend on what else the event brings. Lists of the same length are compared place by place. */
function untouchedOf<Config, Self extends { readonly config: Config; readonly checkers: readonly RunningChecker[] }>(
  now: readonly Config[],
  before: readonly Self[],
  isSteady: (config: Config) => boolean,
): Untouched<Self> {
  const isInPlace = (config: Config, i: number): number | undefined => (before[i]?.config === config ? i : undefined)
  const find = now.length === before.length ? isInPlace : finder(before, ({ config }) => config)
  const isKept: boolean[] = before.map(() => false)
  const kept = now.map((config, i) => {
    const place = find(config, i) ?? -1
    const self = before[place]
    // Each once, should one be there twice.
    if (self === undefined || isKept[place] === true || !isSteady(config)) return undefined
    if (!self.checkers.every((checker) => isScheduled(checker.config))) return undefined
    isKept[place] = true
    return self
  })
  return { kept, others: before.filter((_, place) => isKept[place] !== true) }
}

function carryOver<Self extends VirtualServerState | RealServerState>(
  building: Building,
  virtualServer: VirtualServerState,
  self: Self,
): Self {
  for (const checker of self.checkers) {
    checker.number = building.checkers.push(checker) - 1
    checker.virtualServer = virtualServer
    checker.state = keptChecker(building, checker.config, checker.state)
    checker.twins = undefined
  }
  return self
}

function virtualServer(building: Building, key: string, config: VirtualServer, before: VirtualServerState | undefined): VirtualServerState {
  const servers: RealServerState[] = []
  const checkers: RunningChecker[] = []
  const self: VirtualServerState = {
    key,
    config,
    servers,
    checkers,
    frame: before?.config === config ? before.frame : keepEqual(before?.frame, serviceFrame(config)),
    suspended: isSuspended(config, building.addresses),
    quorum: before?.quorum ?? 'unknown',
    liveWeight: 0,
    table: undefined,
  }
  const sameServices = before?.config.services === config.services
  const untouched = untouchedOf(config.realServers, before?.servers ?? [], () => sameServices)
  const old = former(untouched.others)
  for (const [i, server] of config.realServers.entries()) {
    const there = untouched.kept[i]
    servers.push(there === undefined ? realServer(building, self, server, old, sameServices) : carryOver(building, self, there))
  }
  if (before !== undefined) building.left.set(before, { now: config, servers: old.rest() })
  for (const server of servers) checkers.push(...server.checkers)
  self.liveWeight = servers.reduce((sum, server) => sum + (server.up ? server.weight : 0), 0)
  return self
}

function realServer(
  building: Building,
  virtualServer: VirtualServerState,
  config: RealServer,
  old: Former<RealServerState>,
  sameServices: boolean,
): RealServerState {
  const key = realServerKey(config)
  const before = old.take(key)
  const checkers: RunningChecker[] = []
  const name = serverName(virtualServer.config.services, config)
  const destinations = sameServices && before?.config === config ? before.destinations : undefined
  const self: RealServerState = { key, name, config, up: true, weight: config.weight, checkers, destinations }
  const oldCheckers = former(before?.checkers ?? [])
  for (const [i, checker] of config.checkers.entries()) {
    const number = building.checkers.length
    const twin = before?.checkers[i]
    const key = twin?.config === checker ? twin.key : checkerKey(checker)
    const was = oldCheckers.take(key)
    const state = was === undefined ? newChecker(building, checker, before) : keptChecker(building, checker, was.state)
    const influence = was?.influence ?? noInfluence
    const running: RunningChecker = {
      number,
      key,
      config: checker,
      virtualServer,
      server: self,
      state,
      twins: undefined,
      influence,
      last: was?.last,
    }
    if (checker.kind === 'FILE_CHECK') readFile(building, running, checker)
    checkers.push(running)
    building.checkers.push(running)
  }
  for (const gone of oldCheckers.rest()) dropChecker(building, gone)
  self.up = checkers.every(({ state }) => isUp(state.standing))
  self.weight = effectiveWeight(
    config.weight,
    checkers.map(({ influence }) => influence),
  )
  if (before !== undefined) say(building, virtualServer, weightChange(virtualServer, before, self))
  else if (building.rsInitNotifies && self.up) say(building, virtualServer, [tellServer(virtualServer, self, true)])
  return self
}

/** A checker that is new on a server that we know starts with what is known of it: a reload heals nobody. */
function newChecker({ random, now, bfds }: Building, checker: Checker, server: RealServerState | undefined): CheckerState {
  if (checker.kind === 'FILE_CHECK') return { phase: 'following', standing: { kind: 'up', failures: 0 } }
  if (checker.kind === 'BFD_CHECK') return { phase: 'following', standing: bfdStanding(checker, bfds.get(checker.name), server) }
  return startChecker(checker, server === undefined ? !checker.alpha : server.up, random.next(), now)
}

function bfdStanding({ alpha }: BfdCheck, up: boolean | undefined, server: RealServerState | undefined): Standing {
  if (up === undefined) return { kind: 'untested', up: server === undefined ? !alpha : server.up }
  return up ? { kind: 'up', failures: 0 } : { kind: 'down' }
}

/** A shorter `delay_loop` counts at once. */
function keptChecker({ now }: Building, checker: Checker, state: CheckerState): CheckerState {
  if (state.phase !== 'waiting' || !isScheduled(checker)) return state
  const latest = later(now, checker.delayLoop)
  return state.at <= latest ? state : { ...state, at: latest }
}

/** What the file says now is where it starts from; without a word of it, it is the number 0. */
function readFile({ files }: Building, running: RunningChecker, check: FileCheck): void {
  const verdict = judgeFile(check, files.get(check.path) ?? 0)
  running.state = { phase: 'following', standing: verdict.kind === 'fault' ? { kind: 'down' } : { kind: 'up', failures: 0 } }
  if (verdict.kind === 'adds') running.influence = verdict
}

function say({ entering }: Building, virtualServer: VirtualServerState, effects: readonly CheckEffect[]): void {
  if (effects.length === 0) return
  const said = entering.get(virtualServer)
  if (said === undefined) entering.set(virtualServer, [...effects])
  else said.push(...effects)
}

function weightChange({ config }: VirtualServerState, before: RealServerState, after: RealServerState): readonly CheckEffect[] {
  const [from, to] = [before.weight, after.weight]
  if (from === to) return []
  return [report({ event: 'weight-changed', server: after.name, virtualServer: config.name, from, to, active: after.up })]
}

function whatLeft(building: Building, before: VirtualServerState): CheckEffect[] {
  const left = building.left.get(before)
  if (left === undefined) return []
  return [...sorryServerLeft(before, left.now), ...left.servers.flatMap((server) => dropServer(building, before, server))]
}

/** Worth a word if it was in the table. */
function sorryServerLeft({ config, quorum }: VirtualServerState, now: VirtualServer): CheckEffect[] {
  const { sorryServer: sorry, services, name: virtualServer } = config
  if (sorry === undefined || (quorum === 'up' && !sorry.inhibit)) return []
  if (sorry.address === now.sorryServer?.address && sorry.port === now.sorryServer.port) return []
  return [report({ event: 'sorry-server-off', server: serverName(services, sorry), virtualServer, inhibited: false })]
}

/** Who goes for good tells so, whatever `omega` says. */
function dropVirtualServer(building: Building, gone: VirtualServerState): CheckEffect[] {
  return [
    report({ event: 'virtual-server-gone', virtualServer: gone.config.name }),
    ...gone.servers.flatMap((server) => withdraw(building, gone, server)),
    ...(gone.quorum === 'up' ? [tellQuorum(gone, false, { leaving: true })] : []),
  ]
}

function dropServer(building: Building, virtualServer: VirtualServerState, gone: RealServerState): CheckEffect[] {
  return [
    report({ event: 'server-gone', server: gone.name, virtualServer: virtualServer.config.name }),
    ...withdraw(building, virtualServer, gone),
  ]
}

function withdraw(building: Building, virtualServer: VirtualServerState, gone: RealServerState): CheckEffect[] {
  for (const checker of gone.checkers) dropChecker(building, checker)
  if (!gone.up) return []
  const { name } = virtualServer.config
  return [
    report({ event: 'server-down', server: gone.name, virtualServer: name, inhibited: false }),
    tellServer(virtualServer, gone, false, { leaving: true }),
  ]
}

const report = (what: CheckReport): CheckEffect => ({ kind: 'report', report: what })

function dropChecker({ given }: Building, gone: RunningChecker): void {
  if (gone.state.phase === 'probing') given.push(gone.state.probe)
}

/** Of attempts that were given up, those that nobody waits for. */
function abandoned({ probes }: PoolState, given: readonly number[]): readonly number[] {
  return [...new Set(given)].filter((id) => !probes.has(id))
}

/** Numbers changed, so the agenda and the table of attempts are made anew. */
function schedule(state: PoolState): void {
  state.agenda = newAgenda()
  state.probes.clear()
  for (const { number, state: checker } of state.checkers) {
    const deadline = checkerDeadline(checker)
    if (deadline !== undefined) setDeadline(state.agenda, number, deadline)
    if (checker.phase === 'probing') state.probes.set(checker.probe, [...(state.probes.get(checker.probe) ?? []), number])
  }
}
