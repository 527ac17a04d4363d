import { familyOf } from '../base/ip.ts'
import { fromMillis } from '../base/units.ts'
import type { BfdConfig, SessionConfig } from '../core/bfd/config.ts'
import type { BfdInstanceDraft } from './keywords/bfd-instance.ts'
import type { Parsed } from './parsed.ts'

/** The bfd process's configuration, with its defaults; undefined without any session. */
export function resolveBfd({ bfd: { bfds } }: Parsed): BfdConfig | undefined {
  const sessions = [...bfds.values()].flatMap(resolveSession)
  return sessions.length === 0 ? undefined : { sessions }
}

/** None without a neighbour. */
export function resolveSession(draft: BfdInstanceDraft): readonly SessionConfig[] {
  const { name, neighbor_ip: neighborIp } = draft
  if (neighborIp === undefined) return []
  return [
    {
      name,
      neighborIp,
      sourceIp: draft.source_ip,
      minRx: fromMillis(draft.min_rx ?? 10),
      minTx: fromMillis(draft.min_tx ?? 10),
      idleTx: fromMillis(draft.idle_tx ?? 1000),
      multiplier: draft.multiplier ?? 5,
      passive: draft.passive ?? false,
      ttl: draft.ttl ?? (familyOf(neighborIp) === 4 ? 255 : 64),
      maxHops: draft.max_hops ?? 0,
      multihop: draft.multihop ?? false,
      vrrp: draft.forVrrp ?? true,
      checker: draft.forChecker ?? true,
    },
  ]
}
