import { describe, expect, test } from 'vitest'
import { parseCNumber, parseDecimal, parseWhole } from '../../src/config/numbers.ts'

const byte = { min: 0, max: 255 }
const value = (value: number) => ({ kind: 'number', value })
const fault = (fault: string) => ({ kind: 'fault', fault })

describe('whole numbers', () => {
  test.each([
    ['0', value(0)],
    ['+5', value(5)],
    ['010', value(10)],
    ['255', value(255)],
    ['256', fault('too-large')],
    ['-1', fault('negative')],
    ['10abc', fault('trailing')],
    ['1.5', fault('trailing')],
    ['0x10', fault('trailing')],
    [' 7', value(7)],
    [' 7 ', fault('trailing')],
    ['', fault('not-a-number')],
    ['abc', fault('not-a-number')],
    ['99999999999999999999', fault('too-large')],
  ])('%s', (word, want) => {
    expect(parseWhole(word, byte)).toMatchObject(want)
  })

  test('a range below zero takes a minus sign', () => {
    expect(parseWhole('-253', { min: -253, max: 253 })).toMatchObject(value(-253))
    expect(parseWhole('-254', { min: -253, max: 253 })).toMatchObject(fault('too-small'))
  })
})

describe('decimal numbers', () => {
  const range = { min: 0, max: 1000, decimals: 6 }
  test.each([
    ['1', { value: 1, rounded: false }],
    ['.5', { value: 0.5, rounded: false }],
    ['5.', { value: 5, rounded: false }],
    ['1.2345678', { value: 1.234568, rounded: true }],
    ['1.2000000', { value: 1.2, rounded: false }],
    ['1e3', fault('trailing')],
    ['1s', fault('trailing')],
    ['-1', fault('negative')],
    ['1001.0', fault('too-large')],
    ['.', fault('not-a-number')],
    ['abc', fault('not-a-number')],
  ])('%s', (word, want) => {
    expect(parseDecimal(word, range)).toMatchObject(want)
  })
})

test.each([
  ['0x1f', value(31)],
  ['010', value(8)],
  ['10', value(10)],
  ['08', fault('trailing')],
  ['-0x1', fault('negative')],
])('C syntax: %s', (word, want) => {
  expect(parseCNumber(word, byte)).toMatchObject(want)
})
