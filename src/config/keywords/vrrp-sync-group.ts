import type { Parsed } from '../parsed.ts'
import { alias, block, bool, flag, type Table, wordList } from '../schema.ts'
import type { LogicalLine } from '../tree.ts'
import type { Command } from '../words.ts'
import { notify } from './instance-values.ts'
import { trackBlocks } from './track-blocks.ts'
import type { TrackLine } from './track-lines.ts'

/** `vrrp_sync_group NAME { }` */
export interface SyncGroupDraft {
  readonly name: string
  readonly line: LogicalLine
  group?: readonly string[]
  readonly track_interface: TrackLine[]
  readonly track_script: TrackLine[]
  readonly track_file: TrackLine[]
  readonly track_process: TrackLine[]
  readonly track_bfd: TrackLine[]
  notify_backup?: Command
  notify_master?: Command
  notify_fault?: Command
  notify_stop?: Command
  notify?: Command
  smtp_alert?: boolean
  sync_group_tracking_weight?: boolean
  notify_priority_changes?: boolean
}

const row = { build: 'VRRP', since: '1.0.0' } as const
const trackingWeight = flag<SyncGroupDraft>('members may have weighted trackers', { ...row, since: '2.0.0', acted: true })

/** `vrrp_sync_group NAME { }`: instances that change state together. */
export const vrrpSyncGroup: Table<SyncGroupDraft> = {
  group: wordList('<instance> ...', 'the members', { ...row, acted: true }, (draft, words, _statement, context) => {
    if (draft.group !== undefined)
      return context.report('general', 'duplicate', `(${draft.name}) the group was given before`, 'only once', 0)
    draft.group = words
  }),
  ...trackBlocks(),
  notify_backup: notify('script when backup', '1.0.0'),
  notify_master: notify('script when master', '1.0.0'),
  notify_fault: notify('script when faulty', '1.0.0'),
  notify_stop: notify('script at the end', '2.0.0'),
  notify: notify('script at every change, told what it is', '1.1.2'),
  smtp_alert: bool('mail at changes', { ...row, default: 'smtp_alert_vrrp, smtp_alert, else off', acted: true }),
  global_tracking: alias('sync_group_tracking_weight', trackingWeight, {
    deprecated: 'sync_group_tracking_weight',
    since: '1.2.3',
    reported: true,
  }),
  sync_group_tracking_weight: trackingWeight,
  notify_priority_changes: bool('tell changes of priority too', {
    ...row,
    default: 'vrrp_notify_priority_changes',
    since: '2.2.0',
    acted: true,
  }),
}

export const vrrpSyncGroupRow = block<Parsed, SyncGroupDraft>(
  '<name>',
  'instances that move together',
  { ...row, acted: true },
  {
    table: vrrpSyncGroup,
    open(parsed, statement, context) {
      const name = statement.words[1]
      if (name === undefined) {
        context.report('general', 'missing-name', 'vrrp_sync_group has no name', 'a name', 0)
        return undefined
      }
      if (parsed.vrrp.syncGroups.has(name)) {
        context.report('general', 'duplicate-name', `vrrp_sync_group ${name} exists already; this block is skipped`, 'another name', 1)
        return undefined
      }
      const draft: SyncGroupDraft = {
        name,
        line: statement.line,
        track_interface: [],
        track_script: [],
        track_file: [],
        track_process: [],
        track_bfd: [],
      }
      parsed.vrrp.syncGroups.set(name, draft)
      return draft
    },
    close(draft, parsed, context) {
      if (draft.group !== undefined && draft.group.length > 0) return
      context.report('general', 'group-empty', `Sync group ${draft.name} has no members - removing`, 'group { INSTANCE ... }', 0)
      parsed.vrrp.syncGroups.delete(draft.name)
    },
  },
)
