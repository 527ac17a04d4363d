import { expect, test } from 'vitest'
import { LineStore } from '../../src/config/line-store.ts'
import type { LogicalLine } from '../../src/config/tree.ts'

const line = (text: string, more: Partial<LogicalLine> = {}): LogicalLine => ({
  text,
  at: { file: 'a', line: 1, column: 1 },
  exact: true,
  unquoted: true,
  ...more,
})

test('lines come out as they went in: text, place, includes and what is known of them', () => {
  const chain = [{ file: 'a', line: 2, column: 1 }]
  const lines = [
    line('x'),
    line('y', { at: { file: 'a', line: 2_000_000, column: 1_022 }, exact: false, unquoted: false }),
    line('z', { at: { file: 'b', line: 1, column: 3 }, chain }),
    line('z', { at: { file: 'b', line: 2, column: 3 }, chain }),
    line('back', { at: { file: 'a', line: 3, column: 1 } }),
  ]
  const store = new LineStore()
  for (const one of lines) store.push(one)
  expect(store.all()).toEqual(lines)
  expect(store).toHaveLength(5)
})

test('there is room for more than the first thousand', () => {
  const store = new LineStore()
  for (let i = 0; i < 5_000; i++) store.push(line(`${i}`, { at: { file: 'a', line: i, column: 1 } }))
  expect(store.at(4_999)).toEqual(line('4999', { at: { file: 'a', line: 4_999, column: 1 } }))
})

test('behind the last there is none', () => {
  expect(new LineStore().at(0)).toBe(undefined)
})
