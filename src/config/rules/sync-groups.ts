import type { InstanceConfig, SyncGroupConfig } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'

/** The groups of the members that there are: an instance stays in its first group, and a group of nobody is none. */
export function resolveSyncGroups({ parsed }: Context, instances: readonly InstanceConfig[]): readonly SyncGroupConfig[] {
  const free = new Set(instances.map(({ name }) => name))
  return [...parsed.vrrp.syncGroups.values()].flatMap(({ name, group = [] }) => {
    const members = group.filter((member) => free.delete(member))
    return members.length === 0 ? [] : [{ name, members }]
  })
}
