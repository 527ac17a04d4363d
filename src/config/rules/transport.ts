import { type Family, type IpAddress, parseIp } from '../../base/ip.ts'
import type { Transport } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** Where adverts go: to the listed peers, else to the group of the family, or with `unicast_fault_no_peer` nowhere. */
export function resolveTransport(draft: InstanceDraft, family: Family, context: Context): Transport {
  const { global } = context.parsed
  if (draft.unicast_peer.length > 0 || draft.unicast_fault_no_peer === true) {
    const limited = draft.unicast_peer.some((peer) => peer.minTtl > 0 || peer.maxTtl < 255)
    return {
      kind: 'unicast',
      peers: draft.unicast_peer,
      source: draft.unicast_src_ip ?? draft.mcast_src_ip,
      ttl: draft.unicast_ttl,
      checkSource: draft.check_unicast_src === true || global.vrrp_check_unicast_src === true || limited,
    }
  }
  if (draft.unicast === true) {
    const message = `(${draft.name}) A unicast keyword has been specified without any unicast peers. Defaulting to multicast.`
    context.conclude('deprecated', 'unicast-without-peers', message, draft.line, 'a block unicast_peer')
  }
  const group = family === 4 ? (global.vrrp_mcast_group4 ?? GROUP4) : (global.vrrp_mcast_group6 ?? GROUP6)
  return {
    kind: 'multicast',
    group: draft.mcast_dst_ip ?? group,
    source: draft.mcast_src_ip ?? draft.unicast_src_ip ?? draft.use_ipvlan?.address?.address,
  }
}

const literal = (text: string): IpAddress => parseIp(text) ?? (text as IpAddress)
const GROUP4 = literal('224.0.0.18')
const GROUP6 = literal('ff02::12')
