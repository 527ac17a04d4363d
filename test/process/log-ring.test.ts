import { describe, expect, test } from 'vitest'
import { LogRing, type RingLimits } from '../../src/process/log-ring.ts'

/** Items are texts, their size is their length. */
function ring(limits: RingLimits) {
  const delivered: string[] = []
  const queue = new LogRing<string>(limits, {
    deliver: (items) => delivered.push(...items),
    sizeOf: (item) => item.length,
    lost: (count) => `<${count}>`,
  })
  return { queue, delivered }
}

describe('with credit', () => {
  test('items pass at once and in order', () => {
    const { queue, delivered } = ring({ capacity: 100, window: 100 })
    for (const item of ['a', 'b', 'c']) queue.push(item)
    expect(delivered).toEqual(['a', 'b', 'c'])
  })

  test('an item larger than the window passes alone', () => {
    const { queue, delivered } = ring({ capacity: 100, window: 2 })
    queue.push('much too large')
    expect(delivered).toEqual(['much too large'])
  })
})

describe('with a stuck sink', () => {
  test('no more than the window is under way', () => {
    const { queue, delivered } = ring({ capacity: 100, window: 2 })
    for (const item of ['a', 'b', 'c', 'd']) queue.push(item)
    expect(delivered).toEqual(['a', 'b'])
    queue.acknowledge(1)
    expect(delivered).toEqual(['a', 'b', 'c'])
  })

  test('the oldest are forgotten, and their number precedes what comes after', () => {
    const { queue, delivered } = ring({ capacity: 3, window: 1 })
    for (const item of ['a', 'b', 'c', 'd', 'e', 'f']) queue.push(item)
    expect(delivered).toEqual(['a'])
    for (let i = 0; i < 5; i++) queue.acknowledge(1)
    expect(delivered).toEqual(['a', '<2>', 'd', 'e', 'f'])
  })

  test('a million items leave only what the capacity holds', () => {
    const { queue, delivered } = ring({ capacity: 1000, window: 1 })
    for (let i = 0; i < 1_000_000; i++) queue.push('x')
    expect(queue.pending).toBeLessThanOrEqual(1001)
    queue.acknowledge(1)
    expect(delivered).toEqual(['x', '<998999>'])
  })

  test('the newest item stays even if it alone exceeds the capacity', () => {
    const { queue, delivered } = ring({ capacity: 3, window: 1 })
    for (const item of ['a', 'b', 'a long item']) queue.push(item)
    for (let i = 0; i < 3; i++) queue.acknowledge(1)
    expect(delivered).toEqual(['a', '<1>', 'a long item'])
  })

  test('nothing is said of losses when there were none', () => {
    const { queue, delivered } = ring({ capacity: 10, window: 1 })
    for (const item of ['a', 'b']) queue.push(item)
    queue.acknowledge(1)
    queue.acknowledge(1)
    expect(delivered).toEqual(['a', 'b'])
    expect(queue.pending).toBe(0)
  })

  test('more acknowledged than was sent is no credit', () => {
    const { queue, delivered } = ring({ capacity: 10, window: 1 })
    queue.acknowledge(5)
    for (const item of ['a', 'b']) queue.push(item)
    expect(delivered).toEqual(['a'])
  })
})
