import { describe, expect, test } from 'vitest'
import { keepEqual, keepEqualItems } from '../../src/base/keep-equal.ts'

describe('keepEqual', () => {
  test('what is equal all through is the very same', () => {
    const before = { a: [1, { b: 'x', c: undefined }], d: null }
    expect(keepEqual(before, structuredClone(before))).toBe(before)
  })

  test('of what has changed the rest is the very same', () => {
    const before = { servers: [{ port: 80 }, { port: 81 }], services: [{ port: 443 }] }
    const now = { servers: [{ port: 80 }, { port: 82 }], services: [{ port: 443 }] }
    const kept = keepEqual(before, now)
    expect(kept).toEqual(now)
    expect(kept).not.toBe(before)
    expect(kept.servers[0]).toBe(before.servers[0])
    expect(kept.servers[1]).not.toBe(before.servers[1])
    expect(kept.services).toBe(before.services)
  })

  test.each<[string, unknown, unknown]>([
    ['a longer list', [1], [1, 2]],
    ['a shorter list', [1, 2], [1]],
    ['a word more', { a: 1 }, { a: 1, b: undefined }],
    ['a word less', { a: 1, b: undefined }, { a: 1 }],
    ['another word', { a: undefined }, { b: undefined }],
    ['a list for an object', {}, []],
    ['nothing for something', { a: {} }, { a: undefined }],
    ['null for an object', { a: {} }, { a: null }],
    ['a number for its text', { a: 1 }, { a: '1' }],
  ])('%s is a change', (_name, before, now) => {
    const kept = keepEqual(before, now)
    expect(kept).not.toBe(before)
    expect(kept).toStrictEqual(now)
  })
})

test('an item of a list is the very same wherever it stands', () => {
  const item = (id: string, size = 1) => ({ id, size })
  const before = { name: { of: 'x' }, items: [item('a'), item('b'), item('c')] }
  const keep = (now: typeof before) => keepEqualItems(before, now, 'items', ({ id }: { id: string }) => id)
  expect(keep(structuredClone(before))).toBe(before)
  const moved = keep({ name: { of: 'x' }, items: [item('new'), item('a'), item('b', 2), item('c')] })
  expect(moved).toEqual({ name: { of: 'x' }, items: [item('new'), item('a'), item('b', 2), item('c')] })
  expect([moved.name === before.name, moved.items[1] === before.items[0], moved.items[3] === before.items[2]]).toEqual([true, true, true])
})
