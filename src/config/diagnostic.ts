/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** keepalived's internal classes, in rising order: the highest one seen decides the exit status of `-t`. */
export const SEVERITIES = [
  'none',
  'file-not-found',
  'bad-interface',
  'fatal',
  'multiple-files',
  'unknown-keyword',
  'unexpected-bob',
  'missing-bob',
  'unexpected-eob',
  'missing-eob',
  'unmatched-quote',
  'missing-parameter',
  'invalid-number',
  'general',
  'warning',
  'deprecated',
  'security',
] as const

export type Severity = (typeof SEVERITIES)[number]

/** One finding. `code` is stable; `message` says what was wrong, `expected` what would have been right. */
export interface Diagnostic {
  readonly code: string
  readonly severity: Severity
  readonly at: Position
  readonly message: string
  readonly expected: string | undefined
  /** What led here: includes and definitions, outermost first. */
  readonly chain?: readonly Position[]
  /** What definitions and sequences made of the line, where that is not what stands there. */
  readonly made?: string
  /** `whole` findings are about an object; keepalived names no line for them, ours is where the object begins. */
  readonly scope?: 'line' | 'whole'
}
