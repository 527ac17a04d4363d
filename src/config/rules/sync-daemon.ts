import type { IpAddress } from '../../base/ip.ts'
import type { BoundSyncDaemon, SyncDaemonConfig } from '../../core/sync-daemon-config.ts'
import type { Context } from '../context.ts'
import type { SyncDaemonDraft } from '../keywords/global-defs.ts'

/** IP_VS_SYNC_GROUP, IP_VS_SYNC_PORT (net/netfilter/ipvs/ip_vs_sync.c). */
const GROUP = '224.0.0.81' as IpAddress
const PORT = 8848

/** `lvs_sync_daemon` of an instance, or the old word in an instance: the vrrp process starts and stops it. */
export function boundSyncDaemon({ parsed }: Context): BoundSyncDaemon | undefined {
  const { instances } = parsed.vrrp
  const draft = parsed.global.lvs_sync_daemon
  if (draft !== undefined) {
    const instance = draft.instance === undefined ? undefined : instances.get(draft.instance)
    if (instance?.virtual_router_id === undefined) return undefined
    return { instance: instance.name, daemon: withDefaults(draft, instance.virtual_router_id) }
  }
  for (const { name, virtual_router_id, lvs_sync_daemon_interface } of instances.values()) {
    if (lvs_sync_daemon_interface === undefined || virtual_router_id === undefined) continue
    return { instance: name, daemon: withDefaults({ interface: lvs_sync_daemon_interface }, virtual_router_id) }
  }
  return undefined
}

/** `lvs_sync_daemon` without an instance: it runs as long as the checker process. */
export function unboundSyncDaemon({ parsed }: Context): SyncDaemonConfig | undefined {
  const draft = parsed.global.lvs_sync_daemon
  return draft === undefined || draft.instance !== undefined ? undefined : withDefaults(draft, 0)
}

function withDefaults({ interface: device, id, maxlen, group, port, ttl }: SyncDaemonDraft, syncId: number): SyncDaemonConfig {
  return { interface: device, syncId: id ?? syncId, maxLength: maxlen, group: group ?? GROUP, port: port ?? PORT, ttl: ttl ?? 1 }
}
