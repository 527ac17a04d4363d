import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AgentConfig } from '../../src/config/agent-config.ts'
import { load } from '../../src/config/load.ts'
import { type Row, rowReader } from './corpus-reader.ts'

export interface Comparison {
  readonly compared: number
  readonly skipped: number
  /** Rows where exit status or lines differ, by `kind/id args`. */
  readonly different: ReadonlyMap<string, string>
}

/** Loads every row of a corpus folder and compares exit status and offending lines with what the real program said. */
export function compareCorpus(root: string, kind: string, only?: string): Comparison {
  const folder = resolve(root, kind)
  const rows = JSON.parse(readFileSync(resolve(root, `verdicts-${kind}.json`), 'utf8')) as readonly Row[]
  const different = new Map<string, string>()
  let compared = 0
  let skipped = 0
  for (const row of rows) {
    if (only !== undefined && row.id !== only) continue
    const want = row['keepalived-2.4.3']
    // A hang or a crash of the real program is nothing to copy.
    if (want.exit === null || want.exit === 124 || (want.exit >= 128 && want.exit !== 204) || confPath(row, folder) === undefined) {
      skipped++
      continue
    }
    compared++
    const difference = judge(row, folder)
    if (difference !== '') different.set([`${kind}/${row.id}`, ...row.args].join(' '), difference)
  }
  return { compared, skipped, different }
}

export function confPath(row: Row, folder: string): string | undefined {
  if (row.mount !== undefined && existsSync(resolve(folder, row.mount.dir, row.conf))) return `/etc/keepalived/${row.conf}`
  const path = resolve(folder, row.conf)
  return existsSync(path) ? path : undefined
}

/** Ours, on the host of the row. */
export function verdictOf(row: Row, folder: string): AgentConfig {
  const id = row.args.lastIndexOf('-i')
  return load(confPath(row, folder) ?? '', rowReader(row, folder), {
    configId: id < 0 ? undefined : row.args[id + 1],
    allChecks: row.args.includes('-e'),
    test: true,
  })
}

function judge(row: Row, folder: string): string {
  const want = row['keepalived-2.4.3']
  const got = verdictOf(row, folder)
  const lines = new Set(
    got.diagnostics
      .filter((finding) => finding.scope === 'line')
      .map((finding) => finding.at.line)
      .filter((line) => line > 0),
  )
  const faults: string[] = []
  if (got.exitStatus !== want.exit) faults.push(`exit ${got.exitStatus}, not ${want.exit}`)
  if (want.messages !== undefined) {
    const expected = new Set(want.messages.flatMap(([line]) => (line === null || line === 0 ? [] : [line])))
    const surplus = [...lines].filter((line) => !expected.has(line))
    const missing = [...expected].filter((line) => !lines.has(line))
    if (surplus.length + missing.length > 0)
      faults.push(`lines ${surplus.join(',') || 'none'} too many, ${missing.join(',') || 'none'} missing`)
  }
  return faults.join('; ')
}
