import { expect, test } from 'vitest'
import { changed, changeOf } from '../../src/base/list-change.ts'
import { prng } from '../../src/base/prng.ts'

const item = (name: string) => ({ name })

test('runs of what was there are told by their places, what is new as it is', () => {
  const [a, b, c, d] = [item('a'), item('b'), item('c'), item('d')] as const
  const fresh = item('b')
  const change = changeOf([a, b, c, d], [a, fresh, c, d])
  expect(change).toEqual([
    { kind: 'kept', from: 0, count: 1 },
    { kind: 'new', items: [fresh] },
    { kind: 'kept', from: 2, count: 2 },
  ])
  expect(changed([a, b, c, d], change)[3]).toBe(d)
})

test.each(Array.from({ length: 50 }, (_, seed) => seed))('any list comes out as it went in, seed %i', (seed) => {
  const random = prng(seed)
  const below = (n: number): number => Math.floor(random.next() * n)
  const before = Array.from({ length: below(8) }, (_, i) => item(`${i}`))
  const now = Array.from({ length: below(10) }, (_, i) => before[below(12)] ?? item(`new ${i}`))
  const after = changed(before, changeOf(before, now))
  expect(after).toHaveLength(now.length)
  for (const [i, one] of after.entries()) expect(one).toBe(now[i])
})
