import type { Family } from '../../base/ip.ts'
import { type Instant, later, type Micros } from '../../base/units.ts'
import type { AnnounceEffect } from './effects.ts'

/** `vrrp_garp_interval`, `vrrp_gna_interval`: the packets of all instances leave an interface one at a time. By index and family. */
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
    if (intervalOf(burst.family, spacing) === 0) {
      effects.push(burst)
      continue
    }
    const key = `${burst.ifindex} ${burst.family}`
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
      nextAt: later(now, intervalOf(burst.family, spacing)),
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

function intervalOf(family: Family, { garpInterval, gnaInterval }: Spacing): Micros {
  return family === 4 ? garpInterval : gnaInterval
}
