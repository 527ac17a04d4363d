import { formatPrefix, type IpAddress } from '../../base/ip.ts'
import type { InterfaceAddress, LinkEvent } from '../links.ts'

/** The addresses of this host, by interface and prefix: the same one may be there twice. */
export type LocalAddresses = ReadonlyMap<string, InterfaceAddress>

/** What a change makes of them; the same map if it makes nothing of them. */
export function followLink(known: LocalAddresses, event: LinkEvent): LocalAddresses {
  switch (event.kind) {
    case 'links-known':
      return new Map(event.addresses.map((address) => [keyOf(address), address]))
    case 'address-added':
      return new Map(known).set(keyOf(event.address), event.address)
    case 'address-removed':
      return without(known, (address) => keyOf(address) === keyOf(event.address))
    case 'link-removed':
      return without(known, ({ index }) => index === event.index)
    case 'link':
      return known
  }
}

export function presentAddresses(known: LocalAddresses): ReadonlySet<IpAddress> {
  return new Set([...known.values()].map(({ prefix }) => prefix.address))
}

function without(known: LocalAddresses, isGone: (address: InterfaceAddress) => boolean): LocalAddresses {
  const left = [...known].filter(([, address]) => !isGone(address))
  return left.length === known.size ? known : new Map(left)
}

const keyOf = ({ index, prefix }: InterfaceAddress): string => `${index} ${formatPrefix(prefix)}`
