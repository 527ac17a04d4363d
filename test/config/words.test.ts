import { describe, expect, test } from 'vitest'
import { splitCommand, splitQuoted, splitWords, wordOffset } from '../../src/config/words.ts'

describe('words of an ordinary line', () => {
  test.each([
    { line: 'a  b\tc', words: ['a', 'b', 'c'] },
    { line: 'a "b c" ""', words: ['a', 'b c', ''] },
    { line: 'abc"d e"', words: ['abc', 'd e'] },
    { line: '"ab"cd', words: ['ab', 'cd'] },
    { line: "a 'b c'", words: ['a', "'b", "c'"] },
    { line: 'a\\ b', words: ['a\\', 'b'] },
    { line: 'a\fb\vc', words: ['a', 'b', 'c'] },
    { line: '', words: [] },
  ])('$line is $words', ({ line, words }) => {
    expect(splitWords(line)).toEqual({ words, unmatched: false })
  })

  test('a quote without partner drops its word', () => {
    expect(splitWords('a b "c d')).toEqual({ words: ['a', 'b'], unmatched: true })
  })

  test.each([
    [0, 0],
    [1, 3],
    [2, 9],
    [9, 12],
  ])('word %i begins at %i', (index, offset) => {
    expect(wordOffset('ab "c d" efg', index)).toBe(offset)
  })
})

describe('words of a command', () => {
  test.each([
    {
      name: 'the quoted text is the command',
      line: 'notify "/bin/x MASTER 1"',
      argv: ['/bin/x', 'MASTER', '1'],
      user: undefined,
      group: undefined,
    },
    {
      name: 'without quotes the argument is taken for the user',
      line: 'notify_master /bin/x MASTER',
      argv: ['/bin/x'],
      user: 'MASTER',
      group: undefined,
    },
    { name: 'user and group follow', line: 'notify "/bin/x y" root wheel', argv: ['/bin/x', 'y'], user: 'root', group: 'wheel' },
    { name: 'inner quotes group', line: `script "/bin/x 'a b' c"`, argv: ['/bin/x', 'a b', 'c'], user: undefined, group: undefined },
    { name: 'adjoining pieces are one word', line: `script "a'b c'd"`, argv: ['ab cd'], user: undefined, group: undefined },
  ])('$name', ({ line, argv, user, group }) => {
    expect(splitCommand(line)).toMatchObject({ kind: 'command', argv, user, group })
  })

  test.each([`script "a`, `script 'a`, `script "'a"`])('%s has no end', (line) => {
    expect(splitCommand(line)).toEqual({ kind: 'unterminated' })
  })

  test.each([
    ['\\a\\b\\E\\f\\n\\r\\t\\v', '\x07\b\x1b\f\n\r\t\v'],
    ['\\101\\7', 'A\x07'],
    ['\\x41\\x4a', 'AJ'],
    ['\\cC', '\x03'],
    ['\\q\\ z', 'q z'],
  ])('%s is unescaped', (text, want) => {
    expect(splitQuoted(text, true)).toEqual([want])
  })
})
