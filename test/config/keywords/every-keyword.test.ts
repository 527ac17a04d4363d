/**
 * Each keyword of each table, in its place: its example is read without a finding and changes what is configured, a number outside
 * its range is found, and a word that has to be there is missed.
 */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { catalogue, type Entry, placeOf } from '../../../src/config/catalogue.ts'
import { Context } from '../../../src/config/context.ts'
import type { Diagnostic } from '../../../src/config/diagnostic.ts'
import { exampleOf } from '../../../src/config/example.ts'
import { splitBraces } from '../../../src/config/expand.ts'
import { Interpreter } from '../../../src/config/interpreter.ts'
import { rootTable } from '../../../src/config/keywords/root.ts'
import { emptyParsed } from '../../../src/config/parsed.ts'
import type { Reader } from '../../../src/config/reader.ts'
import type { Table } from '../../../src/config/schema.ts'
import { host } from '../../support/config-text.ts'

/** What others refer to. */
const PREAMBLE = `vrrp_script check {
script /bin/true
}
track_file maintenance {
file /run/maintenance
}
vrrp_track_process web {
process nginx
}
bfd_instance router {
neighbor_ip 192.0.2.9
}
vrrp_instance VI_1 {
interface eth0
}
vrrp_instance VI_2 {
interface eth0
}
track_group edge {
group {
VI_1
}
}`

/** What must stand before a keyword in its block. */
const BEFORE: Readonly<Record<string, string>> = {
  hashed: 'lb_algo sh',
  'sh-port': 'lb_algo sh',
  'sh-fallback': 'lb_algo sh',
  'mh-port': 'lb_algo mh',
  'mh-fallback': 'lb_algo mh',
  'FILE_CHECK weight': 'track_file maintenance',
  sorry_server_inhibit: 'sorry_server 192.0.2.3 80',
  sorry_server_lvs_method: 'sorry_server 192.0.2.3 80',
}

/** Without what a block is dropped when it closes. */
const INSIDE: Readonly<Record<string, string>> = {
  virtual_server: 'real_server 192.0.2.99 80 {\n}',
  HTTP_GET: 'url {\npath /\n}',
  SSL_GET: 'url {\npath /\n}',
  url: 'path /',
  MISC_CHECK: 'misc_path /bin/true',
  vrrp_instance: 'interface eth0',
  vrrp_sync_group: 'group {\nVI_1\nVI_2\n}',
  track_group: 'group {\nVI_2\n}',
  vrrp_script: 'script /bin/false',
  vrrp_track_process: 'process httpd',
  track_file: 'file /run/other',
  vrrp_track_file: 'file /run/other',
  garp_group: 'interface eth3',
}

const tables = catalogue().filter(({ kind, missing }) => kind !== 'directive' && kind !== 'line option' && !missing)
// `as` is there to be refused.
const options = catalogue().filter(({ kind, keyword }) => kind === 'line option' && keyword !== 'as')
const title = (entry: Entry): string => `${entry.keyword} ${placeOf(entry)}`

/** Read and judged, but kept nowhere yet, or not in what is parsed. */
const UNKEPT: Readonly<Record<string, string>> = {
  ip_family: 'counts for a firewall mark without servers only; test/config/keywords/virtual-server.test.ts',
  hashed: 'a relic without effect',
  include_check: 'is for the reader of files; test/config/expand.test.ts',
  'BFD_CHECK alpha': 'not acted on: only judged',
}
const kept = ({ keyword, path }: Entry): boolean =>
  ![keyword, path.at(-1) ?? '', `${path.at(-1)} ${keyword}`].some((name) => UNKEPT[name] !== undefined)

const settings = tables.filter(({ kind }) => kind !== 'block')

describe('every keyword of every table', () => {
  test.each(settings.map((entry) => [title(entry), entry] as const))('%s: the example is read and changes something', (_title, entry) => {
    const { findings, state } = read(entry, exampleOf(entry))
    expect(findings.join('; ')).toBe('')
    expect(state === read(entry, '').state).toBe(!kept(entry))
  })
})

interface Bounds {
  readonly entry: Entry
  readonly below: number
  readonly above: number
}

const bounded = settings.flatMap((entry): readonly Bounds[] => {
  const match = /^\[?<(?:u?int|seconds|ms) (-?[\d.]+?)\.\.(-?[\d.]+)>/.exec(entry.about.grammar)
  return match === null ? [] : [{ entry, below: Number(match[1]) - 1, above: Number(match[2]) * 2 + 10 }]
})

describe('every number of every table', () => {
  test.each(bounded.map(({ entry, below, above }) => [title(entry), entry, below, above] as const))(
    '%s: what is outside its range is found',
    (_title, entry, below, above) => {
      for (const value of [below, above, 'many', '1x'])
        expect(read(entry, `${entry.keyword} ${value}`).findings.length, `${entry.keyword} ${value}`).toBeGreaterThan(0)
    },
  )
})

describe('every option of every line of data', () => {
  test.each(options.map((entry) => [title(entry), entry] as const))('%s: the example is read and changes something', (_title, entry) => {
    const { findings, state } = read(entry, exampleOf(entry))
    expect(findings.join('; ')).toBe('')
    expect(state === read(entry, '').state).toBe(!kept(entry))
  })
})

const reader: Reader = { ...host, exists: () => true, script: (path) => ({ kind: 'found', path, secure: true }) }

function read(entry: Entry, line: string): { readonly findings: readonly string[]; readonly state: string } {
  const parsed = emptyParsed()
  const findings: Diagnostic[] = []
  const context = new Context({ reader, parsed, process: entry.path[0] === 'virtual_server' ? 'checker' : 'vrrp', findings })
  const interpreter = new Interpreter(context, { table: rootTable as Table<object>, foreign: new Set() }, parsed)
  const take = (text: string, number: number): void => {
    for (const one of text.split('\n'))
      for (const piece of splitBraces(one))
        interpreter.take({ text: piece.text, at: { file: 'test.conf', line: number, column: 1 }, exact: true })
  }
  take(PREAMBLE, 1)
  const openers = entry.path.map((keyword, depth) => opener(keyword, entry.path.slice(0, depth)))
  for (const [depth, opened] of openers.entries()) {
    take(`${opened} {`, 2)
    const inside = INSIDE[entry.path[depth] ?? ''] ?? ''
    if (!inside.startsWith(entry.keyword)) take(inside, 2)
  }
  take(BEFORE[`${entry.path.at(-1)} ${entry.keyword}`] ?? BEFORE[entry.keyword] ?? '', 2)
  take(line.replace('{ ... }', '{ }'), 3)
  const found = findings.filter(({ at, code }) => at.line === 3 && code !== 'deprecated').map(({ code, message }) => `${code}: ${message}`)
  for (const _ of openers) take('}', 4)
  return {
    findings: found,
    state: inspect({ ...parsed, notActedOn: undefined }, { depth: 30, maxArrayLength: null }),
  }
}

const opener = (keyword: string, path: readonly string[]): string => {
  const entry = tables.find((one) => one.keyword === keyword && one.path.join() === path.join())
  if (entry === undefined) throw new Error(`no block ${keyword}`)
  return exampleOf(entry)
    .replace(/\s*\{.*$/, '')
    .replace(/VI_1|edge|maintenance|check|web|router$/, 'fresh')
}
