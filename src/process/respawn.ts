/** A child that lived so long is healthy again: its next death counts as the first. */
const HEALTHY_SECONDS = 60
const LONGEST_SECONDS = 60

/** Seconds to wait before a child is started again: none after the first death, then 1, 2, 4 … 60. */
export function respawnDelay(previous: number | undefined, livedSeconds: number): number {
  if (previous === undefined || livedSeconds >= HEALTHY_SECONDS) return 0
  return previous === 0 ? 1 : Math.min(LONGEST_SECONDS, previous * 2)
}
