import { OWNER } from './election.ts'

/** What moves the priority of an instance away from its configured one. Weights of trackers will join here. */
export interface PriorityInfluence {
  /** Another router with priority 255 and a lower address did not give way: our configuration is wrong, and we yield. */
  readonly ownerLowered: boolean
}

/** The priority that is advertised, and that elections and skew go by: 1..254, or 255 for an owner. */
export function effectivePriority(base: number, { ownerLowered }: PriorityInfluence): number {
  return base === OWNER && ownerLowered ? OWNER - 1 : base
}
