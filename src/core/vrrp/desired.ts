import { familyOf, isLinkLocal } from '../../base/ip.ts'
import { type AddressObject, type FilterObject, type KernelObject, keyOf } from '../reconcile/kinds.ts'
import type { AddressFlags, FirewallConfig, InstanceConfig, StaticsConfig, VirtualAddress } from './config.ts'
import type { Instance } from './instance.ts'
import { type RoutingObject, routeObject, ruleObject } from './routing.ts'

/** The addresses that an instance holds while it is master, in configured order. */
export function addressObjects(config: InstanceConfig): readonly AddressObject[] {
  return [...config.virtualIpaddress, ...config.virtualIpaddressExcluded].map(addressObject)
}

/** The routes and rules that an instance has while it is master, in configured order. */
export function routingObjects({ virtualRoutes = [], virtualRules = [] }: InstanceConfig): readonly RoutingObject[] {
  return [...virtualRoutes.map(routeObject), ...virtualRules.map(ruleObject)]
}

/** What is there whoever is master. */
export function staticObjects({ addresses, routes, rules }: StaticsConfig): readonly KernelObject[] {
  return [...addresses.map(addressObject), ...routes.map(routeObject), ...rules.map(ruleObject)]
}

/** Whether the addresses of an instance should be in the kernel. */
export function holdsAddresses({ state }: Instance): boolean {
  return state.role === 'master' || (state.role === 'stopped' && state.keepAddresses)
}

/** All that should exist now, but for what is static. */
export function desiredObjects(instances: readonly Instance[], firewall: FirewallConfig | undefined): readonly KernelObject[] {
  const holding = instances.filter(holdsAddresses)
  return [
    ...filtersOf(holding, firewall),
    ...instances.flatMap(sources),
    ...holding.flatMap(({ addresses }) => addresses),
    ...holding.flatMap(({ routing }) => routing),
  ]
}

/** Of adverts on links of our own. */
function sources({ state, environment }: Instance): readonly AddressObject[] {
  const leaves = state.role === 'stopped' && !state.keepAddresses
  return leaves || environment.sourceObject === undefined ? [] : [environment.sourceObject]
}

/** All that the configuration names of it, wanted now or not. */
export function namedObjects(instances: readonly Instance[], firewall: FirewallConfig | undefined): readonly KernelObject[] {
  return [
    ...filtersOf(instances, firewall),
    ...instances.flatMap(({ addresses }) => addresses),
    ...instances.flatMap(({ routing }) => routing),
  ]
}

/** Whether the loss of an object ends the mastership of its instance: not with `no_track`. */
export function isTracked(config: InstanceConfig, key: string): boolean {
  const { virtualRoutes = [], virtualRules = [] } = config
  const tracked = <Line extends { readonly noTrack: boolean }>(lines: readonly Line[]): readonly Line[] =>
    lines.filter(({ noTrack }) => !noTrack)
  return [
    ...tracked([...config.virtualIpaddress, ...config.virtualIpaddressExcluded]).map(addressObject),
    ...tracked(virtualRoutes).map(routeObject),
    ...tracked(virtualRules).map(ruleObject),
  ].some((object) => keyOf(object) === key)
}

/** `no_accept`: a table for each family that has addresses nobody here is to answer for. */
function filtersOf(holding: readonly Instance[], firewall: FirewallConfig | undefined): readonly FilterObject[] {
  if (firewall === undefined) return []
  const guarded = holding.filter(({ config }) => config.noAccept === true).flatMap(({ addresses }) => addresses)
  return ([4, 6] as const).flatMap((family): readonly FilterObject[] => {
    const own = guarded.filter(({ prefix }) => familyOf(prefix.address) === family)
    if (own.length === 0) return []
    const local = own.filter(({ prefix }) => isLinkLocal(prefix.address) && family === 6)
    return [
      {
        kind: 'filter',
        family,
        ...firewall,
        sets: { addresses: firewall.sets[family], linkLocal: firewall.sets.linkLocal },
        addresses: own.filter((one) => !local.includes(one)).map(({ prefix }) => prefix.address),
        linkLocal: local.map(({ prefix, interface: device }) => ({ address: prefix.address, interface: device })),
      },
    ]
  })
}

function addressObject(virtual: VirtualAddress): AddressObject {
  return {
    kind: 'address',
    interface: virtual.interface,
    prefix: virtual.prefix,
    scope: virtual.scope,
    label: virtual.label,
    broadcast: virtual.broadcast,
    peer: virtual.peer,
    flags: familyOf(virtual.prefix.address) === 6 ? flagBits(virtual.flags) : virtual.flags.noprefixroute ? IFA_F_NOPREFIXROUTE : 0,
    preferredLft: virtual.preferredLft,
  }
}

// linux/if_addr.h
const IFA_F_NODAD = 0x02
const IFA_F_HOMEADDRESS = 0x10
const IFA_F_MANAGETEMPADDR = 0x100
const IFA_F_NOPREFIXROUTE = 0x200
const IFA_F_MCAUTOJOIN = 0x400

function flagBits(flags: AddressFlags): number {
  return (
    (flags.nodad ? IFA_F_NODAD : 0) |
    (flags.home ? IFA_F_HOMEADDRESS : 0) |
    (flags.mngtmpaddr ? IFA_F_MANAGETEMPADDR : 0) |
    (flags.noprefixroute ? IFA_F_NOPREFIXROUTE : 0) |
    (flags.autojoin ? IFA_F_MCAUTOJOIN : 0)
  )
}
