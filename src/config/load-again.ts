import { keepEqual } from '../base/keep-equal.ts'
import { ok } from '../base/result.ts'
import type { VirtualServer } from '../core/check/config.ts'
import { MOST_FINDINGS } from './context.ts'
import type { Severity } from './diagnostic.ts'
import { LIMITS } from './limits.ts'
import { copyOf, decode, encode } from './lines.ts'
import { type Loaded, type LoadOptions, loadWhole } from './load.ts'
import type { Reader } from './reader.ts'
import { countLineEnds, cut, mostLogicalLines, type Piece, standsAlone, type WholeBlock } from './whole-blocks.ts'

/**
 * What a reading made of its virtual_server blocks. Of ten thousand servers a reload changes a few, and to read the others again takes
 * longer than all that follows.
 */
export interface Memory {
  /** By their text. */
  readonly blocks: ReadonlyMap<string, RememberedBlock>
  /** Blocks that mean something only where they are: they have findings, or name scripts. They are read each time. */
  readonly strangers: ReadonlySet<string>
  /** All else. As long as it is the same, a block of the same text means the same. */
  readonly rest: string
}

interface RememberedBlock {
  readonly text: string
  /** Line ends in it. */
  readonly height: number
  /** Logical lines, at most. */
  readonly lines: number
  /** Where it stands in the rest. */
  readonly place: number
  readonly service: VirtualServer
}

export interface LoadedAgain {
  /** If `memory` was of use, `parsed` and `lines` are without the blocks that were known. */
  readonly loaded: Loaded
  readonly memory: Memory | undefined
}

/** `loadWhole`, but blocks that a former reading knows by their text are what they were. */
export function loadAgain(path: string, reader: Reader, options: LoadOptions, memory: Memory | undefined): LoadedAgain {
  const quick = memory === undefined ? undefined : loadChanges(path, reader, options, memory)
  if (quick !== undefined) return quick
  const sheets = new Sheets(reader, options, undefined)
  const loaded = loadWhole(path, sheets.reader, options)
  return { loaded, memory: remember(loaded, sheets) }
}

/** Undefined if it is not certain that it comes to the same as to read all. */
function loadChanges(path: string, reader: Reader, options: LoadOptions, memory: Memory): LoadedAgain | undefined {
  const sheets = new Sheets(reader, options, memory)
  const loaded = loadWhole(path, sheets.reader, options)
  const { rest, places } = outline(sheets, memory.strangers)
  const placed = placedServices(loaded, sheets)
  if (rest !== memory.rest || sheets.unclear || placed === undefined) return undefined
  const usual = new Set(Array.from(memory.blocks.values(), ({ place }) => place))
  const spoiled = spoiledBlocks(loaded, sheets)
  const former = new Map(Array.from(memory.blocks.values(), ({ service }) => [service.name, service]))
  const blocks = new Map<string, RememberedBlock>()
  let lines = loaded.lines.length
  for (const [block, place] of places) {
    const known = memory.blocks.get(block.text)
    // At another place the same words may mean something else.
    if (known === undefined ? !usual.has(place) : known.place !== place) return undefined
    const now = known ?? remembered(block, place, placed, spoiled, former)
    if (now === undefined || blocks.has(now.text)) return undefined
    blocks.set(now.text, now)
    placed.set(keyOf(block), now.service)
    lines += now.lines
  }
  const { check } = loaded.config
  if (check === undefined || lines > (options.limits ?? LIMITS).lines) return undefined
  const virtualServers = Array.from(placed)
    .sort(([one], [other]) => one - other)
    .map(([, service]) => service)
  const config = { ...loaded.config, check: { ...check, virtualServers } }
  return { loaded: { ...loaded, config }, memory: { ...memory, blocks } }
}

/** Undefined where there is nothing to remember, or no certainty what depends on what. */
function remember(loaded: Loaded, sheets: Sheets): Memory | undefined {
  const placed = placedServices(loaded, sheets)
  if (placed === undefined || sheets.unclear || loaded.config.global.configSaveDir !== undefined) return undefined
  const spoiled = spoiledBlocks(loaded, sheets)
  const blocks = new Map<string, RememberedBlock>()
  const strangers = new Set<string>()
  for (const block of sheets.blocks()) {
    const one = remembered(block, 0, placed, spoiled)
    // Of two that are the same it cannot be said which is which.
    if (one === undefined || blocks.delete(block.text) || strangers.has(block.text)) strangers.add(copyOf(block.text))
    else blocks.set(one.text, one)
  }
  const { rest, places } = outline(sheets, strangers)
  if (places.size === 0 || UNSTEADY.test(rest)) return undefined
  for (const [{ text }, place] of places) {
    const one = blocks.get(text)
    if (one !== undefined) blocks.set(one.text, { ...one, place })
  }
  return { blocks, strangers, rest }
}

/** Definitions that go on in the next line, whatever that is, or that are not the same each time. */
const UNSTEADY = /\\[ \t\r]*$|_RANDOM|_ENV/m

function remembered(
  block: WholeBlock,
  place: number,
  placed: ReadonlyMap<number, VirtualServer>,
  spoiled: ReadonlySet<WholeBlock>,
  former?: ReadonlyMap<string, VirtualServer>,
): RememberedBlock | undefined {
  const service = placed.get(keyOf(block))
  if (service === undefined || spoiled.has(block) || !standsAlone(block.text)) return undefined
  return {
    text: copyOf(block.text),
    height: block.height,
    lines: mostLogicalLines(block),
    place,
    service: keepEqual(former?.get(service.name), service),
  }
}

/** File and line as one number that grows with both. */
const keyOf = ({ file, line }: { readonly file: number; readonly line: number }): number => file * 2 ** 32 + line

/** What was made of the blocks that were read, by their places; undefined if some came to nothing or if the files are not read in order. */
function placedServices({ config, parsed }: Loaded, { numbers }: Sheets): Map<number, VirtualServer> | undefined {
  const drafts = parsed.check.virtualServers
  const services = config.check?.virtualServers ?? []
  if (config.fatal !== undefined || drafts.length !== services.length || config.diagnostics.length >= MOST_FINDINGS) return undefined
  if (config.diagnostics.some(({ severity }) => SPREADING.has(severity))) return undefined
  const placed = new Map<number, VirtualServer>()
  let last = -1
  for (const [i, service] of services.entries()) {
    const { file = '', line = 0 } = drafts[i]?.line.at ?? {}
    const number = numbers.get(file)
    const key = number === undefined ? -1 : keyOf({ file: number, line })
    if (key <= last) return undefined
    last = key
    placed.set(key, service)
  }
  return placed
}

/** A brace or a quote too few or too many decides what the lines behind it mean. */
const SPREADING: ReadonlySet<Severity> = new Set<Severity>([
  'unexpected-bob',
  'missing-bob',
  'unexpected-eob',
  'missing-eob',
  'unmatched-quote',
])

/** Those about which there is something to say, or that name a script, which has to be judged each time. */
function spoiledBlocks({ config, parsed }: Loaded, sheets: Sheets): ReadonlySet<WholeBlock> {
  const positions = [...config.diagnostics.map(({ at }) => at), ...parsed.check.namedScripts.map(({ line }) => line.at)]
  if (positions.length === 0) return new Set()
  const spoiled = new Set(positions.map(({ file, line }) => keyOf({ file: sheets.numbers.get(file) ?? -1, line })))
  const holds = ({ file, line, height }: WholeBlock): boolean => {
    for (let i = 0; i <= height; i++) if (spoiled.has(keyOf({ file, line: line + i }))) return true
    return false
  }
  return new Set(sheets.blocks().filter(holds))
}

/** All files that are read, in pieces, in the order in which they are opened. */
class Sheets {
  readonly #memory: Memory | undefined
  readonly #mostBytes: number
  readonly #files: { readonly file: string; readonly pieces: readonly Piece[] }[] = []
  readonly #given = new Map<string, Uint8Array>()
  #bytes = 0
  #isFirst = true
  /** Numbers of files. */
  readonly numbers = new Map<string, number>()
  /** With a memory it hands out what has changed: line ends stand for the blocks that are known, but for the first. */
  readonly reader: Reader
  /** There is more than may be. */
  unclear = false

  constructor(reader: Reader, { limits = LIMITS }: LoadOptions, memory: Memory | undefined) {
    this.#memory = memory
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

  get files(): readonly { readonly file: string; readonly pieces: readonly Piece[] }[] {
    return this.#files
  }

  blocks(): readonly WholeBlock[] {
    return this.#files.flatMap(({ pieces }) => pieces.filter((piece) => typeof piece !== 'string'))
  }

  #take(file: string, content: Uint8Array): Uint8Array {
    this.#bytes += content.length
    this.unclear ||= this.#bytes > this.#mostBytes
    if (this.unclear) return content
    const blocks = this.#memory?.blocks
    const pieces = cut(decode(content), this.#files.length, (text) => blocks?.get(text)?.height ?? countLineEnds(text))
    this.numbers.set(file, this.#files.length)
    this.#files.push({ file, pieces })
    const given =
      blocks === undefined || pieces.length === 1 ? content : encode(pieces.map((piece) => this.#asGiven(piece, blocks)).join(''))
    this.#given.set(file, given)
    return given
  }

  #asGiven(piece: Piece, blocks: Memory['blocks']): string {
    if (typeof piece === 'string') return piece
    if (!blocks.has(piece.text)) return piece.text
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
function outline({ files }: Sheets, strangers: ReadonlySet<string>): Outline {
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
