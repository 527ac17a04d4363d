import { describe, expect, test } from 'vitest'
import { decode, eachLine, type PhysicalLine } from '../../src/config/lines.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
function linesOf(text: string): PhysicalLine[] {
  const found: PhysicalLine[] = []
  eachLine(bytes(text), (line) => {
    found.push(line)
    return true
  })
  return found
}

describe('physical lines', () => {
  test.each([
    { name: 'blanks and tabs around a line go, its column stays', text: ' \tab \t\n', want: [['ab', 1, 3]] },
    {
      name: 'a carriage return before the newline goes',
      text: 'ab\r\ncd\r\n',
      want: [
        ['ab', 1, 1],
        ['cd', 2, 1],
      ],
    },
    {
      name: 'the last line needs no newline',
      text: 'ab\ncd',
      want: [
        ['ab', 1, 1],
        ['cd', 2, 1],
      ],
    },
    { name: 'no other space is a blank: a no-break space stays', text: '\u00a0ab\n', want: [['\u00a0ab', 1, 1]] },
    { name: 'an empty file has none', text: '', want: [] },
  ])('$name', ({ text, want }) => {
    expect(linesOf(text).map(({ text, number, column }) => [text, number, column])).toEqual(want)
  })

  test('a line of 1022 bytes is taken whole', () => {
    expect(linesOf(`${'x'.repeat(1022)}\n`)).toMatchObject([{ text: 'x'.repeat(1022), fault: undefined }])
  })

  test('of a longer line the first 1023 bytes are lost, the line before is named, and the rest is a line of its own', () => {
    expect(linesOf(`a\n${'x'.repeat(1023)}tail\nb\n`).map(({ text, number, fault }) => [text, number, fault])).toEqual([
      ['a', 1, undefined],
      ['', 1, 'too-long'],
      ['tail', 3, undefined],
      ['b', 4, undefined],
    ])
  })

  test('a NUL byte spoils its line only', () => {
    expect(linesOf('a\0b\nc\n').map(({ fault }) => fault)).toEqual(['nul', undefined])
  })

  test('it ends when it is told to', () => {
    let count = 0
    eachLine(bytes('a\nb\nc\n'), () => ++count < 2)
    expect(count).toBe(2)
  })

  test('bytes that are no UTF-8 are replaced, never refused', () => {
    expect(decode(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb')
    expect(decode(bytes('ü€😀'))).toBe('ü€😀')
  })
})
