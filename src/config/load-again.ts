import { keepEqual } from '../base/keep-equal.ts'
import type { VirtualServer } from '../core/check/config.ts'
import { MOST_FINDINGS } from './context.ts'
import type { Severity } from './diagnostic.ts'
import { LIMITS } from './limits.ts'
import { copyOf } from './lines.ts'
import { type Loaded, type LoadOptions, loadWhole } from './load.ts'
import type { Reader } from './reader.ts'
import { outline, Sheets } from './sheets.ts'
import { mostLogicalLines, standsAlone, type WholeBlock } from './whole-blocks.ts'

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
  const sheets = new Sheets(reader, options, memory.blocks)
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
