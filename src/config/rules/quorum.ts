import type { Context } from '../context.ts'
import { serviceName, type VirtualServerDraft } from '../keywords/virtual-server.ts'

export interface Quorum {
  readonly quorum: number
  readonly hysteresis: number
}

/** Quorum and hysteresis as they can be met: at most the sum of the weights, and less than the quorum. */
export function resolveQuorum(draft: VirtualServerDraft, weights: number, context: Context): Quorum {
  const name = serviceName(draft)
  const wanted = draft.quorum ?? 1
  const quorum = Math.min(wanted, weights)
  if (quorum < wanted) {
    const message = `Warning - quorum ${wanted} for ${name} exceeds total weight of real servers ${weights}, reducing quorum to ${quorum}`
    context.conclude('general', 'quorum', message, draft.line, `quorum at most ${weights}`)
  }
  const hysteresis = draft.hysteresis ?? 0
  if (hysteresis < quorum) return { quorum, hysteresis }
  // A quorum of 0 leaves nothing below it: the number wraps as keepalived's does, and the service never comes up.
  const reduced = (quorum - 1) >>> 0
  const message = `Virtual server ${name}: hysteresis ${hysteresis} >= quorum ${quorum}; setting hysteresis to ${reduced}`
  context.conclude('general', 'hysteresis', message, draft.line, 'hysteresis below quorum')
  return { quorum, hysteresis: reduced }
}
