import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../src/base/units.ts'
import { BfdPair, type End } from './bfd.ts'

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)
/** Five packets of 100 ms. */
const DETECTION = 0.5
const downs = ({ news }: End): number => news.filter(({ up }, at) => !up && at > 0).length

describe('two BFD sessions under a virtual clock', () => {
  test.each(SEEDS)('seed %i: a third of all packets lost, some twice and late: both come up, and stay so most of the time', (seed) => {
    const pair = new BfdPair(seed, { loss: 0.33, duplication: 0.1, delay: fromMillis(60) })
    expect(pair.until(() => pair.bothUp, 60)).toBeDefined()
    let up = 0
    for (let second = 0; second < 600; second++) {
      pair.world.run(fromSeconds(1))
      if (pair.bothUp) up++
    }
    // Five in a row are lost about every minute of packets, and to come up again takes some seconds.
    expect(up).toBeGreaterThan(300)
    pair.path.loss = 0
    pair.path.delay = fromMillis(1)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    const before = downs(pair.first) + downs(pair.second)
    pair.world.run(fromSeconds(600))
    expect(downs(pair.first) + downs(pair.second), 'a path without loss never takes one down').toBe(before)
  })

  test.each(SEEDS)('seed %i: a crash is noticed after the detection time, and not much later or before', (seed) => {
    const pair = new BfdPair(seed)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    pair.world.run(fromSeconds(5 + pair.random.next()))
    pair.second.crash()
    const took = pair.until(() => !pair.first.isUp, 5) ?? Number.NaN
    expect(took).toBeGreaterThan(DETECTION - 0.12)
    expect(took).toBeLessThan(DETECTION + 0.02)
    pair.second.start()
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
  })

  test.each(SEEDS)('seed %i: an end that is not heard takes the other down with it, and no one flaps', (seed) => {
    const pair = new BfdPair(seed)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    // By then both know how often the other sends.
    pair.world.run(fromSeconds(2))
    pair.mute.add(pair.second)
    expect(pair.until(() => !pair.first.isUp && !pair.second.isUp, 2)).toBeDefined()
    const before = pair.first.news.length + pair.second.news.length
    pair.world.run(fromSeconds(60))
    expect(pair.first.news.length + pair.second.news.length).toBe(before)
    pair.mute.clear()
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
  })

  test.each(SEEDS)('seed %i: a stall shorter than the detection time costs nothing, for what waits is read first', (seed) => {
    const pair = new BfdPair(seed)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    pair.world.run(fromSeconds(2 + pair.random.next()))
    const before = downs(pair.first) + downs(pair.second)
    for (let round = 0; round < 20; round++) {
      pair.first.stall(fromSeconds(DETECTION - 0.11))
      pair.world.run(fromSeconds(1.5))
    }
    expect(downs(pair.first) + downs(pair.second)).toBe(before)
    // One that stalls for long is missed by the other, but does not itself miss the other.
    const own = downs(pair.first)
    pair.first.stall(fromSeconds(0.9))
    pair.world.run(fromSeconds(0.85))
    expect([pair.first.isUp, pair.second.isUp]).toEqual([true, false])
    expect(downs(pair.first)).toBe(own)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
  })

  test.each(SEEDS)('seed %i: an orderly stop is no failure for those who track the other end (RFC 5882 §3.2)', (seed) => {
    const pair = new BfdPair(seed)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    pair.world.run(fromSeconds(2))
    const before = downs(pair.second)
    pair.first.stop()
    pair.world.run(fromSeconds(30))
    expect([pair.second.isUp, downs(pair.second)]).toEqual([false, before])
    pair.first.start()
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
  })

  test('passive: one such end comes up, two never do', () => {
    const one = new BfdPair(1, {}, { passive: true })
    expect(one.until(() => one.bothUp, 10)).toBeDefined()
    const two = new BfdPair(1, {}, { passive: true }, { passive: true })
    expect(two.until(() => two.bothUp, 60)).toBeUndefined()
    expect(two.first.sent + two.second.sent).toBe(0)
  })

  test('no more packets than agreed: at most one for three quarters of the interval', () => {
    const pair = new BfdPair(3)
    expect(pair.until(() => pair.bothUp, 10)).toBeDefined()
    pair.world.run(fromSeconds(5))
    const before = pair.first.sent
    pair.world.run(fromSeconds(100))
    const sent = pair.first.sent - before
    expect(sent).toBeGreaterThanOrEqual(1000)
    expect(sent).toBeLessThanOrEqual(1334)
  })
})
