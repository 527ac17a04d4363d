import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds, later } from '../../../src/base/units.ts'
import {
  attemptLimit,
  beginAttempt,
  type CheckerState,
  checkerDeadline,
  endAttempt,
  extendAttempt,
  judge,
  notMade,
  type Standing,
  startChecker,
  type Verdict,
} from '../../../src/core/check/checker.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { at, failed, httpCheck, passed, tcpCheck } from './support.ts'

const timedOut: ProbeResult = { kind: 'timed-out', stage: 'connect' }
const up = (failures = 0): Standing => ({ kind: 'up', failures })
const untested = (up: boolean): Standing => ({ kind: 'untested', up })
const down: Standing = { kind: 'down' }

describe('what a result means', () => {
  const rows: readonly { name: string; before: Standing; retry: number; result: ProbeResult; after: Standing; verdict: Verdict }[] = [
    {
      name: 'the first failure ever decides, whatever retry says',
      before: untested(true),
      retry: 3,
      result: failed,
      after: down,
      verdict: 'went-down',
    },
    {
      name: 'alpha: a failure of a server that was never up changes nothing',
      before: untested(false),
      retry: 3,
      result: failed,
      after: down,
      verdict: 'stays-down',
    },
    { name: 'alpha: the first success brings it up', before: untested(false), retry: 3, result: passed, after: up(), verdict: 'came-up' },
    {
      name: 'without alpha the first success only confirms',
      before: untested(true),
      retry: 3,
      result: passed,
      after: up(),
      verdict: 'stays-up',
    },
    { name: 'retry 0 forgives nothing', before: up(), retry: 0, result: failed, after: down, verdict: 'went-down' },
    { name: 'retry 1 (nb_get_retry) forgives the first failure', before: up(), retry: 1, result: failed, after: up(1), verdict: 'retry' },
    {
      name: 'retry 1: the second failure in a row is one too many',
      before: up(1),
      retry: 1,
      result: failed,
      after: down,
      verdict: 'went-down',
    },
    { name: 'retry 3: the third failure is forgiven', before: up(2), retry: 3, result: failed, after: up(3), verdict: 'retry' },
    { name: 'retry 3: the fourth is not', before: up(3), retry: 3, result: failed, after: down, verdict: 'went-down' },
    { name: 'a time-out is a failure as any other', before: up(3), retry: 3, result: timedOut, after: down, verdict: 'went-down' },
    {
      name: 'a success between failures starts the count of retry anew',
      before: up(3),
      retry: 3,
      result: passed,
      after: up(),
      verdict: 'stays-up',
    },
    { name: 'while down a failure is no news', before: down, retry: 3, result: failed, after: down, verdict: 'stays-down' },
    { name: 'while down one success is up', before: down, retry: 3, result: passed, after: up(), verdict: 'came-up' },
  ]
  test.each(rows)('$name', ({ before, retry, result, after, verdict }) => {
    expect(judge(before, retry, result)).toEqual({ standing: after, verdict })
  })
})

describe('when the next attempt is due', () => {
  const schedule = tcpCheck({ retry: 3, delayLoop: fromSeconds(6), delayBeforeRetry: fromSeconds(2) })

  test('delay_loop counts from the end of an attempt', () => {
    expect(endAttempt(schedule, { standing: up(), verdict: 'stays-up' }, at(10))).toMatchObject({ phase: 'waiting', at: at(16) })
  })
  test('delay_before_retry counts from the end of the failed attempt', () => {
    expect(endAttempt(schedule, { standing: up(1), verdict: 'retry' }, at(10))).toMatchObject({ at: at(12) })
  })
  test('while down there is one attempt for each delay_loop', () => {
    expect(endAttempt(schedule, { standing: down, verdict: 'went-down' }, at(10))).toMatchObject({ at: at(16) })
    expect(endAttempt(schedule, { standing: down, verdict: 'stays-down' }, at(10))).toMatchObject({ at: at(16) })
  })
  test('an attempt that we could not make leaves the standing alone and is repeated after delay_before_retry', () => {
    expect(notMade(schedule, up(2), at(10))).toEqual({ phase: 'waiting', standing: up(2), at: at(12) })
  })
  test('an attempt that we could not make waits a second at least', () => {
    expect(notMade(tcpCheck({ delayBeforeRetry: fromSeconds(0) }), up(), at(10))).toMatchObject({ at: at(11) })
  })
})

describe('the first attempt', () => {
  test('warmup 0 makes it at once', () => {
    expect(startChecker(tcpCheck({ warmup: fromSeconds(0) }), true, 0.5, at(3))).toMatchObject({ at: at(3) })
  })
  test('warmup spreads it over its length, a second after the start', () => {
    const schedule = tcpCheck({ warmup: fromSeconds(10) })
    expect(startChecker(schedule, true, 0, at(0))).toMatchObject({ at: at(1) })
    expect(startChecker(schedule, true, 0.5, at(0))).toMatchObject({ at: at(6) })
    expect(startChecker(schedule, true, 0.999_999, at(0)).phase).toBe('waiting')
    expect(checkerDeadline(startChecker(schedule, true, 0.999_999, at(0)))).toBeLessThan(at(11))
  })
})

describe('how long an attempt may take', () => {
  test('connect_timeout is all that a TCP_CHECK has', () => {
    expect(attemptLimit(tcpCheck())).toBe(fromSeconds(5))
  })
  test('connect_timeout counts twice for each url of HTTP_GET, and its driver is not raced', () => {
    const check = httpCheck()
    const urls = check.kind === 'HTTP_GET' ? [...check.urls, ...check.urls] : []
    expect(attemptLimit({ ...check, urls } as typeof check)).toBe(fromSeconds(20.25))
  })
  test('the deadline of an attempt is its connect_timeout from its start', () => {
    const state: CheckerState = { phase: 'waiting', standing: up(), at: at(7) }
    expect(beginAttempt(state, tcpCheck(), 4, at(7.5))).toEqual({
      phase: 'probing',
      standing: up(),
      probe: 4,
      deadline: at(12.5),
      extended: false,
    })
  })
  test('a deadline that is noticed in time is final', () => {
    const state = { phase: 'probing', standing: up(), probe: 4, deadline: at(10), extended: false } as const
    expect(extendAttempt(state, later(at(10), fromMillis(100)))).toBeUndefined()
  })
  test('a deadline that is noticed late gives the answer that may lie unread one more chance, and only one', () => {
    const state = { phase: 'probing', standing: up(), probe: 4, deadline: at(10), extended: false } as const
    expect(extendAttempt(state, at(12))).toEqual({ ...state, deadline: at(12.25), extended: true })
    expect(extendAttempt({ ...state, extended: true }, at(15))).toBeUndefined()
  })
})
