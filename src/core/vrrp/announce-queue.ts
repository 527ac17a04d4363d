import { type Instant, later, type Micros } from '../../base/units.ts'
import type { GarpGroup } from './config.ts'
import type { AnnounceEffect } from './effects.ts'

/**
 * `vrrp_garp_interval`, `vrrp_gna_interval`: the packets of all instances leave an interface, or a `garp_group` of them, one at a time.
 * By index or group, and family.
 */
export type AnnounceQueues = ReadonlyMap<string, AnnounceQueue>

interface AnnounceQueue {
  readonly nextAt: Instant
  readonly waiting: readonly Waiting[]
}

/** A burst of which `sent` packets have left. */
interface Waiting {
  readonly burst: AnnounceEffect
  readonly sent: number
}

export interface Spacing {
  readonly garpInterval: Micros
  readonly gnaInterval: Micros
  readonly garpGroups?: readonly GarpGroup[]
}

/** Nothing is held back anywhere. */
export function isUnspaced({ garpInterval, gnaInterval, garpGroups = [] }: Spacing): boolean {
  return garpInterval === 0 && gnaInterval === 0 && garpGroups.length === 0
}

export interface Queued {
  readonly queues: AnnounceQueues
  readonly effects: readonly AnnounceEffect[]
}

/** Bursts on their way out: at once where there is no spacing, else behind what already waits. */
export function queueAnnouncements(queues: AnnounceQueues, bursts: readonly AnnounceEffect[], spacing: Spacing, now: Instant): Queued {
  const effects: AnnounceEffect[] = []
  const next = new Map(queues)
  for (const burst of bursts) {
    if (intervalOf(burst, spacing) === 0) {
      effects.push(burst)
      continue
    }
    const key = queueOf(burst, spacing)
    const queue = next.get(key) ?? { nextAt: now, waiting: [] }
    next.set(key, { nextAt: queue.nextAt, waiting: [...queue.waiting, { burst, sent: 0 }] })
  }
  const due = announcementsDue(next, spacing, now)
  return { queues: due.queues, effects: [...effects, ...due.effects] }
}

/** At most one packet of each queue: the spacing counts from when a packet really leaves. */
function announcementsDue(queues: AnnounceQueues, spacing: Spacing, now: Instant): Queued {
  const effects: AnnounceEffect[] = []
  const next = new Map<string, AnnounceQueue>()
  for (const [key, queue] of queues) {
    const [head, ...rest] = queue.nextAt <= now ? queue.waiting : []
    if (head === undefined) {
      if (queue.waiting.length > 0 || queue.nextAt > now) next.set(key, queue)
      continue
    }
    const { burst, sent } = head
    const address = burst.addresses[sent % burst.addresses.length]
    if (address !== undefined) effects.push({ ...burst, addresses: [address], repeat: 1 })
    const done = sent + 1 >= burst.addresses.length * burst.repeat
    next.set(key, {
      nextAt: later(now, intervalOf(burst, spacing)),
      waiting: done ? rest : [{ burst, sent: sent + 1 }, ...rest],
    })
  }
  return { queues: next, effects }
}

/** An instance that is no longer master has nothing to announce. */
export function withoutInstance(queues: AnnounceQueues, instance: string): AnnounceQueues {
  const next = new Map<string, AnnounceQueue>()
  for (const [key, queue] of queues) {
    next.set(key, { nextAt: queue.nextAt, waiting: queue.waiting.filter(({ burst }) => burst.instance !== instance) })
  }
  return next
}

export function queuesDeadline(queues: AnnounceQueues): Instant | undefined {
  let nearest: Instant | undefined
  for (const { nextAt, waiting } of queues.values()) {
    if (waiting.length > 0 && (nearest === undefined || nextAt < nearest)) nearest = nextAt
  }
  return nearest
}

function intervalOf(burst: AnnounceEffect, spacing: Spacing): Micros {
  const { garpInterval, gnaInterval } = groupOf(burst, spacing) ?? spacing
  return burst.family === 4 ? garpInterval : gnaInterval
}

function queueOf(burst: AnnounceEffect, spacing: Spacing): string {
  return `${groupOf(burst, spacing)?.interfaces.join(' ') ?? burst.ifindex} ${burst.family}`
}

const groupOf = ({ interface: name }: AnnounceEffect, { garpGroups }: Spacing): GarpGroup | undefined =>
  garpGroups?.find(({ interfaces }) => interfaces.includes(name))
