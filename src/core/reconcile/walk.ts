import type { Instant, Micros } from '../../base/units.ts'
import type { ServiceKey } from '../check/config.ts'
import { type KernelObject, ownerKeyOf } from './kinds.ts'

/** How much of the kernel a survey looks at. */
export type Scope = 'all' | 'all-but-destinations' | Part

/** The destinations of some services. */
export interface Part {
  readonly services: readonly ServiceKey[]
  /** The keys of those that were known when the walk began. */
  readonly destinations: readonly string[]
}

/**
 * An audit of an ip_vs table so large that to read it takes seconds (one dump for each service): the services first, then their
 * destinations part by part, each read and compared in one turn of its own. Between them checks and reloads find the loop free.
 */
export interface Walk {
  readonly parts: readonly Part[]
  readonly pause: Micros
  readonly nextAt: Instant
}

/** So many services and destinations are one part: some milliseconds. */
export const PART_SIZE = 256

/** None if there is little. */
export function partsOf(known: ReadonlyMap<string, KernelObject>): readonly Part[] {
  if (known.size <= PART_SIZE) return []
  const services = new Map<string, { readonly key: ServiceKey; readonly destinations: string[] }>()
  for (const [key, object] of known) if (object.kind === 'service') services.set(key, { key: object.key, destinations: [] })
  let owner: { readonly key: ServiceKey; readonly destinations: string[] } | undefined
  for (const [key, object] of known) {
    if (object.kind !== 'destination') continue
    // Those of one service come together.
    if (object.service !== owner?.key) owner = services.get(ownerKeyOf(object))
    owner?.destinations.push(key)
  }

  const parts: { readonly services: ServiceKey[]; readonly destinations: string[] }[] = []
  let room = 0
  for (const { key, destinations } of services.values()) {
    const size = 1 + destinations.length
    if (size > room) {
      parts.push({ services: [], destinations: [] })
      room = PART_SIZE
    }
    const part = parts.at(-1)
    part?.services.push(key)
    for (const destination of destinations) part?.destinations.push(destination)
    room -= size
  }
  return parts
}
