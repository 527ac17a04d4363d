import type { Decoded, DecodeError } from 'dgram-vrrp/codec'
import type { Family, IpAddress } from '../../base/ip.ts'
import type { Result } from '../../base/result.ts'
import type { Instant } from '../../base/units.ts'
import type { SessionNews } from '../bfd/events.ts'
import type { LinkEvent } from '../links.ts'
import type { KernelObject } from '../reconcile/kinds.ts'
import type { ScriptEnd } from '../script-config.ts'
import type { VrrpConfig } from './config.ts'

/** All that can happen to the virtual routers of a host. */
export type VrrpEvent =
  | ConfiguredEvent
  | AdvertEvent
  | LinkEvent
  | SettledEvent
  | ObjectsLostEvent
  | ScriptEndedEvent
  | FileEvent
  | SessionNews
  | ProcessesEvent
  | LinkbeatEvent
  | TickEvent
  | StopEvent

/** The first one is the start, every later one a reload: instances are matched by VRID, family, interface and mode, never by name. */
export interface ConfiguredEvent {
  readonly kind: 'configured'
  readonly config: VrrpConfig
}

/** A datagram of protocol 112 came in. Whether it is worth anything is for core to say. */
export interface AdvertEvent {
  readonly kind: 'advert'
  /** The interface that it came in on. */
  readonly ifindex: number
  readonly family: Family
  readonly source: IpAddress
  /** A multicast group or an address of ours: says in which mode it was sent. */
  readonly destination: IpAddress
  /** TTL or hop limit; undefined if the kernel did not say. */
  readonly ttl: number | undefined
  /** The datagram was larger than the buffer (MSG_TRUNC). */
  readonly truncated: boolean
  /** When the kernel took it in, where that is known: the master was alive then, however late we read of it. */
  readonly heardAt?: Instant
  /** By the wall clock, in milliseconds since 1970: only `auth_hmac` asks. */
  readonly receivedAt?: number
  readonly packet: Result<Decoded, DecodeError>
}

/** After the reconciler acted on an array of `desired()`: those of its objects that the kernel has now. */
export interface SettledEvent {
  readonly kind: 'settled'
  readonly objects: readonly KernelObject[]
}

/**
 * Somebody else removed addresses, routes or rules that the kernel held for us: the reconciler's survey found them missing. A mere notification is no
 * proof, for after a quick return to MASTER those of our own removals may still be under way.
 */
export interface ObjectsLostEvent {
  readonly kind: 'objects-lost'
  readonly objects: readonly KernelObject[]
}

/** A run of a tracked script has ended. */
export interface ScriptEndedEvent {
  readonly kind: 'script-ended'
  readonly run: number
  readonly end: ScriptEnd
}

/** A tracked file has another number. */
export interface FileEvent {
  readonly kind: 'file'
  readonly path: string
  readonly value: number
}

/** So many processes of a `vrrp_track_process` run. */
export interface ProcessesEvent {
  readonly kind: 'processes'
  /** Of the `vrrp_track_process`. */
  readonly name: string
  readonly running: number
}

/** A link that is polled has a carrier, or has none. */
export interface LinkbeatEvent {
  readonly kind: 'linkbeat'
  readonly interface: string
  readonly up: boolean
}

/** The deadline is reached, or the loop woke for another reason. */
export interface TickEvent {
  readonly kind: 'tick'
}

/** Orderly stop: priority 0 and withdrawal, unless the addresses are to stay (`--dont-release-vrrp`). */
export interface StopEvent {
  readonly kind: 'stop'
  readonly keepAddresses: boolean
}
