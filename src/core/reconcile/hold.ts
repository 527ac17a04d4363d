import { fromMillis, fromSeconds, type Instant, later, type Micros } from '../../base/units.ts'

/** A key that the kernel refused, or that somebody keeps changing: left alone until an instant. */
export interface Hold {
  readonly until: Instant
  /** How long the last wait was; the next is twice that. */
  readonly wait: Micros
  /** What the kernel last refused it with; 0 if it only drifted. */
  readonly errno: number
}

export const firstWait = fromMillis(100)
export const longestWait = fromSeconds(30)

/**
 * More trouble with a key: the next wait is twice the last. The first trouble of a quiet time is answered at once, or after the first
 * wait if the kernel refused it or somebody else is to decide first.
 */
export function strike(previous: Hold | undefined, now: Instant, errno: number, first: 'at-once' | 'patiently'): Hold {
  if (previous === undefined || isForgotten(previous, now)) {
    return { until: first === 'at-once' ? now : later(now, firstWait), wait: firstWait, errno }
  }
  const wait = Math.min(previous.wait * 2, longestWait) as Micros
  return { until: later(now, wait), wait, errno }
}

export function isForgotten(hold: Hold, now: Instant): boolean {
  return now > hold.until + hold.wait * 2
}

export function isHeld(hold: Hold | undefined, now: Instant): hold is Hold {
  return hold !== undefined && now < hold.until
}
