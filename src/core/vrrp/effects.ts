import type { Advertisement, ChecksumForm, Seal } from 'dgram-vrrp/codec'
import type { Family, IpAddress } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'
import type { Micros } from '../../base/units.ts'
import type { Run } from '../track/tracked.ts'
import type { HmacKey } from './config.ts'
import type { Report } from './reports.ts'

/** What the world is asked to do. Addresses are no effects: see desired.ts. */
export type VrrpEffect = SendAdvertEffect | AnnounceEffect | ListenEffect | RunScriptEffect | TransitionEffect | ReportEffect

/** Send one advertisement, in a copy to each destination. A failure changes nothing: the next one is due anyway. */
export interface SendAdvertEffect {
  readonly kind: 'send-advert'
  readonly instance: string
  readonly interface: string
  readonly ifindex: number
  readonly family: Family
  readonly advert: Advertisement
  readonly source: IpAddress
  /** The group, or the peers. */
  readonly destinations: readonly IpAddress[]
  readonly multicast: boolean
  /** TTL or hop limit; undefined leaves the kernel's default (IPv6 unicast only). */
  readonly ttl: number | undefined
  readonly checksum: ChecksumForm
  /** With `checksum: 'group-pseudo-header'`, the address summed in place of the real destination. */
  readonly group: IpAddress
  /** `auth_type AH`: the authentication header in front of it. */
  readonly seal?: Seal
  /** `auth_hmac`: the signature behind it; the driver knows the time. */
  readonly signing?: Signing
}

/** What a signature is made of, but for the time. */
export interface Signing {
  readonly key: HmacKey
  /** Stamps that were further ahead of the clock are stale to everybody. */
  readonly timeWindow: Micros
}

/** Gratuitous ARP (IPv4) or unsolicited neighbour advertisements (IPv6), now: `repeat` rounds over the addresses. */
export interface AnnounceEffect {
  readonly kind: 'announce'
  readonly instance: string
  /** The interface that holds the addresses. */
  readonly interface: string
  readonly ifindex: number
  readonly family: Family
  readonly mac: MacAddress
  readonly addresses: readonly IpAddress[]
  readonly repeat: number
}

/** All sockets that should be open; those not named are to be closed. Sent when the set changes. */
export interface ListenEffect {
  readonly kind: 'listen'
  readonly endpoints: readonly Endpoint[]
}

/**
 * One raw socket for an interface and family, whatever number of instances use it: two would each receive every unicast datagram.
 * Identified by `ifindex`, `family` and `protocol`; a change of `groups` or `name` is a join, a leave or nothing.
 */
export interface Endpoint {
  readonly interface: string
  readonly ifindex: number
  readonly family: Family
  /** Multicast groups to be joined on the interface, sorted; empty for unicast only. */
  readonly groups: readonly IpAddress[]
  /** Bytes of its receive buffer, as configured. */
  readonly receiveBuffer?: number
  /** Bytes that its receive buffer should hold at least, where nothing is configured and the kernel's default may be too small. */
  readonly leastReceiveBuffer?: number
  /** For adverts behind an authentication header (protocol 51); absent for VRRP's own 112. */
  readonly protocol?: 'ah'
}

/** Run a tracked script once, outside of this process: a `script-ended` with the same number follows. */
export interface RunScriptEffect extends Run {
  readonly kind: 'run-script'
}

/** keepalived's names of the states. */
export type StateName = 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP' | 'DELETED'

/** Why an instance changed its state. */
export type TransitionReason =
  | 'init'
  | 'owner'
  | 'master-down'
  | 'higher-priority'
  | 'higher-address'
  | 'vip-removed'
  | 'fault'
  | 'fault-cleared'
  | 'stalled'
  | 'stop'
  | 'deleted'
  /** The other members of its sync group wanted it as well, gave up mastership, or met a fault. */
  | 'sync-master'
  | 'sync-backup'
  | 'sync-fault'

/** An instance is in another state; follows the effects of the change (advert), precedes those that wait for the kernel (announce). */
export interface TransitionEffect {
  readonly kind: 'transition'
  readonly instance: string
  readonly from: StateName
  readonly to: StateName
  readonly why: TransitionReason
  /** Effective priority. */
  readonly priority: number
}

/** Something worth a line in the log. */
export interface ReportEffect {
  readonly kind: 'report'
  readonly report: Report
}
