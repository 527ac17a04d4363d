import type { Diagnostic, Position, Severity } from './diagnostic.ts'
import { withoutSecrets } from './secrets.ts'

/** The text of a line of a file, from 1; undefined if it cannot be had any more. */
export type SourceLine = (file: string, line: number) => string | undefined

/** For people: where, the line itself, a caret under the word, what was expected, and what led there. */
export function printSource(diagnostics: readonly Diagnostic[], source: SourceLine): string {
  return diagnostics.map((one) => entry(one, source)).join('\n')
}

export function sourceOf(read: (file: string) => string | undefined): SourceLine {
  const files = new Map<string, readonly string[] | undefined>()
  return (file, line) => {
    if (!files.has(file)) files.set(file, read(file)?.split('\n'))
    return files.get(file)?.[line - 1]
  }
}

function entry(diagnostic: Diagnostic, source: SourceLine): string {
  const { at, code, message, severity } = diagnostic
  const place = at.line === 0 ? at.file : `${at.file}:${at.line}:${at.column}`
  return [
    `${kindOf(severity)}[${code}] ${place}: ${message}\n`,
    ...(at.line === 0 ? [] : excerpt(at, source)),
    ...hint(diagnostic, source(at.file, at.line)),
    ...(diagnostic.chain ?? []).toReversed().map((one) => `  = by ${one.file}, line ${one.line}\n`),
  ].join('')
}

/** `error`, `warning` or `note`. */
export function kindOf(severity: Severity): 'error' | 'warning' | 'note' {
  if (severity === 'none') return 'note'
  return severity === 'warning' || severity === 'deprecated' ? 'warning' : 'error'
}

function hint({ code, expected, made }: Diagnostic, text: string | undefined): readonly string[] {
  const lines: string[] = []
  if (made !== undefined && text?.includes(made) !== true) lines.push(`  = read as: ${made}\n`)
  if (expected !== undefined) lines.push(code === 'unknown-keyword' ? `  = did you mean ${expected}?\n` : `  = expected ${expected}\n`)
  return lines
}

/** Tabs before the word are kept, so that the caret stands right in any terminal. */
function excerpt({ file, line, column }: Position, source: SourceLine): readonly string[] {
  const text = source(file, line)
  if (text === undefined) return []
  const number = String(line)
  const margin = ' '.repeat(number.length)
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const word = /^("[^"]*"|[^\s{}]+)/.exec(text.slice(column - 1))?.[0] ?? ' '
  return [` ${number} | ${withoutSecrets(text.replace(/\r$/, ''))}\n`, ` ${margin} | ${before}${'^'.repeat(word.length)}\n`]
}
