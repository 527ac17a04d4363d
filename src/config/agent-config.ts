import type { Micros } from '../base/units.ts'
import type { BfdConfig } from '../core/bfd/config.ts'
import type { Channels } from '../core/channel-config.ts'
import type { CheckConfig } from '../core/check/config.ts'
import type { TimedScript } from '../core/script-config.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import type { Diagnostic, Position } from './diagnostic.ts'

/** A configuration as the daemon uses it, and all that was found in reading it. Plain data. */
export interface AgentConfig {
  readonly global: GlobalConfig
  /** Undefined without any vrrp block: no vrrp process is needed. */
  readonly vrrp: VrrpConfig | undefined
  /** Undefined without any virtual server. */
  readonly check: CheckConfig | undefined
  readonly channels: Channels
  readonly daemonScripts: DaemonScripts
  /** Undefined without any bfd_instance. */
  readonly bfd: BfdConfig | undefined
  /** To be reported once at start: `accepted, not acted on yet`. */
  readonly notActedOn: readonly NotActedOn[]
  readonly diagnostics: readonly Diagnostic[]
  /** What `-t` ends with. */
  readonly exitStatus: number
  /** Why the daemon cannot run with it; undefined if it can. */
  readonly fatal: Fatal | undefined
}

/** `startup_script`, `shutdown_script` */
export interface DaemonScripts {
  readonly startup: TimedScript | undefined
  readonly shutdown: TimedScript | undefined
}

export interface NotActedOn {
  readonly keyword: string
  /** Empty at the root. */
  readonly block: string
  readonly at: Position
}

/** `status` is what the daemon ends with: 1 no namespace, 2 unusable, 6 file or include missing, 204 `${_ENV}` without name. */
export interface Fatal {
  readonly kind: 'missing-parameter' | 'no-file' | 'include' | 'vrrp-unusable' | 'no-variable' | 'namespace'
  readonly status: number
  readonly message: string
}

/** What a child process is started with. */
export interface ProcessConfig {
  readonly name: string | undefined
  /** Nice value, -20..19. */
  readonly priority: number
  /** Real-time round robin, 1..99; undefined is ordinary scheduling. */
  readonly realtimePriority: number | undefined
  readonly cpuAffinity: readonly number[]
  readonly noSwap: boolean
  /** Microseconds of uninterrupted real-time computing. */
  readonly rlimitRttime: number | undefined
}

/** `global_defs` and the root's own words; defaults filled in where the program has one. */
export interface GlobalConfig {
  /** Undefined: the host's name. */
  readonly routerId: string | undefined
  readonly netNamespace: string | undefined
  /** Empty: the namespace the daemon was started in. */
  readonly netNamespaceIpvs: string | undefined
  readonly instance: string | undefined
  readonly usePidDir: boolean
  /** Seconds, default 5. */
  readonly childWaitTime: number
  readonly processName: string | undefined
  readonly vrrp: ProcessConfig
  readonly checker: ProcessConfig
  readonly bfd: ProcessConfig
  /** 0..99; 0 leaves the priority of a late process as it is. */
  readonly maxAutoPriority: number
  readonly minAutoPriorityDelay: Micros
  readonly dynamicInterfaces: 'no' | 'yes' | 'allow_if_changes'
  readonly enableScriptSecurity: boolean
  readonly scriptUser: { readonly user: string; readonly group: string | undefined } | undefined
  readonly notificationEmail: readonly string[]
  readonly notificationEmailFrom: string | undefined
  readonly smtpServer: { readonly host: string; readonly port: number } | undefined
  /** Seconds, default 30. */
  readonly smtpConnectTimeout: number
  readonly smtpHeloName: string | undefined
  readonly umask: number | undefined
  /** Where a test of the new file logs; undefined: reload without a test. */
  readonly reloadCheckConfig: string | undefined
  readonly reloadTimeFile: string | undefined
  readonly reloadRepeat: boolean
  readonly reloadFile: string | undefined
  readonly configSaveDir: string | undefined
  readonly tmpConfigDirectory: string | undefined
  readonly dataUseInstance: boolean
  readonly jsonVersion: 1 | 2
  readonly stateDumpFile: string | undefined
}
