import { familyOf, type IpAddress, ipToBytes } from '../../base/ip.ts'
import type { ServiceKey } from '../../core/check/config.ts'
import type { DestinationObject } from '../../core/reconcile/kinds.ts'
import { markOf } from './labels.ts'

const PROTOCOLS = { TCP: 6, UDP: 17, SCTP: 132 } as const

/** ipvsadm's order of services: by mark, family, protocol, address, port. */
export function compareServices(a: ServiceKey, b: ServiceKey): number {
  return (
    (markNumber(a) - markNumber(b)) | 0 ||
    familyNumber(a) - familyNumber(b) ||
    (a.kind === 'fwmark' || b.kind === 'fwmark'
      ? 0
      : PROTOCOLS[a.protocol] - PROTOCOLS[b.protocol] || compareAddresses(a.address, b.address) || a.port - b.port)
  )
}

/** ipvsadm's order of servers: by address, whatever its family, and port. */
export function compareServers(a: DestinationObject, b: DestinationObject): number {
  return compareAddresses(a.address, b.address) || a.port - b.port
}

/**
 * The sort that ipvsadm uses, glibc's, from its first comparison to its last: for addresses that are more than 2³¹ apart the comparison
 * contradicts itself, and then the order depends on who is compared with whom.
 */
export function sortAs<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): readonly Item[] {
  if (items.length < 2) return items
  const half = Math.floor(items.length / 2)
  const left = sortAs(items.slice(0, half), compare)
  const right = sortAs(items.slice(half), compare)
  const merged: Item[] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i] as Item, right[j] as Item]
    if (compare(a, b) <= 0) {
      merged.push(a)
      i++
    } else {
      merged.push(b)
      j++
    }
  }
  return [...merged, ...left.slice(i), ...right.slice(j)]
}

/** By the difference of their first words that differ, as C's int has it. */
function compareAddresses(a: IpAddress, b: IpAddress): number {
  const [one, other] = [wordsOf(a), wordsOf(b)]
  for (let at = 0; at < 16; at += 4) {
    const difference = (one.getUint32(at) - other.getUint32(at)) | 0
    if (difference !== 0) return difference
  }
  return 0
}

function wordsOf(address: IpAddress): DataView {
  const bytes = new Uint8Array(16)
  bytes.set(ipToBytes(address))
  return new DataView(bytes.buffer)
}

const markNumber = (key: ServiceKey): number => (key.kind === 'fwmark' ? markOf(key.fwmark) : 0)
const familyNumber = (key: ServiceKey): number => (key.kind === 'fwmark' ? key.family : familyOf(key.address))
