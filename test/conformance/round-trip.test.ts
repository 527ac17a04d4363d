import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ok } from '../../src/base/result.ts'
import type { AgentConfig } from '../../src/config/agent-config.ts'
import { loadWhole } from '../../src/config/load.ts'
import { printConfiguration } from '../../src/config/print-config.ts'
import { confPath } from './corpus.ts'
import { type Row, rowReader } from './corpus-reader.ts'

const OURS = fileURLToPath(new URL('./keepalived/corpus', import.meta.url))
const THEIRS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))
const PRINTED = '/printed.conf'

describe('a printed configuration means what it was printed from', { timeout: 120_000 }, () => {
  test.each([
    { kind: 'synthetic', root: OURS },
    { kind: 'sweep', root: OURS },
    { kind: 'real', root: THEIRS },
  ])('corpus $kind: each file, printed and read again, gives an equal model', ({ kind, root }) => {
    if (!existsSync(`${root}/verdicts-${kind}.json`)) {
      console.log(`corpus ${kind}: not printed, its files are not on this machine (${root})`)
      return
    }
    const folder = resolve(root, kind)
    const rows = JSON.parse(readFileSync(resolve(root, `verdicts-${kind}.json`), 'utf8')) as readonly Row[]
    const different: string[] = []
    for (const row of rows) {
      const path = confPath(row, folder)
      if (path !== undefined && !survives(row, path, folder)) different.push(`${kind}/${row.id}`)
    }
    console.log(`corpus ${kind}: ${rows.length - different.length} of ${rows.length} rows survive`)
    expect(different).toEqual([])
  })
})

function survives(row: Row, path: string, folder: string): boolean {
  const id = row.args.lastIndexOf('-i')
  const options = { configId: id < 0 ? undefined : row.args[id + 1], allChecks: false, test: true }
  const reader = rowReader(row, folder)
  const first = loadWhole(path, reader, options)
  // A configuration that ends in the middle has no meaning to keep.
  if (first.config.fatal !== undefined && first.config.fatal.kind !== 'vrrp-unusable') return true
  const bytes = new TextEncoder().encode(printConfiguration(first.lines.all()))
  const again = loadWhole(
    PRINTED,
    {
      ...reader,
      readFile: (file) => (file === PRINTED ? ok(bytes) : reader.readFile(file)),
      glob: (pattern) => (pattern === PRINTED ? { paths: [PRINTED], missingAlternatives: [], folderExists: true } : reader.glob(pattern)),
    },
    options,
  )
  return meaning(first.config) === meaning(again.config)
}

/** All but where things stand. */
function meaning({ global, vrrp, check, bfd, notActedOn, fatal }: AgentConfig): string {
  const words = notActedOn.map(({ block, keyword }) => `${block}/${keyword}`)
  return JSON.stringify({ global, vrrp, check, bfd, words, fatal }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
