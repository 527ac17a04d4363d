import { type Family, familyOf, isLinkLocal } from '../../base/ip.ts'
import { type AddressObject, type KernelObject, keyOf, type LinkObject, type Setting } from '../reconcile/kinds.ts'
import type { InstanceConfig, OwnLink, VrrpConfig } from './config.ts'

/** The interface that adverts leave and arrive by: the one of the file, or the link of our own above it. */
export function advertInterface({ interface: own, vmac }: Pick<InstanceConfig, 'interface' | 'vmac'>): string {
  return vmac === undefined || vmac.xmitBase ? own : vmac.name
}

/** The interface that addresses without `dev` stand on. */
export function addressInterface({ interface: own, vmac }: Pick<InstanceConfig, 'interface' | 'vmac'>): string {
  return vmac?.type.kind === 'macvlan' ? vmac.name : own
}

/** What a configuration stands on, whoever is master: links of our own, and settings that have to be otherwise. */
export function groundObjects({ instances, globals }: Pick<VrrpConfig, 'instances' | 'globals'>): readonly KernelObject[] {
  const setting = { kind: 'setting', family: 4 } as const
  const promoting = new Set(instances.flatMap((one) => (one.promoteSecondaries === true ? one.interface : [])))
  return [
    ...linkObjects(instances),
    ...Array.from(promoting, (device) => ({ ...setting, interface: device, name: 'promote_secondaries', value: 1 }) as const),
    ...(globals.disableLocalIgmp === true ? [{ ...setting, interface: '', name: 'igmp_link_local_mcast_reports', value: 0 } as const] : []),
  ]
}

/** `use_vmac`, `use_ipvlan`, `use_vmac_addr`: the links that these instances need, and what has to be otherwise below them. */
export function linkObjects(instances: readonly InstanceConfig[]): readonly KernelObject[] {
  const found = new Map<string, KernelObject>()
  const add = (object: KernelObject): void => void found.set(keyOf(object), object)
  for (const config of instances) {
    const { vmac, addressLinks = [] } = config
    if (vmac !== undefined) add(linkObject(vmac, familiesOn(vmac.name, config).add(config.family)))
    for (const link of addressLinks) add(linkObject(link, familiesOn(link.name, config)))
  }
  for (const object of [...found.values()]) if (object.kind === 'link') for (const setting of settingsBelow(object)) add(setting)
  return [...found.values()]
}

function linkObject({ name, base, type, group }: OwnLink, families: ReadonlySet<Family>): LinkObject {
  const link = { kind: 'link', name, base, type, group, up: true } as const
  // An ipvlan has the MAC of the interface below, and makes its own link-local address of it.
  if (type.kind === 'ipvlan') return { ...link, settings: families.has(6) ? [] : [NO_IPV6], reportsBelow: [] }
  return { ...link, settings: [...(families.has(4) ? SETTINGS4 : []), ...settings6(families)], reportsBelow: [...families].sort() }
}

function familiesOn(name: string, { virtualIpaddress, virtualIpaddressExcluded }: InstanceConfig): Set<Family> {
  const here = [...virtualIpaddress, ...virtualIpaddressExcluded].filter((address) => address.interface === name)
  return new Set(here.map(({ prefix }) => familyOf(prefix.address)))
}

/** It answers ARP for its own addresses only, and takes packets whose way back leads through the interface below. */
const SETTINGS4: readonly Setting[] = [
  { family: 4, name: 'arp_ignore', value: 1 },
  { family: 4, name: 'accept_local', value: 1 },
  { family: 4, name: 'rp_filter', value: 0 },
  { family: 4, name: 'promote_secondaries', value: 1 },
]

const NO_IPV6: Setting = { family: 6, name: 'disable_ipv6', value: 1 }

/** ADDR_GEN_MODE_NONE: the virtual MAC makes no identifier (RFC 9568 §7.4); and it is no host that asks for routers. */
function settings6(families: ReadonlySet<Family>): readonly Setting[] {
  return [
    families.has(6) ? { ...NO_IPV6, value: 0 } : NO_IPV6,
    { family: 6, name: 'addr_gen_mode', value: 1 },
    { family: 6, name: 'accept_ra', value: 0 },
    { family: 6, name: 'router_solicitations', value: 0 },
  ]
}

/** The interface below must not answer for the virtual addresses with its own MAC (RFC 9568 §8.1.2). */
function settingsBelow({ base, type, settings }: LinkObject): readonly KernelObject[] {
  if (type.kind !== 'macvlan' || !settings.includes(SETTINGS4[0] as Setting)) return []
  const setting = { kind: 'setting', family: 4 } as const
  return [
    { ...setting, interface: 'all', name: 'rp_filter', value: 0 },
    { ...setting, interface: base, name: 'arp_ignore', value: 1 },
    { ...setting, interface: base, name: 'arp_filter', value: 1 },
  ]
}

/**
 * The source of adverts on a link of our own, where it is not at home: an IPv6 packet bears a link-local address of its interface.
 * Deprecated, so that nothing else is sent from it. An ipvlan has the one that it was given.
 */
export function sourceObject({ vmac }: InstanceConfig, source: AddressObject['prefix']['address'] | undefined): AddressObject | undefined {
  if (vmac === undefined || vmac.xmitBase || source === undefined) return undefined
  const at = { kind: 'address', interface: vmac.name, label: undefined, broadcast: undefined, peer: undefined } as const
  if (vmac.address?.address === source)
    return { ...at, prefix: vmac.address, scope: 0, flags: familyOf(source) === 4 ? 0 : IFA_F_NODAD, preferredLft: undefined }
  if (vmac.type.kind === 'ipvlan') return undefined
  return isLinkLocal(source)
    ? { ...at, prefix: { address: source, length: 64 }, scope: LINK, flags: IFA_F_NODAD, preferredLft: 0 }
    : undefined
}

/** RT_SCOPE_LINK, IFA_F_NODAD of linux/rtnetlink.h and linux/if_addr.h. */
const LINK = 253
const IFA_F_NODAD = 0x02
