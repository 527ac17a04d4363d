import type { Family, IpAddress } from '../../base/ip.ts'

/** A table of nf_tables that drops what is for virtual addresses of others (`no_accept`); replaced as a whole. */
export interface FilterObject {
  readonly kind: 'filter'
  readonly family: Family
  /** `nftables` */
  readonly table: string
  /** `nftables_priority`: place among the other chains of a hook. */
  readonly priority: number
  /** `nftables_counters` */
  readonly counters: boolean
  /** `nftables_ifindex`: link-local addresses are told apart by the number of their link, not by its name. */
  readonly byIndex: boolean
  /** `vrrp_ipsets`; else keepalived's own names. */
  readonly sets: FilterSets
  readonly addresses: readonly IpAddress[]
  /** IPv6 link-local addresses, which mean something on their link only. */
  readonly linkLocal: readonly LinkLocalAddress[]
}

/** Names of the sets that hold the addresses. */
export interface FilterSets {
  readonly addresses: string
  readonly linkLocal: string
}

export interface LinkLocalAddress {
  readonly address: IpAddress
  readonly interface: string
}

export function filterKey({ family, table }: FilterObject): string {
  return `filter ipv${family} ${table}`
}

export function sameFilter(actual: FilterObject, wanted: FilterObject): boolean {
  return (
    actual.priority === wanted.priority &&
    actual.counters === wanted.counters &&
    actual.sets.addresses === wanted.sets.addresses &&
    actual.sets.linkLocal === wanted.sets.linkLocal &&
    // It cannot be seen where there is none.
    (wanted.linkLocal.length === 0 || actual.byIndex === wanted.byIndex) &&
    sameMembers(actual.addresses, wanted.addresses) &&
    sameMembers(actual.linkLocal.map(linkLocalText), wanted.linkLocal.map(linkLocalText))
  )
}

/** Whether the second drops what the first lets through: it must be there before the addresses are. */
export function growsTo(before: FilterObject, after: FilterObject): boolean {
  const known = new Set([...before.addresses, ...before.linkLocal.map(linkLocalText)])
  return [...after.addresses, ...after.linkLocal.map(linkLocalText)].some((one) => !known.has(one))
}

const linkLocalText = ({ address, interface: device }: LinkLocalAddress): string => `${address}%${device}`

function sameMembers(actual: readonly string[], wanted: readonly string[]): boolean {
  const members = new Set(actual)
  return members.size === new Set(wanted).size && wanted.every((one) => members.has(one))
}
