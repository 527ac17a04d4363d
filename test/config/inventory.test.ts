import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rootTable } from '../../src/config/keywords/root.ts'
import type { Keyword, Table } from '../../src/config/schema.ts'
import { codesOf, instanceText, loadText } from '../support/config-files.ts'

const rows = readFileSync(new URL('./inventory.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [kind = '', block = '', words = ''] = line.split('\t')
    return { kind, block: block === '-' ? '' : block, words: words.split(' ') }
  })

const tables = new Map<string, Readonly<Record<string, Keyword<object>>>>()
function collect(path: string, table: Table<object>): void {
  const known = table as Readonly<Record<string, Keyword<object>>>
  tables.set(path, known)
  for (const [name, row] of Object.entries(known)) if (row.kind === 'block') collect(path === '' ? name : `${path}/${name}`, row.table)
}
collect('', rootTable as Table<object>)

describe('every keyword of the language is in a table, and no other', () => {
  const keywords = rows.filter(({ kind }) => kind === 'keyword')
  test('there are 531 of them', () => {
    expect(keywords.reduce((sum, { words }) => sum + words.length, 0)).toBe(531)
  })

  const blocks = new Map<string, string[]>()
  for (const { block, words } of keywords) blocks.set(block, [...(blocks.get(block) ?? []), ...words])
  test.each([...blocks])('block %s', (block, words) => {
    expect(Object.keys(tables.get(block) ?? {}).sort()).toEqual([...words].sort())
  })
})

test('every row says what it is for, and since when', () => {
  const silent: string[] = []
  for (const [block, table] of tables) {
    for (const [name, { about }] of Object.entries(table))
      if (about.summary === '' || about.since === undefined) silent.push(`${block}/${name}`)
  }
  expect(silent).toEqual([])
})

/** One line that has the option, in a block that can have it. */
const options: Readonly<Record<string, (option: string) => string>> = {
  virtual_ipaddress: (option) => instanceText(`virtual_ipaddress {\n192.0.2.77 ${option}\n}`),
  virtual_routes: (option) => instanceText(`virtual_routes {\n10.0.0.0/8 via 192.0.2.3 ${option}\n}`),
  virtual_rules: (option) => instanceText(`virtual_rules {\npreference 7 table 5 ${option}\n}`),
}
const UNKNOWN = /unknown|entry|option/i

describe('every option of a line is known to its grammar', () => {
  const cases = rows
    .filter(({ kind, block }) => kind === 'line_option' && options[block.replace('vrrp_instance/', '')] !== undefined)
    .flatMap(({ block, words }) => words.map((option) => ({ block: block.replace('vrrp_instance/', ''), option })))
    .filter(({ option }) => !option.startsWith('<'))
  test.each(cases)('$block: $option', ({ block, option }) => {
    const { diagnostics } = loadText(options[block]?.(option) ?? '')
    const complaints = diagnostics.filter(({ message }) => UNKNOWN.test(message) && message.includes(`'${option}'`))
    expect(complaints).toEqual([])
  })

  test.each(Object.keys(options))('%s: a word that is none is told', (block) => {
    const codes = codesOf(loadText(options[block]?.('bogus_option 1') ?? ''))
    expect(codes.length).toBeGreaterThan(0)
  })
})
