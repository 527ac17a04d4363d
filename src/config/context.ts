import type { Diagnostic, Severity } from './diagnostic.ts'
import { describeFault, parseDecimal, parseWhole } from './numbers.ts'
import type { Parsed } from './parsed.ts'
import type { Reader } from './reader.ts'
import { checkScript } from './rules/scripts.ts'
import type { Process } from './schema.ts'
import { withoutSecrets } from './secrets.ts'
import type { LogicalLine, Statement } from './tree.ts'
import type { Command } from './words.ts'
import { wordOffset } from './words.ts'

/** Nobody reads more; the exit status is settled by then. */
export const MOST_FINDINGS = 10_000

/** What a keyword's meaning may use: everything parsed so far, the world, and a place to put findings. */
export class Context {
  readonly reader: Reader
  readonly parsed: Parsed
  readonly process: Process
  readonly findings: Diagnostic[]
  /** The line being interpreted. */
  line: LogicalLine = { text: '', at: { file: '', line: 0, column: 0 }, exact: false }
  /** A missing argument ended everything: status 2. */
  stopped = false
  /** The file is over: what is said now concerns no line. */
  atEnd = false
  /** For rows that change how later lines are read (`include_check`). */
  onIncludeCheck: ((words: readonly string[]) => void) | undefined

  constructor(options: { readonly reader: Reader; readonly parsed: Parsed; readonly process: Process; readonly findings: Diagnostic[] }) {
    this.reader = options.reader
    this.parsed = options.parsed
    this.process = options.process
    this.findings = options.findings
  }

  /** A finding at the current line; `word` counts from the keyword, 0. */
  report(severity: Severity, code: string, message: string, expected?: string, word = 0): void {
    if (this.findings.length >= MOST_FINDINGS) return
    const { line } = this
    const column = line.exact ? line.at.column + wordOffset(line.text, word) : line.at.column
    this.findings.push({
      code,
      severity,
      at: { file: line.at.file, line: line.at.line, column },
      message,
      expected,
      scope: this.atEnd ? 'whole' : 'line',
      ...(line.chain === undefined ? {} : { chain: line.chain }),
      ...(line.exact || line.text === '' ? {} : { made: withoutSecrets(line.text) }),
    })
  }

  /** A finding of the final validation: keepalived names no line there, we name where the object begins. */
  conclude(severity: Severity, code: string, message: string, at: LogicalLine, expected?: string): void {
    this.findings.push({ code, severity, at: at.at, message, expected, scope: 'whole' })
  }

  /** Word number `index` of a statement; if it is missing the run ends with status 2. */
  word(statement: Statement, index: number): string | undefined {
    const word = statement.words[index]
    if (word === undefined) this.missing(index)
    return word
  }

  /** Ends the run: an argument is missing after word `index - 1`. */
  missing(index: number): void {
    if (this.stopped) return
    this.report(
      'missing-parameter',
      'missing-parameter',
      `'${this.line.text}' needs word ${index + 1}`,
      'one more word',
      Math.max(0, index - 1),
    )
    this.stopped = true
  }

  /** A whole number within a range, or a finding. */
  whole(word: string, index: number, range: { readonly min: number; readonly max: number }): number | undefined {
    const parsed = parseWhole(word, range)
    if (parsed.kind === 'number') return parsed.value
    this.report(
      'invalid-number',
      'invalid-number',
      `'${word}' ${describeFault(parsed.fault)}`,
      `a whole number from ${range.min} to ${range.max}`,
      index,
    )
    return undefined
  }

  /** A number with a fraction within a range, or a finding; surplus decimals are rounded with a finding. */
  decimal(
    word: string,
    index: number,
    range: { readonly min: number; readonly max: number; readonly decimals: number },
  ): number | undefined {
    const parsed = parseDecimal(word, range)
    if (parsed.kind === 'fault') {
      this.report(
        'invalid-number',
        'invalid-number',
        `'${word}' ${describeFault(parsed.fault)}`,
        `a number from ${range.min} to ${range.max}`,
        index,
      )
      return undefined
    }
    if (parsed.rounded)
      this.report('invalid-number', 'too-precise', `'${word}' is rounded to ${parsed.value}`, `at most ${range.decimals} decimals`, index)
    return parsed.value
  }

  /** The number of a routing name, where the configuration has such names looked for. */
  routingName(kind: Parameters<Reader['routingName']>[0], name: string): number | undefined {
    const { iproute_usr_dir: usr, iproute_etc_dir: etc } = this.parsed.global
    return this.reader.routingName(kind, name, { usr, etc })
  }

  /** Looks a script up: undefined if it cannot be used at all. Whether it exists is asked at the end. */
  script(command: Command, keyword: string): Command | undefined {
    return checkScript(this, command, keyword)
  }
}
