import { describe, expect, test } from 'vitest'
import { readTrackLine, type TrackKind } from '../../../src/config/keywords/track-lines.ts'
import { newContext, readWords } from '../../support/config-text.ts'

const read = (kind: TrackKind, text: string) =>
  readWords(text, (words, context) =>
    readTrackLine(words, context, { kind, owner: 'A', exists: (name) => name !== 'nope', tracked: new Set(['twice']) }),
  )

const kinds: readonly TrackKind[] = ['track_interface', 'track_script', 'track_file', 'track_process', 'track_bfd']

describe.each(kinds)('a %s line', (kind) => {
  test('alone leaves the weight to the object', () => {
    expect(read(kind, 'a')).toMatchObject({ value: { name: 'a', weight: undefined, reverse: undefined }, codes: [] })
  })

  test('weight and reverse', () => {
    expect(read(kind, 'a weight -253 reverse')).toMatchObject({ value: { weight: -253, reverse: true }, codes: [] })
  })

  test('words behind the fourth are ignored', () => {
    expect(read(kind, 'a weight 1 reverse more')).toMatchObject({ value: { weight: 1 }, codes: [] })
  })

  test.each([
    ['an unknown object', 'nope', 'track-unknown'],
    ['an object tracked already', 'twice', 'track-duplicate'],
    ['an unknown option', 'a wieght 5', 'track-option'],
    ['weight=2', 'a weight=2', 'track-option'],
    ['weight without a value', 'a weight', 'track-option'],
  ])('is dropped with %s', (_name, text, code) => {
    expect(read(kind, text)).toMatchObject({ value: undefined, codes: [code] })
  })

  test('keeps the default for a weight out of range', () => {
    expect(read(kind, 'a weight 255')).toMatchObject({ value: { weight: undefined }, codes: ['track-weight'] })
  })

  test('keeps the default for a weight that is no number', () => {
    expect(read(kind, 'a weight x')).toMatchObject({ value: { name: 'a', weight: undefined }, codes: ['track-weight'] })
  })
})

test.each([
  { kind: 'track_interface', weight: 253, codes: ['track-weight-254'] },
  { kind: 'track_script', weight: 253, codes: ['track-weight-254'] },
  { kind: 'track_file', weight: 254, codes: [] },
  { kind: 'track_bfd', weight: undefined, codes: ['track-weight'] },
] as const)('weight 254 of $kind is $weight', ({ kind, weight, codes }) => {
  expect(read(kind, 'a weight 254')).toMatchObject({ value: { weight }, codes })
})

test('a weight without a value is not called unknown', () => {
  const { context, findings } = newContext()
  readTrackLine(['a', 'weight'], context, { kind: 'track_file', owner: 'A', exists: () => true, tracked: new Set() })
  expect(findings[0]?.message).toBe('(A) track_file a: weight without value; it is not tracked')
})

test('noreverse cancels, but not for track_interface', () => {
  expect(read('track_script', 'a weight 1 noreverse')).toMatchObject({ value: { reverse: false }, codes: [] })
  expect(read('track_interface', 'a weight 1 noreverse')).toMatchObject({ value: { reverse: undefined }, codes: ['track-reverse'] })
})

test('a bad fourth word costs track_file its line, track_script the word', () => {
  expect(read('track_file', 'a weight 1 bogus')).toMatchObject({ value: undefined, codes: ['track-reverse'] })
  expect(read('track_script', 'a weight 1 bogus')).toMatchObject({ value: { weight: 1 }, codes: ['track-reverse'] })
})
