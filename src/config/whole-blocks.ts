import { stripComment } from './comments.ts'
import { LONGEST_LINE } from './lines.ts'

/** A virtual_server block that begins and ends at the margin. */
export interface WholeBlock {
  /** From the keyword to the closing brace, without the last line end. */
  readonly text: string
  /** Number of the file. */
  readonly file: number
  /** Of the keyword. */
  readonly line: number
  /** Line ends in the text. */
  readonly height: number
}

/** A file's text in order: such blocks, and what stands between them. */
export type Piece = WholeBlock | string

const KEYWORD = 'virtual_server '

/** Cuts the text of a file at such blocks. `heightOf` knows how many line ends a text has, or counts them. */
export function cut(text: string, file: number, heightOf: (text: string) => number): readonly Piece[] {
  const pieces: Piece[] = []
  let line = 1
  let from = 0
  for (let start = nextBlock(text, 0); start >= 0; start = nextBlock(text, from)) {
    const brace = text.indexOf('\n}', start)
    if (brace < 0) break
    const newline = text.indexOf('\n', brace + 1)
    const end = newline < 0 ? text.length : newline
    const between = text.slice(from, start)
    pieces.push(between)
    line += countLineEnds(between)
    const block = text.slice(start, end)
    const height = heightOf(block)
    pieces.push({ text: block, file, line, height })
    line += height
    from = end
  }
  pieces.push(text.slice(from))
  return pieces
}

function nextBlock(text: string, from: number): number {
  if (from === 0 && text.startsWith(KEYWORD)) return 0
  const before = text.indexOf(`\n${KEYWORD}`, from)
  return before < 0 ? -1 : before + 1
}

export function countLineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** What may make another line of a line, or more of it: escapes, definitions, sequences, conditions, includes, NUL, bytes that are no text. */
const CHANGING = /[\\$~@\0\ufffd]|^[ \t]*include/m

/** Whether the text is the same block wherever it stands at the root: nothing but comments, words and braces that pair up. */
export function standsAlone(text: string): boolean {
  if (CHANGING.test(text) || hasLongLine(text)) return false
  const bare = bareText(text)
  if (bare === undefined) return false
  let depth = 0
  let closed = false
  for (const brace of bracesIn(bare)) {
    if (closed) return false
    depth += brace === '{' ? 1 : -1
    closed = depth <= 0
  }
  return closed && depth === 0
}

/** At least as many as there are. */
export const mostLogicalLines = ({ text, height }: WholeBlock): number => height + 1 + 2 * bracesIn(text).length

const bracesIn = (text: string): readonly string[] => text.match(/[{}]/g) ?? []

function hasLongLine(text: string): boolean {
  for (let from = 0; text.length - from > LONGEST_LINE; ) {
    const end = text.indexOf('\n', from)
    if (end < 0 || end - from > LONGEST_LINE) return true
    from = end + 1
  }
  return false
}

/** Without comments and quotes; undefined if a quote is not closed. */
function bareText(text: string): string | undefined {
  if (!/[#!"]/.test(text)) return text
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const { text: words, unterminated } = stripComment(line)
    if (unterminated) return undefined
    lines.push(words.replace(/"[^"]*"/g, ''))
  }
  return lines.join('\n')
}
