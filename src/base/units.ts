/** Time in microseconds, the one unit inside the program. Branded, so that no centisecond or second slips in. */
export type Micros = number & { readonly unit: 'us' }

/** A point on the monotonic clock, in microseconds since an arbitrary start. Never wall-clock time. */
export type Instant = number & { readonly unit: 'instant-us' }

/** Hundredths of a second, as VRRPv3 carries them on the wire (RFC 9568 §5.2.7). */
export type Centiseconds = number & { readonly unit: 'cs' }

export const micros = (us: number): Micros => Math.round(us) as Micros
export const fromSeconds = (s: number): Micros => Math.round(s * 1_000_000) as Micros
export const fromMillis = (ms: number): Micros => Math.round(ms * 1_000) as Micros
export const fromCentiseconds = (cs: Centiseconds): Micros => (cs * 10_000) as Micros
export const centiseconds = (cs: number): Centiseconds => Math.round(cs) as Centiseconds

export const toSeconds = (us: Micros): number => us / 1_000_000
export const toMillis = (us: Micros): number => us / 1_000
/** Rounded to the nearest hundredth; the codec bounds it to 12 bits. */
export const toCentiseconds = (us: Micros): Centiseconds => Math.round(us / 10_000) as Centiseconds

export const instant = (us: number): Instant => us as Instant
export const later = (at: Instant, by: Micros): Instant => (at + by) as Instant
/** How long after `from` the instant `to` lies; negative if before. */
export const elapsed = (from: Instant, to: Instant): Micros => (to - from) as Micros

/** The nearest of some instants, where undefined stands for never. */
export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  let nearest: Instant | undefined
  for (const at of instants) if (at !== undefined && (nearest === undefined || at < nearest)) nearest = at
  return nearest
}
