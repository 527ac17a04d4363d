import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/config/limits.ts'
import { parseSequence } from '../../src/config/sequences.ts'

const roundsOf = (line: string) => {
  const sequence = parseSequence(line, (text) => text)
  if (sequence === undefined) return undefined
  return sequence.ok ? sequence.value.rounds.map((round) => round.map(([, value]) => value).join('/')) : sequence.error
}

describe('~SEQ', () => {
  test.each([
    { line: '~SEQ(V, 3) x', rounds: ['1', '2', '3'] },
    { line: '~SEQ(V,0) x', rounds: ['1', '0'] },
    { line: '~SEQ(V,-3) x', rounds: ['-1', '-2', '-3'] },
    { line: '~SEQ(V, 5, 3) x', rounds: ['5', '4', '3'] },
    { line: '~SEQ(V,1,2,4) x', rounds: ['1', '3'] },
    { line: '~SEQ(I, 10, -5, 0) x', rounds: ['10', '5', '0'] },
    { line: '~SEQ ( V , 010 , 0x9 ) x', rounds: ['8', '9'] },
    { line: '~SEQx(V, 9, 11) x', rounds: ['9', 'a', 'b'] },
  ])('$line: the step is the middle number', ({ line, rounds }) => {
    expect(roundsOf(line)).toEqual(rounds)
  })

  test.each([
    { line: '~SEQ(V, 1, 0, 3) x', why: 'away from the end' },
    { line: '~SEQ(V, 1, -1, 3) x', why: 'away from the end' },
    { line: '~SEQ(V, 1', why: "')' is missing" },
    { line: '~SEQ(V) x', why: 'one to three numbers' },
    { line: '~SEQ(V,1,2,3,4) x', why: 'one to three numbers' },
    { line: '~SEQ(1V,1) x', why: 'no name' },
    { line: '~SEQ(V,a) x', why: 'no number' },
    { line: '~SEQx(V,-1,2) x', why: 'not negative' },
    { line: `~SEQ(V,${LIMITS.sequenceRounds + 1}) x`, why: 'too many' },
    { line: '~SEQ V x', why: 'parentheses' },
  ])('$line is refused: $why', ({ line, why }) => {
    expect(roundsOf(line)).toContain(why)
  })
})

describe('~LST', () => {
  test.each([
    { line: '~LST(A, x, y) z', rounds: ['x', 'y'] },
    { line: '~LST(A,) z', rounds: [''] },
    { line: '~LST({N,A}, {red,10.0.0.1}, {blue}) z', rounds: ['red/10.0.0.1', 'blue/'] },
  ])('$line', ({ line, rounds }) => {
    expect(roundsOf(line)).toEqual(rounds)
  })

  test.each([
    { line: '~LST(A) z', why: 'needs a variable and values' },
    { line: '~LST({A,B},{1,2,3}) z', why: 'more members' },
    { line: '~LST(A, b c) z', why: 'no blanks' },
    { line: '~LST(A, {b) z', why: 'do not match' },
  ])('$line is refused: $why', ({ line, why }) => {
    expect(roundsOf(line)).toContain(why)
  })
})

test('another word behind ~ is no sequence', () => {
  expect(roundsOf('~bogus(1)')).toBeUndefined()
})
