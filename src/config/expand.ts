import { stripComment } from './comments.ts'
import { MOST_FINDINGS } from './context.ts'
import { type Definition, parseDefinition, type SubstitutionSource, substitute } from './definitions.ts'
import type { Diagnostic, Position, Severity } from './diagnostic.ts'
import { applyIncludeCheck, type IncludeCheck, noChecks, SUFFIXES, union } from './include-check.ts'
import { LIMITS, type Limits } from './limits.ts'
import { eachLine, isBlank, type PhysicalLine, trimBlanks } from './lines.ts'
import type { ReadError, Reader } from './reader.ts'
import { parseSequence } from './sequences.ts'
import type { LogicalLine } from './tree.ts'

const READABLE = 'readable files that are not executable'

/** Definitions of several lines inside each other. */
const DEEPEST_NESTING = 64

export interface ExpandOptions {
  readonly reader: Reader
  /** `-i`, else the node name up to its first dot. */
  readonly configId: string
  readonly checks: IncludeCheck
  readonly findings: Diagnostic[]
  /** Default `LIMITS`. */
  readonly limits?: Limits
  /** Takes each logical line as it comes; false stops everything. */
  readonly sink: (line: LogicalLine, childrenOnly: boolean) => boolean
}

/** How the expansion ended, if not at the last line. */
export type Ending = 'stopped' | 'no-variable' | undefined

/** Files to logical lines: comments, `@` conditions, definitions, sequences, includes and braces, line by line. */
export class Expander {
  readonly #options: ExpandOptions
  readonly #limits: Limits
  readonly #definitions = new Map<string, Definition>()
  readonly #files: string[] = []
  #checks: IncludeCheck
  #fileCount = 0
  #bytes = 0
  #exhausted = false
  #lines = 0
  #at: Position = { file: '', line: 0, column: 1 }
  #chain: readonly Position[] = []
  /** A definition whose value goes on. */
  #pending: { readonly name: string; readonly value: string[] } | undefined
  #folder = ''
  /** The supervisor still reads a definition that a comment ended for its children. */
  #hidden = false
  #childrenOnly = false
  /** The physical line holds no quote, nor anything that could bring one. */
  #unquoted = false
  /** Lines that sequences and definitions made. */
  #produced = 0
  #nesting = 0
  #sawEndless = false
  readonly #reported = new Set<Severity>()
  ending: Ending
  /** An include that had to be there was not: status 6 after the parent's pass. */
  fatalInclude = false

  constructor(options: ExpandOptions) {
    this.#options = options
    this.#limits = options.limits ?? LIMITS
    this.#checks = options.checks
  }

  /** The words of `include_check`, which holds to the end of the file. */
  setIncludeCheck(words: readonly string[]): void {
    const { check, bad } = applyIncludeCheck(this.#checks, words)
    if (bad !== undefined)
      this.#report(
        'general',
        'bad-include-check',
        `include_check does not know '${words[bad]}'`,
        'read, match, wildcard_match or brace_match',
      )
    this.#checks = check
  }

  /** Reads one file; what stands in it goes to the sink. */
  readFile(path: string): void {
    const content = this.#options.reader.readFile(path)
    if (content.ok) this.#read(path, content.value)
    else this.#report('file-not-found', `file-${content.error}`, `${path} ${WHY[content.error]}; it is skipped`, READABLE)
  }

  #read(path: string, content: Uint8Array): void {
    if (!this.#hasRoomFor(content)) return
    const before = { checks: this.#checks, at: this.#at, chain: this.#chain, folder: this.#folder, pending: this.#pending }
    if (this.#files.length > 0) this.#chain = [...this.#chain, this.#at]
    this.#files.push(path)
    this.#folder = path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/'
    this.#pending = undefined
    eachLine(content, (line) => {
      this.#at = { file: path, line: line.number, column: line.column }
      this.#physical(line)
      return this.ending === undefined
    })
    this.#finishDefinition()
    this.#files.pop()
    this.#checks = before.checks
    this.#at = before.at
    this.#chain = before.chain
    this.#folder = before.folder
    this.#pending = before.pending
  }

  /** Each limit is told once; after that no file is read any more. */
  #hasRoomFor(content: Uint8Array): boolean {
    this.#bytes += content.length
    if (++this.#fileCount > this.#limits.files) this.#exhaust(`more than ${this.#limits.files} files`)
    else if (this.#bytes > this.#limits.bytes) this.#exhaust(`more than ${this.#limits.bytes} bytes of configuration`)
    return !this.#exhausted
  }

  #exhaust(message: string): void {
    this.#exhausted = true
    this.#limit(message)
  }

  #limit(message: string): void {
    this.#report('general', 'limit', message, 'less of it, or more in [limits] of agent.toml')
  }

  #physical(line: PhysicalLine): void {
    if (line.fault === 'too-long') {
      this.#report('general', 'line-too-long', 'the line is too long; what fits the buffer is lost', 'at most 1022 bytes')
      return
    }
    if (line.fault === 'nul') {
      this.#report('general', 'nul-byte', 'the line holds a NUL byte; it is ignored', 'text')
      return
    }
    if (line.holds !== 'anything' && this.#pending === undefined && !this.#hidden) {
      // Nearly all lines: no comment, condition, definition, sequence or quote.
      this.#childrenOnly = false
      this.#unquoted = true
      if (line.text !== '') this.#finished(line.text, line.column, true)
      return
    }
    this.#unquoted = false
    const { text, unterminated, comment } = stripComment(line.text)
    if (this.#hidden && text !== '') this.#hidden = this.#childrenOnly = true
    else this.#childrenOnly = false
    if (this.#hidden && text !== '' && !text.endsWith('\\')) this.#hidden = false
    if (this.#pending !== undefined && this.#continueDefinition(this.#pending, text, comment)) return
    if (unterminated) this.#report('general', 'unterminated-quote', 'a double quote has no partner', '"')
    if (text !== '') this.#conditional(text, line.column, text === line.text)
  }

  #conditional(text: string, column: number, exact: boolean): void {
    if (text.charCodeAt(0) !== AT) {
      this.#directive(text, column, exact)
      return
    }
    const match = /^@(\^?)(\S+)[ \t]+(.*)$/s.exec(text)
    if (match === null) return
    const [, negated, id, rest = ''] = match
    if ((id === this.#options.configId) === (negated === '^')) return
    if (rest !== '') this.#directive(rest, column + text.length - rest.length, exact)
  }

  #directive(text: string, column: number, exact: boolean): void {
    const first = text.charCodeAt(0)
    if (first === DOLLAR) {
      const definition = parseDefinition(text)
      if (definition !== undefined) {
        this.#define(definition.name, definition.value)
        return
      }
    }
    if (first === TILDE && this.#sequence(text)) return
    this.#plain(text, column, exact)
  }

  #define(name: string, value: string): void {
    if (!value.endsWith('\\')) {
      this.#definitions.set(name, [value])
      return
    }
    const line = trimBlanks(value.slice(0, -1))
    this.#pending = { name, value: line === '' ? [] : [line] }
  }

  /** True if the line belongs to a definition of several lines. */
  #continueDefinition(pending: { readonly name: string; readonly value: string[] }, text: string, comment: boolean): boolean {
    // A line of blanks is passed over; a comment ends the value, and so does an empty line. But where a comment ends it the
    // supervisor's own reading goes on with the definition: only the children take the next lines for lines of their own.
    if (text === '' && comment) this.#hidden = true
    if (text === '' && !comment && this.#at.column > 1) return true
    const goesOn = text.endsWith('\\')
    const line = goesOn ? trimBlanks(text.slice(0, -1)) : text
    if (line !== '') pending.value.push(line)
    if (!goesOn) this.#finishDefinition()
    return true
  }

  #finishDefinition(): void {
    const pending = this.#pending
    this.#pending = undefined
    if (pending !== undefined) this.#definitions.set(pending.name, pending.value.length === 0 ? [''] : pending.value)
  }

  /** True if the line was a sequence, good or bad. */
  #sequence(text: string): boolean {
    const resolved = (args: string): string => {
      const result = substitute(args, this.#source())
      return result.kind === 'text' ? result.text : args
    }
    const sequence = parseSequence(text, resolved, this.#limits.sequenceRounds)
    if (sequence === undefined) return false
    if (!sequence.ok) {
      this.#report('general', 'bad-sequence', sequence.error, '~SEQ(NAME, [START, [STEP,]] END) or ~LST(NAME, VALUE, ...)')
      return true
    }
    const { rounds, template } = sequence.value
    for (const round of rounds) {
      if (!this.#mayProduce()) return true
      for (const [name, value] of round) this.#definitions.set(name, [value])
      if (template !== '') this.#nested(() => this.#directive(template, this.#at.column, false))
      if (this.ending !== undefined) return true
    }
    return true
  }

  #plain(text: string, column: number, exact: boolean): void {
    if (!text.includes('$')) {
      this.#finished(text, column, exact)
      return
    }
    const result = substitute(text, this.#source())
    switch (result.kind) {
      case 'text': {
        if (result.text === text) {
          this.#finished(text, column, exact)
          return
        }
        const again = stripComment(trimBlanks(result.text))
        if (again.unterminated) this.#report('general', 'unterminated-quote', 'a double quote has no partner', '"')
        if (again.text !== '') this.#finished(again.text, column, false)
        return
      }
      case 'lines':
        for (const [index, line] of result.lines.entries()) {
          if (!this.#mayProduce()) return
          // What follows the first line is read like lines of the file: conditions, definitions, sequences.
          const text = trimBlanks(line)
          this.#nested(() => (index === 0 ? this.#plain(text, column, false) : this.#conditional(text, column, false)))
          if (this.ending !== undefined) return
        }
        return
      case 'no-variable':
        this.#report('fatal', 'no-variable', '_ENV names no variable', '_ENV and a name, in braces')
        this.ending = 'no-variable'
        return
      case 'endless':
        this.#sawEndless = true
        this.#report('general', 'endless-definition', 'the definitions lead back to themselves', 'a definition without itself')
        return
      case 'too-long':
        this.#report('general', 'substitution-too-long', 'the line is too long with its definitions', 'at most 1023 bytes')
        this.#finished(text, column, exact)
        return
    }
  }

  /** False once sequences and definitions made more lines than they may. */
  #mayProduce(): boolean {
    if (++this.#produced === this.#limits.madeLines) this.#limit(`sequences and definitions make more than ${this.#limits.madeLines} lines`)
    return this.#produced < this.#limits.madeLines
  }

  /** A definition of several lines can hold itself. */
  #nested(read: () => void): void {
    if (this.#nesting >= DEEPEST_NESTING) {
      if (!this.#sawEndless)
        this.#report('general', 'endless-definition', 'the definitions lead back to themselves', 'a definition without itself')
      this.#sawEndless = true
      return
    }
    this.#nesting++
    read()
    this.#nesting--
  }

  #source(): SubstitutionSource {
    return {
      definitions: this.#definitions,
      reader: this.#options.reader,
      // After one circle more are likely: the next ones are given up sooner.
      mostReplacements: this.#sawEndless ? 50 : 500,
      folder: this.#folder,
      instance: this.#options.configId,
      complain: (message) => this.#report('general', 'bad-random', message, '_RANDOM with at most two numbers, the lower first'),
    }
  }

  #finished(text: string, column: number, exact: boolean): void {
    if (text.startsWith('include') && this.#include(text)) return
    if (text.length === 1 || (!text.includes('{') && !text.includes('}'))) {
      this.#emit(text, column, exact)
      return
    }
    for (const piece of splitBraces(text)) {
      this.#emit(piece.text, exact ? column + piece.offset : column, exact)
      if (this.ending !== undefined) return
    }
  }

  #emit(text: string, column: number, exact: boolean): void {
    if (++this.#lines > this.#limits.lines) {
      this.#limit(`more than ${this.#limits.lines} lines`)
      this.ending = 'stopped'
      return
    }
    const { file, line } = this.#at
    const at = column === this.#at.column ? this.#at : { file, line, column }
    const chain = this.#chain
    const unquoted = this.#unquoted
    const logical: LogicalLine = chain.length === 0 ? { text, at, exact, unquoted } : { text, at, exact, unquoted, chain }
    if (!this.#options.sink(logical, this.#childrenOnly)) this.ending = 'stopped'
  }

  /** True if the line was an include. */
  #include(text: string): boolean {
    const match = /^include([rmwba]?)[ \t]+(.+)$/s.exec(text)
    if (match === null) return false
    if (this.#exhausted) return true
    const checks = union(SUFFIXES[match[1] ?? ''] ?? noChecks, this.#checks)
    const pattern = match[2] ?? ''
    const absolute = this.#options.reader.absolute(pattern, this.#folder)
    const { paths, missingAlternatives, folderExists } = this.#options.reader.glob(absolute)
    const hasBraces = /\{.*\}/.test(pattern)
    const hasWildcard = /[*?[]/.test(pattern)
    if (missingAlternatives.length > 0) {
      this.#includeTrouble(checks.brace, `nothing matches ${missingAlternatives.join(', ')}`)
      if (checks.brace) return true
    } else if (paths.length === 0) {
      if (hasWildcard && folderExists) {
        if (checks.wildcard) this.#includeTrouble(true, `nothing matches ${pattern}`)
      } else this.#includeTrouble(hasBraces ? checks.brace : checks.match, `${pattern} does not exist`)
    }
    for (const path of paths) this.#includeFile(path, checks)
    return true
  }

  #includeFile(path: string, checks: IncludeCheck): void {
    if (this.ending !== undefined || this.#exhausted) return
    if (this.#files.length >= this.#limits.includeDepth) {
      this.#limit(`includes are nested more than ${this.#limits.includeDepth} deep`)
      return
    }
    const content = this.#options.reader.readFile(path)
    if (content.ok) {
      this.#read(path, content.value)
      return
    }
    this.#includeTrouble(checks.read, `${path} ${WHY[content.error]}; it is skipped`)
  }

  #includeTrouble(fatal: boolean, message: string): void {
    if (fatal) this.fatalInclude = true
    this.#report(fatal ? 'fatal' : 'none', 'include', message, READABLE)
  }

  #report(severity: Severity, code: string, message: string, expected: string | undefined): void {
    const { findings } = this.#options
    // Nobody reads more; but a class of finding that is new may decide the exit status.
    if (findings.length >= MOST_FINDINGS && this.#reported.has(severity)) return
    this.#reported.add(severity)
    const chain = this.#chain
    findings.push({
      code,
      severity,
      at: this.#at,
      message,
      expected,
      scope: 'line',
      ...(chain.length === 0 ? {} : { chain }),
    })
  }
}

const AT = 64
const DOLLAR = 36
const TILDE = 126
const QUOTE = 34
const OPEN = 123
const CLOSE = 125

export const WHY: Readonly<Record<ReadError, string>> = {
  missing: 'does not exist',
  directory: 'is a directory',
  'not-regular': 'is no regular file',
  executable: 'is executable',
  unreadable: 'cannot be read',
  'too-large': 'is too large',
}

/** Every brace outside double quotes stands alone; the text around it is trimmed. */
export function splitBraces(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const pieces: { text: string; offset: number }[] = []
  let quoted = false
  // First and last character of a piece that are no blanks.
  let from = -1
  let to = -1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!quoted && (code === OPEN || code === CLOSE)) {
      if (from >= 0) pieces.push({ text: text.slice(from, to + 1), offset: from })
      pieces.push({ text: code === OPEN ? '{' : '}', offset: i })
      from = -1
      continue
    }
    if (code === QUOTE) quoted = !quoted
    if (isBlank(code)) continue
    if (from < 0) from = i
    to = i
  }
  if (from >= 0) pieces.push({ text: text.slice(from, to + 1), offset: from })
  return pieces
}
