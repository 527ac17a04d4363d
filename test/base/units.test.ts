import { expect, test } from 'vitest'
import {
  centiseconds,
  earliest,
  elapsed,
  fromCentiseconds,
  fromMillis,
  fromSeconds,
  instant,
  later,
  micros,
  toCentiseconds,
  toMillis,
  toSeconds,
} from '../../src/base/units.ts'

test.each([
  ['a second is 1,000,000 µs', fromSeconds(1), 1_000_000],
  ['a millisecond is 1,000 µs', fromMillis(1), 1_000],
  ['a centisecond is 10,000 µs', fromCentiseconds(centiseconds(1)), 10_000],
  ['decimals are kept to the microsecond', fromSeconds(0.609375), 609_375],
  ['a microsecond is whole', micros(0.6), 1],
])('%s', (_name, actual, expected) => {
  expect(actual).toBe(expected)
})

test.each([
  ['0.01 s is one centisecond', toCentiseconds(fromSeconds(0.01)), 1],
  ['40.95 s is 4095 centiseconds', toCentiseconds(fromSeconds(40.95)), 4_095],
  ['toSeconds undoes fromSeconds', toSeconds(fromSeconds(3.609375)), 3.609375],
  ['toMillis undoes fromMillis', toMillis(fromMillis(12.5)), 12.5],
])('%s', (_name, actual, expected) => {
  expect(actual).toBe(expected)
})

test('instants move by a span and measure it', () => {
  const start = instant(5)
  expect(elapsed(start, later(start, fromSeconds(2)))).toBe(2_000_000)
  expect(elapsed(later(start, fromSeconds(2)), start)).toBe(-2_000_000)
})

test('the earliest of instants ignores never', () => {
  expect(earliest(undefined, instant(7), instant(3), undefined)).toBe(3)
  expect(earliest(undefined)).toBeUndefined()
})
