import type { Family, IpAddress } from '../../base/ip.ts'
import type { Instant } from '../../base/units.ts'
import type { BfdConfig } from './config.ts'
import type { BfdReport } from './reports.ts'

/** All that can happen to the sessions of a host. */
export type BfdEvent =
  /** The first one is the start, every later one a reload. `seed` chooses discriminators and the jitter. */
  | { readonly kind: 'configured'; readonly config: BfdConfig; readonly seed: number }
  | DatagramEvent
  | { readonly kind: 'tick' }
  /** The neighbours are told (RFC 5880 §6.8.16). */
  | { readonly kind: 'stop' }

/** A datagram came in. Whether it is worth anything is for core to say. */
export interface DatagramEvent {
  readonly kind: 'datagram'
  readonly source: IpAddress
  readonly sourcePort: number
  readonly destination: IpAddress
  /** The port it was sent to: says whether it is single hop or multihop. */
  readonly port: number
  /** TTL or hop limit; undefined if the kernel did not say. */
  readonly ttl: number | undefined
  readonly data: Uint8Array
}

/** What the world is asked to do. */
export type BfdEffect = OpenEffect | SendEffect | TellEffect | { readonly kind: 'report'; readonly report: BfdReport }

/** The sockets that are wanted from now on, and no others. */
export interface OpenEffect {
  readonly kind: 'open'
  readonly listeners: readonly Listener[]
  readonly senders: readonly Sender[]
}

export interface Listener {
  readonly family: Family
  readonly port: number
}

/** A session's way out: a source port of its own (RFC 5881 §4). */
export interface Sender {
  /** The `bfd_instance`. */
  readonly session: string
  readonly source: IpAddress | undefined
  readonly destination: IpAddress
  readonly port: number
  readonly ttl: number
}

/** Send one packet. A failure changes nothing: the next one is due anyway. */
export interface SendEffect {
  readonly kind: 'send'
  readonly sender: Sender
  readonly data: Uint8Array
}

/** Those who track the session are to know how it is: when it changes, and after each configuration. */
export interface TellEffect {
  readonly kind: 'tell'
  readonly news: SessionNews
  readonly vrrp: boolean
  readonly checker: boolean
}

/** How a session is: an event of those who track it. */
export interface SessionNews {
  readonly kind: 'bfd'
  /** The `bfd_instance`. */
  readonly session: string
  readonly up: boolean
  readonly at: Instant
}
