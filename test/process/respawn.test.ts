import { expect, test } from 'vitest'
import { respawnDelay } from '../../src/process/respawn.ts'

test('a child that dies at once again and again is started at once, then after 1, 2, 4 … 60 seconds', () => {
  const delays: number[] = []
  let previous: number | undefined
  for (let i = 0; i < 10; i++) {
    previous = respawnDelay(previous, 0.1)
    delays.push(previous)
  }
  expect(delays).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test.each([
  { name: 'lived 59.9 s: the delay grows', previous: 4, lived: 59.9, delay: 8 },
  { name: 'lived 60 s: it starts at once', previous: 60, lived: 60, delay: 0 },
  { name: 'its first death', previous: undefined, lived: 1, delay: 0 },
])('$name', ({ previous, lived, delay }) => {
  expect(respawnDelay(previous, lived)).toBe(delay)
})
