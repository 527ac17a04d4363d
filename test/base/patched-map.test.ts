import { describe, expect, test } from 'vitest'
import { PatchedMap } from '../../src/base/patched-map.ts'
import { prng } from '../../src/base/prng.ts'

describe('a patched map', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'is what a Map is, entry by entry, and so are all that it was copied from, seed %i',
    (seed) => {
      const random = prng(seed)
      const below = (n: number): number => Math.floor(random.next() * n)
      const history: { readonly patched: ReadonlyMap<string, object>; readonly plain: ReadonlyMap<string, object> }[] = [
        { patched: new Map(), plain: new Map() },
      ]
      for (let round = 0; round < 30; round++) {
        const last = history.at(-1)
        const patched = PatchedMap.copyOf(last?.patched ?? new Map<string, object>())
        const plain = new Map(last?.plain)
        for (let i = below(round === 1 ? 60 : 8); i > 0; i--) {
          const key = `${below(60)}`
          if (random.next() < 0.6) {
            const value = { i }
            patched.set(key, value)
            plain.set(key, value)
          } else expect(patched.delete(key)).toBe(plain.delete(key))
        }
        history.push({ patched: random.next() < 0.5 ? patched : patched.settled(), plain })
      }
      for (const { patched, plain } of history) {
        expect([...patched]).toEqual([...plain])
        expect([...patched.keys()]).toEqual([...plain.keys()])
        expect([...patched.values()]).toEqual([...plain.values()])
        expect(patched.size).toBe(plain.size)
        for (let key = 0; key < 60; key++) {
          expect(patched.get(`${key}`)).toBe(plain.get(`${key}`))
          expect(patched.has(`${key}`)).toBe(plain.has(`${key}`))
        }
      }
    },
  )
})
