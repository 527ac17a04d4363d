import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

const OWNER = 255

/** Whether what is sent to the virtual addresses is dropped. Never for their owner; in strict mode unless VRRPv3 says `accept`. */
export function resolveNoAccept(
  draft: Pick<InstanceDraft, 'name' | 'line' | 'accept'>,
  { priority, version, strict }: { readonly priority: number; readonly version: 2 | 3; readonly strict: boolean },
  context: Context,
): boolean {
  if (priority === OWNER) return false
  if (strict && version === 2 && draft.accept === true) {
    context.conclude(
      'general',
      'strict-accept',
      `(${draft.name}) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting`,
      draft.line,
      'no accept, or version 3',
    )
    return true
  }
  return strict ? draft.accept !== true : draft.accept === false
}
