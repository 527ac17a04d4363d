import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { lacksUser } from '../rules/scripts.ts'
import { block, flag, leaf, type Row, type Table } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import { type Command, splitCommand } from '../words.ts'

/** `vrrp_script NAME { }` */
export interface ScriptDraft {
  readonly name: string
  readonly line: LogicalLine
  script?: Command
  /** A command of the form "</path" tests a file for being readable, without a process. */
  interval?: number
  timeout?: number
  weight?: number
  reverse?: boolean
  rise?: number
  fall?: number
  user?: { readonly user: string; readonly group: string | undefined; readonly known: boolean }
  init_fail?: boolean
}

const row = { build: 'VRRP', since: '1.1.13', acted: true } as const

const duration = (keyword: 'interval' | 'timeout', summary: string, more: Row) =>
  leaf<ScriptDraft, number>('<seconds 0..4294>', summary, { ...row, ...more }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.decimal(word, 1, { min: 0, max: 4294, decimals: 3 })
    if (value === undefined) return
    if (value === 0) context.report('general', 'raised', `(${draft.name}) ${keyword} 0 becomes 1`, 'more than 0', 1)
    draft[keyword] = value === 0 ? 1 : value
  })

const count = (keyword: 'rise' | 'fall', summary: string) =>
  leaf<ScriptDraft, number>('<uint 1..2147483647>', summary, { ...row, since: '1.1.18', default: '1' }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word !== undefined) draft[keyword] = context.whole(word, 1, { min: 1, max: 2_147_483_647 }) ?? 1
  })

/** `vrrp_script NAME { }`: a command whose exit status counts. */
export const vrrpScript: Table<ScriptDraft> = {
  script: leaf('<command>', 'what is run', row, (draft, statement, context) => {
    const value = splitCommand(statement.line.text)
    if (value.kind === 'unterminated')
      return context.report('unmatched-quote', 'unmatched-quote', 'a quote is not closed', 'a closing quote', 1)
    draft.script = value
  }),
  interval: duration('interval', 'between two runs', { default: '1' }),
  timeout: duration('timeout', 'until a run counts as failed', { default: 'interval', since: '1.2.6' }),
  weight: leaf('<int -253..253> [reverse]', 'added to the priority; 0 is a fault', { ...row, default: '0' }, takeWeight),
  rise: count('rise', 'successes until it is well'),
  fall: count('fall', 'failures until it is not'),
  user: leaf('<user> [[:]<group>]', 'who runs it', { ...row, since: '1.3.0', default: 'script_user' }, (draft, statement, context) => {
    const user = context.word(statement, 1)
    if (user !== undefined) takeUser(draft, user, statement, context)
  }),
  init_fail: flag('failed until it succeeded', { ...row, since: '1.3.2' }),
}

function takeWeight(draft: ScriptDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  const value = word === undefined ? undefined : context.whole(word, 1, { min: -253, max: 253 })
  if (value === undefined) return
  draft.weight = value
  const option = statement.words[2]
  draft.reverse = option === 'reverse'
  if (option !== undefined && option !== 'reverse')
    context.report('general', 'unknown-option', `weight does not know '${option}'`, 'reverse', 2)
}

function takeUser(draft: ScriptDraft, user: string, statement: Statement, context: Context): void {
  const group = statement.words[2]
  const name = group?.replace(/^:/, '')
  if (!context.reader.userExists(user) || (name !== undefined && name !== '' && !context.reader.groupExists(name))) {
    draft.user = { user, group, known: false }
    context.report('general', 'unknown-user', `user or group of '${user}' is unknown`, 'a user of this host', 1)
    return
  }
  draft.user = { user, group, known: true }
}

export const vrrpScriptRow = block<Parsed, ScriptDraft>('<name>', 'a command whose exit status counts', row, {
  table: vrrpScript,
  open(_parsed, statement, context) {
    const name = context.word(statement, 1)
    if (name === undefined) return undefined
    // Known from its closing brace on: a second one of the name is then refused.
    return { name, line: statement.line }
  },
  close(draft, parsed, context) {
    if (draft.script === undefined) {
      return context.report('general', 'no-script', `vrrp_script ${draft.name} has no script; it is removed`, 'a line script "..."', 0)
    }
    if (lacksUser(draft.user, context)) {
      return context.report(
        'general',
        'script-no-user',
        `vrrp_script ${draft.name} has no user to run it; it is removed`,
        'script_user, or the user keepalived_script',
        0,
      )
    }
    if (draft.user?.known === false) return
    // A second one of the name is taken without a word, and never found.
    if (!parsed.vrrp.scripts.has(draft.name)) parsed.vrrp.scripts.set(draft.name, draft)
  },
})
