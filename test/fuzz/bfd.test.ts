import { expect, test } from 'vitest'
import { decodeControl } from '../../src/core/bfd/packet.ts'
import { fuzz } from './fuzz.ts'
import * as bfd from './targets/bfd.ts'

test.each([1, 2, 3])('no BFD packet of 5,000 inputs grown from seed %i stops a session or its clock', (seed) => {
  expect(fuzz(bfd, { seed, runs: 5_000, seconds: 60 })).toEqual({ kind: 'held', runs: 5_000 })
})

test('the seeds are packets: the target looks at what it should', () => {
  for (const seed of bfd.seeds) expect(decodeControl(seed).ok).toBe(true)
})
