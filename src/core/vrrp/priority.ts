import { OWNER } from './election.ts'

/** What moves the priority of an instance away from its configured one. */
export interface PriorityInfluence {
  /** Another router with priority 255 and a lower address did not give way: our configuration is wrong, and we yield. */
  readonly ownerLowered: boolean
  /** Of the trackers. */
  readonly weight: number
}

/** The priority that is advertised, and that elections and skew go by: 1..254, or 255 for an owner. */
export function effectivePriority(base: number, { ownerLowered, weight }: PriorityInfluence): number {
  if (base === OWNER) return ownerLowered ? OWNER - 1 : OWNER
  return Math.max(1, Math.min(OWNER - 1, base + weight))
}
