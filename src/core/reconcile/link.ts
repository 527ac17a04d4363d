import type { Family } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'

/** A link of our own above another interface (rtnetlink RTM_NEWLINK). */
export interface LinkObject {
  readonly kind: 'link'
  readonly name: string
  /** The interface below. */
  readonly base: string
  readonly type: LinkType
  /** Interface group; 0 is the default one. */
  readonly group: number
  /** IFF_UP. */
  readonly up: boolean
  readonly settings: readonly Setting[]
  /** Families whose reports of group membership (IGMP, MLD) leave by the interface below: a backup must not show its virtual MAC. */
  readonly reportsBelow: readonly Family[]
}

/** A link of ours that is to go: this very one, whatever comes to bear its name. */
export interface Departure {
  readonly link: LinkObject
  readonly index: number
}

export type LinkType =
  /** `use_vmac`: hears and sends as this address, and never talks to its neighbours above the same base. */
  { readonly kind: 'macvlan'; readonly mac: MacAddress } | { readonly kind: 'ipvlan'; readonly mode: 'bridge' | 'private' | 'vepa' }

/** One number of /proc/sys/net/ipv{4,6}/conf/INTERFACE. */
export interface Setting {
  readonly family: 4 | 6
  readonly name: SettingName
  readonly value: number
}

export type SettingName =
  | 'arp_ignore'
  | 'arp_filter'
  | 'rp_filter'
  | 'accept_local'
  | 'promote_secondaries'
  | 'disable_ipv6'
  | 'addr_gen_mode'
  | 'accept_ra'
  | 'router_solicitations'
  /** Of the whole host. */
  | 'igmp_link_local_mcast_reports'

/** A setting of an interface that is not ours: `remove` gives back what was there before `add`. */
export interface SettingObject extends Setting {
  readonly kind: 'setting'
  /** `all` too: then what it did for the others is written to each of them. Empty for a setting of the whole host. */
  readonly interface: string
}

/** A setting of the host that is otherwise while we work, with what was there before, by path: of it, and of those that it was spread to. */
export interface KeptSetting {
  readonly object: SettingObject
  readonly before: ReadonlyMap<string, number>
}

export const linkKey = (name: string): string => `link ${name}`

export const settingKey = ({ family, interface: device, name }: Omit<SettingObject, 'kind' | 'value'>): string =>
  `setting ipv${family} ${device} ${name}`

export function sameLink(actual: LinkObject, wanted: LinkObject): boolean {
  return (
    isSameMake(actual, wanted) &&
    actual.up === wanted.up &&
    actual.group === wanted.group &&
    hasSettings(actual, wanted) &&
    redirects(actual, wanted)
  )
}

/** Of the same sort, with the same address, above the same base: the rest can be changed in place. */
export function isSameMake(actual: LinkObject, wanted: LinkObject): boolean {
  if (actual.base !== wanted.base) return false
  if (actual.type.kind === 'macvlan') return wanted.type.kind === 'macvlan' && actual.type.mac === wanted.type.mac
  return wanted.type.kind === 'ipvlan' && actual.type.mode === wanted.type.mode
}

const redirects = (actual: LinkObject, wanted: LinkObject): boolean =>
  wanted.reportsBelow.every((family) => actual.reportsBelow.includes(family))

/** What a kernel without IPv6 does not have need not be right. */
function hasSettings(actual: LinkObject, wanted: LinkObject): boolean {
  return wanted.settings.every(({ family, name, value }) => {
    const there = actual.settings.find((one) => one.family === family && one.name === name)
    return there === undefined || there.value === value
  })
}
