import { describe, expect, test } from 'vitest'
import type { Tracker } from '../../../src/core/track/config.ts'
import { type Condition, influenceOf, type Observed } from '../../../src/core/track/influence.ts'

const observed = (condition: Condition, value: number | undefined): Observed => ({
  interfaces: () => condition,
  scripts: () => condition,
  bfds: () => condition,
  processes: () => condition,
  files: () => value,
})
const tracker = (kind: Tracker['kind'], weight: number, reverse = false): Tracker => ({ kind, name: 't', weight, reverse })
const verdict = (one: Tracker, condition: Condition, value?: number): number | string => {
  const { weight, faults, waiting } = influenceOf([one], observed(condition, value))
  return faults.length > 0 ? 'fault' : waiting ? 'waits' : weight
}

describe.each(['interface', 'script', 'process', 'bfd'] as const)('track_%s', (kind) => {
  test.each([
    [10, false, 'up', 10],
    [10, false, 'down', 0],
    [-10, false, 'up', 0],
    [-10, false, 'down', -10],
    [10, true, 'up', -10],
    [10, true, 'down', 0],
    [-10, true, 'up', 0],
    [-10, true, 'down', 10],
    [0, false, 'up', 0],
    [0, false, 'down', 'fault'],
    [0, true, 'up', 'fault'],
    [0, true, 'down', 0],
    [10, false, 'unknown', 0],
    [-10, false, 'unknown', 0],
    [0, false, 'unknown', 'waits'],
    [0, true, 'unknown', 'waits'],
  ] as const)('weight %i, reverse %s, %s: %s', (weight, reverse, condition, expected) => {
    expect(verdict(tracker(kind, weight, reverse), condition)).toBe(expected)
  })
})

describe('track_file', () => {
  test.each([
    [1, false, 5, 5],
    [1, false, -5, -5],
    [1, true, 5, -5],
    [2, false, 5, 10],
    [-2, false, 5, -10],
    [1, false, 0, 0],
    [1, false, 253, 253],
    [1, false, 254, 253],
    [1, false, 2_147_483_647, 253],
    [1, false, -253, -253],
    [1, false, -254, 'fault'],
    [2, false, -127, 'fault'],
    [1, true, 254, 'fault'],
    [254, false, -2_147_483_648, 'fault'],
    [0, false, 0, 0],
    [0, false, 1, 'fault'],
    [0, false, -1, 'fault'],
    [0, true, 0, 'fault'],
    [0, true, 1, 0],
    [1, false, undefined, 'waits'],
    [0, false, undefined, 'waits'],
  ] as const)('weight %i, reverse %s, number %s: %s', (weight, reverse, value, expected) => {
    expect(verdict(tracker('file', weight, reverse), 'up', value)).toBe(expected)
  })
})

test('weights add up, faults are counted one by one', () => {
  const all = [tracker('script', -10), tracker('file', 2), tracker('interface', 0), { ...tracker('script', 0), name: 'other' }]
  const influence = influenceOf(all, observed('down', 3))
  expect(influence).toEqual({ weight: -4, faults: [all[2], all[3]], waiting: false })
})

test('zero is not negative: a sum compares as equal', () => {
  expect(Object.is(influenceOf([tracker('file', -1)], observed('up', 0)).weight, 0)).toBe(true)
})
