import { type IpAddress, parseIp } from '../base/ip.ts'
import { fromSeconds, type Micros } from '../base/units.ts'
import type { Context } from './context.ts'
import { type NumberFault, parseDecimal, parseWhole } from './numbers.ts'
import type { Statement } from './tree.ts'
import { type Command, splitCommand } from './words.ts'

/**
 * The small language that keyword tables are written in. A table is an object: one row per keyword, the row made by one of the
 * builders below; its value lands in the draft field of the keyword's own name unless `slot` says otherwise:
 *
 *     export const tcpCheck: Table<TcpCheckDraft> = {
 *       connect_port: whole('port to connect to', { min: 1, max: 65535, since: '1.1.5', acted: true }),
 *       alpha:        bool('down until it succeeded once', { since: '2.0.0', acted: true }),
 *     }
 *
 * What a builder cannot say is a `leaf` with a function of its own. Word 0 is the keyword. A builder reads its first argument with
 * `context.word(1)`: if it is missing, the whole run ends with status 2, as keepalived does; `missing` softens that.
 */
export type Table<Draft> = { readonly [Key in keyof Draft]?: Keyword<Draft, Draft[Key]> } & {
  readonly [keyword: string]: Keyword<Draft> | undefined
}

export type Process = 'parent' | 'checker' | 'vrrp' | 'bfd'

/** What a reader of the manual wants to know of a keyword. */
export interface About {
  readonly summary: string
  /** The arguments in the notation of the manual. */
  readonly grammar: string
  readonly default: string | undefined
  readonly since: string | undefined
  /** Only in builds with this option; `missing` builds take it for an unknown keyword. */
  readonly build: string | undefined
  /** Old spelling: another keyword is to be written instead. */
  readonly deprecated: string | undefined
  /** Another spelling, as good as this one. */
  readonly aliasOf: string | undefined
  /** This program does what the keyword asks; others are accepted and reported once. */
  readonly acted: boolean
  /** A line as one would write it; undefined: the grammar says how (config/example.ts). */
  readonly example: string | undefined
}

export interface Row extends Partial<Omit<About, 'summary'>> {
  /** Draft field, if not the keyword itself. */
  readonly slot?: string
  /** What a missing first argument does; `stop` is status 2. */
  readonly missing?: 'stop' | 'report' | 'ignore'
  /** The second time keeps the first value and is reported, or is reported and replaces it. */
  readonly twice?: 'keep' | 'replace-reported'
  /** A second argument is an error, and the line ignored. */
  readonly alone?: boolean
}

interface Common {
  readonly about: About
  /** This build lacks it: to the file it is an unknown keyword. */
  readonly missing?: boolean
}

export interface Leaf<Draft, Value = unknown> extends Common {
  readonly kind: 'leaf'
  apply(draft: Draft, statement: Statement, context: Context): void
  readonly value?: Value
}

/** A block whose contents are keywords of another table. */
export interface Block<Draft, Value = unknown> extends Common {
  readonly kind: 'block'
  readonly table: Table<object>
  /** Undefined: the block is skipped by counting braces, unread. */
  open(parent: Draft, statement: Statement, context: Context): object | undefined
  close?(child: object, parent: Draft, context: Context): void
  readonly value?: Value
}

/** A block whose contents are lines of data. */
export interface Lines<Draft, Value = unknown> extends Common {
  readonly kind: 'lines'
  /** False: the block is skipped. */
  open?(draft: Draft, statement: Statement, context: Context): boolean
  line(draft: Draft, words: readonly string[], context: Context, statement: Statement): void
  close?(draft: Draft, statement: Statement, context: Context): void
  /** The name stands before the brace (virtual_server_group); otherwise words there are an error. */
  readonly named: boolean
  readonly value?: Value
}

/** A block whose contents are one list of words, whatever the lines. */
export interface Words<Draft, Value = unknown> extends Common {
  readonly kind: 'words'
  apply(draft: Draft, words: readonly string[], statement: Statement, context: Context): void
  readonly value?: Value
}

export type Keyword<Draft, Value = unknown> = Leaf<Draft, Value> | Block<Draft, Value> | Lines<Draft, Value> | Words<Draft, Value>

type Apply<Draft> = (draft: Draft, statement: Statement, context: Context) => void

/** A keyword with a hand-written meaning. */
export function leaf<Draft, Value = unknown>(grammar: string, summary: string, row: Row, apply: Apply<Draft>): Leaf<Draft, Value> {
  // A word alone is a switch, and off until it is written.
  const switched = grammar === '' ? { default: 'off', ...row } : row
  return { kind: 'leaf', about: about(grammar, summary, switched), apply }
}

/** No argument; words behind it are ignored. */
export const flag = <Draft>(summary: string, row: Row & { readonly to?: boolean } = {}): Leaf<Draft, boolean> =>
  leaf('', summary, row, (draft, statement) => write(draft, statement, row, row.to ?? true))

/** `on off true false yes no`; alone it means on. */
export const bool = <Draft>(summary: string, row: Row = {}): Leaf<Draft, boolean> =>
  leaf('[<bool>]', summary, row, (draft, statement, context) => {
    const word = statement.words[1]
    const value = word === undefined ? true : parseBool(word)
    if (value === undefined)
      return context.report('general', 'bad-boolean', `${statement.keyword} '${word}' is no boolean`, 'on, off, true, false, yes or no', 1)
    write(draft, statement, row, value)
  })

export interface Range extends Row {
  readonly min: number
  readonly max: number
  /** Values in the range but below this are raised to it, with a finding. */
  readonly atLeast?: number
}

/** A whole decimal number in [min, max]. */
export const whole = <Draft>(summary: string, row: Range): Leaf<Draft, number> =>
  leaf(`<${row.min < 0 ? 'int' : 'uint'} ${row.min}..${row.max}>`, summary, row, (draft, statement, context) => {
    const word = argument(statement, context, row)
    if (word === undefined) return
    const value = context.whole(word, 1, row)
    if (value !== undefined) write(draft, statement, row, raised(value, row, context))
  })

/** Like `whole`, where the argument may be left out. */
export const optionalWhole = <Draft>(summary: string, row: Range & { readonly bare: number }): Leaf<Draft, number> =>
  leaf(`[<uint ${row.min}..${row.max}>]`, summary, row, (draft, statement, context) => {
    const word = statement.words[1]
    const value = word === undefined ? row.bare : context.whole(word, 1, row)
    if (value !== undefined) write(draft, statement, row, value)
  })

/** Seconds with a fraction, kept as microseconds. `min`, `max` in seconds. */
export const seconds = <Draft>(summary: string, row: Range & { readonly decimals?: number }): Leaf<Draft, Micros> =>
  leaf(`<seconds ${row.min}..${row.max}>`, summary, row, (draft, statement, context) => {
    const word = argument(statement, context, row)
    if (word === undefined) return
    const value = context.decimal(word, 1, { ...row, decimals: row.decimals ?? 6 })
    if (value !== undefined) write(draft, statement, row, fromSeconds(value))
  })

/** One word of any text; `max` cuts or refuses elsewhere. */
export const text = <Draft>(summary: string, row: Row = {}): Leaf<Draft, string> =>
  leaf(row.grammar ?? '<str>', summary, row, (draft, statement, context) => {
    const word = argument(statement, context, row)
    if (word === undefined) return
    if (row.twice !== undefined && read(draft, statement, row) !== undefined) {
      context.report('general', 'duplicate', `${statement.keyword} was given before`, 'only once', 0)
      if (row.twice === 'keep') return
    }
    write(draft, statement, row, word)
  })

/** One of some words, as written. */
export const choice = <Draft, Choice extends string>(
  summary: string,
  choices: readonly Choice[],
  row: Row & { readonly anyCase?: boolean } = {},
): Leaf<Draft, Choice> =>
  leaf(choices.join(' | '), summary, row, (draft, statement, context) => {
    const word = argument(statement, context, row)
    if (word === undefined) return
    const found = choices.find((one) => (row.anyCase === true ? one.toLowerCase() === word.toLowerCase() : one === word))
    if (found === undefined)
      return context.report('general', 'bad-choice', `${statement.keyword} '${word}' is unknown`, choices.join(', '), 1)
    write(draft, statement, row, found)
  })

/** A numeric address. */
export const address = <Draft>(summary: string, row: Row = {}): Leaf<Draft, IpAddress> =>
  leaf('<ip>', summary, row, (draft, statement, context) => {
    const word = argument(statement, context, row)
    if (word === undefined) return
    const value = parseIp(word)
    if (value === undefined)
      return context.report('general', 'bad-address', `${statement.keyword} '${word}' is no address`, 'a numeric IPv4 or IPv6 address', 1)
    write(draft, statement, row, value)
  })

/** A script: keyword, whole command, optional user and group, read by the splitter for commands. */
export const command = <Draft>(summary: string, row: Row = {}): Leaf<Draft, Command> =>
  leaf('<command> [<user> [[:]<group>]]', summary, row, (draft, statement, context) => {
    const value = splitCommand(statement.line.text)
    if (value.kind === 'unterminated')
      return context.report('unmatched-quote', 'unmatched-quote', 'a quote is not closed', 'a closing quote', 1)
    if (row.twice === 'keep' && read(draft, statement, row) !== undefined) {
      return context.report('general', 'duplicate', `${statement.keyword} was given before; this one is ignored`, 'only once', 0)
    }
    if (value.path === undefined) {
      argument({ ...statement, words: [statement.keyword] }, context, row)
      return
    }
    const registered = context.script(value, statement.keyword)
    if (registered !== undefined) write(draft, statement, row, registered)
  })

/** Another spelling: the same meaning and slot as `target`, reported if `deprecated`. */
export function alias<Draft, Value>(
  keyword: string,
  target: Leaf<Draft, Value>,
  row: Row & { readonly reported?: boolean } = {},
): Leaf<Draft, Value> {
  const deprecated = row.deprecated
  return {
    kind: 'leaf',
    about: { ...target.about, ...row, since: row.since ?? target.about.since, aliasOf: keyword },
    apply(draft, statement, context) {
      if (row.reported === true) {
        context.report('deprecated', 'deprecated', `${statement.keyword} is an old spelling`, deprecated ?? keyword, 0)
      }
      target.apply(draft, { ...statement, keyword }, context)
    },
  }
}

/** A block with a table of its own. */
export function block<Draft, Child extends object>(
  grammar: string,
  summary: string,
  row: Row,
  parts: {
    readonly table: Table<Child>
    open(parent: Draft, statement: Statement, context: Context): Child | undefined
    close?(child: Child, parent: Draft, context: Context): void
  },
): Block<Draft, never> {
  return { kind: 'block', about: about(`${grammar} {}`.trim(), summary, row), ...parts } as unknown as Block<Draft, never>
}

/** A block of data lines. */
export function lines<Draft>(
  grammar: string,
  summary: string,
  row: Row,
  parts: Pick<Lines<Draft>, 'line'> & Partial<Pick<Lines<Draft>, 'open' | 'close' | 'named'>>,
): Lines<Draft, never> {
  return { kind: 'lines', named: false, about: about(`{${grammar}}`, summary, row), ...parts } as Lines<Draft, never>
}

/** A block that is one list of words. */
export function wordList<Draft>(
  grammar: string,
  summary: string,
  row: Row,
  apply: (draft: Draft, words: readonly string[], statement: Statement, context: Context) => void,
): Words<Draft, never> {
  return { kind: 'words', about: about(`{${grammar}}`, summary, row), apply }
}

export function parseBool(word: string): boolean | undefined {
  if (word === 'on' || word === 'true' || word === 'yes') return true
  if (word === 'off' || word === 'false' || word === 'no') return false
  return undefined
}

export { type NumberFault, parseDecimal, parseWhole }

/** The first argument, or undefined after what `missing` asks for. */
function argument(statement: Statement, context: Context, row: Row): string | undefined {
  const word = statement.words[1]
  if (row.alone === true && statement.words.length > 2) {
    context.report('general', 'extra-argument', `${statement.keyword} takes one argument`, 'one argument', 2)
    return undefined
  }
  if (word !== undefined) return word
  if (row.missing === 'ignore') return undefined
  if (row.missing === 'report') {
    context.report('general', 'missing-argument', `${statement.keyword} has no argument`, 'an argument', 0)
    return undefined
  }
  context.missing(1)
  return undefined
}

function raised(value: number, row: Range, context: Context): number {
  if (row.atLeast === undefined || value >= row.atLeast) return value
  context.report('general', 'raised', `${value} is raised to ${row.atLeast}`, `at least ${row.atLeast}`, 1)
  return row.atLeast
}

const fields = (draft: unknown): Record<string, unknown> => draft as Record<string, unknown>
const read = (draft: unknown, statement: Statement, row: Row): unknown => fields(draft)[row.slot ?? statement.keyword]
function write(draft: unknown, statement: Statement, row: Row, value: unknown): void {
  fields(draft)[row.slot ?? statement.keyword] = value
}

function about(grammar: string, summary: string, row: Row): About {
  return {
    grammar,
    summary,
    default: row.default,
    since: row.since,
    build: row.build,
    deprecated: row.deprecated,
    aliasOf: row.aliasOf,
    acted: row.acted ?? false,
    example: row.example,
  }
}
