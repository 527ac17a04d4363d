import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import * as authentication from './targets/authentication.ts'

test.each([1, 2, 3])('no authentication header and no signature is forged by 4,000 inputs grown from seed %i', (seed) => {
  expect(fuzz(authentication, { seed, runs: 4_000, seconds: 60 })).toEqual({ kind: 'held', runs: 4_000 })
})

test('the seeds are authentic: the target looks at what it should', () => {
  for (const seed of authentication.seeds) expect(authentication.passes(seed)).toBe(true)
})
