import type { Context } from '../context.ts'
import { bool, leaf, type Table } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'

export interface BfdCheckDraft {
  readonly kind: 'BFD_CHECK'
  readonly line: LogicalLine
  /** The real server, for messages. */
  readonly owner: string
  name?: string
  alpha?: boolean
  /** Its name was refused; nothing more is said of it. */
  removed?: boolean
}

/** BFD_CHECK { name INSTANCE, alpha }: the server follows the session. */
export const bfdCheck: Table<BfdCheckDraft> = {
  name: leaf(
    '<bfd_instance, at most 31 bytes>',
    'the session, defined before',
    { since: '2.0.0', build: 'BFD', default: 'required', acted: true },
    readName,
  ),
  alpha: bool('down until the session is up', { since: '2.0.0', build: 'BFD', default: 'the real server’s', acted: true }),
}

function readName(draft: BfdCheckDraft, { words }: Statement, context: Context): void {
  if (draft.removed === true) return
  const [, name] = words
  const complaint = nameComplaint(draft, words, context)
  if (complaint === undefined && name !== undefined) {
    draft.name = name
    return
  }
  context.report('general', 'bfd-name', `(${draft.owner}) BFD_CHECK - ${complaint}`, 'one bfd_instance defined before', 1)
  draft.removed = true
}

function nameComplaint(draft: BfdCheckDraft, words: readonly string[], context: Context): string | undefined {
  const [, name] = words
  if (name === undefined || words.length > 2) return 'No or too many names specified - skipping checker'
  if (draft.name !== undefined) return `name ${draft.name} already specified`
  return context.parsed.check.bfds.has(name) ? undefined : `BFD ${name} not configured`
}
