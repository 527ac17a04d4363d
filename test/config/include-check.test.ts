import { expect, test } from 'vitest'
import { allChecks, applyIncludeCheck, noChecks } from '../../src/config/include-check.ts'

test.each([
  { words: [], from: noChecks, want: allChecks },
  { words: ['match'], from: allChecks, want: { ...noChecks, read: true, match: true } },
  { words: ['+brace_match'], from: noChecks, want: { ...noChecks, brace: true } },
  { words: ['-read', '+wildcard_match'], from: allChecks, want: { ...allChecks, read: false } },
  { words: ['read', '-read'], from: noChecks, want: noChecks },
])('include_check $words', ({ words, from, want }) => {
  expect(applyIncludeCheck(from, words)).toEqual({ check: want, bad: undefined })
})

test.each([
  { words: ['bogus'], bad: 0 },
  { words: ['read', 'match'], bad: 1 },
  { words: ['+read', '+bogus'], bad: 1 },
])('include_check $words: word $bad is wrong', ({ words, bad }) => {
  expect(applyIncludeCheck(noChecks, words).bad).toBe(bad)
})
