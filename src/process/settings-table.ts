import { fromSeconds, type Micros } from '../base/units.ts'
import { LIMITS, type Limits } from '../config/limits.ts'
import type { LogLevel } from './log-line.ts'

/** How we run, as far as keepalived.conf has no word for it: agent.toml, all of it optional. */
export interface RunSettings {
  /** `[log] format` */
  readonly logFormat: 'human' | 'json'
  /** `[log] level` */
  readonly logLevel: LogLevel
  /** `[kernel] reconcile_period`, in seconds there. */
  readonly reconcilePeriod: Micros
  /** `[checks] share_probes`: one probe for each distinct target; `auto` is on, but off under keepalived's name. */
  readonly shareProbes: (typeof SHARING)[number]
  /** `[limits]` */
  readonly limits: Limits
  /** What was wrong with the file; the rest of it holds. */
  readonly complaints: readonly string[]
}

export const DEFAULT_SETTINGS: RunSettings = {
  logFormat: 'human',
  logLevel: 'info',
  reconcilePeriod: fromSeconds(30),
  shareProbes: 'auto',
  limits: LIMITS,
  complaints: [],
}

/** Where agent.toml is looked for without `--settings`. */
export const SETTINGS_FILE = '/etc/vipkeeper/agent.toml'

export const FORMATS = ['human', 'json'] as const
export const SHARING = ['auto', 'on', 'off'] as const
export const LEVELS = ['error', 'warn', 'info', 'debug'] as const

export interface WholeRange {
  readonly min: number
  readonly max: number
}

/** Seconds. Shorter would be a survey of the kernel without a rest. */
export const RECONCILE_PERIOD: WholeRange = { min: 1, max: 86_400 }

/** Names and ranges of `[limits]`. The upper ends keep a process within the memory that Node gives it. */
export const LIMIT_KEYS: { readonly [name: string]: WholeRange & { readonly limit: keyof Limits } } = {
  include_depth: { limit: 'includeDepth', min: 1, max: 1_000 },
  files: { limit: 'files', min: 1, max: 1_000_000 },
  bytes: { limit: 'bytes', min: 1_024, max: 256 * 1_024 * 1_024 },
  lines: { limit: 'lines', min: 1, max: 20_000_000 },
  made_lines: { limit: 'madeLines', min: 1, max: 10_000_000 },
  sequence_rounds: { limit: 'sequenceRounds', min: 1, max: 1_000_000 },
}
