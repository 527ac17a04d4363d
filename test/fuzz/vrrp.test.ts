import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import * as vrrp from './targets/vrrp.ts'

test.each([1, 2, 3])('VRRP and IPv4 decoders hold against 4,000 inputs grown from seed %i', (seed) => {
  const outcome = fuzz(vrrp, { seed, runs: 4_000, seconds: 60 })
  expect(outcome).toEqual({ kind: 'held', runs: 4_000 })
})

test('the fuzzer finds a planted fault and reports its shortest input', () => {
  const planted = {
    name: 'planted',
    seeds: vrrp.seeds,
    run: (bytes: Uint8Array) => {
      if (bytes.includes(0xff) && bytes.length > 20) throw new Error('planted')
    },
  }
  const outcome = fuzz({ ...planted, seeds: [new Uint8Array(40)] }, { seed: 1, runs: 10_000, seconds: 60 })
  expect(outcome).toMatchObject({ kind: 'broke', error: new Error('planted') })
  expect(outcome.kind === 'broke' && outcome.input).toHaveLength(21)
})

test('an input that takes for ever is a fault too', () => {
  const slow = {
    name: 'slow',
    mostMilliseconds: () => 20,
    run: () => {
      const start = process.threadCpuUsage()
      for (let used = 0; used < 30_000; ) {
        const { user, system } = process.threadCpuUsage(start)
        used = user + system
      }
    },
  }
  expect(fuzz(slow, { seed: 1, runs: 1, seconds: 60 })).toMatchObject({ kind: 'broke' })
})
