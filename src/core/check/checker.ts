import { elapsed, fromMillis, fromSeconds, type Instant, later, type Micros } from '../../base/units.ts'
import type { CheckAttempt, CheckerSchedule } from './config.ts'
import type { ProbeResult } from './probe.ts'

/** What a checker thinks of its server. */
export type Standing =
  /** Never tried; `up` is what is assumed until then, false with `alpha`. */
  | { readonly kind: 'untested'; readonly up: boolean }
  /** `failures` in a row so far, at most `retry`. */
  | { readonly kind: 'up'; readonly failures: number }
  | { readonly kind: 'down' }

export type CheckerState =
  | { readonly phase: 'waiting'; readonly standing: Standing; readonly at: Instant }
  | {
      readonly phase: 'probing'
      readonly standing: Standing
      readonly probe: number
      readonly deadline: Instant
      readonly extended: boolean
    }
  /** A file or a BFD session is followed: nothing is ever due. */
  | { readonly phase: 'following'; readonly standing: Standing }

export type WaitingState = Extract<CheckerState, { readonly phase: 'waiting' }>
export type ProbingState = Extract<CheckerState, { readonly phase: 'probing' }>

/** What a result means: `retry` is a failure that does not count yet. */
export type Verdict = 'came-up' | 'stays-up' | 'retry' | 'went-down' | 'stays-down'

export interface Judgement {
  readonly standing: Standing
  readonly verdict: Verdict
}

export function isUp(standing: Standing): boolean {
  return standing.kind === 'untested' ? standing.up : standing.kind === 'up'
}

/**
 * A checker that is new. The first attempt comes at a random point within `warmup`, plus a second for the start-up; `warmup 0` asks for
 * it at once.
 * @param jitter in [0, 1)
 */
export function startChecker(schedule: CheckerSchedule, up: boolean, jitter: number, now: Instant): CheckerState {
  const wait = schedule.warmup === 0 ? 0 : startUp + Math.floor(schedule.warmup * jitter)
  return { phase: 'waiting', standing: { kind: 'untested', up }, at: later(now, wait as Micros) }
}

/** The attempt is due: it has until `attemptLimit` to answer. */
export function beginAttempt(state: CheckerState, attempt: CheckAttempt, probe: number, now: Instant): ProbingState {
  return { phase: 'probing', standing: state.standing, probe, deadline: later(now, attemptLimit(attempt)), extended: false }
}

/** The attempt has ended, so `delay_loop` and `delay_before_retry` count from now, as keepalived's do. */
export function endAttempt(schedule: CheckerSchedule, judgement: Judgement, now: Instant): WaitingState {
  const wait = judgement.verdict === 'retry' ? schedule.delayBeforeRetry : schedule.delayLoop
  return { phase: 'waiting', standing: judgement.standing, at: later(now, wait) }
}

/** Nothing was learnt; it is tried again soon, but not so soon that what is scarce stays scarce. */
export function notMade(schedule: CheckerSchedule, standing: Standing, now: Instant): WaitingState {
  return { phase: 'waiting', standing, at: later(now, Math.max(schedule.delayBeforeRetry, startUp) as Micros) }
}

/**
 * More time, once, for an attempt whose deadline is noticed late: after a stall of ours the answer may lie unread in its socket, and
 * a server must not pay for it. Undefined if the time is up.
 */
export function extendAttempt(state: ProbingState, now: Instant): ProbingState | undefined {
  if (state.extended || elapsed(state.deadline, now) <= late) return undefined
  return { ...state, deadline: later(now, grace), extended: true }
}

/** One success is up. Of a server that was up, `retry` failures are forgiven; the very first attempt decides whatever `retry` says. */
export function judge(standing: Standing, retry: number, result: ProbeResult): Judgement {
  const wasUp = isUp(standing)
  if (result.kind === 'passed' || result.kind === 'weighed')
    return { standing: { kind: 'up', failures: 0 }, verdict: wasUp ? 'stays-up' : 'came-up' }
  if (standing.kind === 'up' && standing.failures < retry) {
    return { standing: { kind: 'up', failures: standing.failures + 1 }, verdict: 'retry' }
  }
  return { standing: { kind: 'down' }, verdict: wasUp ? 'went-down' : 'stays-down' }
}

/** When something is due: the next attempt, or the end of our patience with the current one. */
export function checkerDeadline(state: CheckerState): Instant | undefined {
  switch (state.phase) {
    case 'waiting':
      return state.at
    case 'probing':
      return state.deadline
    case 'following':
      return undefined
  }
}

/**
 * How long an attempt may take in all. A connection has `connect_timeout`; a url has it once to connect and once more to answer in full,
 * and its driver keeps these apart, so core's own deadline stands a little behind them.
 */
export function attemptLimit(attempt: CheckAttempt): Micros {
  switch (attempt.kind) {
    case 'TCP_CHECK':
      return attempt.target.connectTimeout
    case 'HTTP_GET':
    case 'SSL_GET':
      return (2 * attempt.target.connectTimeout * attempt.urls.length + grace) as Micros
    case 'SMTP_CHECK':
      return (smtpStages * attempt.target.connectTimeout + grace) as Micros
    case 'DNS_CHECK':
    case 'UDP_CHECK':
    case 'PING_CHECK':
      return (attempt.target.connectTimeout + grace) as Micros
    case 'MISC_CHECK':
      // It may wait as long for a place among other scripts, and after SIGTERM it has 2 s, after SIGKILL one more.
      return (2 * attempt.timeout + scriptEnd + grace) as Micros
  }
}

/** To connect, and to read the greeting, the answer to HELO and that to QUIT. */
const smtpStages = 4
const scriptEnd = fromSeconds(3)

const startUp = fromSeconds(1)
const grace = fromMillis(250)
/** A deadline noticed so long after it was due is a stall of ours. */
const late = fromMillis(100)
