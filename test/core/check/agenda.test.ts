import { describe, expect, test } from 'vitest'
import { prng } from '../../../src/base/prng.ts'
import { type Instant, instant } from '../../../src/base/units.ts'
import { clearDeadline, dueNumber, nearest, newAgenda, setDeadline } from '../../../src/core/check/agenda.ts'

describe('the agenda of deadlines', () => {
  test('an empty one has no nearest', () => {
    expect(nearest(newAgenda())).toBeUndefined()
    expect(dueNumber(newAgenda(), instant(1))).toBeUndefined()
  })

  test('nothing is due before its time', () => {
    const agenda = newAgenda()
    setDeadline(agenda, 3, instant(10))
    expect(dueNumber(agenda, instant(9))).toBeUndefined()
    expect(dueNumber(agenda, instant(10))).toBe(3)
  })

  test('clearing what has no deadline changes nothing', () => {
    const agenda = newAgenda()
    setDeadline(agenda, 0, instant(10))
    clearDeadline(agenda, 5)
    clearDeadline(agenda, 0)
    clearDeadline(agenda, 0)
    expect(nearest(agenda)).toBeUndefined()
  })

  test('equal deadlines come in the order of their numbers', () => {
    const agenda = newAgenda()
    for (const number of [4, 2, 7, 0]) setDeadline(agenda, number, instant(5))
    expect(drain(agenda)).toEqual([0, 2, 4, 7])
  })

  test.each([1, 2, 3, 4, 5])('with seed %i the nearest is that of a plain search after any change', (seed) => {
    const random = prng(seed)
    const agenda = newAgenda()
    const model = new Map<number, Instant>()
    for (let i = 0; i < 2000; i++) {
      const number = random.between(0, 60)
      if (random.chance(0.25)) {
        clearDeadline(agenda, number)
        model.delete(number)
      } else {
        const at = instant(random.between(0, 40))
        setDeadline(agenda, number, at)
        model.set(number, at)
      }
      const wanted = [...model].sort(([a, atA], [b, atB]) => atA - atB || a - b)[0]
      expect([nearest(agenda), dueNumber(agenda, instant(1000))]).toEqual([wanted?.[1], wanted?.[0]])
    }
  })
})

function drain(agenda: ReturnType<typeof newAgenda>): number[] {
  const order: number[] = []
  for (let number = dueNumber(agenda, instant(1e9)); number !== undefined; number = dueNumber(agenda, instant(1e9))) {
    order.push(number)
    clearDeadline(agenda, number)
  }
  return order
}
