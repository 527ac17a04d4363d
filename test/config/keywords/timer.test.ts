import { expect, test } from 'vitest'
import { anyTime, connectTimeout, delayLoop, readTimer } from '../../../src/config/keywords/timer.ts'

test.each([
  ['3', 3_000_000],
  ['.5', 500_000],
  ['5.', 5_000_000],
  ['+5', 5_000_000],
  ['010', 10_000_000],
  ['0.000001', 1],
  ['', 0],
  ['  64', 64_000_000],
])('%j is taken without complaint', (text, value) => {
  expect(readTimer(text, anyTime)).toEqual({ value, complaint: undefined })
})

test('connect_timeout may be 4294.967295 s and no more', () => {
  expect(readTimer('4294.967295', connectTimeout)).toEqual({ value: 4_294_967_295, complaint: undefined })
})

test.each([
  ['1e3', 1_000_000],
  ['1s', 1_000_000],
  ['abc', 0],
  ['1.2345678', 1_234_568],
])('%j is complained of and its leading digits are used', (text, value) => {
  const reading = readTimer(text, anyTime)
  expect(reading.value).toBe(value)
  expect(reading.complaint).toBeDefined()
})

test.each([
  ['connect_timeout', '0', connectTimeout],
  ['connect_timeout', '4295.967295', connectTimeout],
  ['connect_timeout', 'abc', connectTimeout],
  ['delay_loop', '0', delayLoop],
  ['delay_before_retry', '-1', anyTime],
])('%s %s is not used', (_keyword, text, range) => {
  expect(readTimer(text, range)).toMatchObject({ value: undefined, complaint: expect.any(String) })
})
