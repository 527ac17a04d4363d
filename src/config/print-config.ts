import { escapeComments } from './comments.ts'
import { rootTable } from './keywords/root.ts'
import type { Keyword, Table } from './schema.ts'
import type { LogicalLine } from './tree.ts'
import { splitWords } from './words.ts'

/** The reader's buffer: a line is not indented beyond it. */
const LONGEST = 1000
const STEP = 2

/** A block while it is being printed: its table, and the keywords that were written. */
interface Open {
  readonly table: Table<object> | undefined
  readonly written: Set<string>
}

/**
 * The configuration as it was understood, as a configuration: includes, conditions, definitions and sequences are done, comments are
 * gone, and each block ends with the defaults of what it does not say, as comments. Read again it means the same.
 */
export function printConfiguration(lines: readonly LogicalLine[]): string {
  const out: string[] = []
  const stack: Open[] = [{ table: rootTable as Table<object>, written: new Set() }]
  let opener: string | undefined
  for (const [index, { text }] of lines.entries()) {
    if (text === '{') {
      // Joined to the line before; a brace that follows nothing stands alone, as it stood.
      stack.push({ table: opener === undefined ? undefined : tableOf(stack.at(-1)?.table, opener), written: new Set() })
      if (opener === undefined) out.push('{')
      else out.push(indented(`${opener} {`, stack.length - 2))
      opener = undefined
      continue
    }
    if (opener !== undefined) out.push(indented(opener, stack.length - 1))
    opener = undefined
    if (text === '}') {
      const block = stack.length > 1 ? stack.pop() : undefined
      if (block !== undefined) for (const line of defaultsOf(block)) out.push(`${' '.repeat(STEP * stack.length)}# ${line}`)
      out.push(indented('}', stack.length - 1))
      continue
    }
    stack.at(-1)?.written.add(splitWords(text).words[0] ?? '')
    if (lines[index + 1]?.text === '{') opener = text
    else out.push(indented(text, stack.length - 1))
  }
  if (opener !== undefined) out.push(opener)
  return out.map((line) => `${line}\n`).join('')
}

function indented(statement: string, depth: number): string {
  const text = literal(statement)
  const line = `${' '.repeat(STEP * depth)}${text}`
  return line.length > LONGEST ? text : line
}

/** What a substitution made may look like a condition, a definition or a comment to the next reader. */
function literal(text: string): string {
  const first = /^(?:\$[A-Za-z_]\w*=|@)[^\s"]*/.exec(text)?.[0]
  const rest = escapeComments(first === undefined ? text : text.slice(first.length))
  return first === undefined ? rest : `"${first}"${rest}`
}

function tableOf(parent: Table<object> | undefined, opener: string): Table<object> | undefined {
  const keyword = splitWords(opener).words[0] ?? ''
  const row = parent !== undefined && Object.hasOwn(parent, keyword) ? parent[keyword] : undefined
  return row?.kind === 'block' ? row.table : undefined
}

/** `priority: 100`, for words that have a default and were not written, under any of their spellings. */
function defaultsOf({ table, written }: Open): readonly string[] {
  const lines: string[] = []
  for (const [keyword, row] of Object.entries<Keyword<object> | undefined>(table ?? {})) {
    if (row === undefined || row.kind !== 'leaf' || row.missing === true) continue
    const { default: value, aliasOf, deprecated } = row.about
    if (value === undefined || value === 'required' || aliasOf !== undefined || deprecated !== undefined || written.has(keyword)) continue
    lines.push(`${keyword}: ${value}`)
  }
  return lines
}
