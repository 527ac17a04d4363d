import { type Prng, prng } from '../../base/prng.ts'
import { earliest, type Instant, later } from '../../base/units.ts'
import { newAgenda, setDeadline } from './agenda.ts'
import { type CheckerState, checkerDeadline, isUp, type Standing, startChecker } from './checker.ts'
import { type BfdCheck, type Checker, type FileCheck, isScheduled, type RealServer, type VirtualServer } from './config.ts'
import { serviceFrame } from './desired.ts'
import type { CheckEffect, CheckEvent } from './events.ts'
import { judgeFile } from './file-check.ts'
import { checkerKey, type Former, former, realServerKey, serverName, virtualServerKey } from './identity.ts'
import type { CheckReport } from './reports.ts'
import { findTwins } from './sharing.ts'
import type { PoolState, RealServerState, RunningChecker, VirtualServerState } from './state.ts'
import { effectiveWeight, noInfluence } from './weight.ts'

/** Start or reload: what is the same keeps its state and its attempts under way, what is new begins, what is gone is given up. */
export function configure(state: PoolState, event: Configured, now: Instant): CheckEffect[] {
  const files = event.files ?? state.files
  const building: Building = { random: prng(event.seed), now, files, bfds: state.bfds, checkers: [], reports: [], given: [] }
  const old = former(state.virtualServers)
  const fresh = event.config.virtualServers.map((config) => {
    const key = virtualServerKey(config)
    return virtualServer(building, key, config, old.take(key))
  })
  for (const gone of old.rest()) dropVirtualServer(building, gone)
  state.config = event.config
  state.files = files
  state.virtualServers = fresh
  state.checkers = building.checkers
  if (state.shareProbes) findTwins(state.checkers)
  state.desired = undefined
  schedule(state)
  return [
    ...abandoned(state, building.given).map((id) => ({ kind: 'cancel-probe', id }) as const),
    ...building.reports.map((report) => ({ kind: 'report', report }) as const),
  ]
}

type Configured = Extract<CheckEvent, { readonly kind: 'configured' }>

interface Building {
  readonly random: Prng
  readonly now: Instant
  readonly files: ReadonlyMap<string, number>
  readonly bfds: ReadonlyMap<string, boolean>
  readonly checkers: RunningChecker[]
  readonly reports: CheckReport[]
  /** Attempts that somebody waits for no longer. */
  readonly given: number[]
}

function virtualServer(building: Building, key: string, config: VirtualServer, before: VirtualServerState | undefined): VirtualServerState {
  const servers: RealServerState[] = []
  const self: VirtualServerState = {
    key,
    config,
    servers,
    frame: serviceFrame(config),
    quorum: before?.quorum ?? 'unknown',
    liveWeight: 0,
    table: undefined,
  }
  const old = former(before?.servers ?? [])
  for (const server of config.realServers) servers.push(realServer(building, self, server, old))
  for (const gone of old.rest()) dropServer(building, self.config.name, gone)
  self.liveWeight = servers.reduce((sum, server) => sum + (server.up ? server.weight : 0), 0)
  return self
}

function realServer(
  building: Building,
  virtualServer: VirtualServerState,
  config: RealServer,
  old: Former<RealServerState>,
): RealServerState {
  const key = realServerKey(config)
  const before = old.take(key)
  const checkers: RunningChecker[] = []
  const name = serverName(virtualServer.config.services, config)
  const self: RealServerState = { key, name, config, up: true, weight: config.weight, checkers, destinations: undefined }
  const oldCheckers = former(before?.checkers ?? [])
  for (const checker of config.checkers) {
    const number = building.checkers.length
    const key = checkerKey(checker)
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
  if (before !== undefined) reportWeight(building, virtualServer.config.name, before, self)
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
  return { ...state, at: earliest(state.at, later(now, checker.delayLoop)) ?? state.at }
}

/** What the file says now is where it starts from; without a word of it, it is the number 0. */
function readFile({ files }: Building, running: RunningChecker, check: FileCheck): void {
  const verdict = judgeFile(check, files.get(check.path) ?? 0)
  running.state = { phase: 'following', standing: verdict.kind === 'fault' ? { kind: 'down' } : { kind: 'up', failures: 0 } }
  if (verdict.kind === 'adds') running.influence = verdict
}

function reportWeight({ reports }: Building, virtualServer: string, before: RealServerState, after: RealServerState): void {
  const [from, to] = [before.weight, after.weight]
  if (from !== to) reports.push({ event: 'weight-changed', server: after.name, virtualServer, from, to, active: after.up })
}

function dropVirtualServer(building: Building, gone: VirtualServerState): void {
  building.reports.push({ event: 'virtual-server-gone', virtualServer: gone.config.name })
  for (const server of gone.servers) withdraw(building, gone.config.name, server)
}

function dropServer(building: Building, virtualServer: string, gone: RealServerState): void {
  building.reports.push({ event: 'server-gone', server: gone.name, virtualServer })
  withdraw(building, virtualServer, gone)
}

function withdraw(building: Building, virtualServer: string, gone: RealServerState): void {
  if (gone.up) building.reports.push({ event: 'server-down', server: gone.name, virtualServer, inhibited: false })
  for (const checker of gone.checkers) dropChecker(building, checker)
}

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
