import type { IpAddress } from '../../base/ip.ts'
import type { Instant } from '../../base/units.ts'
import type { Agenda } from './agenda.ts'
import type { CheckerState } from './checker.ts'
import type { CheckConfig, Checker, RealServer, VirtualServer } from './config.ts'
import type { JudgedServer, ServiceFrame, ServiceTable, WeightedDestinations } from './desired.ts'
import type { ProbeResult } from './probe.ts'
import type { QuorumState } from './quorum.ts'
import type { Influence } from './weight.ts'

/**
 * All checkers of a host. With ten thousand of them a copy for each event would cost more than the checks, so `step` changes it in
 * place and returns the same object: keep no reference to an older state.
 */
export interface PoolState {
  /** One probe for each distinct target, however many checkers ask for it: sharing.ts. */
  readonly shareProbes: boolean
  config: CheckConfig | undefined
  virtualServers: readonly VirtualServerState[]
  /** By their number in the agenda. */
  checkers: readonly RunningChecker[]
  agenda: Agenda
  /** Attempts under way, by their id: the numbers of the checkers that learn from it. */
  readonly probes: Map<number, readonly number[]>
  nextProbe: number
  /** What the followed files last said, by path. */
  files: ReadonlyMap<string, number>
  /** What is known of BFD sessions: whether they are up, by name. */
  readonly bfds: Map<string, boolean>
  /** Of this host. */
  addresses: ReadonlySet<IpAddress>
  /** What `desired` last returned; undefined when something has changed since. */
  desired: ServiceTable | undefined
}

export interface VirtualServerState {
  readonly key: string
  readonly config: VirtualServer
  readonly servers: readonly RealServerState[]
  /** Of all of them. */
  readonly checkers: readonly RunningChecker[]
  readonly frame: ServiceFrame
  /** `ha_suspend`: its address is not here, so nobody is checked. */
  suspended: boolean
  quorum: QuorumState
  /** Sum of the effective weights of the servers that are up. */
  liveWeight: number
  table: ServiceTable | undefined
}

export interface RealServerState extends JudgedServer {
  readonly key: string
  /** As keepalived names it: "[192.0.2.1]:tcp:80". */
  readonly name: string
  readonly config: RealServer
  up: boolean
  weight: number
  readonly checkers: readonly RunningChecker[]
  destinations: WeightedDestinations | undefined
}

export interface RunningChecker {
  /** Its place in the agenda. */
  number: number
  readonly key: string
  readonly config: Checker
  virtualServer: VirtualServerState
  readonly server: RealServerState
  state: CheckerState
  /** Checkers that try the same at the same times, itself among them: one attempt serves all; undefined if there is no other. */
  twins: readonly RunningChecker[] | undefined
  /** What it makes of the server's weight. */
  influence: Influence
  last: LastAttempt | undefined
}

export interface LastAttempt {
  readonly at: Instant
  readonly result: ProbeResult
}
