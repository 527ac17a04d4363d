import { type Lint, lineOf } from './lint.ts'

export const unicastSource: Lint = {
  code: 'unicast-source',
  summary: 'without unicast_src_ip the source is whatever address the interface has first',
  check(subject, say) {
    for (const draft of subject.parsed.vrrp.instances.values()) {
      if (draft.unicast_peer.length === 0 || draft.unicast_src_ip !== undefined || draft.mcast_src_ip !== undefined) continue
      const line = lineOf(subject, draft.line, 'unicast_peer')
      const ipv6 = draft.family === 6 ? ', for IPv6 a link-local one that a routed peer never hears from' : ''
      say(
        line,
        `(${draft.name}) adverts come from the first address of ${draft.interface ?? 'the interface'}${ipv6}`,
        'unicast_src_ip ADDRESS',
      )
    }
  },
}
