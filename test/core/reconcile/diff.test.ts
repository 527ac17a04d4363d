import { expect, test } from 'vitest'
import { diff } from '../../../src/core/reconcile/diff.ts'

const map = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, number> => new Map(Object.entries(entries))
const equal = (a: number, b: number): boolean => a === b

test.each([
  { name: 'nothing and nothing', wanted: {}, actual: {}, is: { add: [], replace: [], remove: [] } },
  { name: 'the same', wanted: { a: 1 }, actual: { a: 1 }, is: { add: [], replace: [], remove: [] } },
  { name: 'a newcomer', wanted: { a: 1, b: 2 }, actual: { a: 1 }, is: { add: [2], replace: [], remove: [] } },
  { name: 'one too many', wanted: { b: 2 }, actual: { a: 1, b: 2 }, is: { add: [], replace: [], remove: [1] } },
  { name: 'one that differs', wanted: { a: 1 }, actual: { a: 9 }, is: { add: [], replace: [{ actual: 9, wanted: 1 }], remove: [] } },
  { name: 'the wanted order', wanted: { z: 1, a: 2 }, actual: {}, is: { add: [1, 2], replace: [], remove: [] } },
])('$name', ({ wanted, actual, is }) => {
  expect(diff(map(wanted), map(actual), equal)).toEqual(is)
})
