/** How much a configuration may ask for. What is beyond is a finding, never a crash: all of it can be set in agent.toml, `[limits]`. */
export interface Limits {
  /** Includes inside includes. */
  readonly includeDepth: number
  readonly files: number
  /** Of all files together. */
  readonly bytes: number
  /** Logical lines of all files together. */
  readonly lines: number
  /** Logical lines that sequences and definitions made. */
  readonly madeLines: number
  /** Rounds of one `~SEQ` or `~LST`. */
  readonly sequenceRounds: number
}

/** Bounds that no honest configuration meets: 40,000 services of four servers are 23 MB. */
export const LIMITS: Limits = {
  includeDepth: 16,
  files: 1_024,
  bytes: 32 * 1_024 * 1_024,
  lines: 2_000_000,
  madeLines: 50_000,
  sequenceRounds: 10_000,
}
