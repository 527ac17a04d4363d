import type { IpAddress, Prefix } from '../../base/ip.ts'
import type { ServiceKey } from '../check/config.ts'

/** A thing in the kernel that we can want, see, add, replace and remove. */
export type KernelObject = AddressObject | ServiceObject | DestinationObject

export type KernelKind = KernelObject['kind']

/** An address on an interface (rtnetlink RTM_NEWADDR). */
export interface AddressObject {
  readonly kind: 'address'
  readonly interface: string
  readonly prefix: Prefix
  readonly scope: number
  readonly label: string | undefined
  readonly broadcast: IpAddress | undefined
  readonly peer: Prefix | undefined
  /** IFA_F_* bits that we ask for (linux/if_addr.h). */
  readonly flags: number
  /** Seconds; undefined is forever. */
  readonly preferredLft: number | undefined
}

/** An ip_vs service (linux/ip_vs.h). */
export interface ServiceObject {
  readonly kind: 'service'
  readonly key: ServiceKey
  readonly scheduler: string
  /** IP_VS_SVC_F_PERSISTENT 1, ONEPACKET 4, SCHED1..3 8, 0x10, 0x20; never HASHED 2. */
  readonly flags: number
  /** Persistence, seconds. */
  readonly timeout: number
  /** As the attribute holds it: IPv4 mask as text, or IPv6 prefix length. */
  readonly netmask: IpAddress | number
  readonly persistenceEngine: string | undefined
}

/** An ip_vs destination of a service. */
export interface DestinationObject {
  readonly kind: 'destination'
  readonly service: ServiceKey
  readonly address: IpAddress
  readonly port: number
  /** IP_VS_CONN_F_FWD_MASK: 0 masq, 1 local, 2 tunnel, 3 direct route. */
  readonly forwarding: 0 | 1 | 2 | 3
  readonly weight: number
  readonly uthreshold: number
  readonly lthreshold: number
  /** 0 IPIP, 1 GUE, 2 GRE; with forwarding 2. */
  readonly tunnelType: 0 | 1 | 2
  readonly tunnelPort: number
  /** 0 nocsum, 1 csum, 2 remcsum. */
  readonly tunnelFlags: 0 | 1 | 2
}

export type Operation =
  | { readonly kind: 'add'; readonly object: KernelObject }
  | { readonly kind: 'replace'; readonly object: KernelObject }
  | { readonly kind: 'remove'; readonly object: KernelObject }
  /** Everything of ip_vs, ours or not: `lvs_flush` only. */
  | { readonly kind: 'flush-services' }

/** The kernel's answer to one operation; errno as a positive number, 0 for success. */
export interface OperationResult {
  readonly errno: number
  readonly detail: string
}

/**
 * The kernel as core sees it. Synchronous on purpose: a netlink answer is there when sendmsg returns, so a change, its
 * acknowledgement and what follows from it happen in one turn of the loop.
 */
export interface KernelPort {
  apply(operations: readonly Operation[]): readonly OperationResult[]
  /** Undefined if the kernel could not be read whole (interrupted dump, missing family): never taken as "nothing there". */
  list(kind: KernelKind): readonly KernelObject[] | undefined
}
