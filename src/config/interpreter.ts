import type { BlockEnds } from './block-ends.ts'
import type { Context } from './context.ts'
import type { Lines } from './line-store.ts'
import { nearest } from './nearest.ts'
import type { Keyword, Process, Table } from './schema.ts'
import type { LogicalLine, Statement } from './tree.ts'
import { splitWords } from './words.ts'

/** What stands at the root of the file for one process: a table, and the keywords that belong to others. */
export interface RootTable {
  readonly table: Table<object>
  /** Known words of other processes; their blocks are skipped by counting braces. */
  readonly foreign: ReadonlySet<string>
}

interface Frame {
  readonly name: string
  readonly table: Table<object>
  readonly draft: object
  readonly parent: object
  readonly close: ((context: Context) => void) | undefined
}

type Mode =
  | { readonly kind: 'keywords' }
  /** After a keyword that opens a block: its brace must come next. */
  | { readonly kind: 'brace'; readonly keyword: Keyword<object>; readonly statement: Statement }
  | { readonly kind: 'lines'; readonly keyword: Keyword<object>; readonly statement: Statement; readonly words: string[] }
  | { readonly kind: 'skip'; depth: number; readonly toBrace: boolean }

/**
 * One process's reading of the configuration, line by line, as keepalived does it: a stack of tables; an unknown keyword costs its
 * line alone, so that the lines of an unknown block fall into the enclosing one and its brace closes that.
 */
export class Interpreter {
  readonly #context: Context
  readonly #root: RootTable
  readonly #stack: Frame[] = []
  #mode: Mode = { kind: 'keywords' }
  /** Opening less closing braces, for the message at the end of the file. */
  #balance = 0

  constructor(context: Context, root: RootTable, draft: object) {
    this.#context = context
    this.#root = root
    this.#stack.push({ name: '', table: root.table, draft, parent: draft, close: undefined })
  }

  /** Takes one logical line; false when the run must stop. */
  take(line: LogicalLine): boolean {
    const context = this.#context
    context.line = line
    if (line.text.length === 1) {
      if (line.text === '{') this.#balance++
      else if (line.text === '}') this.#balance--
    }
    this.#step(line)
    return !context.stopped
  }

  /** Takes all lines, passing over the blocks of other processes at once; false when the run must stop. */
  takeAll(lines: Lines, ends: BlockEnds): boolean {
    for (let i = 0; i < lines.length; i++) {
      const mode = this.#mode
      if (mode.kind === 'skip' && mode.depth === 0) {
        const end = ends.endOf(i)
        if (end !== undefined) {
          this.#mode = { kind: 'keywords' }
          i = end
          this.#context.line = lines.at(end) ?? this.#context.line
          continue
        }
      }
      const line = lines.at(i)
      if (line !== undefined && !this.take(line)) return false
    }
    return true
  }

  /** End of file: open blocks are closed as if their braces were there. */
  end(): void {
    const context = this.#context
    if (context.stopped) return
    context.atEnd = true
    if (this.#balance !== 0 && (this.#stack.length > 1 || this.#mode.kind !== 'keywords')) this.#reportImbalance()
    if (this.#mode.kind === 'lines') this.#closeLines(this.#mode)
    while (this.#stack.length > 1) this.#closeFrame()
  }

  #reportImbalance(): void {
    const [count, brace] = this.#balance > 0 ? [this.#balance, '}'] : [-this.#balance, '{']
    this.#context.conclude(
      'missing-eob',
      'missing-end',
      `the file ends inside a block: ${count} '${brace}' missing`,
      this.#context.line,
      brace,
    )
  }

  #step(line: LogicalLine): void {
    const mode = this.#mode
    switch (mode.kind) {
      case 'keywords':
        this.#statement(line)
        return
      case 'brace':
        this.#expectBrace(line, mode)
        return
      case 'lines':
        this.#dataLine(line, mode)
        return
      case 'skip':
        this.#skip(line, mode)
        return
    }
  }

  #skip(line: LogicalLine, mode: Mode & { kind: 'skip' }): void {
    if (line.unquoted !== true && this.#context.process !== 'parent' && line.text.includes('"') && splitWords(line.text).unmatched) {
      this.#context.report('unmatched-quote', 'unmatched-quote', 'a quote has no partner', '"', 0)
    }
    const one = line.text.length === 1
    if (one && line.text === '{') {
      mode.depth++
      return
    }
    if (mode.toBrace && mode.depth === 0) {
      // A block without its brace: nothing to skip, the line is looked at as usual.
      this.#mode = { kind: 'keywords' }
      this.#statement(line)
      return
    }
    if (one && line.text === '}') {
      mode.depth--
      if (mode.depth <= 0) this.#mode = { kind: 'keywords' }
    }
  }

  #statement(line: LogicalLine): void {
    const context = this.#context
    const frame = this.#top()
    if (line.text === '}') {
      this.#closingBrace()
      return
    }
    if (line.text === '{') {
      context.report('unexpected-bob', 'unexpected-begin', "unexpected '{'", 'a keyword', 0)
      return
    }
    const { words, unmatched } = splitWords(line.text)
    if (unmatched && context.process !== 'parent')
      context.report('unmatched-quote', 'unmatched-quote', 'a quote has no partner', '"', words.length)
    const name = words[0]
    if (name === undefined) return
    // Asked in this order: looking up a name that is not there is slow, and 10 MB of noise hold nothing else.
    const keyword = Object.hasOwn(frame.table, name) ? frame.table[name] : undefined
    if (keyword === undefined) {
      if (this.#stack.length === 1 && this.#root.foreign.has(name)) {
        this.#mode = { kind: 'skip', depth: 0, toBrace: true }
        return
      }
      this.#unknown(name)
      return
    }
    this.#note(keyword, name, frame)
    const statement: Statement = { keyword: name, words, line }
    if (keyword.kind === 'leaf') {
      keyword.apply(frame.draft, statement, context)
      return
    }
    this.#open(keyword, statement, frame)
  }

  #open(keyword: Exclude<Keyword<object>, { kind: 'leaf' }>, statement: Statement, frame: Frame): void {
    const context = this.#context
    if (keyword.kind === 'block') {
      const child = keyword.open(frame.draft, statement, context)
      if (context.stopped) return
      if (child === undefined) {
        this.#mode = { kind: 'skip', depth: 0, toBrace: true }
        return
      }
      const close = keyword.close === undefined ? undefined : (at: Context): void => keyword.close?.(child, frame.draft, at)
      this.#stack.push({ name: statement.keyword, table: keyword.table, draft: child, parent: frame.draft, close })
      this.#mode = { kind: 'brace', keyword, statement }
      return
    }
    if (keyword.kind === 'lines' && keyword.open !== undefined && !keyword.open(frame.draft, statement, context)) {
      this.#mode = { kind: 'skip', depth: 0, toBrace: true }
      return
    }
    const named = keyword.kind === 'lines' && keyword.named
    if (!named && statement.words.length > 1) {
      context.report('general', 'extra-parameters', `${statement.keyword} takes no words before its brace`, '{', 1)
    }
    this.#mode = { kind: 'brace', keyword, statement }
  }

  #expectBrace(line: LogicalLine, mode: Mode & { kind: 'brace' }): void {
    const isBlock = mode.keyword.kind === 'block'
    this.#mode = isBlock ? { kind: 'keywords' } : { kind: 'lines', keyword: mode.keyword, statement: mode.statement, words: [] }
    if (line.text === '{') return
    // Data blocks do without their brace.
    if (isBlock) this.#context.report('missing-bob', 'missing-begin', `'{' is missing after ${mode.statement.keyword}`, '{', 0)
    this.#step(line)
  }

  #dataLine(line: LogicalLine, mode: Mode & { kind: 'lines' }): void {
    const context = this.#context
    if (line.text === '}') {
      this.#mode = { kind: 'keywords' }
      this.#closeLines(mode)
      return
    }
    if (line.text === '{') {
      context.report('unexpected-bob', 'unexpected-begin', "unexpected '{'", 'a line of data', 0)
      return
    }
    const { words, unmatched } = splitWords(line.text)
    if (unmatched && context.process !== 'parent')
      context.report('unmatched-quote', 'unmatched-quote', 'a quote has no partner', '"', words.length)
    if (words.length === 0) return
    if (mode.keyword.kind === 'words') {
      for (const word of words) mode.words.push(word)
    } else if (mode.keyword.kind === 'lines') {
      mode.keyword.line(this.#top().draft, words, context, mode.statement)
    }
  }

  #closeLines(mode: Mode & { kind: 'lines' }): void {
    const { draft } = this.#top()
    if (mode.keyword.kind === 'words') mode.keyword.apply(draft, mode.words, mode.statement, this.#context)
    else if (mode.keyword.kind === 'lines') mode.keyword.close?.(draft, mode.statement, this.#context)
  }

  #closingBrace(): void {
    if (this.#stack.length > 1) {
      this.#closeFrame()
      return
    }
    this.#context.report('unexpected-eob', 'unexpected-end', "unexpected '}'", undefined, 0)
  }

  #closeFrame(): void {
    this.#stack.pop()?.close?.(this.#context)
  }

  #unknown(name: string): void {
    this.#context.report('unknown-keyword', 'unknown-keyword', `unknown keyword '${name}'`, this.#nearest(name), 0)
  }

  /** The most alike keyword of this block. */
  #nearest(name: string): string | undefined {
    // Looking costs more than the rest of the line: enough is enough.
    if (this.#context.findings.length > 200) return undefined
    return nearest(name, Object.keys(this.#top().table))
  }

  #note(keyword: Keyword<object>, name: string, frame: Frame): void {
    if (keyword.about.acted) return
    const key = `${frame.name}/${name}`
    const { notActedOn } = this.#context.parsed
    if (!notActedOn.has(key)) notActedOn.set(key, { keyword: name, block: frame.name, at: this.#context.line.at })
  }

  #top(): Frame {
    const frame = this.#stack.at(-1)
    if (frame === undefined) throw new Error('assertion failed: the root is never closed')
    return frame
  }
}

export type { Process }
