import type { IpAddress } from '../../base/ip.ts'
import type { InterfaceAddress, Link, LinkEvent } from '../links.ts'

/** What is known of the host's interfaces; undefined before the first complete picture. */
export interface Interfaces {
  readonly byName: ReadonlyMap<string, Link>
  /** By interface index, in the kernel's order. */
  readonly addresses: ReadonlyMap<number, readonly InterfaceAddress[]>
  /** By name, whether it counts as working where that is not what its flags say: see carrier.ts. */
  readonly overruled?: ReadonlyMap<string, boolean>
}

export const NO_INTERFACES: Interfaces = { byName: new Map(), addresses: new Map() }

/** The picture after an event. */
export function withLinkEvent(known: Interfaces | undefined, event: LinkEvent): Interfaces {
  if (event.kind === 'links-known') return picture(event.links, event.addresses)
  const { byName, addresses } = known ?? NO_INTERFACES
  switch (event.kind) {
    case 'link':
      // A link keeps its index when it is renamed: the old name goes.
      return {
        byName: new Map([...byName].filter(([, link]) => link.index !== event.link.index)).set(event.link.name, event.link),
        addresses,
      }
    case 'link-removed':
      return {
        byName: new Map([...byName].filter(([, link]) => link.index !== event.index)),
        addresses: new Map([...addresses].filter(([index]) => index !== event.index)),
      }
    case 'address-added':
      return { byName, addresses: replaceAddresses(addresses, event.address.index, (all) => withAddress(all, event.address)) }
    case 'address-removed':
      return {
        byName,
        addresses: replaceAddresses(addresses, event.address.index, (all) => all.filter((one) => !sameAddress(one, event.address))),
      }
  }
}

/** It is there, up, and carries; or counts as if it did. */
export function isWorking({ byName, overruled }: Interfaces, name: string): boolean {
  const link = byName.get(name)
  return link !== undefined && (overruled?.get(name) ?? (link.up && link.running))
}

export function addressesOf(interfaces: Interfaces, index: number): readonly InterfaceAddress[] {
  return interfaces.addresses.get(index) ?? []
}

export function hasAddress(interfaces: Interfaces, index: number, address: IpAddress): boolean {
  return addressesOf(interfaces, index).some((one) => one.prefix.address === address)
}

export function isAnywhere(interfaces: Interfaces, address: IpAddress): boolean {
  for (const index of interfaces.addresses.keys()) if (hasAddress(interfaces, index, address)) return true
  return false
}

function picture(links: readonly Link[], addresses: readonly InterfaceAddress[]): Interfaces {
  const byIndex = new Map<number, InterfaceAddress[]>()
  for (const address of addresses) {
    const all = byIndex.get(address.index)
    if (all === undefined) byIndex.set(address.index, [address])
    else all.push(address)
  }
  return { byName: new Map(links.map((link) => [link.name, link])), addresses: byIndex }
}

function replaceAddresses(
  addresses: Interfaces['addresses'],
  index: number,
  change: (all: readonly InterfaceAddress[]) => readonly InterfaceAddress[],
): Interfaces['addresses'] {
  return new Map(addresses).set(index, change(addresses.get(index) ?? []))
}

/** In its place if known (its flags changed), else last. */
function withAddress(all: readonly InterfaceAddress[], address: InterfaceAddress): readonly InterfaceAddress[] {
  const at = all.findIndex((one) => sameAddress(one, address))
  return at < 0 ? [...all, address] : all.with(at, address)
}

function sameAddress(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return a.index === b.index && a.prefix.address === b.prefix.address && a.prefix.length === b.prefix.length
}
