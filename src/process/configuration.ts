import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { micros } from '../base/units.ts'
import type { AgentConfig, DaemonScripts, GlobalConfig, ProcessConfig } from '../config/agent-config.ts'
import type { Diagnostic, Severity } from '../config/diagnostic.ts'
import type { GlobalDraft } from '../config/keywords/global-defs.ts'
import { LIMITS, type Limits } from '../config/limits.ts'
import type { Loaded, LoadOptions } from '../config/load.ts'
import { loadAgain, type Memory } from '../config/load-again.ts'
import { printText, textOf } from '../config/print.ts'
import type { Channels } from '../core/channel-config.ts'
import type { CheckGlobals } from '../core/check/config.ts'
import type { VrrpGlobals } from '../core/vrrp/config.ts'
import { idsOf } from '../drivers/script-user.ts'
import { type GlobalStatus, globalData, sslData } from '../status/global-data.ts'
import { hostReader } from './config-reader.ts'
import type { DumpSettings } from './dump-files.ts'
import type { Log } from './log.ts'
import type { LogLevel } from './log-line.ts'
import type { ChildRole, Duty, Scheduling } from './messages.ts'
import type { Options } from './options.ts'
import { rehearseReading } from './reading-rehearsal.ts'
import type { ReloadTime } from './reload-time.ts'
import { saveConfiguration } from './saved-configuration.ts'

/** What the supervisor knows of a configuration. */
export interface Configuration {
  readonly duties: ReadonlyMap<ChildRole, Duty>
  readonly scheduling: { readonly [role in ChildRole]: Scheduling }
  /** `process_name`, `vrrp_process_name`, …; undefined is our own name. */
  readonly titles: { readonly [role in ChildRole | 'supervisor']: string | undefined }
  /** Without -p, -r, -c and -b. */
  readonly pidFiles: { readonly [role in ChildRole | 'supervisor']: string }
  readonly channels: Channels
  readonly daemonScripts: DaemonScripts
  readonly dumps: DumpSettings
  /** `umask` */
  readonly umask: number | undefined
  readonly reloadTime: ReloadTime | undefined
  /** `reload_check_config`: nothing but a configuration without errors is taken at a reload, and the errors are written there. */
  readonly reloadCheck: string | undefined
  /** `reload_file`: is there as long as a reload runs. */
  readonly reloadFile: string | undefined
  /** `child_wait_time`, seconds. */
  readonly childWaitTime: number
  /** The dump of the parent process. */
  readonly parentData: string
}

export interface LoadLine {
  readonly level: LogLevel
  readonly text: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>> | undefined
  /** Only with `-D`. */
  readonly detail?: true
}

export function sayLines(log: Log, lines: readonly LoadLine[]): void {
  for (const { detail, level, text, event, fields } of lines) {
    if (detail === undefined) log.say(level, text, event, fields)
    else log.detail(text, event, fields)
  }
}

/** `lines` are for the log, whatever became of the configuration. */
export type LoadOutcome = { readonly lines: readonly LoadLine[] } & (
  | { readonly kind: 'usable'; readonly configuration: Configuration }
  | { readonly kind: 'unusable'; readonly code: number }
)

const DEFAULT_FILE = '/etc/keepalived/keepalived.conf'
export const configurationFile = (options: Options): string => options.useFile ?? DEFAULT_FILE

/** Reads the configuration at start and again at each reload, and remembers what it has said and what is running. */
export class ConfigurationSource {
  readonly #options: Options
  readonly #file: string
  readonly #limits: Limits
  /** Errors of the running configuration: a reload may keep them, but not add to them. */
  #tolerated: ReadonlySet<string> | undefined
  readonly #announced = new Set<string>()
  #running: Configuration | undefined
  #namespace: string | undefined
  /** Of the last reading. */
  #memory: Memory | undefined
  /** `config_save_dir`: how many. */
  #saved = 0

  /** The file is looked for from `folder`, wherever the process may be by then. */
  constructor(options: Options, file: string, limits: Limits = LIMITS) {
    this.#options = options
    this.#file = file
    this.#limits = limits
  }

  /** The network namespace that the last one read names, usable there or not; `-s` before it. */
  get namespace(): string | undefined {
    const name = this.#options.namespace ?? this.#namespace
    return name === '' ? undefined : name
  }

  load(): LoadOutcome {
    const loaded = this.#read()
    const agent = loaded.config
    this.#namespace ??= agent.global.netNamespace
    const lines = [...this.#fileLines(agent), ...agent.diagnostics.map(findingLine), ...this.#notActedOn(agent)]
    if (agent.fatal !== undefined) {
      const { message, status: code } = agent.fatal
      return {
        lines: [...lines, { level: 'error', text: message, event: 'configuration-unusable', fields: undefined }],
        kind: 'unusable',
        code,
      }
    }
    const configuration = configurationOf(loaded, this.#options)
    const errors = new Set(agent.diagnostics.filter(({ severity }) => isError(severity)).map(({ code, message }) => `${code} ${message}`))
    const refusal = this.#refusal(configuration, errors)
    this.#writeFindings(agent.diagnostics)
    if (refusal !== undefined)
      return {
        lines: [...lines, { level: 'error', text: refusal, event: 'reload-refused', fields: undefined }],
        kind: 'unusable',
        code: agent.exitStatus,
      }
    if (agent.global.configSaveDir !== undefined) saveConfiguration(agent.global.configSaveDir, this.#saved++, loaded.lines.all())
    this.#tolerated = errors
    this.#running = configuration
    return { lines, kind: 'usable', configuration }
  }

  /** All that a reload does before anything is made of what was read: the next one finds the way trodden. */
  rehearse(time: number): void {
    if (this.#memory === undefined) return
    rehearseReading(loadOptions(this.#options, false, this.#limits))
    // Two keepings take turns: the second time that of the start is written to.
    if (time < 2) this.#read()
  }

  #read(): Loaded {
    const reader = hostReader({ mostBytes: this.#limits.bytes })
    const { loaded, memory } = loadAgain(this.#file, reader, loadOptions(this.#options, false, this.#limits), this.#memory)
    this.#memory = memory
    return loaded
  }

  /** Why a reload is not wanted by anybody in his right mind; at start keepalived's own leniency decides. */
  #refusal(configuration: Configuration, errors: ReadonlySet<string>): string | undefined {
    if (this.#running === undefined || this.#tolerated === undefined) return undefined
    if (this.#running.reloadCheck !== undefined && errors.size > 0)
      return `reload_check_config: the new configuration has ${errors.size} ${errors.size === 1 ? 'error' : 'errors'}`
    const fresh = [...errors].filter((error) => this.#tolerated?.has(error) === false).length
    if (fresh > 0) return `the new configuration has ${fresh} ${fresh === 1 ? 'error' : 'errors'} that the running one has not`
    if (configuration.duties.size === 0 && this.#running.duties.size > 0)
      return 'the new configuration has nothing to run; stop the daemon if that is meant'
    return undefined
  }

  /** For whoever reads the file that `reload_check_config` names. */
  #writeFindings(findings: readonly Diagnostic[]): void {
    const path = this.#running?.reloadCheck
    if (path === undefined || path === '/dev/null') return
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants
    try {
      const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
      // What is only worth a line in the log is nothing to mend.
      writeSync(fd, printText(findings.filter(({ severity }) => severity !== 'none')))
      closeSync(fd)
    } catch {
      // The log has them too.
    }
  }

  #fileLines({ fatal }: AgentConfig): readonly LoadLine[] {
    const event = 'configuration-file'
    // As it was named.
    const file = configurationFile(this.#options)
    const fields = { file: this.#file }
    const opening: LoadLine = { level: 'info', text: `Opening file '${file}'.`, event, fields, detail: true }
    return fatal?.kind === 'no-file' ? [opening] : [opening, { level: 'info', text: `Configuration file ${file}`, event, fields }]
  }

  #notActedOn({ notActedOn }: AgentConfig): readonly LoadLine[] {
    const fresh = notActedOn.filter(({ keyword, block }) => {
      const name = `${block} ${keyword}`
      if (this.#announced.has(name)) return false
      this.#announced.add(name)
      return true
    })
    return fresh.map(({ keyword, block, at }) => ({
      level: 'warn',
      text: `${keyword}${block === '' ? '' : ` in ${block}`}: accepted, not acted on yet [${at.file}:${at.line}:${at.column}]`,
      event: 'keyword-not-acted-on',
      fields: { keyword, block },
    }))
  }
}

export function loadOptions(options: Options, test: boolean, limits: Limits): LoadOptions {
  return { configId: options.configId, allChecks: options.allConfig, test, limits }
}

function findingLine(finding: Diagnostic): LoadLine {
  return { level: levelOf(finding.severity), text: textOf(finding), event: 'configuration-finding', fields: { code: finding.code } }
}

function levelOf(severity: Severity): LogLevel {
  if (severity === 'none') return 'info'
  return isError(severity) ? 'error' : 'warn'
}

/** A class that a person has to look at: the file does not say what its author meant. */
function isError(severity: Severity): boolean {
  return !(['none', 'bad-interface', 'multiple-files', 'warning', 'deprecated', 'security'] as readonly Severity[]).includes(severity)
}

const NO_VRRP: VrrpGlobals = { startupDelay: micros(0), logUnknownVrids: false, garpInterval: micros(0), gnaInterval: micros(0) }
const NO_CHECK: CheckGlobals = { lvsFlush: false, lvsFlushOnStop: 'no', lvsTimeouts: undefined, checkerLogAllFailures: false }

function configurationOf({ config: agent, parsed }: Loaded, options: Options): Configuration {
  const { global, vrrp, check, bfd } = agent
  const written = globalStatus(parsed.global)
  const text = globalData(written)
  const pidFiles = pidFilesOf(global)
  const duties = new Map<ChildRole, Duty>()
  // The vrrp process first: it has a deadline to meet.
  if (options.vrrp && (vrrp !== undefined || options.all)) {
    const config = vrrp ?? { instances: [], syncGroups: [], tracked: { scripts: [], files: [], processes: [], bfds: [] }, globals: NO_VRRP }
    duties.set('vrrp', { role: 'vrrp', config, globalData: globalData(written, 'vrrp'), jsonVersion: global.jsonVersion })
  }
  if (options.check && (check !== undefined || options.all)) {
    duties.set('checker', {
      role: 'checker',
      config: check ?? { virtualServers: [], globals: NO_CHECK },
      globalData: text + sslData(parsed.check.ssl),
    })
  }
  if (options.bfd && (bfd !== undefined || options.all))
    duties.set('bfd', { role: 'bfd', config: bfd ?? { sessions: [] }, globalData: text })
  return {
    duties,
    scheduling: {
      vrrp: schedulingOf(global.vrrp, global),
      checker: schedulingOf(global.checker, global),
      bfd: schedulingOf(global.bfd, global),
    },
    titles: { supervisor: global.processName, vrrp: global.vrrp.name, checker: global.checker.name, bfd: global.bfd.name },
    pidFiles,
    channels: agent.channels,
    daemonScripts: agent.daemonScripts,
    dumps: { stateFile: global.stateDumpFile, label: dumpLabel(global), mode: dumpMode(options.umask ?? global.umask) },
    umask: options.umask ?? global.umask,
    reloadTime: global.reloadTimeFile === undefined ? undefined : { path: global.reloadTimeFile, repeat: global.reloadRepeat },
    reloadCheck: global.reloadCheckConfig,
    reloadFile: reloadFileOf(global, options.pid ?? pidFiles.supervisor),
    childWaitTime: global.childWaitTime,
    parentData: text,
  }
}

/** Names that nobody bears are reported elsewhere, and stand for us here. */
function globalStatus(written: GlobalDraft): GlobalStatus {
  const numbersOf = (user: string | undefined, group: string | undefined): { readonly uid: number; readonly gid: number } | undefined => {
    const ids = idsOf(user === undefined ? undefined : { user, group })
    return ids.kind === 'known' ? ids : undefined
  }
  const ours = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const named = written.script_user ?? { user: 'keepalived_script', group: undefined }
  return {
    written,
    hostname: hostname(),
    scriptUser: numbersOf(named.user, named.group) ?? ours,
    idsOf: (user, group) => numbersOf(user, group) ?? ours,
  }
}

function schedulingOf(own: ProcessConfig, { maxAutoPriority: highestPriority, minAutoPriorityDelay: tolerance }: GlobalConfig): Scheduling {
  const { priority, realtimePriority = 0, noSwap, cpuAffinity, rlimitRttime } = own
  return { priority, realtimePriority, noSwap, cpuAffinity, rlimitRttime, highestPriority, tolerance }
}

/** `data_use_instance` */
function dumpLabel({ dataUseInstance, netNamespace, instance }: GlobalConfig): string {
  if (!dataUseInstance) return ''
  return [netNamespace ?? '', instance ?? '']
    .filter((name) => name !== '')
    .map(safeName)
    .join('_')
}

/** Without `umask` nobody else may read them. */
const dumpMode = (umask: number | undefined): number => (umask === undefined ? 0o600 : 0o666 & ~umask)

/** Alone the keyword means a file beside the pid file. */
function reloadFileOf({ reloadFile }: GlobalConfig, pidFile: string): string | undefined {
  return reloadFile === '' ? `${pidFile.replace(/\.pid$/, '')}.reload` : reloadFile
}

/** Part of a path, whatever stands in it. */
const safeName = (name: string): string => name.replace(/[^\w.-]/g, '_')

/** With `use_pid_dir`, an `instance` or a namespace they have a folder of their own. */
function pidFilesOf({ usePidDir, instance }: GlobalConfig): Configuration['pidFiles'] {
  const folder = usePidDir ? '/run/keepalived/' : '/run/'
  const suffix = instance === undefined ? '' : `_${safeName(instance)}`
  const path = (name: string): string => `${folder}${name}${suffix}.pid`
  return { supervisor: path('keepalived'), vrrp: path('vrrp'), checker: path('checkers'), bfd: path('bfd') }
}
