import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** Priority and initial state, each of which can imply the other: 255 owns the addresses and is master from the start. */
export function resolvePriority(draft: InstanceDraft): { readonly priority: number; readonly state: 'MASTER' | 'BACKUP' } {
  const priority = draft.priority ?? (draft.state === 'MASTER' ? 255 : 100)
  return { priority, state: draft.state ?? (priority === 255 ? 'MASTER' : 'BACKUP') }
}
