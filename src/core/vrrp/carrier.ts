import { earliest, type Instant, later } from '../../base/units.ts'
import type { InterfaceDelay } from './config.ts'
import type { Interfaces } from './interfaces.ts'

/** What is made of the links beyond what the kernel's notifications say. */
export interface Carriers {
  /** What polling says (`linkbeat_interfaces`), by name. */
  readonly polled: ReadonlyMap<string, boolean>
  /** Of the links with a delay, by name. */
  readonly delayed: ReadonlyMap<string, DelayedLink>
}

interface DelayedLink {
  readonly working: boolean
  /** It is otherwise, and will count so then. */
  readonly changesAt: Instant | undefined
  /** It has worked once: coming up for the first time is not delayed. */
  readonly known: boolean
}

export const NO_CARRIERS: Carriers = { polled: new Map(), delayed: new Map() }

/** The links as they count now. */
export function judgeCarriers(carriers: Carriers, interfaces: Interfaces, delays: readonly InterfaceDelay[], now: Instant): Carriers {
  if (delays.length === 0 && carriers.delayed.size === 0) return carriers
  const delayed = new Map<string, DelayedLink>()
  for (const delay of delays) {
    const link = interfaces.byName.get(delay.interface)
    // Whoever is gone has no carrier to wait for.
    if (link === undefined) continue
    const working = link.up && link.running && carriers.polled.get(link.name) !== false
    delayed.set(delay.interface, judgeLink(carriers.delayed.get(delay.interface), working, delay, now))
  }
  return { ...carriers, delayed }
}

function judgeLink(before: DelayedLink | undefined, working: boolean, { up, down }: InterfaceDelay, now: Instant): DelayedLink {
  if (before === undefined) return { working, changesAt: undefined, known: working }
  if (working === before.working) return before.changesAt === undefined ? before : { ...before, changesAt: undefined }
  const changesAt = before.changesAt ?? later(now, working ? up : down)
  const counts = changesAt <= now || (working && !before.known)
  return counts ? { working, changesAt: undefined, known: before.known || working } : { ...before, changesAt }
}

export function carriersDeadline({ delayed }: Carriers): Instant | undefined {
  let nearest: Instant | undefined
  for (const { changesAt } of delayed.values()) nearest = earliest(nearest, changesAt)
  return nearest
}

/** What of the interfaces works otherwise than their own flags say. */
export function overruled({ polled, delayed }: Carriers): ReadonlyMap<string, boolean> {
  const all = new Map([...polled].filter(([, up]) => !up))
  for (const [name, { working }] of delayed) all.set(name, working)
  return all
}

/** The links whose change has yet to count. */
export function waitingLinks({ delayed }: Carriers): ReadonlySet<string> {
  return new Set([...delayed].filter(([, { changesAt }]) => changesAt !== undefined).map(([name]) => name))
}
