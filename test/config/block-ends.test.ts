import { expect, test } from 'vitest'
import { BlockEnds } from '../../src/config/block-ends.ts'
import { Interpreter } from '../../src/config/interpreter.ts'
import { rootFor } from '../../src/config/keywords/root.ts'
import { emptyParsed } from '../../src/config/parsed.ts'
import type { LogicalLine } from '../../src/config/tree.ts'
import { newContext } from '../support/config-text.ts'

const linesOf = (texts: readonly string[]): readonly LogicalLine[] =>
  texts.map((text, i) => ({ text, at: { file: 'a', line: i + 1, column: 1 }, exact: true, unquoted: !text.includes('"') }))

function endsOf(lines: readonly LogicalLine[]): BlockEnds {
  const ends = new BlockEnds()
  for (const [index, line] of lines.entries()) ends.see(line, index)
  return ends
}

test.each([
  { name: 'a block of the root ends at its own brace', texts: ['a', '{', 'b', '{', '}', '}', 'c'], open: 1, end: 5 },
  { name: 'an inner block has no end here', texts: ['a', '{', 'b', '{', '}', '}'], open: 3, end: undefined },
  { name: 'a stray brace before it does not matter', texts: ['}', '}', 'a', '{', '}'], open: 3, end: 4 },
  { name: 'a block with a quote must be read line by line', texts: ['a', '{', 'b "', '}'], open: 1, end: undefined },
  { name: 'the quotes of the block before it do not count', texts: ['a', '{', '"', '}', 'a', '{', '}'], open: 5, end: 6 },
  { name: 'a block that never ends', texts: ['a', '{', 'b'], open: 1, end: undefined },
])('$name', ({ texts, open, end }) => {
  expect(endsOf(linesOf(texts)).endOf(open)).toBe(end)
})

test.each([
  { name: 'blocks of others', texts: ['virtual_server', '{', 'x', '{', '}', '}', 'bogus'] },
  { name: 'an unmatched quote in a block of others', texts: ['virtual_server', '{', 'x "', '}', 'bogus'] },
  { name: 'a block of others without its brace', texts: ['virtual_server', 'bogus', '{', '}'] },
  { name: 'a block of others that never ends', texts: ['virtual_server', '{', 'bogus', '{', '}'] },
  { name: 'a block of others at the very end', texts: ['virtual_server', '{', '}'] },
  { name: 'braces that do not match', texts: ['}', 'virtual_server', '{', '}', '}', 'bogus'] },
])('$name: passed over at once or line by line, the findings are the same', ({ texts }) => {
  const lines = linesOf(texts)
  const read = (ends: BlockEnds): unknown => {
    const parsed = emptyParsed()
    const { context, findings } = newContext(parsed)
    const interpreter = new Interpreter(context, rootFor('vrrp'), parsed)
    interpreter.takeAll(lines, ends)
    interpreter.end()
    return findings
  }
  expect(read(endsOf(lines))).toEqual(read(new BlockEnds()))
})
