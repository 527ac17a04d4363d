import type { LogLevel } from './log-line.ts'
import type { Identity } from './version.ts'

/** Where lines go, fixed for the life of the supervisor; given to the logging thread when it starts. */
export interface LogSettings {
  readonly identity: Identity
  readonly format: 'human' | 'json'
  readonly level: LogLevel
  /** Standard error. */
  readonly console: boolean
  /** syslog facility number; undefined: no syslog. */
  readonly syslog: number | undefined
}

/** What a process says at all: `debug` needs `-D` twice. */
const RANK: { readonly [level in LogLevel]: number } = { error: 0, warn: 1, info: 2, debug: 3 }

export function passes(level: LogLevel, threshold: LogLevel): boolean {
  return RANK[level] <= RANK[threshold]
}
