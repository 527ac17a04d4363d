import { ok } from '../base/result.ts'
import { LIMITS } from './limits.ts'
import { decode, encode } from './lines.ts'
import type { LoadOptions } from './load.ts'
import type { Reader } from './reader.ts'
import { countLineEnds, cut, type Piece, type WholeBlock } from './whole-blocks.ts'

/** By their text. */
type KnownBlocks = ReadonlyMap<string, { readonly height: number }>

interface Sheet {
  readonly file: string
  readonly pieces: readonly Piece[]
}

/** All files that are read, in pieces, in the order in which they are opened. */
export class Sheets {
  readonly #known: KnownBlocks | undefined
  readonly #mostBytes: number
  readonly files: Sheet[] = []
  readonly #given = new Map<string, Uint8Array>()
  #bytes = 0
  #isFirst = true
  /** Numbers of files. */
  readonly numbers = new Map<string, number>()
  /** With blocks that are known it hands out what has changed: line ends stand for the blocks that are known, but for the first. */
  readonly reader: Reader
  /** There is more than may be. */
  unclear = false

  constructor(reader: Reader, { limits = LIMITS }: LoadOptions, known: KnownBlocks | undefined) {
    this.#known = known
    this.#mostBytes = limits.bytes
    this.reader = {
      ...reader,
      readFile: (path) => {
        const given = this.#given.get(path)
        if (given !== undefined) return ok(given)
        const content = reader.readFile(path)
        return content.ok ? ok(this.#take(path, content.value)) : content
      },
    }
  }

  blocks(): readonly WholeBlock[] {
    return this.files.flatMap(({ pieces }) => pieces.filter((piece) => typeof piece !== 'string'))
  }

  #take(file: string, content: Uint8Array): Uint8Array {
    this.#bytes += content.length
    this.unclear ||= this.#bytes > this.#mostBytes
    if (this.unclear) return content
    const known = this.#known
    const pieces = cut(decode(content), this.files.length, (text) => known?.get(text)?.height ?? countLineEnds(text))
    this.numbers.set(file, this.files.length)
    this.files.push({ file, pieces })
    const given = known === undefined || pieces.length === 1 ? content : encode(pieces.map((piece) => this.#asGiven(piece, known)).join(''))
    this.#given.set(file, given)
    return given
  }

  #asGiven(piece: Piece, known: KnownBlocks): string {
    if (typeof piece === 'string') return piece
    if (!known.has(piece.text)) return piece.text
    // One is read again, so that all that follows from there being any follows.
    const isFirst = this.#isFirst
    this.#isFirst = false
    return isFirst ? piece.text : '\n'.repeat(piece.height)
  }
}

interface Outline {
  readonly rest: string
  /** Where in it each block stands. */
  readonly places: ReadonlyMap<WholeBlock, number>
}

/** How many empty lines there are between blocks means nothing. */
export function outline({ files }: Sheets, strangers: ReadonlySet<string>): Outline {
  const places = new Map<WholeBlock, number>()
  const rest: string[] = []
  let length = 0
  const add = (text: string): void => {
    const bare = withoutOuterLineEnds(text)
    if (bare === '') return
    rest.push(bare, '\n')
    length += bare.length + 1
  }
  for (const { file, pieces } of files) {
    add(`\0${file}`)
    for (const piece of pieces) {
      if (typeof piece === 'string') add(piece)
      else if (strangers.has(piece.text)) add(piece.text)
      else places.set(piece, length)
    }
  }
  return { rest: rest.join(''), places }
}

function withoutOuterLineEnds(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && text.charAt(from) === '\n') from++
  while (to > from && text.charAt(to - 1) === '\n') to--
  return text.slice(from, to)
}
