import type { Parsed } from '../parsed.ts'
import { block, type Table, wordList } from '../schema.ts'
import type { LogicalLine } from '../tree.ts'

/** `track_group NAME { group { } }` */
export interface TrackGroupDraft {
  readonly name: string
  readonly line: LogicalLine
  group?: readonly string[]
}

const row = { build: 'VRRP', since: '2.0.3', acted: true } as const

/** `track_group NAME { }`: instances that suffer when a static address is lost. */
export const trackGroup: Table<TrackGroupDraft> = {
  group: wordList('<instance> ...', 'the instances', row, (draft, words, _statement, context) => {
    if (draft.group !== undefined) return context.report('general', 'duplicate', 'the group was given before', 'only once', 0)
    draft.group = words
  }),
}

export const trackGroupRow = block<Parsed, TrackGroupDraft>('<name>', 'instances that follow static addresses', row, {
  table: trackGroup,
  open(parsed, statement, context) {
    const name = statement.words[1]
    if (name === undefined) {
      context.report('general', 'missing-name', 'track_group has no name; this block is skipped', 'a name', 0)
      return undefined
    }
    if (parsed.vrrp.trackGroups.has(name)) {
      context.report('general', 'duplicate-name', `track_group ${name} exists already; this block is skipped`, 'another name', 1)
      return undefined
    }
    const draft: TrackGroupDraft = { name, line: statement.line }
    parsed.vrrp.trackGroups.set(name, draft)
    return draft
  },
})
