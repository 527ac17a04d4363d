import { expect, test } from 'vitest'
import { finder } from '../../src/base/finder.ts'

const LETTERS = ['a', 'b', 'c', 'b'] as const

test('an item is found where it is thought to be, anywhere else, or not at all', () => {
  const find = finder(LETTERS, (letter) => letter.toUpperCase())
  expect([find('A', 0), find('C', 0), find('A', 9), find('D', 1)]).toEqual([0, 2, 0, undefined])
})

test('of two with the same key the likely one is found, else the last', () => {
  const find = finder(LETTERS, (letter) => letter)
  expect([find('b', 1), find('b', 3), find('b', 0)]).toEqual([1, 3, 3])
})

test('the keys of the others are not asked for while each is where it is thought to be', () => {
  const asked: string[] = []
  const find = finder(LETTERS, (letter) => {
    asked.push(letter)
    return letter
  })
  find('c', 2)
  expect(asked).toEqual(['c'])
})
