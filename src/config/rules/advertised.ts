import type { Family } from '../../base/ip.ts'
import type { AddressLine } from '../keywords/virtual-address.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** The count of addresses is one byte of an advert (RFC 9568 §5.2.5). */
const MOST_COUNTED = 255
/** Bytes of an Ethernet frame's payload. */
const MTU = 1500
const VRRP_HEADER = 8
/** Of VRRPv2, whether used or not (RFC 2338 §5.3.10), behind an AH of at most so many bytes. */
const AUTHENTICATION = 8 + 24

/** How many addresses one advert holds. */
export function mostAdvertised(family: Family): number {
  const [ip, each] = family === 4 ? [20 + AUTHENTICATION, 4] : [40, 16]
  return Math.min(MOST_COUNTED, Math.floor((MTU - ip - VRRP_HEADER) / each))
}

/** Addresses beyond what an advert holds are held by the master all the same, and not advertised. */
export function splitAdvertised(
  draft: InstanceDraft,
  family: Family,
): { readonly advertised: readonly AddressLine[]; readonly excluded: readonly AddressLine[] } {
  const most = mostAdvertised(family)
  return {
    advertised: draft.virtual_ipaddress.slice(0, most),
    excluded: [...draft.virtual_ipaddress.slice(most), ...draft.virtual_ipaddress_excluded],
  }
}
