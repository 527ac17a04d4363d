import { basename } from 'node:path'
import { loadWhole } from '../config/load.ts'
import { printText } from '../config/print.ts'
import { explainPair, type Host } from '../explain/pair.ts'
import { hostReader } from './config-reader.ts'
import type { ExplainCode } from './explain.ts'

/** 0: the pair fits; 1: something differs that must not; 2: a file cannot be used. */
export function explainFiles([one, other]: readonly [string, string], ids: readonly [string, string] | undefined): ExplainCode {
  const names = ids ?? namesOf(one, other)
  const a = readHost(one, names[0], ids?.[0])
  const b = readHost(other, names[1], ids?.[1])
  if (a === undefined || b === undefined) return 2
  const { text, faults } = explainPair(a, b)
  process.stdout.write(text)
  return faults === 0 ? 0 : 1
}

/** What files are called, or their whole paths where that is the same. */
function namesOf(one: string, other: string): readonly [string, string] {
  if (one === other) return [`the first ${basename(one)}`, `the second ${basename(one)}`]
  return basename(one) === basename(other) ? [one, other] : [basename(one), basename(other)]
}

function readHost(file: string, name: string, configId: string | undefined): Host | undefined {
  // The links of the other host are not here; its file is judged as if they were.
  const reader = { ...hostReader(), interfaceExists: () => true, interfaceMulticast: () => true, namespaceExists: () => true }
  const { config, parsed } = loadWhole(file, reader, { configId, allChecks: true, test: true })
  const { diagnostics, fatal, vrrp } = config
  if (fatal !== undefined) {
    process.stderr.write(`${printText(diagnostics)}${file}: ${fatal.message}\n`)
    return undefined
  }
  return { name, vrrp, parsed }
}
