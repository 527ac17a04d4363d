import { familyOf } from '../../base/ip.ts'
import type { AddressObject } from '../reconcile/kinds.ts'
import type { AddressFlags, InstanceConfig, VirtualAddress } from './config.ts'
import type { Instance } from './instance.ts'

/** The addresses that an instance holds while it is master, in configured order. */
export function addressObjects(config: InstanceConfig): readonly AddressObject[] {
  return [...config.virtualIpaddress, ...config.virtualIpaddressExcluded].map(addressObject)
}

/** Whether the addresses of an instance should be in the kernel. */
export function holdsAddresses({ state }: Instance): boolean {
  return state.role === 'master' || (state.role === 'stopped' && state.keepAddresses)
}

/** The addresses that should exist now: of masters, and the sources of adverts on links of our own. */
export function desiredAddresses(instances: readonly Instance[]): readonly AddressObject[] {
  return [...instances.flatMap(sources), ...instances.filter(holdsAddresses).flatMap(({ addresses }) => addresses)]
}

function sources({ state, environment }: Instance): readonly AddressObject[] {
  const leaves = state.role === 'stopped' && !state.keepAddresses
  return leaves || environment.sourceObject === undefined ? [] : [environment.sourceObject]
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
