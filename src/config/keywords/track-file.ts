import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { block, leaf, type Row, type Table } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'

/** `track_file NAME { }` */
export interface TrackFileDraft {
  readonly name: string
  readonly line: LogicalLine
  file?: string
  weight?: number
  reverse?: boolean
  init_file?: { readonly value: number; readonly overwrite: boolean }
}

const row = { build: 'VRRP or LVS', since: '2.1.0', acted: true } as const

/** `track_file NAME { }`: a file whose number counts. */
export const trackFile: Table<TrackFileDraft> = {
  file: leaf('<path>', 'the file', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (draft.file !== undefined) return context.report('general', 'duplicate', 'the file was given before', 'only once', 0)
    draft.file = word
  }),
  weight: leaf('<int -254..254> [reverse]', 'times what the file says', { ...row, default: '1' }, takeWeight),
  init_file: leaf('[<int>] [overwrite]', 'make the file at the start', row, (draft, statement, context) => {
    let value = 0
    let overwrite = false
    for (const [i, word] of statement.words.entries()) {
      if (i === 0) continue
      if (word === 'overwrite') overwrite = true
      else if (/^[+-]?\d/.test(word)) value = context.whole(word, i, { min: -2_147_483_648, max: 2_147_483_647 }) ?? 0
      else return context.report('general', 'unknown-option', `init_file does not know '${word}'`, 'a number or overwrite', i)
    }
    draft.init_file = { value, overwrite }
  }),
}

function takeWeight(draft: TrackFileDraft, statement: Statement, context: Context): void {
  const word = statement.words[1]
  if (word === undefined) {
    context.report('general', 'missing-argument', 'weight has no number', 'a number from -254 to 254', 0)
    return
  }
  if (draft.weight !== undefined) {
    context.report('general', 'duplicate', 'the weight was given before', 'only once', 0)
    return
  }
  const value = context.whole(word, 1, { min: -254, max: 254 })
  if (value === undefined) return
  draft.weight = value
  const option = statement.words[2]
  draft.reverse = option === 'reverse'
  if (option !== undefined && option !== 'reverse')
    context.report('general', 'unknown-option', `weight does not know '${option}'`, 'reverse', 2)
}

/** Both the vrrp and the checker process read track files, each for itself. */
export const trackFileRow = (summary: string, more: Row) =>
  block<Parsed, TrackFileDraft>(
    '<name>',
    summary,
    { ...row, ...more },
    {
      table: trackFile,
      open(parsed, statement, context) {
        const word = context.word(statement, 1)
        if (word === undefined) return undefined
        if (filesOf(parsed, context).has(word)) {
          if (context.process === 'vrrp')
            context.report('general', 'duplicate-name', `track_file ${word} exists already; this block is skipped`, 'another name', 1)
          return undefined
        }
        return { name: word, line: statement.line }
      },
      close(draft, parsed, context) {
        const folder = draft.file?.slice(0, draft.file.lastIndexOf('/')) ?? ''
        if (folder !== '' && !context.reader.exists(folder)) {
          return context.report(
            'general',
            'no-folder',
            `track_file ${draft.name}: the folder ${folder} does not exist; it is removed`,
            'a file in a folder that exists',
            0,
          )
        }
        if (draft.file === undefined)
          return context.report('general', 'no-file', `track_file ${draft.name} names no file`, 'a line file ...', 0)
        filesOf(parsed, context).set(draft.name, draft)
      },
    },
  )

const filesOf = (parsed: Parsed, context: Context): Map<string, TrackFileDraft> =>
  context.process === 'checker' ? parsed.check.trackFiles : parsed.vrrp.trackFiles
