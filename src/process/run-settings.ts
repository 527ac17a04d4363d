import type { LogLevel } from './log-line.ts'
import type { ChildRole } from './messages.ts'
import type { Options } from './options.ts'

/** How we run, as far as keepalived.conf has no word for it. */
export interface RunSettings {
  readonly logFormat: 'human' | 'json'
  readonly logLevel: LogLevel
  readonly pidFiles: { readonly [role in ChildRole | 'supervisor']: string }
  /** What was wrong with the settings file. */
  readonly complaints: readonly string[]
}

export function readSettings(_options: Options): RunSettings {
  return {
    logFormat: 'human',
    logLevel: 'info',
    pidFiles: { supervisor: '/run/keepalived.pid', vrrp: '/run/vrrp.pid', checker: '/run/checkers.pid' },
    complaints: [],
  }
}
