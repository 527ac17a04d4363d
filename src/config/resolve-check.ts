import { type Family, familyOf } from '../base/ip.ts'
import type { CheckConfig, CheckGlobals, Forwarding, RealServer, ServiceKey, SorryServer, VirtualServer } from '../core/check/config.ts'
import type { Context } from './context.ts'
import type { GlobalDraft } from './keywords/global-defs.ts'
import { type RealServerDraft, serverName } from './keywords/real-server.ts'
import { serviceName, type VirtualServerDraft } from './keywords/virtual-server.ts'
import { entryFamily, type VirtualServerGroupDraft } from './keywords/virtual-server-group.ts'
import { addressAfter } from './keywords/virtual-server-group-line.ts'
import { resolveCheckers } from './resolve-checkers.ts'
import { mailed } from './rules/channels.ts'
import { defaultForwarding, resolvePort } from './rules/forwarding.ts'
import { ipvsNamespace } from './rules/ipvs-namespace.ts'
import { resolveDefaults, settleProtocol } from './rules/lvs-defaults.ts'
import { commandOf } from './rules/notify.ts'
import { resolveQuorum } from './rules/quorum.ts'
import { bufferOf } from './rules/receive-buffers.ts'
import { unboundSyncDaemon } from './rules/sync-daemon.ts'

/** Services of one line of a group: more would be a slip of the pen, and no kernel table. */
export const MOST_SERVICES_OF_A_LINE = 65_536

/**
 * The checker process's configuration from what was read, with the findings of keepalived's final validation. Who wants nothing but
 * the findings does not keep the services: of many that is most of the memory.
 */
export function resolveCheck(context: Context, keep = true): CheckConfig {
  const { check, global } = context.parsed
  const virtualServers: VirtualServer[] = []
  for (const draft of check.virtualServers) {
    const resolved = resolveVirtualServer(draft, context)
    if (keep && resolved !== undefined) virtualServers.push(resolved)
  }
  const syncDaemon = unboundSyncDaemon(context)
  return { virtualServers, globals: { ...resolveGlobals(global), ...(check.ssl && { ssl: check.ssl }), ...(syncDaemon && { syncDaemon }) } }
}

function resolveGlobals(global: GlobalDraft): CheckGlobals {
  const timeouts = global.lvs_timeouts
  return {
    lvsFlush: global.lvs_flush ?? false,
    lvsFlushOnStop: global.lvs_flush_on_stop ?? 'no',
    lvsTimeouts: timeouts === undefined ? undefined : { tcp: timeouts.tcp, tcpFin: timeouts.tcpfin, udp: timeouts.udp },
    checkerLogAllFailures: global.checker_log_all_failures ?? false,
    ...bufferOf('commandBuffer', global.lvs_netlink_cmd_rcv_bufs, global.lvs_netlink_cmd_rcv_bufs_force),
    ...bufferOf('monitorBuffer', global.lvs_netlink_monitor_rcv_bufs, global.lvs_netlink_monitor_rcv_bufs_force),
    ...(global.rs_init_notifies === true && { rsInitNotifies: true as const }),
    ...((global.lvs_notify_fifo ?? global.notify_fifo) && { fifo: true as const }),
    ...ipvsNamespace(global),
    ...(global.no_checker_emails && { noCheckerEmails: true as const }),
  }
}

function resolveVirtualServer(draft: VirtualServerDraft, context: Context): VirtualServer | undefined {
  const group = draft.service.kind === 'group' ? context.parsed.check.virtualServerGroups.get(draft.service.group) : undefined
  if (draft.service.kind === 'group' && group === undefined) {
    const message = `virtual_server group ${draft.service.group}: there is no such virtual_server_group; the service is ignored`
    context.conclude('none', 'group-missing', message, draft.line, 'a virtual_server_group of that name, with entries')
    return undefined
  }
  if (group !== undefined && !familiesAgree(draft, group)) {
    const message = `${group.name}: address family doesn't match virtual server ${serviceName(draft)} - ignoring`
    context.conclude('none', 'group-family', message, draft.line, 'one family, or lvs_method TUN')
    return undefined
  }
  const named = settleProtocol(draft, group, context)
  const defaults = resolveDefaults(named, group, context)
  const forwarding = defaultForwarding(named, context)
  const servers = withoutTwins(named, context)
  const realServers = servers.map((server) => resolveRealServer(named, group, server, forwarding, context))
  const quorumUp = commandOf(draft.quorum_up, context)
  const quorumDown = commandOf(draft.quorum_down, context)
  const weights = realServers.reduce((sum, server) => sum + server.weight, 0)
  return {
    name: serviceName(named),
    services: serviceKeys(named, group, context),
    ...defaults,
    persistenceGranularity: draft.persistence_granularity,
    persistenceEngine: draft.persistence_engine,
    realServers,
    sorryServer: resolveSorryServer(named, group, forwarding, context),
    ...resolveQuorum(named, weights, context),
    alpha: draft.alpha ?? false,
    omega: draft.omega ?? false,
    ...haSuspendOf(draft),
    ...(quorumUp && { quorumUp }),
    ...(quorumDown && { quorumDown }),
    ...(mailed(draft.smtp_alert, false, context) && { smtpAlert: true as const }),
  }
}

// Servers that are no tunnels fix the family, and it must be that of each entry.
function familiesAgree({ family }: VirtualServerDraft, { entries }: VirtualServerGroupDraft): boolean {
  return family === undefined || entries.every((entry) => (entryFamily(entry) ?? family) === family)
}

// Before missing ports are filled in and others reset: with DR, :80 and :81 of one address stay twins, and so do :80 and none.
function withoutTwins(draft: VirtualServerDraft, context: Context): readonly RealServerDraft[] {
  const seen = new Set<string>()
  const name = serviceName(draft)
  return draft.real_server.filter((server) => {
    const key = `${server.address} ${server.port}`
    if (!seen.has(key)) return seen.add(key)
    const rs = serverName({ ...server, protocol: draft.protocol })
    context.conclude(
      'general',
      'real-server-twin',
      `VS ${name}: real server ${rs} is duplicated - removing second rs`,
      server.line,
      'each server once',
    )
    return false
  })
}

function resolveRealServer(
  draft: VirtualServerDraft,
  group: VirtualServerGroupDraft | undefined,
  server: RealServerDraft,
  inherited: Forwarding,
  context: Context,
): RealServer {
  const forwarding = server.lvs_method ?? inherited
  const notifyUp = commandOf(server.notify_up, context)
  const notifyDown = commandOf(server.notify_down, context)
  return {
    address: server.address,
    port: resolvePort(draft, group, server, forwarding, context),
    forwarding,
    weight: server.weight ?? draft.weight ?? 1,
    inhibitOnFailure: server.inhibit_on_failure ?? draft.inhibit_on_failure ?? false,
    uthreshold: server.uthreshold ?? 0,
    lthreshold: server.lthreshold ?? 0,
    alpha: server.alpha ?? draft.alpha ?? false,
    checkers: resolveCheckers(draft, server, context),
    ...(notifyUp && { notifyUp }),
    ...(notifyDown && { notifyDown }),
    ...(mailed(server.smtp_alert, true, context) && { smtpAlert: true as const }),
  }
}

function resolveSorryServer(
  draft: VirtualServerDraft,
  group: VirtualServerGroupDraft | undefined,
  inherited: Forwarding,
  context: Context,
): SorryServer | undefined {
  const sorry = draft.sorry_server
  if (sorry === undefined) return undefined
  const forwarding = sorry.lvs_method ?? inherited
  return { address: sorry.address, port: resolvePort(draft, group, sorry, forwarding, context), forwarding, inhibit: sorry.inhibit }
}

/** With a mark there is no address to wait for. */
function haSuspendOf({ ha_suspend, service }: VirtualServerDraft): Pick<VirtualServer, 'haSuspend'> {
  if (ha_suspend !== true || service.kind === 'fwmark') return {}
  return { haSuspend: service.kind === 'address' ? service.address : 'group' }
}

function serviceKeys(draft: VirtualServerDraft, group: VirtualServerGroupDraft | undefined, context: Context): readonly ServiceKey[] {
  const { service, protocol = 'UDP' } = draft
  if (service.kind === 'address') return [{ kind: 'address', protocol, address: service.address, port: service.port }]
  if (service.kind === 'fwmark') return [{ kind: 'fwmark', fwmark: service.fwmark, family: draft.family ?? 4 }]
  const keys = new Map<string, ServiceKey>()
  for (const entry of group?.entries ?? []) {
    if (entry.kind === 'fwmark') {
      const family = entry.family ?? draft.family ?? groupFamily(group)
      keys.set(`${entry.fwmark}/${family}`, { kind: 'fwmark', fwmark: entry.fwmark, family })
      continue
    }
    if (entry.count > MOST_SERVICES_OF_A_LINE) {
      const message = `virtual_server_group ${group?.name}: ${entry.text} has more than ${MOST_SERVICES_OF_A_LINE} addresses; only so many are served`
      context.conclude('none', 'group-too-large', message, draft.line, 'fewer addresses')
    }
    for (let i = 0; i < Math.min(entry.count, MOST_SERVICES_OF_A_LINE); i++) {
      const address = addressAfter(entry.first, i)
      keys.set(`${address}/${entry.port}`, { kind: 'address', protocol, address, port: entry.port })
    }
  }
  return [...keys.values()]
}

function groupFamily(group: VirtualServerGroupDraft | undefined): Family {
  for (const entry of group?.entries ?? []) if (entry.kind === 'range') return familyOf(entry.first)
  return 4
}
