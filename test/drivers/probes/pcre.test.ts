import { describe, expect, test } from 'vitest'
import { translate } from '../../../src/drivers/probes/pcre.ts'

/** What PCRE says of these, `regex_options` last. */
const rows: readonly [pattern: string, subject: string, matches: boolean, options?: readonly string[]][] = [
  ['hello', 'say hello', true],
  ['hello$', 'hello\n', true],
  ['hello$', 'hello\n\n', false],
  ['hello$', 'hello\nx', false],
  ['hello$', 'hello\n', false, ['dollar_endonly']],
  ['hello$', 'hello\nx', true, ['multiline']],
  ['^x', 'hello\nx', false],
  ['^x', 'hello\nx', true, ['multiline']],
  ['a.c', 'a\nc', false],
  ['a.c', 'a\nc', true, ['dotall']],
  ['HELLO', 'hello', false],
  ['HELLO', 'hello', true, ['caseless']],
  ['(?i)HELLO', 'hello', true],
  ['(?is)A.B', 'a\nb', true],
  ['\\Ahello\\z', 'hello', true],
  ['\\Ahello\\z', 'hello\n', false],
  ['\\Ahello\\Z', 'hello\n', true],
  ['\\Ax', 'a\nx', false, ['multiline']],
  ['[[:digit:]]+ms', '17ms', true],
  ['^[[:alpha:][:digit:]_-]+$', 'ab-1_', true],
  ['[^[:space:]]', ' \t\n', false],
  ['[[:punct:]]', 'abc', false],
  ['[[:punct:]]', 'a]c', true],
  ['[]a]x', ']x', true],
  ['[^]a]x', ']x', false],
  ['[^]a]x', 'bx', true],
  ['[[x]', '[', true],
  ['\\Qa.b\\E.', 'a.bc', true],
  ['\\Qa.b\\E.', 'axbc', false],
  ['a(?#note)b', 'ab', true],
  ['a b # c\n d', 'abd', true, ['extended']],
  ['a[ ]b', 'a b', true, ['extended']],
  ['a\\ b', 'a b', true, ['extended']],
  ['a b', 'ab', false],
  ['a\\hb', 'a\tb', true],
  ['a\\Rb', 'a\r\nb', true],
  ['^\\N+$', 'ab', true],
  ['(a|b)\\1', 'bb', true],
  ['(?<name>a)\\k<name>', 'aa', true],
  ['(?<=a)b', 'ab', true],
  ['x{2,3}', 'axxb', true],
  ['colou?r', 'color', true],
  ['"status"\\s*:\\s*"up"', '{"status" : "up"}', true],
  ['^..$', 'äö', true, ['utf']],
]

describe('regex and regex_options as PCRE has them', () => {
  test.each(rows)('%j on %j: %s %j', (pattern, subject, matches, options = []) => {
    const { source, flags } = translate(pattern, options)
    expect(new RegExp(source, flags).test(subject)).toBe(matches)
  })

  test.each(['a++b', '(?>a+)b', '(?R)', '(a)(?(1)b|c)', '('])(
    '%s, which JavaScript lacks, is refused and not taken for something else',
    (pattern) => {
      const { source, flags } = translate(pattern, [])
      expect(() => new RegExp(source, flags)).toThrow(SyntaxError)
    },
  )
})
