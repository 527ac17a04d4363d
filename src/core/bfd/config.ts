import type { IpAddress } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'

/** Everything the bfd process needs. Built by config/resolve-bfd, consumed by sessions. */
export interface BfdConfig {
  readonly sessions: readonly SessionConfig[]
}

/** One `bfd_instance`. */
export interface SessionConfig {
  readonly name: string
  /** `neighbor_ip` */
  readonly neighborIp: IpAddress
  /** `source_ip`; undefined leaves the choice to the kernel. */
  readonly sourceIp: IpAddress | undefined
  /** `min_rx`: how often we are able to hear. */
  readonly minRx: Micros
  /** `min_tx`: how often we want to send. */
  readonly minTx: Micros
  /** `idle_tx`: how often we send while the session is not up; at least a second (RFC 5880 §6.8.3). */
  readonly idleTx: Micros
  /** `multiplier`, 1..255: packets that may be missing. */
  readonly multiplier: number
  /** `passive`: nothing is sent before the neighbour was heard. */
  readonly passive: boolean
  /** `ttl` or `hoplimit`, 1..255: of what we send, and what is expected of what we hear. */
  readonly ttl: number
  /** `max_hops`, -1..255: by so much a received TTL may be less; -1 asks for none. */
  readonly maxHops: number
  /** `multihop`: RFC 5883 in place of RFC 5881. */
  readonly multihop: boolean
  /** `vrrp`, `checker`: who is told; neither word means both. */
  readonly vrrp: boolean
  readonly checker: boolean
}
