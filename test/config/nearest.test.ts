import { describe, expect, test } from 'vitest'
import { edits, nearest } from '../../src/config/nearest.ts'

describe('the nearest keyword', () => {
  test.each([
    { a: 'nopreempt', b: 'nopreempt', least: 0 },
    { a: 'prioirty', b: 'priority', least: 1 },
    { a: 'interfce', b: 'interface', least: 1 },
    { a: 'statee', b: 'state', least: 1 },
    { a: 'abc', b: 'xyz', least: 3 },
    { a: '', b: 'abc', least: 3 },
  ])('$a becomes $b by $least edits; two neighbours exchanged are one', ({ a, b, least }) => {
    expect([edits(a, b), edits(b, a)]).toEqual([least, least])
  })

  test('is none if all are far', () => {
    expect(nearest('xyzzy', ['priority', 'state'])).toBeUndefined()
  })

  test('is the least of several', () => {
    expect(nearest('preemt', ['preempt_delay', 'preempt', 'nopreempt'])).toBe('preempt')
  })
})
