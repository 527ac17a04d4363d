import type { Judgement, Standing } from './checker.ts'
import { isUp } from './checker.ts'
import type { HttpUrl } from './config.ts'
import type { CheckReport, FailedResult } from './reports.ts'
import type { RunningChecker } from './state.ts'

/** A success is worth a word when it is the first, or ends a failure. */
export function passReports({ config, server }: RunningChecker, before: Standing): CheckReport[] {
  if (before.kind === 'up') return []
  const passed: CheckReport = { event: 'checker-passed', server: server.name, check: config.kind }
  if (isUp(before) || config.kind === 'TCP_CHECK') return [passed]
  return [
    ...config.urls.map((url): CheckReport => ({ event: 'url-passed', server: server.name, url: url.path, proof: proofOf(url) })),
    passed,
  ]
}

/** A server that is known to be down is not said to fail again. */
export function failureReports(
  { config, server }: RunningChecker,
  before: Standing,
  { verdict }: Judgement,
  result: FailedResult,
  always: boolean,
): CheckReport[] {
  if (before.kind === 'down') return []
  const reports: CheckReport[] = []
  if (always || verdict !== 'retry') reports.push({ event: 'attempt-failed', server: server.name, check: config.kind, result })
  if (verdict === 'went-down') {
    const retried = before.kind === 'up' && before.failures > 0
    reports.push({ event: 'checker-failed', server: server.name, check: config.kind, retries: config.retry, retried })
  }
  return reports
}

function proofOf(url: HttpUrl): 'status-code' | 'digest' | 'regex' {
  if (url.digest !== undefined) return 'digest'
  return url.regex === undefined ? 'status-code' : 'regex'
}
