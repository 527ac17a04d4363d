import type { Prefix } from '../base/ip.ts'
import type { MacAddress } from '../base/mac.ts'

/** An interface as rtnetlink reports it (RTM_NEWLINK). */
export interface Link {
  readonly index: number
  readonly name: string
  /** Undefined where the link layer is not Ethernet. */
  readonly mac: MacAddress | undefined
  readonly mtu: number
  /** IFF_UP */
  readonly up: boolean
  /** IFF_RUNNING: the lower layer carries. */
  readonly running: boolean
  /** IFF_LOOPBACK, IFF_MULTICAST; `arp` is the absence of IFF_NOARP. */
  readonly loopback: boolean
  readonly multicast: boolean
  readonly arp: boolean
}

/** An address on an interface as rtnetlink reports it (RTM_NEWADDR). */
export interface InterfaceAddress {
  readonly index: number
  readonly prefix: Prefix
  /** rtnetlink scope number: 0 global, 253 link, 254 host. */
  readonly scope: number
  /** IFA_F_SECONDARY: not the first of its subnet. */
  readonly secondary: boolean
  /** IFA_F_TENTATIVE or IFA_F_DADFAILED: not usable as a source. */
  readonly tentative: boolean
}

/** What the monitor tells core about links and addresses. */
export type LinkEvent =
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'link-removed'; readonly index: number; readonly name: string }
  | { readonly kind: 'address-added'; readonly address: InterfaceAddress }
  | { readonly kind: 'address-removed'; readonly address: InterfaceAddress }
  /** After a loss of notifications (ENOBUFS): all there is, replacing what was known. */
  | { readonly kind: 'links-known'; readonly links: readonly Link[]; readonly addresses: readonly InterfaceAddress[] }
