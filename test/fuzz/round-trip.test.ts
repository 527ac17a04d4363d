import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import * as roundTrip from './targets/round-trip.ts'

test.each([1, 2])('a configuration grown from seed %i is printed and read again with the same meaning, 2,000 times', (seed) => {
  expect(fuzz(roundTrip, { seed, runs: 2_000, seconds: 60 })).toEqual({ kind: 'held', runs: 2_000 })
})
