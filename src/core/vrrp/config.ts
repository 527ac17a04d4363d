import type { Family, IpAddress, Prefix } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { LinkType } from '../reconcile/kinds.ts'
import type { BufferSize } from '../socket-config.ts'
import type { BoundSyncDaemon } from '../sync-daemon-config.ts'
import type { TrackedConfig, Tracker } from '../track/config.ts'
import type { NotifyConfig } from './notify-config.ts'

/** Everything the vrrp process needs: plain, immutable, cloneable. Built by config/resolve, consumed by router. */
export interface VrrpConfig {
  readonly instances: readonly InstanceConfig[]
  readonly syncGroups: readonly SyncGroupConfig[]
  readonly tracked: TrackedConfig
  readonly globals: VrrpGlobals
  readonly statics?: StaticsConfig
}

/** `static_ipaddress`, `static_routes`, `static_rules`: there from the start to the end, whoever is master. */
export interface StaticsConfig {
  readonly addresses: readonly VirtualAddress[]
  readonly routes: readonly VirtualRoute[]
  readonly rules: readonly VirtualRule[]
}

/** The table of nf_tables that `no_accept` fills. */
export interface FirewallConfig {
  /** `nftables`; without it `keepalived`. */
  readonly table: string
  /** `nftables_priority`, -1 unless said otherwise. */
  readonly priority: number
  /** `nftables_counters` */
  readonly counters: boolean
  /** `nftables_ifindex` */
  readonly byIndex: boolean
  /** `vrrp_ipsets`: names of the sets of IPv4, of IPv6 and of link-local addresses. */
  readonly sets: { readonly 4: string; readonly 6: string; readonly linkLocal: string }
}

/** `vrrp_sync_group`: its members change state together. */
export interface SyncGroupConfig {
  readonly name: string
  /** Names of instances in the order of the file; at least one, and none in two groups. */
  readonly members: readonly string[]
  readonly notify?: NotifyConfig
}

/** The VRRP part of `global_defs` that does not end up in an instance. */
export interface VrrpGlobals {
  /** `vrrp_startup_delay`: nothing is sent or heard for so long after the start. */
  readonly startupDelay: Micros
  /** `vrrp_delay_after_boot`: nor before the machine has been up for so long. */
  readonly delayAfterBoot?: Micros
  /** `log_unknown_vrids` */
  readonly logUnknownVrids: boolean
  /** Spacing of gratuitous ARP / unsolicited NA on an interface (`vrrp_garp_interval`, `vrrp_gna_interval`); 0 is none. */
  readonly garpInterval: Micros
  readonly gnaInterval: Micros
  /** `lvs_sync_daemon` */
  readonly syncDaemon?: BoundSyncDaemon
  /** Undefined where nothing asks for one. */
  readonly firewall?: FirewallConfig
  /** `disable_local_igmp`: the kernel tells nobody which link-local groups it listens to. */
  readonly disableLocalIgmp?: true
  /** `vrrp_netlink_cmd_rcv_bufs`, `vrrp_netlink_monitor_rcv_bufs`, `process_monitor_rcv_bufs`; fixed at the start. */
  readonly commandBuffer?: BufferSize
  readonly monitorBuffer?: BufferSize
  readonly processBuffer?: BufferSize
  /** `garp_group`: links with a spacing of their own. */
  readonly garpGroups?: readonly GarpGroup[]
  /** `interface_up_down_delays` */
  readonly interfaceDelays?: readonly InterfaceDelay[]
  /** `linkbeat_use_polling`, `linkbeat_interfaces`: links whose carrier is asked for, for notifications do not tell of it. */
  readonly linkbeats?: readonly string[]
  /** `vrrp_notify_fifo` or `notify_fifo`: a pipe is told of each change. */
  readonly fifo?: true
  /** `fifo_write_vrrp_states_on_reload` */
  readonly statesOnReload?: true
  /** `net_namespace_ipvs`, for sync daemons. */
  readonly ipvsNamespace?: string
  /** `no_email_faults` */
  readonly noEmailFaults?: true
}

/** A line of `interface_up_down_delays`: how long a link has to be otherwise before that counts. */
export interface InterfaceDelay {
  readonly interface: string
  readonly down: Micros
  readonly up: Micros
}

/** The packets of all of its links leave one at a time. */
export interface GarpGroup {
  readonly interfaces: readonly string[]
  readonly garpInterval: Micros
  readonly gnaInterval: Micros
}

/** One `vrrp_instance`. `priority` and `virtual_router_id` are in 1..255. */
export interface InstanceConfig {
  readonly name: string
  readonly vrid: number
  readonly family: Family
  readonly version: 2 | 3
  /** That of the file: below `vmac`, if there is one. */
  readonly interface: string
  readonly vmac?: Vmac
  /** For addresses with `use_vmac`, or elsewhere with `use_vmac_addr`. */
  readonly addressLinks?: readonly OwnLink[]
  /** The literal of `state`; it shortens nothing unless the priority is 255 (protocol table D10). */
  readonly state: 'MASTER' | 'BACKUP'
  readonly priority: number
  readonly advertInt: Micros
  readonly preemption: Preemption
  readonly transport: Transport
  readonly checksum: ChecksumConfig
  readonly authentication: Authentication
  readonly authHmac?: AuthHmac
  /** Advertised, in this order. */
  readonly virtualIpaddress: readonly VirtualAddress[]
  /** Set while master, never advertised. */
  readonly virtualIpaddressExcluded: readonly VirtualAddress[]
  /** `virtual_routes` */
  readonly virtualRoutes?: readonly VirtualRoute[]
  /** `virtual_rules` */
  readonly virtualRules?: readonly VirtualRule[]
  /** `no_accept`, or strict mode without `accept`: what is sent to the addresses is dropped. Never for their owner. */
  readonly noAccept?: true
  /** `promote_secondaries`: an address of a subnet outlives the first one of it. */
  readonly promoteSecondaries?: true
  /** Interfaces of static objects whose `track_group` names this instance: it cannot do without them. */
  readonly staticInterfaces?: readonly string[]
  readonly garp: GarpConfig
  /** `down_timer_adverts`, 1..100, default 3. */
  readonly downTimerAdverts: number
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  readonly ownerIgnoreAdverts: boolean
  readonly skipCheckAdvAddr: boolean
  readonly dontTrackPrimary: boolean
  /** `track_src_ip`: without the configured source there is a fault, in multicast too. */
  readonly trackSrcIp?: boolean
  /** `timer_expired_backup`: the best priority of the others. A master that stood still for longer than that one waits is backup. */
  readonly timerExpiredBackup?: number
  /** `kernel_rx_buf_size`, `vrrp_rx_bufs_policy`; absent leaves it to the kernel. */
  readonly receiveBuffer?: ReceiveBufferRule
  /** Its own ones and those of its sync group. */
  readonly trackers: readonly Tracker[]
  readonly strict: boolean
  readonly notify?: NotifyConfig
}

/** A link of our own above the interface `base`. */
export interface OwnLink {
  readonly name: string
  readonly base: string
  readonly type: LinkType
  /** Interface group; 0 is the default one. */
  readonly group: number
}

/** `use_vmac` or `use_ipvlan`: virtual addresses stand on it. */
export interface Vmac extends OwnLink {
  /** `vmac_xmit_base`: adverts leave and arrive by the interface below. */
  readonly xmitBase: boolean
  /** Of an ipvlan: what adverts are sent from. */
  readonly address?: Prefix
}

/** How much an instance adds to the receive buffer of its socket: so many bytes, or `vrrp_rx_bufs_multiplier` times a size. */
export type ReceiveBufferRule =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'MTU' | 'ADVERT'; readonly times: number }

/** `nopreempt` with a delay cannot be written. The delay counts from the first lower advertisement heard as backup. */
export type Preemption = { readonly kind: 'preempt'; readonly delay: Micros } | { readonly kind: 'nopreempt' }

export type Transport =
  | {
      readonly kind: 'multicast'
      readonly group: IpAddress
      /** `mcast_src_ip`; else the interface's primary address. */
      readonly source: IpAddress | undefined
    }
  | {
      readonly kind: 'unicast'
      /** None, and then in FAULT, only by `unicast_fault_no_peer`. */
      readonly peers: readonly UnicastPeer[]
      /** `unicast_src_ip`; else the interface's primary address. */
      readonly source: IpAddress | undefined
      /** `unicast_ttl`; undefined is 255 for IPv4, the kernel's default for IPv6. */
      readonly ttl: number | undefined
      /** `check_unicast_src`, or any peer with TTL limits. */
      readonly checkSource: boolean
    }

export interface UnicastPeer {
  readonly address: IpAddress
  readonly minTtl: number
  readonly maxTtl: number
}

export interface ChecksumConfig {
  /** `v3_checksum_as_v2`: transmit the sum without pseudo header (RFC 9568 form). */
  readonly v3ChecksumAsV2: boolean
  /** `old_unicast_checksum [never]`: sum over the group address in unicast; undefined guesses once. */
  readonly oldUnicastChecksum: 'always' | 'never' | undefined
}

/** `authentication`: VRRPv2 over IPv4 only (RFC 2338 §5.3.6). The password has 1 to 8 bytes, and is shown to nobody. */
export type Authentication = { readonly kind: 'none' } | { readonly kind: 'PASS' | 'AH'; readonly password: Uint8Array }

/** `auth_hmac`: a signature behind each advert, in both versions and over both families. */
export interface AuthHmac {
  /** At least one; the identifiers differ. */
  readonly keys: readonly HmacKey[]
  /** `active_key`: the one that signs. */
  readonly activeKey: HmacKey
  /** `permissive` takes unsigned adverts too; `receive-only` besides sends none that are signed. */
  readonly mode: 'enforce' | 'permissive' | 'receive-only'
  /** `monotonic` does not compare the sender's clock with ours. */
  readonly antiReplay: 'time' | 'monotonic'
  /** `time_window`, 1 to 300 s: how far the clocks may differ. */
  readonly timeWindow: Micros
}

export interface HmacKey {
  /** 1..255 */
  readonly id: number
  /** 32 to 64 bytes, shown to nobody. */
  readonly secret: Uint8Array
}

/** `garp_*`; times in microseconds, 0 is none. */
export interface GarpConfig {
  readonly masterDelay: Micros
  readonly masterRepeat: number
  readonly masterRefresh: Micros
  readonly masterRefreshRepeat: number
  readonly lowerPrioDelay: Micros
  readonly lowerPrioRepeat: number
  /** `garp_extra_if`: announced every so often, one address each. */
  readonly extra?: { readonly every: Micros; readonly interfaces: readonly string[] }
}

/** A line of `virtual_ipaddress`, defaults filled in. */
export interface VirtualAddress {
  readonly prefix: Prefix
  /** `dev`, else the instance's interface; or the link of our own above either. */
  readonly interface: string
  /** The interface below, if the former is a link of our own. */
  readonly below?: string
  /** The line says `use_vmac`. */
  readonly useVmac?: true
  /** rtnetlink scope number; 0 is global. */
  readonly scope: number
  readonly label: string | undefined
  readonly broadcast: IpAddress | undefined
  readonly peer: Prefix | undefined
  readonly flags: AddressFlags
  /** Seconds; undefined is forever. IPv6 only. */
  readonly preferredLft: number | undefined
  readonly noTrack: boolean
}

/** IPv6 address flags a line can ask for; `nodad` is set unless the line says `-nodad`. */
export interface AddressFlags {
  readonly home: boolean
  readonly nodad: boolean
  readonly mngtmpaddr: boolean
  readonly noprefixroute: boolean
  readonly autojoin: boolean
}

/** A line of `virtual_routes` or `static_routes`. Numbers are those of linux/rtnetlink.h. */
export interface VirtualRoute {
  readonly family: Family
  /** RTN_*: 1 unicast, 6 blackhole, 7 unreachable, ... */
  readonly type: number
  /** Undefined is the default route. */
  readonly destination: Prefix | undefined
  /** `from`, IPv6 only. */
  readonly from: Prefix | undefined
  /** `src`: preferred source address. */
  readonly source: IpAddress | undefined
  readonly via: IpAddress | undefined
  readonly interface: string | undefined
  readonly onlink: boolean
  /** 254 is main. */
  readonly table: number
  /** `vrf`: its table is used. */
  readonly vrf: string | undefined
  /** 18 is keepalived. */
  readonly protocol: number
  readonly scope: number
  readonly tos: number
  readonly metric: number | undefined
  readonly realms: Realms | undefined
  /** Seconds, IPv6 only. */
  readonly expires: number | undefined
  /** ICMPV6_ROUTER_PREF_*: 0 medium, 1 high, 3 low. IPv6 only. */
  readonly pref: number | undefined
  readonly ttlPropagate: boolean | undefined
  readonly metrics: readonly RouteMetric[]
  readonly encap: RouteEncap | undefined
  readonly mode: 'add' | 'prepend' | 'append'
  readonly noTrack: boolean
  readonly nexthops: readonly RouteNexthop[]
}

export interface Realms {
  readonly from: number
  readonly to: number
}

/** One of the RTAX_* metrics; times in the kernel's units (rtt 1/8 ms, rttvar 1/4 ms, rto_min 1 ms). */
export interface RouteMetric {
  readonly name: RouteMetricName
  readonly value: number | string
  readonly lock: boolean
}

export type RouteMetricName =
  | 'mtu'
  | 'window'
  | 'rtt'
  | 'rttvar'
  | 'ssthresh'
  | 'cwnd'
  | 'advmss'
  | 'reordering'
  | 'hoplimit'
  | 'initcwnd'
  | 'features'
  | 'rto_min'
  | 'initrwnd'
  | 'quickack'
  | 'congctl'
  | 'fastopen_no_cookie'

export type RouteEncap =
  | {
      readonly kind: 'ip' | 'ip6'
      readonly id: bigint | undefined
      readonly destination: IpAddress | undefined
      readonly source: IpAddress | undefined
      readonly tos: number | undefined
      readonly ttl: number | undefined
      readonly flags: number | undefined
    }
  | { readonly kind: 'mpls'; readonly labels: readonly number[] }
  | { readonly kind: 'ila'; readonly locator: bigint }

export interface RouteNexthop {
  readonly via: IpAddress | undefined
  readonly interface: string | undefined
  /** 1..256 */
  readonly weight: number
  readonly onlink: boolean
  readonly encap: RouteEncap | undefined
  readonly realms: Realms | undefined
}

/** A line of `virtual_rules` or `static_rules`. Numbers are those of linux/fib_rules.h. */
export interface VirtualRule {
  readonly family: Family
  readonly preference: number
  readonly invert: boolean
  /** Undefined is all. */
  readonly from: Prefix | undefined
  readonly to: Prefix | undefined
  readonly tos: number | undefined
  readonly fwmark: { readonly mark: number; readonly mask: number } | undefined
  readonly iif: string | undefined
  readonly oif: string | undefined
  readonly uidrange: NumberSpan | undefined
  readonly tunnelId: bigint | undefined
  readonly ipproto: number | undefined
  readonly sport: NumberSpan | undefined
  readonly dport: NumberSpan | undefined
  readonly protocol: number
  readonly action: RuleAction
  readonly noTrack: boolean
}

export interface NumberSpan {
  readonly low: number
  readonly high: number
}

export type RuleAction =
  | ({ readonly kind: 'table'; readonly table: number } & RuleTableOptions)
  /** The table of the L3 master device. */
  | ({ readonly kind: 'l3mdev' } & RuleTableOptions)
  | { readonly kind: 'goto'; readonly target: number }
  | { readonly kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' }

export interface RuleTableOptions {
  readonly realms: Realms | undefined
  readonly suppressPrefixlength: number | undefined
  readonly suppressIfgroup: number | undefined
}
