/** A physical line holds this many bytes; a longer one is refused. */
export const LONGEST_LINE = 1022
const BUFFER = 1023
const LINE_END = 10

export interface PhysicalLine {
  /** Without line end and outer blanks. */
  readonly text: string
  readonly number: number
  /** Column of the first character. */
  readonly column: number
  readonly fault: 'too-long' | 'nul' | undefined
  /** Characters in it that have a meaning before words are read. */
  readonly holds: 'nothing-special' | 'braces' | 'anything'
}

/** The physical lines of a file, one after the other; calls `take` until it says stop. */
export function eachLine(bytes: Uint8Array, take: (line: PhysicalLine) => boolean): void {
  const text = decode(bytes)
  const recent = new Array<string>(RECENT).fill('')
  let number = 0
  for (let start = 0; start < text.length; ) {
    // Of empty lines that follow each other the first says it all.
    if (
      start > 1 &&
      text.charCodeAt(start) === LINE_END &&
      text.charCodeAt(start - 1) === LINE_END &&
      text.charCodeAt(start - 2) === LINE_END
    ) {
      const next = afterLineEnds(text, start)
      number += next - start
      start = next
      continue
    }
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    // What does not fit the buffer is lost, and the rest taken for a new line.
    const long = end - start > LONGEST_LINE
    number++
    if (long) {
      // keepalived counts the lost part as a line of its own and names the one before it.
      if (!take({ text: '', number: number - 1, column: 1, fault: 'too-long', holds: 'anything' })) return
      start += BUFFER
      if (start >= end) start = end + 1
      continue
    }
    if (!take(trim(text, start, end, number, recent))) return
    start = end + 1
  }
}

function afterLineEnds(text: string, from: number): number {
  OTHER_THAN_LINE_END.lastIndex = from
  return OTHER_THAN_LINE_END.test(text) ? OTHER_THAN_LINE_END.lastIndex - 1 : text.length
}

const OTHER_THAN_LINE_END = /[^\n]/g

function trim(text: string, start: number, end: number, number: number, recent: string[]): PhysicalLine {
  let from = start
  let to = end
  if (to > from && text.charCodeAt(to - 1) === 13) to--
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  let seen = 0
  let hash = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    hash = (Math.imul(hash, 31) + code) | 0
    if (code < 128) seen |= MEANING[code] ?? 0
  }
  return {
    text: shared(text, from, to, hash, recent),
    number,
    column: from - start + 1,
    fault: (seen & NUL) === 0 ? undefined : 'nul',
    holds: seen === 0 ? 'nothing-special' : seen === BRACES ? 'braces' : 'anything',
  }
}

/** A file of many blocks says the same again and again: such lines share one text. The table is small and forgets. */
function shared(text: string, from: number, to: number, hash: number, recent: string[]): string {
  const slot = (hash ^ (hash >>> 10)) & (RECENT - 1)
  const known = recent[slot] ?? ''
  if (known.length === to - from && text.startsWith(known, from)) return known
  const line = text.slice(from, to)
  recent[slot] = line
  return line
}

/** A power of two. */
const RECENT = 1_024

const BRACES = 1
const OTHER = 2
const NUL = 4

/** What a character means to comments, conditions, definitions, sequences and braces. */
const MEANING = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (code === 0) return NUL
  return '{}'.includes(character) ? BRACES : '#!"\\@$~'.includes(character) ? OTHER : 0
})

/** Blanks are space and tab; String.trim knows many more. */
export const trimBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '')

export const isBlank = (code: number): boolean => code === 32 || code === 9

// Standard in every JavaScript runtime, though no part of the language.
declare const TextDecoder: new (label: string, options: { readonly ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

/** Bytes that are no UTF-8 become U+FFFD; the language itself knows only bytes. */
export const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A slice keeps the text that it was cut from; its copy does not. */
export const copyOf = (text: string): string => decode(encode(text))
