import { basename } from 'node:path'
import { loadWhole } from '../config/load.ts'
import { printText } from '../config/print.ts'
import { explainPair, type Host } from '../explain/pair.ts'
import { hostReader } from './config-reader.ts'
import type { ExplainCode } from './explain.ts'

/** 0: the pair fits; 1: something differs that must not; 2: a file cannot be used. */
export function explainFiles(files: readonly [string, string]): ExplainCode {
  const [a, b] = [readHost(files[0], nameOf(files[0], files[1])), readHost(files[1], nameOf(files[1], files[0]))]
  if (a === undefined || b === undefined) return 2
  const { text, faults } = explainPair(a, b)
  process.stdout.write(text)
  return faults === 0 ? 0 : 1
}

/** The file's name, or its whole path where both are called the same. */
const nameOf = (file: string, other: string): string => (basename(file) === basename(other) ? file : basename(file))

function readHost(file: string, name: string): Host | undefined {
  // The links of the other host are not here; its file is judged as if they were.
  const reader = { ...hostReader(), interfaceExists: () => true, interfaceMulticast: () => true }
  const { config, parsed } = loadWhole(file, reader, { configId: undefined, allChecks: true, test: true })
  const { diagnostics, fatal, vrrp } = config
  if (fatal !== undefined) {
    process.stderr.write(`${printText(diagnostics)}${file}: ${fatal.message}\n`)
    return undefined
  }
  return { name, vrrp, parsed }
}
