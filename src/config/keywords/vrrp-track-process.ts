import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { block, flag, leaf, type Row, type Table, whole } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'

/** `vrrp_track_process NAME { }` */
export interface TrackProcessDraft {
  readonly name: string
  readonly line: LogicalLine
  process?: readonly string[]
  param_match?: 'exact' | 'initial' | 'partial'
  weight?: number
  reverse?: boolean
  quorum?: number
  quorum_max?: number
  /** Seconds. */
  terminate_delay?: number
  fork_delay?: number
  full_command?: boolean
}

const row = { build: 'TRACK_PROCESS', since: '2.0.11', acted: true } as const

const delay = (slots: readonly ('terminate_delay' | 'fork_delay')[], summary: string, more: Row = {}) =>
  leaf<TrackProcessDraft, number>('<seconds 0.000001..3600>', summary, { ...row, default: '0', ...more }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.decimal(word, 1, { min: 0.000001, max: 3600, decimals: 6 })
    if (value !== undefined) for (const slot of slots) draft[slot] = value
  })

/** `vrrp_track_process NAME { }`: whether enough of a program's processes run. */
export const vrrpTrackProcess: Table<TrackProcessDraft> = {
  process: leaf('<command> [<parameter> ...]', 'what must run', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (draft.process !== undefined) return context.report('general', 'duplicate', 'the process was given before', 'only once', 0)
    draft.process = statement.words.slice(1)
  }),
  param_match: leaf('[initial | partial]', 'how parameters are compared', { ...row, since: '2.0.16' }, (draft, statement, context) => {
    const word = statement.words[1]
    if (word !== undefined && word !== 'initial' && word !== 'partial')
      return context.report('general', 'bad-choice', `'${word}' is unknown`, 'initial or partial', 1)
    draft.param_match = word ?? 'exact'
  }),
  weight: leaf('<int -254..254> [reverse]', 'added to the priority; 0 is a fault', { ...row, default: '0' }, takeWeight),
  quorum: whole('how many must run', { ...row, min: 1, max: 65_535, default: '1' }),
  quorum_max: leaf('<uint 0..65535>', 'how many may run', { ...row, since: '2.0.16' }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.whole(word, 1, { min: 0, max: 65_535 })
    if (value === undefined) return
    if (value !== 0 && value < (draft.quorum ?? 1))
      return context.report('general', 'quorum-max', 'quorum_max is less than quorum', 'at least the quorum', 1)
    draft.quorum_max = value
  }),
  delay: delay(['terminate_delay', 'fork_delay'], 'grace for both'),
  terminate_delay: delay(['terminate_delay'], 'grace after too few', { since: '2.0.16' }),
  fork_delay: delay(['fork_delay'], 'grace after enough', { since: '2.0.16' }),
  full_command: flag('compare the whole command line', row),
}

function takeWeight(draft: TrackProcessDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  const value = word === undefined ? undefined : context.whole(word, 1, { min: -254, max: 254 })
  if (value === undefined) return
  draft.weight = value
  const option = statement.words[2]
  draft.reverse = option === 'reverse'
  if (option !== undefined && option !== 'reverse')
    context.report('general', 'unknown-option', `weight does not know '${option}'`, 'reverse', 2)
}

export const vrrpTrackProcessRow = block<Parsed, TrackProcessDraft>('<name>', 'whether processes run', row, {
  table: vrrpTrackProcess,
  open(_parsed, statement, context) {
    const name = context.word(statement, 1)
    return name === undefined ? undefined : { name, line: statement.line }
  },
  close(draft, parsed, context) {
    if (draft.process === undefined) {
      return context.report('general', 'no-process', `vrrp_track_process ${draft.name} names no process`, 'a line process ...', 0)
    }
    // A second one of the name is taken without a word, and never found.
    if (!parsed.vrrp.trackProcesses.has(draft.name)) parsed.vrrp.trackProcesses.set(draft.name, draft)
  },
})
