import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../../src/base/units.ts'
import { detectionTime, jittered, randomOf, remoteDetectionTime, transmitInterval, transmits } from '../../../src/core/bfd/timing.ts'
import { ms, Rig } from '../../support/bfd-rig.ts'

describe('jitter (RFC 5880 §6.8.7)', () => {
  test.each([
    { name: 'at most the interval', multiplier: 3, random: 0.999999, low: 999, high: 1000 },
    { name: 'at least three quarters', multiplier: 3, random: 0, low: 750, high: 750 },
    { name: 'at most nine tenths with multiplier 1', multiplier: 1, random: 0.999999, low: 899, high: 900 },
    { name: 'at least three quarters with multiplier 1', multiplier: 1, random: 0, low: 750, high: 750 },
  ])('$name', ({ multiplier, random, low, high }) => {
    const wait = jittered(fromSeconds(1), multiplier, random)
    expect(wait).toBeGreaterThanOrEqual(ms(low))
    expect(wait).toBeLessThanOrEqual(ms(high))
  })

  test('the same seed gives the same numbers, spread over the whole range', () => {
    const numbers = Array.from({ length: 1000 }, (_, count) => randomOf(42, count))
    expect(Array.from({ length: 1000 }, (_, count) => randomOf(42, count))).toEqual(numbers)
    for (let tenth = 0; tenth < 10; tenth++) {
      expect(numbers.filter((number) => Math.floor(number * 10) === tenth).length).toBeGreaterThan(50)
    }
  })
})

describe('intervals of both ends', () => {
  const { session } = new Rig({ minTx: fromMillis(50), minRx: fromMillis(100), multiplier: 3 }).up()

  test('min_tx: we send no more often than the neighbour can hear (RFC 5880 §6.8.2)', () => {
    expect(transmitInterval(session)).toBe(ms(60))
    expect(transmitInterval({ ...session, transmitFloor: ms(70) })).toBe(ms(70))
  })
  test('min_rx: the detection time is the multiplier of the neighbour times the slower wish (RFC 5880 §6.8.4)', () => {
    expect(detectionTime(session)).toBe(ms(4 * 100))
    expect(detectionTime({ ...session, detectFloor: ms(10) })).toBe(ms(4 * 80))
  })
  test('multiplier: the neighbour misses us after so many of our intervals', () => expect(remoteDetectionTime(session)).toBe(ms(3 * 60)))
})

describe('periodic packets (RFC 5880 §6.8.7)', () => {
  const { session } = new Rig({}).up()
  const passive = new Rig({ passive: true }).session
  test('passive: none before the neighbour was heard', () => expect(transmits(passive)).toBe(false))
  test('passive: they begin when it was', () => expect(transmits({ ...passive, remote: session.remote })).toBe(true))
  test('none to a neighbour that cannot hear', () =>
    expect(transmits({ ...session, remote: { ...session.remote, minRx: ms(0) } })).toBe(false))
  test('none in Demand mode when both are up', () => {
    const remote = { ...session.remote, demand: true }
    expect(transmits({ ...session, remote })).toBe(false)
    expect(transmits({ ...session, remote, poll: 'running' })).toBe(true)
    expect(transmits({ ...session, remote, state: 'Down' })).toBe(true)
    expect(transmits({ ...session, remote: { ...remote, state: 'Init' } })).toBe(true)
  })
  test('none in AdminDown', () => expect(transmits({ ...session, state: 'AdminDown' })).toBe(false))
})
