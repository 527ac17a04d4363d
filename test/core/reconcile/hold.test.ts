import { expect, test } from 'vitest'
import { fromMillis, fromSeconds, instant } from '../../../src/base/units.ts'
import { isForgotten, isHeld, strike } from '../../../src/core/reconcile/hold.ts'

const at = (ms: number) => instant(fromMillis(ms))

test('the first trouble is answered at once or, patiently, after 100 ms', () => {
  expect(strike(undefined, at(0), 0, 'at-once')).toEqual({ until: at(0), wait: fromMillis(100), errno: 0 })
  expect(strike(undefined, at(0), 22, 'patiently')).toEqual({ until: at(100), wait: fromMillis(100), errno: 22 })
})

test('a second trouble soon after waits twice as long, never more than 30 s', () => {
  expect(strike(strike(undefined, at(0), 0, 'at-once'), at(10), 0, 'at-once')).toEqual({ until: at(210), wait: fromMillis(200), errno: 0 })
  expect(strike({ until: at(0), wait: fromSeconds(20), errno: 22 }, at(0), 22, 'patiently').wait).toBe(fromSeconds(30))
})

test('trouble is forgotten after a quiet time of twice the wait', () => {
  const hold = { until: at(100), wait: fromMillis(100), errno: 22 }
  expect([isForgotten(hold, at(300)), isForgotten(hold, at(301))]).toEqual([false, true])
  expect(strike(hold, at(301), 0, 'at-once').until).toBe(at(301))
})

test('a key is held until the instant and not at it', () => {
  const hold = { until: at(100), wait: fromMillis(100), errno: 22 }
  expect([isHeld(undefined, at(0)), isHeld(hold, at(99)), isHeld(hold, at(100))]).toEqual([false, true, false])
})
