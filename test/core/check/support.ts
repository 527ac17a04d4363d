import type { IpAddress } from '../../../src/base/ip.ts'
import { fromSeconds, type Instant, instant } from '../../../src/base/units.ts'
import type {
  CheckAttempt,
  CheckConfig,
  CheckTarget,
  RealServer,
  ScheduledChecker,
  SorryServer,
  VirtualServer,
} from '../../../src/core/check/config.ts'
import type { CheckEffect, CheckEvent } from '../../../src/core/check/events.ts'
import { wordCheckMail } from '../../../src/core/check/mail-wording.ts'
import { checkerPool, desired } from '../../../src/core/check/pool.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import type { PoolState } from '../../../src/core/check/state.ts'
import { wordCheckReport } from '../../../src/core/check/wording.ts'
import type { Machine } from '../../../src/core/machine.ts'

export const passed: ProbeResult = { kind: 'passed', latency: fromSeconds(0.001) }
export const failed: ProbeResult = { kind: 'failed', reason: { kind: 'connect', detail: 'refused' } }

export const at = (seconds: number): Instant => instant(seconds * 1_000_000)

export const checkTarget: CheckTarget = {
  address: '192.0.2.10' as IpAddress,
  port: 80,
  bindto: undefined,
  bindPort: undefined,
  bindIf: undefined,
  fwmark: 0,
  connectTimeout: fromSeconds(5),
}

/** TCP_CHECK with delay_loop 6, retry 1, delay_before_retry 1, connect_timeout 5, warmup 0. */
export function tcpCheck(more: Partial<ScheduledChecker> = {}): ScheduledChecker {
  const tcp: ScheduledChecker = {
    kind: 'TCP_CHECK',
    target: checkTarget,
    delayLoop: fromSeconds(6),
    warmup: fromSeconds(0),
    retry: 1,
    delayBeforeRetry: fromSeconds(1),
    alpha: false,
    logAllFailures: false,
  }
  return { ...tcp, ...more } as ScheduledChecker
}

export function httpCheck(more: Partial<ScheduledChecker> = {}): ScheduledChecker {
  const url = {
    path: '/',
    virtualhost: undefined,
    statusCodes: [{ low: 200, high: 299 }],
    digest: undefined,
    regex: undefined,
    tlsCompliant: false,
  }
  const web = { kind: 'HTTP_GET', target: checkTarget, urls: [url], httpProtocol: '1.0', virtualhost: undefined, enableSni: false }
  return tcpCheck({ ...web, ...more } as Partial<ScheduledChecker>)
}

export function realServer(last: number, more: Partial<RealServer> = {}): RealServer {
  return {
    address: `192.0.2.${last}` as IpAddress,
    port: 80,
    forwarding: { method: 'DR' },
    weight: 1,
    inhibitOnFailure: false,
    uthreshold: 0,
    lthreshold: 0,
    alpha: false,
    checkers: [tcpCheck()],
    ...more,
  }
}

export function virtualServer(more: Partial<VirtualServer> = {}): VirtualServer {
  return {
    name: '[198.51.100.1]:tcp:80',
    services: [{ kind: 'address', protocol: 'TCP', address: '198.51.100.1' as IpAddress, port: 80 }],
    scheduler: 'rr',
    flags: 0,
    persistenceTimeout: 0,
    persistenceGranularity: undefined,
    persistenceEngine: undefined,
    realServers: [realServer(1)],
    sorryServer: undefined,
    quorum: 1,
    hysteresis: 0,
    alpha: false,
    omega: false,
    ...more,
  }
}

export function sorryServer(more: Partial<SorryServer> = {}): SorryServer {
  return { address: '192.0.2.99' as IpAddress, port: 80, forwarding: { method: 'DR' }, inhibit: false, ...more }
}

export function checkConfig(virtualServers: readonly VirtualServer[], checkerLogAllFailures = false): CheckConfig {
  return { virtualServers, globals: { lvsFlush: false, lvsFlushOnStop: 'no', lvsTimeouts: undefined, checkerLogAllFailures } }
}

function targetText(attempt: CheckAttempt): string {
  return attempt.kind === 'MISC_CHECK' ? attempt.script.argv.join(' ') : `${attempt.target.address}:${attempt.target.port}`
}

/** A pool under test: feeds events, lets time pass from deadline to deadline, and remembers what it was asked. */
export class Host {
  #machine: Machine<PoolState, CheckEvent, CheckEffect> = checkerPool({ shareProbes: false })
  state: PoolState = this.#machine.initial
  now: Instant = at(0)
  readonly log: string[] = []
  /** What scripts and pipes were told, "RS [192.0.2.1]:tcp:80 [198.51.100.1]:tcp:80 UP", with a full stop if it is the last. */
  readonly told: string[] = []
  readonly scripts: string[] = []
  /** Subjects of mail. */
  readonly mails: string[] = []
  /** When each probe was asked for, in seconds, and which. */
  readonly probes: { at: number; id: number; address: string; deadline: number }[] = []
  readonly cancelled: number[] = []

  constructor(...virtualServers: VirtualServer[]) {
    this.configure(...virtualServers)
  }

  /** With `share_probes`. */
  static sharing(...virtualServers: VirtualServer[]): Host {
    const host = new Host()
    host.#machine = checkerPool({ shareProbes: true })
    host.state = host.#machine.initial
    host.configure(...virtualServers)
    return host
  }

  configure(...virtualServers: VirtualServer[]): void {
    this.step({ kind: 'configured', config: checkConfig(virtualServers), seed: 1 })
  }

  step(event: CheckEvent): void {
    const { state, effects } = this.#machine.step(this.state, event, this.now)
    this.state = state
    for (const effect of effects) this.#note(effect)
  }

  #note(effect: CheckEffect): void {
    switch (effect.kind) {
      case 'probe':
        this.probes.push({
          at: this.now / 1_000_000,
          id: effect.id,
          address: targetText(effect.attempt),
          deadline: effect.deadline / 1_000_000,
        })
        return
      case 'cancel-probe':
        this.cancelled.push(effect.id)
        return
      case 'report':
        this.log.push(wordCheckReport(effect.report))
        return
      case 'notify': {
        const { notice } = effect
        const mail = wordCheckMail(notice)
        if (mail !== undefined) this.mails.push(mail.subject)
        if (notice.of === 'checker') return
        const who = notice.of === 'real-server' ? `RS ${notice.server} ${notice.virtualServer}` : `VS ${notice.virtualServer}`
        if (notice.script !== undefined) this.scripts.push(notice.script.argv.join(' '))
        this.told.push(`${who} ${notice.up ? 'UP' : 'DOWN'}${notice.last ? '.' : ''}`)
      }
    }
  }

  get deadline(): number | undefined {
    const next = this.#machine.deadline(this.state)
    return next === undefined ? undefined : next / 1_000_000
  }

  /** Jumps to the next deadline. */
  tick(): void {
    const next = this.#machine.deadline(this.state)
    if (next !== undefined) this.now = next
    this.step({ kind: 'tick' })
  }

  /** Lets time pass until a probe is asked for, and answers it at once. */
  answer(result: ProbeResult): void {
    const before = this.probes.length
    while (this.probes.length === before) this.tick()
    for (const { id } of this.probes.slice(before)) this.step({ kind: 'probe-result', id, result })
  }

  /** Lets every checker that is waiting make one attempt, answered by what this says of its address. */
  round(answerOf: (address: string) => ProbeResult): void {
    const seen = new Set<string>()
    const all = this.state.checkers.length
    while (seen.size < all) {
      const before = this.probes.length
      this.tick()
      for (const { id, address } of this.probes.slice(before)) {
        seen.add(address)
        this.step({ kind: 'probe-result', id, result: answerOf(address) })
      }
    }
  }

  /** "192.0.2.1 1", address and weight of what should be in the kernel. */
  get table(): string[] {
    return desired(this.state).flatMap((object) => (object.kind === 'destination' ? [`${object.address} ${object.weight}`] : []))
  }

  get objects(): ReturnType<typeof desired> {
    return desired(this.state)
  }
}
