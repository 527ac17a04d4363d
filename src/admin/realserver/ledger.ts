import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Prefix } from '../../base/ip.ts'

export const LEDGER_FILE = '/run/vipkeeper/realserver.json'

/** What was changed here, in the order in which it was, so that exactly that can be undone. */
export type Change =
  | { readonly kind: 'setting'; readonly path: string; readonly before: string; readonly after: string }
  | { readonly kind: 'link'; readonly interface: string }
  | { readonly kind: 'address'; readonly interface: string; readonly prefix: Prefix }

/** Undefined if the file is there and says nothing that can be understood. */
export function readLedger(file: string): readonly Change[] | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined
  }
  try {
    const { version, changes } = JSON.parse(text) as { readonly version?: unknown; readonly changes?: unknown }
    return version === 1 && Array.isArray(changes) ? (changes as readonly Change[]) : undefined
  } catch {
    return undefined
  }
}

/** Whole or not at all; without changes there is no file. */
export function writeLedger(file: string, changes: readonly Change[]): void {
  if (changes.length === 0) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
  writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, changes }, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
