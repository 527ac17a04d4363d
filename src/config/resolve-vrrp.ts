import { fromSeconds, type Micros } from '../base/units.ts'
import type { GarpConfig, InstanceConfig, VrrpConfig } from '../core/vrrp/config.ts'
import type { Context } from './context.ts'
import type { AddressLine } from './keywords/virtual-address.ts'
import type { InstanceDraft } from './keywords/vrrp-instance.ts'
import { resolveNoAccept } from './rules/accept.ts'
import { resolveFamily } from './rules/address-family.ts'
import { resolveAdvertInterval } from './rules/advert-interval.ts'
import { splitAdvertised } from './rules/advertised.ts'
import { resolveAuthHmac } from './rules/auth-hmac.ts'
import { resolveAuthentication } from './rules/authentication.ts'
import { resolveFirewall } from './rules/firewall.ts'
import { ipvsNamespace } from './rules/ipvs-namespace.ts'
import { resolveLinks } from './rules/links.ts'
import { prioritiesTold, resolveNotify } from './rules/notify.ts'
import { extraInterfaces, type OwnLinks, resolveOwnLinks, type TakenNames } from './rules/own-links.ts'
import { resolvePreemption } from './rules/preemption.ts'
import { resolvePriority } from './rules/priority.ts'
import { bufferOf, resolveReceiveBuffer } from './rules/receive-buffers.ts'
import { judgeReferences } from './rules/references.ts'
import { judgeScripts, judgeTrackScript } from './rules/scripts.ts'
import { resolveStatics, untied, withStatics } from './rules/statics.ts'
import { judgeStrict } from './rules/strict.ts'
import { boundSyncDaemon } from './rules/sync-daemon.ts'
import { resolveSyncGroups } from './rules/sync-groups.ts'
import { resolveTracking } from './rules/trackers.ts'
import { resolveTransport } from './rules/transport.ts'

export interface ResolvedVrrp {
  readonly config: VrrpConfig
  /** The first thing that keeps the whole vrrp process from running. */
  readonly unusable: string | undefined
}

/** The vrrp process's configuration from what was read, with the findings of the final validation. */
export function resolveVrrp(context: Context): ResolvedVrrp {
  const syncDaemon = boundSyncDaemon(context)
  const { vrrp, global } = context.parsed
  const instances: InstanceConfig[] = []
  let unusable: string | undefined
  const before = context.findings.length
  judgeReferences(context)
  const twice = context.findings.slice(before).find((finding) => finding.code === 'vrid-twice')
  if (twice !== undefined) unusable = twice.message
  const taken: TakenNames = new Set([...vrrp.instances.values()].flatMap((draft) => draft.use_vmac?.name ?? draft.use_ipvlan?.name ?? []))
  for (const draft of vrrp.instances.values()) {
    const instance = resolveInstance(draft, taken, context)
    if (typeof instance === 'string') unusable ??= instance
    else instances.push(instance)
  }
  for (const script of vrrp.scripts.values()) judgeTrackScript(script, context)
  judgeScripts(vrrp.namedScripts, context)
  const syncGroups = resolveSyncGroups(context, instances)
  const statics = resolveStatics(context)
  const tracking = resolveTracking(context, withStatics(instances, statics), syncGroups)
  return {
    config: {
      ...tracking,
      ...(statics && { statics: statics.config }),
      syncGroups,
      globals: {
        startupDelay: global.vrrp_startup_delay ?? (0 as Micros),
        ...(global.vrrp_delay_after_boot && { delayAfterBoot: global.vrrp_delay_after_boot }),
        logUnknownVrids: global.log_unknown_vrids ?? false,
        garpInterval: global.vrrp_garp_interval ?? (0 as Micros),
        gnaInterval: global.vrrp_gna_interval ?? (0 as Micros),
        ...(syncDaemon && { syncDaemon }),
        ...resolveFirewall(global, instances),
        ...(global.disable_local_igmp && { disableLocalIgmp: true as const }),
        ...bufferOf('commandBuffer', global.vrrp_netlink_cmd_rcv_bufs, global.vrrp_netlink_cmd_rcv_bufs_force),
        ...bufferOf('monitorBuffer', global.vrrp_netlink_monitor_rcv_bufs, global.vrrp_netlink_monitor_rcv_bufs_force),
        ...bufferOf('processBuffer', global.process_monitor_rcv_bufs, global.process_monitor_rcv_bufs_force),
        ...resolveLinks(context, tracking.instances),
        ...((global.vrrp_notify_fifo ?? global.notify_fifo) && { fifo: true as const }),
        ...(global.fifo_write_vrrp_states_on_reload && { statesOnReload: true as const }),
        ...ipvsNamespace(global),
        ...(global.no_email_faults && { noEmailFaults: true as const }),
      },
    },
    unusable,
  }
}

/** The instance, or why it cannot be. */
function resolveInstance(draft: InstanceDraft, taken: TakenNames, context: Context): InstanceConfig | string {
  const { global } = context.parsed
  const strict = draft.strict_mode ?? global.vrrp_strict ?? false
  const { priority, state } = resolvePriority(draft)
  const { family, version } = resolveFamily(draft, strict, context)
  const transport = resolveTransport(draft, family, context)
  const broken =
    (strict && !judgeStrict(draft, priority, context) ? `(${draft.name}) strict mode refuses unicast` : undefined) ??
    missing(draft, version, strict, context)
  const authentication = resolveAuthentication(draft, { version, family, strict }, context)
  judgeVmac(draft, context)
  if (draft.owner_ignore_adverts === true && priority !== 255) {
    context.conclude(
      'general',
      'owner-ignore',
      `(${draft.name}) ignoring owner_ignore_adverts since priority is not 255`,
      draft.line,
      'priority 255',
    )
  }
  judgeOwnersTrackers(draft, priority, context)
  const advertInt = resolveAdvertInterval(draft, version, context)
  const authHmac = resolveAuthHmac(draft, advertInt, strict, context)
  const preemption = resolvePreemption(draft, priority, strict, context)
  if (broken !== undefined || draft.virtual_router_id === undefined) return broken ?? draft.name
  const device = draft.interface ?? ''
  const homeless =
    device === '' ? [...draft.virtual_ipaddress, ...draft.virtual_ipaddress_excluded].filter((line) => line.interface === undefined) : []
  for (const line of homeless) {
    context.conclude(
      'general',
      'address-interface',
      `(${draft.name}): no interface for vip ${line.prefix.address} - removing`,
      draft.line,
      'dev NAME',
    )
  }
  const placed = (line: AddressLine): boolean => device !== '' || line.interface !== undefined
  const { advertised, excluded } = splitAdvertised(draft, family)
  const notify = resolveNotify(draft, context, prioritiesTold(draft, context))
  const receiveBuffer = resolveReceiveBuffer(draft, context)
  const links = resolveOwnLinks({ draft, family, strict, taken }, context)
  const virtualIpaddress = advertised.filter(placed).map(links.place)
  const virtualIpaddressExcluded = excluded.filter(placed).map(links.place)
  return {
    name: draft.name,
    vrid: draft.virtual_router_id,
    family,
    version,
    interface: device,
    ...(links.vmac && { vmac: links.vmac }),
    ...(links.addressLinks.length > 0 && { addressLinks: links.addressLinks }),
    // The sequence of the others has to be heard first.
    state: authentication.kind === 'AH' && priority !== 255 ? 'BACKUP' : state,
    priority,
    advertInt,
    preemption,
    transport,
    checksum: {
      v3ChecksumAsV2: draft.v3_checksum_as_v2 ?? global.v3_checksum_as_v2 ?? false,
      oldUnicastChecksum: draft.old_unicast_checksum,
    },
    authentication,
    ...(authHmac && { authHmac }),
    virtualIpaddress,
    virtualIpaddressExcluded,
    ...(draft.virtual_routes.length > 0 && { virtualRoutes: draft.virtual_routes.map(untied) }),
    ...(draft.virtual_rules.length > 0 && { virtualRules: draft.virtual_rules.map(untied) }),
    ...(draft.promote_secondaries && draft.use_vmac === undefined && { promoteSecondaries: true }),
    ...(resolveNoAccept(draft, { priority, version, strict }, context) && { noAccept: true }),
    garp: {
      ...resolveGarp(draft, strict, context),
      ...resolveExtra(draft, links, [...virtualIpaddress, ...virtualIpaddressExcluded], context),
    },
    downTimerAdverts: strict ? 3 : (draft.down_timer_adverts ?? global.vrrp_down_timer_adverts ?? 3),
    lowerPrioNoAdvert: strict || (draft.lower_prio_no_advert ?? global.vrrp_lower_prio_no_advert ?? false),
    higherPrioSendAdvert: !strict && (draft.higher_prio_send_advert ?? global.vrrp_higher_prio_send_advert ?? false),
    // An owner that says `off` is overruled.
    ownerIgnoreAdverts:
      priority === 255 && (draft.owner_ignore_adverts !== undefined || strict || (global.vrrp_owner_ignore_adverts ?? false)),
    skipCheckAdvAddr: draft.skip_check_adv_addr ?? global.vrrp_skip_check_adv_addr ?? false,
    dontTrackPrimary: draft.dont_track_primary ?? false,
    ...(receiveBuffer && { receiveBuffer }),
    ...(draft.track_src_ip === true && { trackSrcIp: true }),
    ...(preemption.kind === 'nopreempt' && draft.timer_expired_backup !== undefined && { timerExpiredBackup: draft.timer_expired_backup }),
    trackers: [],
    strict,
    ...(notify && { notify }),
  }
}

function resolveExtra(
  draft: InstanceDraft,
  { vmac }: OwnLinks,
  addresses: InstanceConfig['virtualIpaddress'],
  context: Context,
): Pick<GarpConfig, 'extra'> {
  const { all, interval } = draft.garp_extra_if ?? context.parsed.global.vrrp_garp_extra_if ?? { all: false, interval: 0 }
  const own = vmac?.type.kind === 'macvlan' ? vmac.name : (draft.interface ?? '')
  const interfaces = extraInterfaces(all, own, addresses)
  return interval === 0 || interfaces.length === 0 ? {} : { extra: { every: fromSeconds(interval), interfaces } }
}

/** What no instance can do without. */
function missing(draft: InstanceDraft, version: 2 | 3, strict: boolean, context: Context): string | undefined {
  const say = (code: string, message: string, expected: string): string => {
    context.conclude('general', code, message, draft.line, expected)
    return message
  }
  if (draft.virtual_router_id === undefined)
    return say('no-vrid', `(${draft.name}) the virtual router id must be set`, 'virtual_router_id 1..255')
  if (draft.interface === undefined && draft.unicast_peer.length > 0 && draft.unicast_src_ip === undefined) {
    return say('no-interface', `(${draft.name}): Unicast instances must have unicast_src_ip or interface`, 'interface NAME')
  }
  if (draft.interface_missing === true || (draft.interface === undefined && draft.unicast_peer.length === 0)) {
    return say('unknown-interface', `(${draft.name}) Unknown interface!`, 'interface NAME')
  }
  if (draft.virtual_ipaddress.length > 0 || draft.no_virtual_ipaddress === true) return undefined
  if (version === 3 || strict)
    return say('no-address', `(${draft.name}) No VIP specified; at least one is required`, 'virtual_ipaddress { }')
  context.conclude(
    'warning',
    'no-address',
    `(${draft.name}) No VIP specified; at least one is sensible`,
    draft.line,
    'virtual_ipaddress { }',
  )
  return undefined
}

function judgeVmac(draft: InstanceDraft, context: Context): void {
  const say = (code: string, message: string): void => context.conclude('general', code, `(${draft.name}) ${message}`, draft.line)
  if (draft.vmac_xmit_base === true && draft.use_vmac === undefined && draft.use_ipvlan === undefined)
    say('xmit-base', 'vmac_xmit_base is only valid with a vmac')
  if (draft.promote_secondaries === true && draft.use_vmac !== undefined)
    say('promote', 'promote_secondaries is automatically set for vmacs - ignoring')
  for (const line of draft.track_interface) {
    if (line.name === draft.interface) say('track-own', `Ignoring track_interface ${line.name} since own interface`)
  }
}

/** An owner's priority cannot change: only trackers that are faults remain. */
function judgeOwnersTrackers(draft: InstanceDraft, priority: number, context: Context): void {
  if (priority !== 255) return
  const { scripts, trackFiles, trackProcesses, bfds } = context.parsed.vrrp
  const say = (what: string): void =>
    context.conclude(
      'general',
      'owner-weight',
      `(${draft.name}) ignoring ${what} with weights due to address_owner`,
      draft.line,
      'weight 0',
    )
  for (const line of draft.track_script) if ((line.weight ?? scripts.get(line.name)?.weight ?? 0) !== 0) say(`tracked script ${line.name}`)
  for (const line of draft.track_file) if ((line.weight ?? trackFiles.get(line.name)?.weight ?? 1) !== 0) say(`tracked file ${line.name}`)
  for (const line of draft.track_process)
    if ((line.weight ?? trackProcesses.get(line.name)?.weight ?? 0) !== 0) say(`tracked process ${line.name}`)
  for (const line of draft.track_interface) if ((line.weight ?? 0) !== 0) say(`tracked interface ${line.name}`)
  for (const line of draft.track_bfd) if ((line.weight ?? bfds.get(line.name)?.weight ?? 0) !== 0) say(`tracked bfd ${line.name}`)
}

function resolveGarp(draft: InstanceDraft, strict: boolean, context: Context): GarpConfig {
  const { global } = context.parsed
  const least = global.vrrp_min_garp === true
  const delay = draft.garp_master_delay ?? global.vrrp_garp_master_delay ?? (least ? 0 : 5)
  const repeat = draft.garp_master_repeat ?? global.vrrp_garp_master_repeat ?? (least ? 1 : 5)
  return {
    masterDelay: fromSeconds(delay),
    masterRepeat: repeat,
    masterRefresh: fromSeconds(draft.garp_master_refresh ?? global.vrrp_garp_master_refresh ?? 0),
    masterRefreshRepeat: draft.garp_master_refresh_repeat ?? global.vrrp_garp_master_refresh_repeat ?? 1,
    lowerPrioDelay: strict ? (0 as Micros) : fromSeconds(draft.garp_lower_prio_delay ?? global.vrrp_garp_lower_prio_delay ?? delay),
    lowerPrioRepeat: strict ? 0 : (draft.garp_lower_prio_repeat ?? global.vrrp_garp_lower_prio_repeat ?? repeat),
  }
}
