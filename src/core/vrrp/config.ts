import type { Family, IpAddress, Prefix } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'

/** Everything the vrrp process needs: plain, immutable, cloneable. Built by config/resolve, consumed by router. */
export interface VrrpConfig {
  readonly instances: readonly InstanceConfig[]
  readonly globals: VrrpGlobals
}

/** The VRRP part of `global_defs` that does not end up in an instance. */
export interface VrrpGlobals {
  /** `vrrp_startup_delay`: nothing is sent or heard for so long after the start. */
  readonly startupDelay: Micros
  /** `log_unknown_vrids` */
  readonly logUnknownVrids: boolean
  /** Spacing of gratuitous ARP / unsolicited NA on an interface (`vrrp_garp_interval`, `vrrp_gna_interval`); 0 is none. */
  readonly garpInterval: Micros
  readonly gnaInterval: Micros
}

/** One `vrrp_instance`. `priority` and `virtual_router_id` are in 1..255. */
export interface InstanceConfig {
  readonly name: string
  readonly vrid: number
  readonly family: Family
  readonly version: 2 | 3
  readonly interface: string
  /** The literal of `state`; it shortens nothing unless the priority is 255 (protocol table D10). */
  readonly state: 'MASTER' | 'BACKUP'
  readonly priority: number
  readonly advertInt: Micros
  readonly preemption: Preemption
  readonly transport: Transport
  readonly checksum: ChecksumConfig
  /** Advertised, in this order. */
  readonly virtualIpaddress: readonly VirtualAddress[]
  /** Set while master, never advertised. */
  readonly virtualIpaddressExcluded: readonly VirtualAddress[]
  readonly garp: GarpConfig
  /** `down_timer_adverts`, 1..100, default 3. */
  readonly downTimerAdverts: number
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  readonly ownerIgnoreAdverts: boolean
  readonly skipCheckAdvAddr: boolean
  readonly dontTrackPrimary: boolean
  readonly strict: boolean
}

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

/** `garp_*`; times in microseconds, 0 is none. */
export interface GarpConfig {
  readonly masterDelay: Micros
  readonly masterRepeat: number
  readonly masterRefresh: Micros
  readonly masterRefreshRepeat: number
  readonly lowerPrioDelay: Micros
  readonly lowerPrioRepeat: number
}

/** A line of `virtual_ipaddress`, defaults filled in. */
export interface VirtualAddress {
  readonly prefix: Prefix
  /** `dev`, else the instance's interface. */
  readonly interface: string
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
