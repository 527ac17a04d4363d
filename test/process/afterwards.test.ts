import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Afterwards } from '../../src/process/afterwards.ts'

describe('what is put off', () => {
  test('waits for the end of the turn and keeps its order', async () => {
    const done: number[] = []
    const afterwards = new Afterwards<number>((item) => done.push(item))
    afterwards.put(1)
    afterwards.put(2)
    expect(done).toEqual([])
    await turn()
    expect(done).toEqual([1, 2])
  })

  test('is done at once when it is flushed, and once only', async () => {
    const done: number[] = []
    const afterwards = new Afterwards<number>((item) => done.push(item))
    afterwards.put(1)
    afterwards.flush()
    expect(done).toEqual([1])
    await turn()
    expect(done).toEqual([1])
  })

  test('may put off more', async () => {
    const done: number[] = []
    const afterwards = new Afterwards<number>((item) => {
      done.push(item)
      if (item < 3) afterwards.put(item + 1)
    })
    afterwards.put(1)
    await turn()
    await turn()
    await turn()
    expect(done).toEqual([1, 2, 3])
  })
})
