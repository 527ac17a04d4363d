import { ok } from '../base/result.ts'
import type { RealServer } from '../core/check/config.ts'
import { keepServers } from './block-text.ts'
import { LIMITS } from './limits.ts'
import { encode } from './lines.ts'
import type { LoadOptions } from './load.ts'
import type { ComparingReader, FileBytes, Reader } from './reader.ts'
import { cut, type FormerFile, type Piece, type Sheet, textOf, type WholeBlock } from './whole-blocks.ts'

/** What a reading left of the blocks. */
export interface BlockMemory {
  readonly files: ReadonlyMap<string, FormerFile>
  /** Blocks that mean something only where they are: they have findings, or name scripts. They are read each time. */
  readonly strangers: ReadonlySet<string>
  /** What the files were still earlier: nobody needs it any more. */
  readonly spare: ReadonlyMap<string, FileBytes>
}

/** All files that are read, in pieces, in the order in which they are opened. */
export class Sheets {
  readonly #memory: BlockMemory | undefined
  readonly #mostBytes: number
  /** By path. */
  readonly files = new Map<string, Sheet>()
  /** Of the files, by path. */
  readonly numbers = new Map<string, number>()
  /** Of blocks of which a part was handed out: the servers that are known. */
  readonly kept = new Map<WholeBlock, readonly (RealServer | undefined)[]>()
  readonly #given = new Map<string, Uint8Array>()
  #bytes = 0
  #isFirst = true
  /** With a former reading it hands out what has changed: line ends stand for what is known, but for the first block. */
  readonly reader: Reader
  /** There is more than may be. */
  unclear = false

  constructor(reader: ComparingReader, { limits = LIMITS }: LoadOptions, memory: BlockMemory | undefined) {
    this.#memory = memory
    this.#mostBytes = limits.bytes
    this.reader = {
      ...reader,
      readFile: (path) => {
        const given = this.#given.get(path)
        if (given !== undefined) return ok(given)
        const content = reader.readFile(path, memory?.spare.get(path))
        return content.ok ? ok(this.#take(path, content.value)) : content
      },
    }
  }

  #take(path: string, bytes: FileBytes): Uint8Array {
    this.#bytes += bytes.length
    this.unclear ||= this.#bytes > this.#mostBytes
    if (this.unclear) return bytes
    const former = this.#memory?.files.get(path)
    const sheet = cut(bytes, this.files.size, former)
    this.numbers.set(path, this.files.size)
    this.files.set(path, sheet)
    const given = former === undefined ? bytes : encode(this.#changes(sheet, former))
    this.#given.set(path, given)
    return given
  }

  #changes(sheet: Sheet, former: FormerFile): string {
    const texts: string[] = []
    let lineEnds = 0
    for (const piece of sheet.pieces) {
      const change = this.#change(sheet, piece, former)
      if (change === undefined && piece.before === '\n') lineEnds += 1 + piece.block.height
      else {
        texts.push('\n'.repeat(lineEnds), piece.before, change ?? '')
        lineEnds = change === undefined ? piece.block.height : 0
      }
    }
    texts.push('\n'.repeat(lineEnds), sheet.tail)
    return texts.join('')
  }

  /** What of a block has to be read; undefined if nothing has. */
  #change(sheet: Sheet, { block, former, isSame }: Piece, before: FormerFile): string | undefined {
    if (former?.service === undefined) return textOf(sheet, block)
    if (isSame) {
      // One is read again, so that all that follows from there being any follows.
      const isFirst = this.#isFirst
      this.#isFirst = false
      return isFirst ? textOf(sheet, block) : undefined
    }
    const text = textOf(sheet, block)
    // It may be another of the same first line.
    if (this.#memory?.strangers.has(text) === true) return text
    const kept = keepServers(text, textOf(before, former), former.service.realServers)
    if (kept !== undefined) this.kept.set(block, kept.servers)
    return kept?.text ?? text
  }
}

/** All that is not such a block, and blocks that have to be read each time: how many empty lines there are between them means nothing. */
export interface Outline {
  readonly rest: string
  /** Where in it each block stands; those that have to be read each time are in it. */
  readonly places: ReadonlyMap<Piece, number>
}

export function outline(files: ReadonlyMap<string, Sheet>, strangers: ReadonlySet<string>): Outline {
  const places = new Map<Piece, number>()
  const rest: string[] = []
  let length = 0
  const add = (text: string): void => {
    const bare = text === '\n' ? '' : withoutOuterLineEnds(text)
    if (bare === '') return
    rest.push(bare, '\n')
    length += bare.length + 1
  }
  for (const [path, sheet] of files) {
    add(`\0${path}`)
    for (const piece of sheet.pieces) {
      add(piece.before)
      const { former, isSame, block } = piece
      const isKnown = isSame && former?.service !== undefined
      const text = isKnown || strangers.size === 0 ? '' : textOf(sheet, block)
      if (strangers.has(text)) add(text)
      else places.set(piece, length)
    }
    add(sheet.tail)
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
