import type { InstanceConfig, SyncGroupConfig } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import { resolveNotify } from './notify.ts'

/** The groups of the members that there are: an instance stays in its first group, and a group of nobody is none. */
export function resolveSyncGroups(context: Context, instances: readonly InstanceConfig[]): readonly SyncGroupConfig[] {
  const free = new Set(instances.map(({ name }) => name))
  return [...context.parsed.vrrp.syncGroups.values()].flatMap((draft) => {
    const { name, group = [] } = draft
    const members = group.filter((member) => free.delete(member))
    if (members.length === 0) return []
    const notify = resolveNotify(draft, context)
    return [{ name, members, ...(notify && { notify }) }]
  })
}
