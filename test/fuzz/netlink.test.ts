import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import * as netlink from './targets/netlink.ts'

test.each([1, 2, 3])('S-P1 S-D4 netlink readers hold against 5,000 inputs grown from seed %i', (seed) => {
  expect(fuzz(netlink, { seed, runs: 5_000, seconds: 60 })).toEqual({ kind: 'held', runs: 5_000 })
})
