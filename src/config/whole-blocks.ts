import type { VirtualServer } from '../core/check/config.ts'
import { countLineEnds } from './block-text.ts'
import type { FileBytes } from './reader.ts'

/** A virtual_server block that begins and ends at the margin. */
export interface WholeBlock {
  /** Number of the file. */
  readonly file: number
  /** Of the keyword. */
  readonly line: number
  /** Line ends in it. */
  readonly height: number
  /** Bytes of the file, from the keyword to behind the closing brace, without the last line end. */
  readonly start: number
  readonly end: number
}

/** A block as a former reading left it. */
export interface FormerBlock extends WholeBlock {
  /** What stands in front of it, from the block before. */
  readonly before: string
  /** Logical lines, at most. */
  readonly lines: number
  /** Where it stands among all else that the files hold. */
  readonly place: number
  /** Undefined if it has to be read each time. */
  readonly service: VirtualServer | undefined
}

/** A file as a former reading left it. */
export interface FormerFile {
  readonly bytes: FileBytes
  readonly blocks: readonly FormerBlock[]
}

export interface Piece {
  /** What stands in front of it, from the block before. */
  readonly before: string
  readonly block: WholeBlock
  /** What it was: the one of the same bytes, else of the same first line. */
  readonly former: FormerBlock | undefined
  readonly isSame: boolean
}

/** A file in pieces. */
export interface Sheet {
  readonly bytes: FileBytes
  readonly pieces: readonly Piece[]
  /** Behind the last block. */
  readonly tail: string
}

export const textOf = ({ bytes }: { readonly bytes: FileBytes }, { start, end }: WholeBlock): string => bytes.toString('utf8', start, end)

const KEYWORD = 'virtual_server '
const LINE_END = 10

/** Cuts a file at such blocks. */
export function cut(bytes: FileBytes, file: number, former: FormerFile | undefined): Sheet {
  const before = former === undefined ? undefined : new Recognition(bytes, former)
  const pieces: Piece[] = []
  let line = 1
  let at = 0
  for (;;) {
    const piece = before?.sameAt(at, file, line) ?? nextPiece(bytes, at, file, line, before)
    if (piece === undefined) break
    pieces.push(piece)
    at = piece.block.end
    line = piece.block.line + piece.block.height
  }
  return { bytes, pieces, tail: bytes.toString('utf8', at, bytes.length) }
}

function nextPiece(bytes: FileBytes, from: number, file: number, line: number, former: Recognition | undefined): Piece | undefined {
  const start = nextBlock(bytes, from)
  const brace = start < 0 ? -1 : bytes.indexOf('\n}', start)
  if (brace < 0) return undefined
  const newline = bytes.indexOf(LINE_END, brace + 1)
  const end = newline < 0 ? bytes.length : newline
  const before = start === from + 1 ? '\n' : bytes.toString('utf8', from, start)
  const height = countLineEnds(bytes.toString('utf8', start, end))
  const block = { file, line: line + countLineEnds(before), height, start, end }
  return { before, block, ...(former?.find(start, end) ?? { former: undefined, isSame: false }) }
}

function nextBlock(bytes: FileBytes, from: number): number {
  if (from === 0 && bytes.toString('utf8', 0, KEYWORD.length) === KEYWORD) return 0
  const before = bytes.indexOf(`\n${KEYWORD}`, from)
  return before < 0 ? -1 : before + 1
}

/** Knows the blocks of a file again, each once: mostly they come in their old order. */
class Recognition {
  readonly #bytes: FileBytes
  readonly #former: FormerFile
  readonly #used: Uint8Array
  #places: ReadonlyMap<string, number> | undefined
  /** The block that comes after the last that was found. */
  #next = 0

  constructor(bytes: FileBytes, former: FormerFile) {
    this.#bytes = bytes
    this.#former = former
    this.#used = new Uint8Array(former.blocks.length)
  }

  /** The next block, if all that comes next came next then too. */
  sameAt(at: number, file: number, line: number): Piece | undefined {
    const former = this.#former.blocks[this.#next]
    if (former === undefined || this.#used[this.#next] === 1) return undefined
    const { end: from, line: lineBefore, height } = this.#former.blocks[this.#next - 1] ?? { end: 0, line: 1, height: 0 }
    const end = at + former.end - from
    if (!this.#isSame(at, end, from, former.end)) return undefined
    this.#used[this.#next++] = 1
    const start = end - (former.end - former.start)
    const block = { file, line: line + former.line - lineBefore - height, height: former.height, start, end }
    return { before: former.before, block, former, isSame: true }
  }

  /** What a block was. */
  find(start: number, end: number): Pick<Piece, 'former' | 'isSame'> {
    const place = this.#hasFirstLine(this.#next, start) ? this.#next : (this.#placeOf(start) ?? -1)
    const former = this.#former.blocks[place]
    if (former === undefined || this.#used[place] === 1) return { former: undefined, isSame: false }
    this.#used[place] = 1
    this.#next = place + 1
    return { former, isSame: this.#isSame(start, end, former.start, former.end) }
  }

  #isSame(start: number, end: number, formerStart: number, formerEnd: number): boolean {
    if (end - start !== formerEnd - formerStart || end > this.#bytes.length) return false
    // A block ends with its line.
    if (end < this.#bytes.length && this.#bytes[end] !== LINE_END) return false
    return this.#bytes.compare(this.#former.bytes, formerStart, formerEnd, start, end) === 0
  }

  #hasFirstLine(place: number, start: number): boolean {
    const former = this.#former.blocks[place]
    if (former === undefined) return false
    const formerEnd = this.#former.bytes.indexOf(LINE_END, former.start) + 1
    const end = start + formerEnd - former.start
    return end <= this.#bytes.length && this.#bytes.compare(this.#former.bytes, former.start, formerEnd, start, end) === 0
  }

  #placeOf(start: number): number | undefined {
    this.#places ??= new Map(this.#former.blocks.map(({ start }, place) => [firstLine(this.#former.bytes, start), place]))
    return this.#places.get(firstLine(this.#bytes, start))
  }
}

const firstLine = (bytes: FileBytes, start: number): string => bytes.toString('utf8', start, bytes.indexOf(LINE_END, start))
