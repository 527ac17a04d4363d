import { Context } from '../../src/config/context.ts'
import type { Diagnostic } from '../../src/config/diagnostic.ts'
import { Interpreter } from '../../src/config/interpreter.ts'
import { checkBlocks } from '../../src/config/keywords/check-blocks.ts'
import { emptyParsed, type Parsed } from '../../src/config/parsed.ts'
import type { Reader } from '../../src/config/reader.ts'
import { resolveCheck } from '../../src/config/resolve-check.ts'
import type { LogicalLine } from '../../src/config/tree.ts'
import type { CheckConfig } from '../../src/core/check/config.ts'

/** A host with eth0 to eth5, root and nobody, and nothing on its disk but the script /x. */
export const host: Reader = {
  absolute: (path) => path,
  readFile: () => ({ ok: false, error: 'missing' }),
  glob: () => ({ paths: [], missingAlternatives: [], folderExists: false }),
  exists: () => false,
  script: (path) => (path === '/x' ? { kind: 'found', path, secure: true } : { kind: 'missing' }),
  environment: () => undefined,
  nodeName: 'host',
  interfaceExists: (name) => /^eth[0-5]$/.test(name),
  upperLinks: () => [],
  interfaceMulticast: (name) => (/^eth[0-5]$/.test(name) ? true : undefined),
  userExists: (name) => name === 'root' || name === 'nobody',
  groupExists: (name) => name === 'root',
  namespaceExists: () => false,
  hostResolves: () => undefined,
  processors: 2,
  random: (low) => low,
  routingName: () => undefined,
}

/** A context of the given process, and what it will have found. */
export function newContext(
  parsed: Parsed = emptyParsed(),
  reader: Reader = host,
): { readonly context: Context; readonly findings: Diagnostic[] } {
  const findings: Diagnostic[] = []
  return { context: new Context({ reader, parsed, process: 'checker', findings }), findings }
}

/** One line of data: its words given to `read`, and the findings as `word number: code`. */
export function readWords<Value>(text: string, read: (words: readonly string[], context: Context) => Value, context = newContext()) {
  context.context.line = { text, at: { file: 'test.conf', line: 1, column: 1 }, exact: true }
  const value = read(text.split(/ +/), context.context)
  return {
    value,
    codes: context.findings.map(({ code }) => code),
    columns: context.findings.map(({ at }) => at.column),
    stopped: context.context.stopped,
  }
}

export interface ReadCheck {
  readonly config: CheckConfig
  readonly findings: readonly Diagnostic[]
  /** `line code` of each finding of a line, `code` of the others. */
  readonly codes: readonly string[]
  readonly parsed: Parsed
  readonly stopped: boolean
}

/** The checker's part of a configuration without definitions, includes or sequences, from text to CheckConfig. */
export function readCheck(text: string, before: (parsed: Parsed) => void = () => {}): ReadCheck {
  const parsed = emptyParsed()
  before(parsed)
  const { context, findings } = newContext(parsed)
  const interpreter = new Interpreter(
    context,
    { table: checkBlocks as never, foreign: new Set(['vrrp_instance', 'track_file', 'bfd_instance', 'global_defs']) },
    parsed.check,
  )
  for (const line of logicalLines(text)) if (!interpreter.take(line)) break
  interpreter.end()
  const config = resolveCheck(context)
  const codes = findings.map(({ scope, at, code }) => (scope === 'line' ? `${at.line} ${code}` : code))
  return { config, findings, codes, parsed, stopped: context.stopped }
}

/** Braces outside quotes stand alone; comments go. */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const pieces = raw.replace(/[#!].*$/, '').match(/[{}]|(?:"[^"]*"|[^{}"])+|"/g) ?? []
    for (const piece of pieces) {
      if (piece.trim() === '') continue
      lines.push({ text: piece.trim(), at: { file: 'test.conf', line: index + 1, column: 1 }, exact: true })
    }
  }
  return lines
}
