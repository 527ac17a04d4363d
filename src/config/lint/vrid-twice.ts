import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import { type Lint, lineOf } from './lint.ts'

export const vridTwice: Lint = {
  code: 'vrid-twice',
  summary: 'two instances of one link and family share a virtual_router_id, and take each other’s adverts for their own',
  check(subject, say) {
    const seen: InstanceDraft[] = []
    for (const draft of subject.parsed.vrrp.instances.values()) {
      const other = seen.find((one) => clashes(one, draft))
      seen.push(draft)
      if (other === undefined) continue
      const line = lineOf(subject, draft.line, 'virtual_router_id')
      say(
        line,
        `(${draft.name}) ${other.name} has virtual_router_id ${draft.virtual_router_id} on ${draft.interface} too`,
        'a number of its own',
      )
    }
  },
}

/** Unicast instances clash where they have a peer in common: that peer cannot tell them apart. */
function clashes(one: InstanceDraft, other: InstanceDraft): boolean {
  if (one.virtual_router_id === undefined || one.virtual_router_id !== other.virtual_router_id) return false
  if ((one.family ?? 4) !== (other.family ?? 4) || one.interface !== other.interface) return false
  const unicast = [one, other].filter(({ unicast_peer }) => unicast_peer.length > 0).length
  if (unicast === 1) return false
  if (unicast === 0) return one.mcast_dst_ip === other.mcast_dst_ip
  return one.unicast_peer.some(({ address }) => other.unicast_peer.some((peer) => peer.address === address))
}
