import { REJECT_REASONS, type RejectReason } from './receive.ts'

/** What an instance counted since it was configured; a reload keeps it. */
export interface Counters {
  /** Accepted ones. */
  readonly advertsReceived: number
  /** One for each advert, however many unicast peers get a copy. */
  readonly advertsSent: number
  readonly becameMaster: number
  readonly releasedMaster: number
  readonly priorityZeroReceived: number
  readonly priorityZeroSent: number
  /** Accepted adverts whose addresses are not ours. */
  readonly addressListDiffers: number
  /** Accepted VRRPv3 adverts whose interval is not ours. */
  readonly intervalDiffers: number
  readonly rejected: Readonly<Record<RejectReason, number>>
}

export const ZERO_COUNTERS: Counters = {
  advertsReceived: 0,
  advertsSent: 0,
  becameMaster: 0,
  releasedMaster: 0,
  priorityZeroReceived: 0,
  priorityZeroSent: 0,
  addressListDiffers: 0,
  intervalDiffers: 0,
  rejected: Object.fromEntries(REJECT_REASONS.map((reason) => [reason, 0])) as Record<RejectReason, number>,
}

type Countable = Exclude<keyof Counters, 'rejected'>

export function counted(counters: Counters, ...what: readonly Countable[]): Counters {
  const next: { -readonly [Key in keyof Counters]: Counters[Key] } = { ...counters }
  for (const one of what) next[one]++
  return next
}

export function countedRejected(counters: Counters, reason: RejectReason): Counters {
  return { ...counters, rejected: { ...counters.rejected, [reason]: counters.rejected[reason] + 1 } }
}
