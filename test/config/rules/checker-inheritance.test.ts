import { expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { BUILT_IN, resolveConnectTimeout, resolveSchedule } from '../../../src/config/rules/checker-inheritance.ts'

const line = { text: '', at: { file: '', line: 1, column: 1 }, exact: true }
const s = fromSeconds

test.each([
  { keyword: 'retry', field: 'retry', far: { retry: 4 }, near: { retry: 2 } },
  { keyword: 'delay_before_retry', field: 'delayBeforeRetry', far: { delay_before_retry: s(4) }, near: { delay_before_retry: s(2) } },
  { keyword: 'delay_loop', field: 'delayLoop', far: { delay_loop: s(4) }, near: { delay_loop: s(2) } },
  { keyword: 'warmup', field: 'warmup', far: { warmup: s(4) }, near: { warmup: s(0) } },
  { keyword: 'alpha', field: 'alpha', far: { alpha: true }, near: { alpha: false } },
] as const)('$keyword: checker before real_server before virtual_server', ({ field, far, near }) => {
  const value = (chain: readonly object[]): unknown => resolveSchedule('TCP_CHECK', { line, ...chain[0] }, chain.slice(1), false)[field]
  const [farValue, nearValue] = [Object.values(far)[0], Object.values(near)[0]]
  expect(value([{}, {}, far])).toBe(farValue)
  expect(value([{}, near, far])).toBe(nearValue)
  expect(value([near, far, far])).toBe(nearValue)
})

test('connect_timeout: 5 s where nobody says otherwise', () => {
  expect(resolveConnectTimeout([{}, {}, {}])).toBe(5_000_000)
  expect(resolveConnectTimeout([{}, { connect_timeout: s(2) }, { connect_timeout: s(3) }])).toBe(2_000_000)
})

test('warmup is the delay_loop in force', () => {
  expect(resolveSchedule('TCP_CHECK', { line }, [{}, { delay_loop: s(6) }], false).warmup).toBe(6_000_000)
})

test.each([
  ['TCP_CHECK', 1, 1_000_000],
  ['HTTP_GET', 1, 3_000_000],
  ['SSL_GET', 1, 3_000_000],
  ['SMTP_CHECK', 1, 1_000_000],
  ['DNS_CHECK', 3, 60_000_000],
  ['UDP_CHECK', 1, 1_000_000],
  ['PING_CHECK', 1, 1_000_000],
  ['MISC_CHECK', 0, 1_000_000],
] as const)('%s alone retries %d times, %d us apart', (kind, retry, delayBeforeRetry) => {
  expect(resolveSchedule(kind, { line }, [], false)).toMatchObject({ retry, delayBeforeRetry })
  expect(BUILT_IN[kind].retry).toBe(retry)
})

test('log_all_failures of the checker before checker_log_all_failures', () => {
  expect(resolveSchedule('TCP_CHECK', { line }, [], true).logAllFailures).toBe(true)
  expect(resolveSchedule('TCP_CHECK', { line, log_all_failures: false }, [], true).logAllFailures).toBe(false)
})
