import { type Family, familyOf, isLinkLocal } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** Family and version: the first address decides; IPv6 is version 3 unless 2 was written. */
export function resolveFamily(
  draft: InstanceDraft,
  strict: boolean,
  context: Context,
): { readonly family: Family; readonly version: 2 | 3 } {
  const family = draft.family ?? 4
  const fallback = family === 6 ? 3 : context.parsed.global.vrrp_version === 3 ? 3 : 2
  let version = draft.version ?? fallback
  if (family === 6 && version === 2 && strict) {
    context.conclude('general', 'version-strict', `(${draft.name}) IPv6 in strict mode is version 3`, draft.line, 'version 3')
    version = 3
  }
  const [first] = draft.virtual_ipaddress
  if (
    strict &&
    family === 6 &&
    draft.unicast_peer.length === 0 &&
    first !== undefined &&
    !isLinkLocal(first.prefix.address) &&
    familyOf(first.prefix.address) === 6
  ) {
    context.conclude(
      'general',
      'first-address',
      `(${draft.name}) the first IPv6 VIP address must be link local`,
      draft.line,
      'an address in fe80::/10',
    )
  }
  return { family, version }
}
