import { expect, test } from 'vitest'
import type { Diagnostic } from '../../src/config/diagnostic.ts'
import { printGithub, printJson, printText } from '../../src/config/print.ts'

const finding: Diagnostic = {
  code: 'unknown-keyword',
  severity: 'unknown-keyword',
  at: { file: '/etc/k.conf', line: 3, column: 5 },
  message: "unknown keyword 'x'",
  expected: 'y',
  scope: 'line',
}

test.each([
  { name: 'a line', more: {}, text: "/etc/k.conf:3:5: unknown keyword 'x' (expected y)\n" },
  { name: 'nothing was expected', more: { expected: undefined }, text: "/etc/k.conf:3:5: unknown keyword 'x'\n" },
  {
    name: 'it was included',
    more: { chain: [{ file: '/etc/a.conf', line: 7, column: 1 }] },
    text: "/etc/k.conf:3:5: unknown keyword 'x' (expected y) [included from /etc/a.conf line 7]\n",
  },
  { name: 'a whole object', more: { scope: 'whole' as const }, text: "unknown keyword 'x' (expected y) [/etc/k.conf:3:5]\n" },
  {
    name: 'a service whose name looks like a place',
    more: { scope: 'whole' as const, message: '[192.0.2.1]:tcp:80: bad', expected: undefined },
    text: 'in [192.0.2.1]:tcp:80: bad [/etc/k.conf:3:5]\n',
  },
  { name: 'no line at all', more: { at: { file: '/etc/k.conf', line: 0, column: 0 } }, text: "unknown keyword 'x' (expected y)\n" },
])('text: $name', ({ more, text }) => {
  expect(printText([{ ...finding, ...more }])).toBe(text)
})

test('json is read back as the same findings', () => {
  expect(JSON.parse(printJson([finding]))).toEqual([finding])
})

test.each([
  { severity: 'invalid-number' as const, kind: 'error' },
  { severity: 'deprecated' as const, kind: 'warning' },
  { severity: 'none' as const, kind: 'notice' },
])('github: $severity is a $kind, and line ends are escaped', ({ severity, kind }) => {
  expect(printGithub([{ ...finding, severity, message: 'a\nb 5%' }])).toBe(
    `::${kind} file=/etc/k.conf,line=3,col=5,title=unknown-keyword::a%0Ab 5%25 (expected y)\n`,
  )
})
