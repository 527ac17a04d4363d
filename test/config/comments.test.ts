import { expect, test } from 'vitest'
import { stripComment } from '../../src/config/comments.ts'

test.each([
  { name: '# ends the line in the middle of a word', line: 'router_id ab#cd', text: 'router_id ab' },
  { name: '! does so too', line: 'a ! b', text: 'a' },
  { name: 'double quotes protect both', line: 'router_id "a#b!"', text: 'router_id "a#b!"' },
  { name: 'single quotes protect nothing', line: "a 'b#c'", text: "a 'b" },
  { name: 'a backslash keeps # and goes', line: 'router_id a\\#b', text: 'router_id a#b' },
  { name: 'a backslash keeps ! and goes', line: 'a\\!b', text: 'a!b' },
  { name: 'inside quotes the backslash stays', line: '"a\\#b"', text: '"a\\#b"' },
  { name: 'a backslash before anything else stays with it', line: 'a\\bc', text: 'a\\bc' },
  { name: 'an escaped quote does not open', line: 'a\\"b # c', text: 'a\\"b' },
])('$name', ({ line, text }) => {
  expect(stripComment(line).text).toBe(text)
})

test.each([
  { line: 'a "b', unterminated: true },
  { line: 'a "b"', unterminated: false },
  { line: 'a "b" "', unterminated: true },
  { line: 'a # "', unterminated: false },
  { line: 'a \\"b', unterminated: false },
])('$line: quote without partner $unterminated', ({ line, unterminated }) => {
  expect(stripComment(line).unterminated).toBe(unterminated)
})
