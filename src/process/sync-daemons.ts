import { type Micros, toMillis } from '../base/units.ts'
import type { OperationResult } from '../core/reconcile/kinds.ts'
import { daemonOf, isSameDaemon } from '../core/sync-daemon.ts'
import type { BoundSyncDaemon, SyncDaemonRun, SyncDaemonState } from '../core/sync-daemon-config.ts'
import type { StateName } from '../core/vrrp/effects.ts'
import type { SyncDaemon } from '../netlink/ipvs-daemon.ts'

/** What of ip_vs is needed: drivers/ipvs-table.ts. */
export interface DaemonTable {
  /** Undefined if they could not be read. */
  daemons(): readonly SyncDaemon[] | undefined
  startDaemon(daemon: SyncDaemonRun): OperationResult
  stopDaemon(state: SyncDaemonState): OperationResult
}

export interface SyncDaemonsOptions {
  readonly table: DaemonTable
  /** At the latest after so long the kernel is looked at again. */
  readonly period: Micros
  /** What could not be done; said once as long as it stays the same. */
  readonly trouble: (text: string) => void
}

/** Keeps those sync daemons of ip_vs running that are wanted, and no others once any were: started again if somebody stops them. */
export class SyncDaemons {
  readonly #options: SyncDaemonsOptions
  readonly #timer: NodeJS.Timeout
  #wanted: readonly SyncDaemonRun[] = []
  /** As it was asked for, by its state: what the kernel makes of a length differs from it. */
  readonly #started = new Map<SyncDaemonState, SyncDaemonRun>()
  /** Nothing is touched before something was wanted. */
  #ours = false
  #said: string | undefined

  constructor(options: SyncDaemonsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.look(), toMillis(options.period)).unref()
  }

  want(daemons: readonly SyncDaemonRun[]): void {
    if (JSON.stringify(daemons) === JSON.stringify(this.#wanted)) return
    this.#wanted = daemons
    this.#ours ||= daemons.length > 0
    this.look()
  }

  /** An interface came or changed: what was refused may be possible now. */
  retry(): void {
    if (this.#said !== undefined) this.look()
  }

  look(): void {
    if (!this.#ours) return
    const { table } = this.#options
    const running = table.daemons()
    if (running === undefined) {
      this.#say('cannot read the sync daemons of ip_vs')
      return
    }
    const stays = (one: SyncDaemon): boolean => this.#wanted.some((wanted) => this.#serves(one, wanted))
    const leaving = running.filter((one) => !stays(one))
    const missing = this.#wanted.filter((wanted) => !running.some((one) => this.#serves(one, wanted)))
    const troubles = [...leaving.map(({ state }) => this.#stop(state)), ...missing.map((wanted) => this.#start(wanted))]
    this.#say(troubles.find((trouble) => trouble !== undefined))
  }

  /** With the daemon: they all end here. */
  close(): void {
    clearInterval(this.#timer)
    this.want([])
  }

  #serves(running: SyncDaemon, wanted: SyncDaemonRun): boolean {
    const { group, port, ttl, maxLength } = running
    // An older kernel tells nothing of them.
    const whole = { ...running, group: group ?? wanted.group, port: port ?? wanted.port, ttl: ttl ?? wanted.ttl }
    if (!isSameDaemon(whole, wanted)) return false
    const started = this.#started.get(wanted.state)
    if (started !== undefined) return started.maxLength === wanted.maxLength
    return wanted.maxLength === undefined || maxLength === undefined || maxLength === wanted.maxLength
  }

  #start(wanted: SyncDaemonRun): string | undefined {
    const { errno, detail } = this.#options.table.startDaemon(wanted)
    if (errno === 0) this.#started.set(wanted.state, wanted)
    return errno === 0 ? undefined : `cannot start the ${wanted.state} sync daemon of ip_vs on ${wanted.interface}: ${detail}; trying again`
  }

  #stop(state: SyncDaemonState): string | undefined {
    this.#started.delete(state)
    const { errno, detail } = this.#options.table.stopDaemon(state)
    return errno === 0 || errno === ESRCH ? undefined : `cannot stop the ${state} sync daemon of ip_vs: ${detail}; trying again`
  }

  #say(trouble: string | undefined): void {
    if (trouble !== undefined && trouble !== this.#said) this.#options.trouble(trouble)
    this.#said = trouble
  }
}

/** One that follows the state of an instance. */
export class BoundSyncDaemons {
  readonly #daemons: SyncDaemons
  readonly #states = new Map<string, StateName>()
  #bound: BoundSyncDaemon | undefined

  constructor(options: SyncDaemonsOptions) {
    this.#daemons = new SyncDaemons(options)
  }

  configured(bound: BoundSyncDaemon | undefined): void {
    this.#bound = bound
    this.#follow()
  }

  transition(instance: string, to: StateName): void {
    this.#states.set(instance, to)
    this.#follow()
  }

  retry(): void {
    this.#daemons.retry()
  }

  close(): void {
    this.#daemons.close()
  }

  #follow(): void {
    const bound = this.#bound
    this.#daemons.want(bound === undefined ? [] : daemonOf(bound, this.#states.get(bound.instance)))
  }
}

const ESRCH = 3
