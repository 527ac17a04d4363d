import { assert } from '../../base/assert.ts'
import { elapsed, fromSeconds, type Instant, later, type Micros } from '../../base/units.ts'
import type { SessionNews } from '../bfd/events.ts'
import type { Machine } from '../machine.ts'
import { dueNumber, nearest, newAgenda, setDeadline } from './agenda.ts'
import { beginAttempt, endAttempt, extendAttempt, isUp, judge, notMade, type ProbingState } from './checker.ts'
import { type FileCheck, isScheduled, type ScheduledChecker } from './config.ts'
import { configure, type Reconfigured } from './configure.ts'
import { type ServiceTable, serviceTable } from './desired.ts'
import type { CheckEffect, CheckEvent } from './events.ts'
import { judgeFile } from './file-check.ts'
import { serverName } from './identity.ts'
import { failureReports, passReports } from './narrate.ts'
import { tellChecker, tellQuorum, tellServer } from './notify.ts'
import type { ProbeResult } from './probe.ts'
import { judgeQuorum, quorumChange } from './quorum.ts'
import type { CheckReport } from './reports.ts'
import type { PoolState, RealServerState, RunningChecker, VirtualServerState } from './state.ts'
import { activations, followAddresses } from './suspension.ts'
import { effectiveWeight, type Influence, noInfluence } from './weight.ts'

/** All checkers of a host: when to try, what the answers mean, who is up, which virtual server has quorum. */
export function checkerPool(options: PoolOptions): Machine<PoolState, CheckEvent, CheckEffect> {
  return {
    initial: emptyPool(options),
    step: (state, event, now) => ({ state, effects: stepPool(state, event, now) }),
    deadline: (state) => nearest(state.agenda),
  }
}

export interface PoolOptions {
  /** One attempt for all checkers that try the same at the same times. */
  readonly shareProbes: boolean
}

/** The ip_vs services and destinations that should exist; the same array as long as nothing has changed. */
export function desired(state: PoolState): ServiceTable {
  state.desired ??= state.virtualServers.flatMap(tableOf)
  return state.desired
}

function emptyPool({ shareProbes }: PoolOptions): PoolState {
  return {
    shareProbes,
    config: undefined,
    virtualServers: [],
    checkers: [],
    agenda: newAgenda(),
    probes: new Map(),
    nextProbe: 1,
    files: new Map(),
    bfds: new Map(),
    addresses: new Set(),
    desired: undefined,
  }
}

function tableOf(self: VirtualServerState): ServiceTable {
  self.table ??= serviceTable(self.config, self.frame, self.servers, self.quorum)
  return self.table
}

function stepPool(state: PoolState, event: CheckEvent, now: Instant): CheckEffect[] {
  switch (event.kind) {
    case 'configured':
      return begun(state, configure(state, event, now))
    case 'probe-result':
      return receive(state, event.id, event.result, now)
    case 'file-read':
      return fileRead(state, event.path, event.value)
    case 'bfd':
      return bfdSays(state, event, now)
    case 'addresses':
      return followAddresses(state, event.present)
    case 'tick':
      return tick(state, now)
    case 'stop':
      return stop(state)
  }
}

/** Who left, then who is there and with what quorum, then who is checked: keepalived's order. */
function begun(state: PoolState, { leaving, entering }: Reconfigured): CheckEffect[] {
  const effects = [...leaving]
  for (const self of state.virtualServers) {
    for (const effect of entering.get(self) ?? []) effects.push(effect)
    for (const effect of updateQuorum(state, self)) effects.push(effect)
  }
  for (const one of activations(state.checkers)) effects.push(report(one))
  return effects
}

function tick(state: PoolState, now: Instant): CheckEffect[] {
  const effects: CheckEffect[] = []
  for (let number = dueNumber(state.agenda, now); number !== undefined; number = dueNumber(state.agenda, now)) {
    const checker = checkerAt(state, number)
    if (checker.state.phase === 'probing') effects.push(...giveUp(state, checker, checker.state, now))
    else if (checker.virtualServer.suspended) passTurn(state, checker, now)
    else effects.push(...begin(state, checker, now))
  }
  return effects
}

function passTurn(state: PoolState, checker: RunningChecker, now: Instant): void {
  const { delayLoop } = scheduled(checker)
  // Each of thousands that rest would wake us by itself if delay_loop were nothing.
  const at = later(now, Math.max(delayLoop, leastTurn) as Micros)
  checker.state = { phase: 'waiting', standing: checker.state.standing, at }
  setDeadline(state.agenda, checker.number, at)
}

const leastTurn = fromSeconds(0.1)

/** An attempt, of which all twins that wait for theirs learn too; one that a twin has under way already will do. */
function begin(state: PoolState, checker: RunningChecker, now: Instant): CheckEffect[] {
  const attempt = scheduled(checker)
  const { twins = [checker] } = checker
  const underWay = attemptUnderWay(twins)
  const { probe: id, deadline, extended } = underWay ?? beginAttempt(checker.state, attempt, state.nextProbe++, now)
  const learning = [...(state.probes.get(id) ?? [])]
  for (const twin of twins) {
    const { phase, standing } = twin.state
    if (phase !== 'waiting' || twin.virtualServer.suspended) continue
    twin.state = { phase: 'probing', standing, probe: id, deadline, extended }
    setDeadline(state.agenda, twin.number, deadline)
    learning.push(twin.number)
  }
  state.probes.set(id, learning)
  return underWay === undefined ? [{ kind: 'probe', id, attempt, deadline }] : []
}

function attemptUnderWay(twins: readonly RunningChecker[]): ProbingState | undefined {
  for (const { state } of twins) if (state.phase === 'probing') return state
  return undefined
}

/** The answer did not come in time. */
function giveUp(state: PoolState, checker: RunningChecker, probing: ProbingState, now: Instant): CheckEffect[] {
  const extended = extendAttempt(probing, now)
  if (extended !== undefined) {
    checker.state = extended
    setDeadline(state.agenda, checker.number, extended.deadline)
    return []
  }
  const stage = checker.config.kind === 'TCP_CHECK' ? 'connect' : 'reply'
  return [{ kind: 'cancel-probe', id: probing.probe }, ...receive(state, probing.probe, { kind: 'timed-out', stage }, now)]
}

function receive(state: PoolState, id: number, result: ProbeResult, now: Instant): CheckEffect[] {
  const numbers = state.probes.get(id)
  if (numbers === undefined) return []
  state.probes.delete(id)
  return numbers.flatMap((number) => conclude(state, checkerAt(state, number), result, now))
}

/** An attempt has ended: what that says of the checker, its server, and its virtual server. */
function conclude(state: PoolState, checker: RunningChecker, result: ProbeResult, now: Instant): CheckEffect[] {
  const before = checker.state.standing
  const config = scheduled(checker)
  checker.last = { at: now, result }
  if (result.kind === 'not-made') {
    const waiting = notMade(config, before, now)
    checker.state = waiting
    setDeadline(state.agenda, checker.number, waiting.at)
    return [report({ event: 'attempt-not-made', server: checker.server.name, check: config.kind, detail: result.detail })]
  }
  const judgement = judge(before, config.retry, result)
  const waiting = endAttempt(config, judgement, now)
  checker.state = waiting
  setDeadline(state.agenda, checker.number, waiting.at)
  const effects: CheckEffect[] = []
  if (result.kind === 'passed' || result.kind === 'weighed') {
    effects.push(...influence(state, checker, result.kind === 'weighed' ? { kind: 'replaces', weight: result.weight } : noInfluence))
    effects.push(...passReports(checker, config, before).map(report))
  } else {
    const always = config.logAllFailures || state.config?.globals.checkerLogAllFailures === true
    effects.push(...failureReports(checker, config, before, judgement, result, always).map(report))
  }
  const { virtualServer, server } = checker
  const wasUp = server.up
  const turned = isUp(before) !== isUp(waiting.standing)
  // `alpha`: what was only assumed is known now.
  const confirmed = before.kind === 'untested' && !before.up && !turned
  if (turned) effects.push(...updateServer(state, virtualServer, server))
  else if (confirmed) effects.push(tellServer(virtualServer, server, false))
  // What a script made of the weight ends with its failure, without a word.
  if (!isUp(waiting.standing)) influence(state, checker, noInfluence)
  if (turned || confirmed) {
    const only = state.config?.globals.noCheckerEmails === true
    effects.push(...tellChecker(checker, result, { server: confirmed || server.up !== wasUp, only }))
  }
  return effects
}

/** A followed file says something new. */
function fileRead(state: PoolState, path: string, value: number): CheckEffect[] {
  state.files = new Map(state.files).set(path, value)
  const effects: CheckEffect[] = []
  for (const checker of state.checkers) {
    if (checker.config.kind === 'FILE_CHECK' && checker.config.path === path) effects.push(...follow(state, checker, checker.config, value))
  }
  return effects
}

/** On the way out of a fault the weight is set without a word, as keepalived does. */
function follow(state: PoolState, checker: RunningChecker, check: FileCheck, value: number): CheckEffect[] {
  const verdict = judgeFile(check, value)
  const wasUp = isUp(checker.state.standing)
  if (verdict.kind === 'adds' && wasUp) return influence(state, checker, verdict)
  if (verdict.kind === 'fault' && !wasUp) return []
  checker.state = { phase: 'following', standing: wasUp ? { kind: 'down' } : { kind: 'up', failures: 0 } }
  if (verdict.kind === 'adds') influence(state, checker, verdict)
  const change: CheckReport = { event: wasUp ? 'file-fault' : 'file-fault-over', server: checker.server.name, file: check.name }
  return [report(change), ...updateServer(state, checker.virtualServer, checker.server)]
}

/** A BFD session is up, or is not. */
function bfdSays(state: PoolState, { session: bfd, up, at }: SessionNews, now: Instant): CheckEffect[] {
  state.bfds.set(bfd, up)
  const effects: CheckEffect[] = [report({ event: 'bfd-received', bfd, up, delay: elapsed(at, now) })]
  for (const checker of state.checkers) {
    const { config, server, virtualServer } = checker
    if (config.kind !== 'BFD_CHECK' || config.name !== bfd) continue
    const { standing: before } = checker.state
    checker.state = { phase: 'following', standing: up ? { kind: 'up', failures: 0 } : { kind: 'down' } }
    if (before.kind !== 'untested' && isUp(before) === up) continue
    effects.push(report({ event: 'bfd-check', bfd, server: server.name, up }))
    if (isUp(before) !== up) effects.push(...updateServer(state, virtualServer, server))
  }
  return effects
}

/** What the checker makes of the weight, and what that makes of the quorum. */
function influence(state: PoolState, checker: RunningChecker, now: Influence): CheckEffect[] {
  const { server, virtualServer: self } = checker
  checker.influence = now
  const from = server.weight
  const to = effectiveWeight(
    server.config.weight,
    server.checkers.map((one) => one.influence),
  )
  if (from === to) return []
  server.weight = to
  if (server.up) self.liveWeight += to - from
  changed(state, self)
  const change: CheckReport = { event: 'weight-changed', server: server.name, virtualServer: self.config.name, from, to, active: server.up }
  return [report(change), ...(server.up ? updateQuorum(state, self) : [])]
}

/** A server is up when all its checkers are. */
function updateServer(state: PoolState, self: VirtualServerState, server: RealServerState): CheckEffect[] {
  const up = server.checkers.every((checker) => isUp(checker.state.standing))
  if (up === server.up) return []
  server.up = up
  self.liveWeight += up ? server.weight : -server.weight
  changed(state, self)
  const change: CheckReport = {
    event: up ? 'server-up' : 'server-down',
    server: server.name,
    virtualServer: self.config.name,
    inhibited: server.config.inhibitOnFailure,
  }
  return [report(change), tellServer(self, server, up), ...updateQuorum(state, self)]
}

function updateQuorum(state: PoolState, self: VirtualServerState): CheckEffect[] {
  const before = self.quorum
  const after = judgeQuorum(before, self.liveWeight, self.config)
  if (before === after) return []
  self.quorum = after
  changed(state, self)
  const change = quorumChange(before, after, self.config.sorryServer !== undefined)
  if (change === undefined) return []
  const { name: virtualServer, quorum, hysteresis } = self.config
  const figures = { virtualServer, quorum, hysteresis, liveWeight: self.liveWeight }
  const up = after === 'up'
  return [
    report({ event: change, ...figures }),
    ...(before === 'unknown' && up ? [] : standInEffects(self, after)),
    tellQuorum(self, up, { first: before === 'unknown' }),
  ]
}

/** Who takes whose place when a virtual server has a sorry server. */
function standInEffects({ config }: VirtualServerState, quorum: 'up' | 'down'): CheckEffect[] {
  if (config.sorryServer === undefined) return []
  const { name: virtualServer, services, sorryServer } = config
  const sorry = { server: serverName(services, sorryServer), virtualServer, inhibited: sorryServer.inhibit }
  return quorum === 'up'
    ? [report({ event: 'sorry-server-off', ...sorry }), report({ event: 'alive-servers-added', virtualServer })]
    : [report({ event: 'sorry-server-on', ...sorry }), report({ event: 'alive-servers-removed', virtualServer })]
}

/** Nothing is wanted of the kernel any more; `omega` has it told. */
function stop(state: PoolState): CheckEffect[] {
  const effects: CheckEffect[] = [...state.probes.keys()].map((id) => ({ kind: 'cancel-probe', id }))
  const flushes = (state.config?.globals.lvsFlushOnStop ?? 'no') !== 'no'
  for (const self of state.virtualServers) {
    const { omega, name: virtualServer } = self.config
    // `lvs_flush_on_stop`: services go at once, and nobody looks at their servers any more.
    for (const server of flushes ? [] : self.servers) {
      const inhibited = server.config.inhibitOnFailure && !server.up
      effects.push(report({ event: 'server-shut-down', server: server.name, virtualServer, inhibited }))
      if (omega && server.up) effects.push(tellServer(self, server, false, { last: true }))
    }
    if (omega && self.quorum === 'up') effects.push(tellQuorum(self, false, { last: true }))
  }
  Object.assign(state, { ...emptyPool(state), nextProbe: state.nextProbe })
  return effects
}

function scheduled({ config }: RunningChecker): ScheduledChecker {
  assert(isScheduled(config), 'a file or session is followed, not tried')
  return config
}

function checkerAt(state: PoolState, number: number): RunningChecker {
  const checker = state.checkers[number]
  assert(checker !== undefined, 'the agenda knows only checkers of the pool')
  return checker
}

function changed(state: PoolState, self: VirtualServerState): void {
  self.table = undefined
  state.desired = undefined
}

function report(what: CheckReport): CheckEffect {
  return { kind: 'report', report: what }
}
