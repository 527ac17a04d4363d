import { expect, test } from 'vitest'
import { checkBlocks } from '../../../src/config/keywords/check-blocks.ts'
import type { Keyword, Table } from '../../../src/config/schema.ts'

/** Each row of the tables below, as `block keyword`. */
function rows(table: Table<object>, block = ''): readonly { readonly path: string; readonly row: Keyword<object> }[] {
  return Object.entries(table as Record<string, Keyword<object>>).flatMap(([keyword, row]) => [
    { path: `${block} ${keyword}`.trim(), row },
    ...(row.kind === 'block' ? rows(row.table, keyword) : []),
  ])
}

const all = rows(checkBlocks as Table<object>)
const of = (block: string, keywords: readonly string[]): readonly string[] => keywords.map((keyword) => `${block} ${keyword}`)

test('what the checker process does not act on yet is this and nothing else', () => {
  expect(
    all
      .filter(({ row }) => !row.about.acted)
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual([...of('virtual_server', ['snmp_name']), ...of('real_server', ['snmp_name'])].toSorted())
})

test('each keyword says since when it is, and what it does', () => {
  expect(all.filter(({ row }) => row.about.since === undefined || row.about.summary === '').map(({ path }) => path)).toEqual([])
})
