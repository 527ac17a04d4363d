import type { Judgement, Standing } from './checker.ts'
import { isUp } from './checker.ts'
import type { CheckAttempt, HttpUrl, ScheduledChecker } from './config.ts'
import type { AttemptKind, CheckReport, FailedResult } from './reports.ts'
import type { RunningChecker } from './state.ts'

/** A success is worth a word when it is the first, or ends a failure. */
export function passReports({ server, virtualServer }: RunningChecker, config: ScheduledChecker, before: Standing): CheckReport[] {
  if (before.kind === 'up' || config.kind === 'DNS_CHECK') return []
  const passed: CheckReport = {
    event: 'checker-passed',
    server: server.name,
    virtualServer: virtualServer.config.name,
    check: config.kind,
    target: targetOf(config),
  }
  if (isUp(before) || (config.kind !== 'HTTP_GET' && config.kind !== 'SSL_GET')) return [passed]
  return [
    ...config.urls.map((url): CheckReport => ({ event: 'url-passed', server: server.name, url: url.path, proof: proofOf(url) })),
    passed,
  ]
}

/** A server that is known to be down is not said to fail again. */
export function failureReports(
  { server, virtualServer }: RunningChecker,
  config: ScheduledChecker,
  before: Standing,
  { verdict }: Judgement,
  result: FailedResult,
  always: boolean,
): CheckReport[] {
  if (before.kind === 'down') return []
  const decisive = verdict === 'went-down'
  const retry = before.kind === 'up' ? before.failures : 0
  const subject = { server: server.name, virtualServer: virtualServer.config.name, check: config.kind } as const
  const retries = config.retry
  const reports: CheckReport[] = []
  if (always || (decisive && saysWhy(config.kind))) {
    const figures = { retries, retry, first: before.kind === 'untested', decisive }
    reports.push({ event: 'attempt-failed', ...subject, target: targetOf(config), result, ...figures })
  }
  if (decisive && summedUp(config.kind)) reports.push({ event: 'checker-failed', ...subject, retries, retried: retry > 0 })
  return reports
}

/** keepalived says of these only that they failed, unless it is asked for more. */
function saysWhy(check: AttemptKind): boolean {
  return check !== 'UDP_CHECK' && check !== 'PING_CHECK'
}

/** Of the others the decisive attempt is the last word. */
function summedUp(check: AttemptKind): boolean {
  return check !== 'SMTP_CHECK' && check !== 'DNS_CHECK' && check !== 'MISC_CHECK'
}

/** What is asked: "[192.0.2.1]:25", a script. */
export function targetOf(attempt: CheckAttempt): string {
  if (attempt.kind === 'MISC_CHECK') return attempt.script.argv[0] ?? ''
  return `[${attempt.target.address}]:${attempt.target.port}`
}

function proofOf(url: HttpUrl): 'status-code' | 'digest' | 'regex' {
  if (url.digest !== undefined) return 'digest'
  return url.regex === undefined ? 'status-code' : 'regex'
}
