import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** Names between objects: sync groups and their members, one VRID per link and family, static entries and their groups. */
export function judgeReferences(context: Context): void {
  judgeRouterIds(context)
  judgeSyncGroups(context)
}

function judgeRouterIds(context: Context): void {
  const taken = new Map<string, string>()
  for (const draft of context.parsed.vrrp.instances.values()) {
    if (draft.virtual_router_id === undefined || draft.interface === undefined) continue
    const key = `${draft.interface} ${draft.family ?? 4} ${draft.virtual_router_id} ${draft.mcast_dst_ip ?? ''}`
    const other = taken.get(key)
    if (other === undefined) {
      taken.set(key, draft.name)
      continue
    }
    // Unicast routers hear only their peers: they may share a number.
    if (draft.unicast_peer.length > 0) continue
    const message = `${other} and ${draft.name} both use VRID ${draft.virtual_router_id} with IPv${draft.family ?? 4} on interface ${draft.interface}`
    context.conclude('general', 'vrid-twice', message, draft.line, 'one virtual_router_id for each router of a link')
  }
}

function judgeSyncGroups(context: Context): void {
  const { instances, syncGroups } = context.parsed.vrrp
  const memberOf = new Map<string, string>()
  for (const group of syncGroups.values()) {
    const members: InstanceDraft[] = []
    for (const name of group.group ?? []) {
      const instance = instances.get(name)
      if (instance === undefined) {
        context.conclude(
          'general',
          'group-member',
          `Virtual router ${name} specified in sync group ${group.name} doesn't exist - ignoring`,
          group.line,
          'a vrrp_instance',
        )
      } else if (memberOf.has(name)) {
        context.conclude(
          'general',
          'group-twice',
          `Virtual router ${name} cannot exist in more than one sync group; ignoring ${group.name}`,
          group.line,
          'one group for each',
        )
      } else {
        memberOf.set(name, group.name)
        members.push(instance)
      }
    }
    judgeMembers(group.name, members, group.sync_group_tracking_weight === true, group, context)
  }
}

function judgeMembers(
  name: string,
  members: readonly InstanceDraft[],
  weights: boolean,
  group: { readonly line: InstanceDraft['line'] },
  context: Context,
): void {
  const say = (code: string, message: string, expected?: string): void => context.conclude('general', code, message, group.line, expected)
  if (members.length === 0) {
    say('group-empty', `Sync group ${name}, no matching virtual router found in group declaration - removing`)
    return
  }
  if (members.length === 1) say('group-single', `Sync group ${name} has only 1 virtual router(s) - this probably isn't what you want`)
  if (weights) return
  const { scripts, trackFiles, trackProcesses, bfds } = context.parsed.vrrp
  for (const member of members) {
    for (const line of member.track_interface) {
      if ((line.weight ?? 0) !== 0) say('group-weight', `(${member.name}) ignoring ${line.name} tracked interface weight due to SYNC group`)
    }
    for (const line of member.track_script) {
      if ((line.weight ?? scripts.get(line.name)?.weight ?? 0) !== 0)
        say('group-weight', `(${member.name}) ignoring weight of script ${line.name} due to SYNC group`)
    }
    for (const line of member.track_file) {
      if ((line.weight ?? trackFiles.get(line.name)?.weight ?? 1) !== 0)
        say('group-weight', `(${member.name}) ignoring weight from tracked file ${line.name} due to SYNC group. specify weight 0`)
    }
    for (const line of member.track_process) {
      if ((line.weight ?? trackProcesses.get(line.name)?.weight ?? 0) !== 0)
        say('group-weight', `(${member.name}) ignoring weight of process ${line.name} due to SYNC group`)
    }
    for (const line of member.track_bfd) {
      const weight = line.weight ?? bfds.get(line.name)?.weight ?? 0
      if (weight !== 0) say('group-weight', `(${member.name}) ignoring tracked bfd ${line.name} with weight ${weight} due to SYNC group`)
    }
  }
}
