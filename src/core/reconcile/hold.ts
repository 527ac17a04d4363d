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

/** The first trouble that contradicts what we believed is answered at once, a refusal after a first wait, more of either after longer ones. */
export function strike(previous: Hold | undefined, now: Instant, errno: number): Hold {
  if (previous === undefined || isForgotten(previous, now)) {
    return { until: errno === 0 ? now : later(now, firstWait), wait: firstWait, errno }
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
