import type { RealServer } from '../core/check/config.ts'
import { stripComment } from './comments.ts'
import { LONGEST_LINE } from './lines.ts'

export const countLineEnds = (text: string): number => countOf('\n', text)

function countOf(character: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++
  return count
}

/** What may make another line of a line, or more of it: escapes, definitions, sequences, conditions, includes, NUL, bytes that are no text. */
const CHANGING = /[\\$~@\0\ufffd]|^[ \t]*include/m

/** Whether lines mean the same wherever they stand. */
export const isPlain = (text: string): boolean => !CHANGING.test(text) && !hasLongLine(text)

/** Whether the text is the same block wherever it stands at the root: nothing but comments, words and braces that pair up. */
export function standsAlone(text: string): boolean {
  if (!isPlain(text)) return false
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
export const mostLogicalLines = (text: string): number => countLineEnds(text) + 1 + 2 * (countOf('{', text) + countOf('}', text))

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

/** A virtual_server block of which a part is known. */
export interface KeptServers {
  /** With line ends for the servers that are known, but for the first. */
  readonly text: string
  /** All of the block in their order; undefined are those that stand in the text. */
  readonly servers: readonly (RealServer | undefined)[]
}

/** Which servers a block has kept that had this text and came to these servers; undefined if it is not certain that nothing else has changed. */
export function keepServers(text: string, formerText: string, formerServers: readonly RealServer[]): KeptServers | undefined {
  const now = splitServers(text)
  const former = splitServers(formerText)
  if (now === undefined || former === undefined || now.head !== former.head || now.tail !== former.tail) return undefined
  if (former.servers.length !== formerServers.length) return undefined
  const known = new Map(former.servers.map((server, i) => [server, formerServers[i]]))
  const texts = [now.head]
  const servers: (RealServer | undefined)[] = []
  for (const [i, server] of now.servers.entries()) {
    const kept = i === 0 ? undefined : known.get(server)
    if (kept === undefined && !isPlain(server)) return undefined
    servers.push(kept)
    texts.push(kept === undefined ? server : '\n'.repeat(countLineEnds(server)))
  }
  return { text: texts.join('') + now.tail, servers }
}

interface SplitBlock {
  readonly head: string
  /** From the first line to behind the last line end. */
  readonly servers: readonly string[]
  readonly tail: string
}

/** At the begin of a line. */
const SERVER = /[ \t]*real_server[ \t]/y
const CLOSED = /[ \t]*\n(?:[ \t]*\n)*/y

/** Comments and quotes may hide braces; what a quorum can be, and what a service without an address is, its servers decide. */
const INVOLVED = /[#!"]|quorum|hysteresis|^virtual_server[ \t]+(?:group|fwmark)/

/** Undefined unless the servers stand one behind the other, with nothing else between. */
function splitServers(text: string): SplitBlock | undefined {
  if (INVOLVED.test(text)) return undefined
  const first = text.lastIndexOf('\n', text.indexOf('real_server')) + 1
  const head = text.slice(0, first)
  const servers: string[] = []
  let at = first
  for (; isServerAt(text, at); ) {
    const end = endOfServer(text, at)
    if (end === undefined) return undefined
    servers.push(text.slice(at, end))
    at = end
  }
  const tail = text.slice(at)
  const isFramed = bracesIn(head).join('') === '{' && bracesIn(tail).join('') === '}' && !tail.includes('real_server')
  return isFramed ? { head, servers, tail } : undefined
}

function isServerAt(text: string, at: number): boolean {
  SERVER.lastIndex = at
  return SERVER.test(text)
}

/** Behind the line of its closing brace and empty ones that follow. */
function endOfServer(text: string, from: number): number | undefined {
  let depth = 0
  let at = from
  do {
    const open = text.indexOf('{', at)
    const close = text.indexOf('}', at)
    if (close < 0) return undefined
    const opens = open >= 0 && open < close
    depth += opens ? 1 : -1
    at = (opens ? open : close) + 1
  } while (depth > 0)
  CLOSED.lastIndex = at
  return depth === 0 && CLOSED.test(text) ? CLOSED.lastIndex : undefined
}
