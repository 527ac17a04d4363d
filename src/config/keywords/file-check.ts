import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import { leaf, type Table } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'

export interface FileCheckDraft {
  readonly kind: 'FILE_CHECK'
  readonly line: LogicalLine
  track_file?: string
  weight?: number
  reverse?: boolean
}

/** FILE_CHECK { track_file NAME, weight N [reverse|noreverse] }: the number in the file changes the weight, or fails the server. */
export const fileCheck: Table<FileCheckDraft> = {
  track_file: leaf(
    '<track_file>',
    'the file, defined before',
    { since: '2.1.0', default: 'required', acted: true },
    (draft, statement, context) => {
      const name = context.word(statement, 1)
      if (name === undefined) return
      if (context.parsed.check.trackFiles.has(name)) draft.track_file = name
      else context.report('general', 'track-file-unknown', `track_file ${name} not found`, 'a track_file defined before', 1)
    },
  ),
  weight: leaf(
    '<int -2147483647..2147483647> [reverse|noreverse]',
    'multiplies the number',
    { since: '2.1.0', default: 'of the track_file', acted: true },
    readWeight,
  ),
}

function readWeight(draft: FileCheckDraft, { words }: Statement, context: Context): void {
  const [, word, option] = words
  if (word === undefined) {
    context.report('general', 'missing-argument', 'track file weight missing', 'a number', 0)
    return
  }
  const weight = parseWhole(word, { min: -2_147_483_647, max: 2_147_483_647 })
  if (weight.kind === 'fault') {
    context.report('general', 'file-weight', `weight '${word}' ${describeFault(weight.fault)}; it is ignored`, '-2147483647..2147483647', 1)
    return
  }
  draft.weight = weight.value
  if (option === 'reverse' || option === 'noreverse') draft.reverse = option === 'reverse'
  else if (option !== undefined)
    context.report('general', 'file-weight', `unknown weight option ${option} - ignoring`, 'reverse or noreverse', 2)
}
