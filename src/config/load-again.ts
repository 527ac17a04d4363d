import { keepEqualItems } from '../base/keep-equal.ts'
import type { RealServer, VirtualServer } from '../core/check/config.ts'
import { mostLogicalLines, standsAlone } from './block-text.ts'
import { MOST_FINDINGS } from './context.ts'
import type { Severity } from './diagnostic.ts'
import { LIMITS } from './limits.ts'
import { type Loaded, type LoadOptions, loadWhole } from './load.ts'
import type { ComparingReader } from './reader.ts'
import { type BlockMemory, outline, Sheets } from './sheets.ts'
import { type FormerBlock, type FormerFile, type Piece, type Sheet, textOf, type WholeBlock } from './whole-blocks.ts'

/**
 * What a reading made of its virtual_server blocks. Of ten thousand servers a reload changes a few, and to read the others again takes
 * longer than all that follows.
 */
export interface Memory extends BlockMemory {
  /** All else. As long as it is the same, a block of the same text means the same. */
  readonly rest: string
}

export interface LoadedAgain {
  /** If `memory` was of use, `parsed` and `lines` are without what was known. */
  readonly loaded: Loaded
  readonly memory: Memory | undefined
}

/** `loadWhole`, but what a former reading knows by its text is what it was. */
export function loadAgain(path: string, reader: ComparingReader, options: LoadOptions, memory: Memory | undefined): LoadedAgain {
  const quick = memory === undefined ? undefined : loadChanges(path, reader, options, memory)
  if (quick !== undefined) return quick
  const sheets = new Sheets(reader, options, undefined)
  const loaded = loadWhole(path, sheets.reader, options)
  return { loaded, memory: remember(loaded, sheets) }
}

/** Undefined if it is not certain that it comes to the same as to read all. */
function loadChanges(path: string, reader: ComparingReader, options: LoadOptions, memory: Memory): LoadedAgain | undefined {
  const sheets = new Sheets(reader, options, memory)
  const loaded = loadWhole(path, sheets.reader, options)
  const { rest, places } = outline(sheets.files, memory.strangers)
  const placed = placedServices(loaded, sheets)
  const { check } = loaded.config
  if (rest !== memory.rest || sheets.unclear || placed === undefined || check === undefined) return undefined
  const usual = usualPlaces(memory)
  const spoiled = spoiledLines(loaded, sheets)
  const found: [number, VirtualServer][] = []
  const files = new Map<string, FormerFile>()
  let lines = loaded.lines.length
  for (const [file, sheet] of sheets.files) {
    const blocks: FormerBlock[] = []
    for (const piece of sheet.pieces) {
      const { block, before } = piece
      const place = places.get(piece)
      if (place === undefined) {
        blocks.push({ ...block, before, ...STRANGER })
        continue
      }
      const known = piece.isSame ? piece.former : undefined
      // At another place the same words may mean something else.
      if (known === undefined ? !usual.has(place) : known.place !== place) return undefined
      const key = keyOf(block)
      const now = known ?? readAnew(sheet, piece, { service: placed.get(key), kept: sheets.kept.get(block), spoiled })
      if (now?.service === undefined) return undefined
      placed.delete(key)
      found.push([key, now.service])
      lines += now.lines
      blocks.push({ ...block, before, place, lines: now.lines, service: now.service })
    }
    files.set(file, { bytes: sheet.bytes, blocks })
  }
  if (lines > (options.limits ?? LIMITS).lines) return undefined
  const services = placed.size === 0 ? found : [...found, ...placed].sort(([one], [other]) => one - other)
  const config = { ...loaded.config, check: { ...check, virtualServers: services.map(([, service]) => service) } }
  return {
    loaded: { ...loaded, config },
    memory: { ...memory, files, spare: new Map(Array.from(memory.files, ([file, { bytes }]) => [file, bytes])) },
  }
}

/** Undefined where there is nothing to remember, or no certainty what depends on what. */
function remember(loaded: Loaded, sheets: Sheets): Memory | undefined {
  const placed = placedServices(loaded, sheets)
  if (placed === undefined || sheets.unclear || loaded.config.global.configSaveDir !== undefined) return undefined
  const spoiled = spoiledLines(loaded, sheets)
  const made = new Map<Piece, Made>()
  const strangers = new Set<string>()
  for (const sheet of sheets.files.values()) {
    for (const piece of sheet.pieces) {
      const one = readAnew(sheet, piece, { service: placed.get(keyOf(piece.block)), kept: undefined, spoiled })
      if (one === undefined) strangers.add(textOf(sheet, piece.block))
      else made.set(piece, one)
    }
  }
  const { rest, places } = outline(sheets.files, strangers)
  if (places.size === 0 || UNSTEADY.test(rest)) return undefined
  const files = new Map<string, FormerFile>()
  for (const [file, { bytes, pieces }] of sheets.files) {
    const blocks = pieces.map((piece): FormerBlock => {
      const { block, before } = piece
      const place = places.get(piece)
      const one = made.get(piece)
      return place === undefined || one === undefined ? { ...block, before, ...STRANGER } : { ...block, before, place, ...one }
    })
    files.set(file, { bytes, blocks })
  }
  return { files, strangers, spare: new Map(), rest }
}

const STRANGER = { lines: 0, place: -1, service: undefined } as const

/** Definitions that go on in the next line, whatever that is, or that are not the same each time. */
const UNSTEADY = /\\[ \t\r]*$|_RANDOM|_ENV/m

const usualPlaces = ({ files }: Memory): ReadonlySet<number> =>
  new Set([...files.values()].flatMap(({ blocks }) => blocks.map(({ place }) => place)))

type Made = Pick<FormerBlock, 'lines' | 'service'>

interface Reading {
  readonly service: VirtualServer | undefined
  /** Of a block of which a part was read: the servers that are known. */
  readonly kept: readonly (RealServer | undefined)[] | undefined
  /** Keys of lines. */
  readonly spoiled: ReadonlySet<number>
}

/** Undefined if it means something only where it is, or came to nothing. */
function readAnew(sheet: Sheet, { block, former }: Piece, { service, kept, spoiled }: Reading): Made | undefined {
  if (service === undefined || isSpoiled(block, spoiled)) return undefined
  const text = textOf(sheet, block)
  const whole = kept === undefined ? service : withServers(service, kept)
  if (whole === undefined || (kept === undefined && !standsAlone(text))) return undefined
  return { lines: mostLogicalLines(text), service: keepEqualItems(former?.service, whole, 'realServers', serverKey) }
}

const serverKey = ({ address, port }: RealServer): string => `${address} ${port}`

/** A service of which only some servers were read, with those that were not; undefined if there are twins, or less came of it than was there. */
function withServers(service: VirtualServer, kept: readonly (RealServer | undefined)[]): VirtualServer | undefined {
  const read = [...service.realServers].reverse()
  const realServers: RealServer[] = []
  for (const known of kept) {
    const server = known ?? read.pop()
    if (server === undefined) return undefined
    realServers.push(server)
  }
  return read.length > 0 || new Set(realServers.map(serverKey)).size < realServers.length ? undefined : { ...service, realServers }
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

/** Lines about which there is something to say, or that name a script, which has to be judged each time. */
function spoiledLines({ config, parsed }: Loaded, { numbers }: Sheets): ReadonlySet<number> {
  const positions = [...config.diagnostics.map(({ at }) => at), ...parsed.check.namedScripts.map(({ line }) => line.at)]
  return new Set(positions.map(({ file, line }) => keyOf({ file: numbers.get(file) ?? -1, line })))
}

function isSpoiled({ file, line, height }: WholeBlock, spoiled: ReadonlySet<number>): boolean {
  if (spoiled.size === 0) return false
  for (let i = 0; i <= height; i++) if (spoiled.has(keyOf({ file, line: line + i }))) return true
  return false
}
