import { mkdirSync, readFileSync } from 'node:fs'
import { release, version } from 'node:os'
import { dirname, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { errnoName, setns } from 'linux-syscalls'
import { missingCapabilities, permissionMessage } from './capabilities.ts'
import { type Configuration, ConfigurationSource, configurationFile, sayLines } from './configuration.ts'
import { runDaemonScript } from './daemon-script.ts'
import { standing } from './daemonise.ts'
import { EXIT } from './exit-codes.ts'
import { Family } from './family.ts'
import { loadIpvsModule } from './ipvs-module.ts'
import type { Launch } from './launch.ts'
import { createLog, type Log, type LogThread } from './log.ts'
import type { Options } from './options.ts'
import { type PidFile, runningUnder, writePidFile } from './pid-file.ts'
import { rehearseLater } from './reload-rehearsal.ts'
import { type RunSettings, readSettings } from './run-settings.ts'
import { serviceManager } from './service-manager.ts'
import { SIGHUP, SIGINT, SIGJSON, SIGSTATS_CLEAR, SIGTERM, SIGUSR1, SIGUSR2, SignalQueue } from './signals.ts'
import { commandLineLines } from './start-lines.ts'
import { onUncaught } from './uncaught.ts'
import { type Identity, versionString } from './version.ts'

export interface SupervisorOptions {
  readonly options: Options
  readonly notActedOn: readonly string[]
  /** The command line, the program's name first. */
  readonly commandLine: readonly string[]
  readonly identity: Identity
  readonly launch: Launch
  /** Started, not open. */
  readonly thread: LogThread
  /** In the background: without a console, and the working directory is the root. */
  readonly daemon: boolean
}

/** How long a stuck log may hold up the end of the program. */
const LOG_FLUSH_MS = 500

/** Reads the configuration, starts the children and looks after them. An exit code if it cannot; else the process lives on. */
export async function startSupervisor(start: SupervisorOptions): Promise<number | undefined> {
  const { options, identity, thread } = start
  const signals = new SignalQueue()
  const settings = readSettings(options)
  thread.open({
    identity,
    format: settings.logFormat,
    level: settings.logLevel,
    console: options.logConsole && !start.daemon,
    syslog: syslogOf(options),
  })
  const log = createLog({ role: 'supervisor', level: settings.logLevel, logDetail: options.logDetail }, (line) => thread.push(line))
  const end = async (code: number): Promise<number> => {
    log.say('info', `Stopped ${versionString(identity)}`, 'stopped', { code })
    await thread.flush(LOG_FLUSH_MS)
    return code
  }
  // Not the 1 of Node: a service manager takes that for a start that is pointless, and lets the service rest.
  onUncaught((message) => {
    log.say('error', message, 'giving-up', { code: EXIT.program })
    void end(EXIT.program).then((code) => process.exit(code))
  })
  sayStart(start, settings, log)

  // Absolute, because a daemon leaves the folder it was started in and must find its configuration at a reload.
  const readAnew = (): ConfigurationSource => new ConfigurationSource(options, resolve(configurationFile(options)), settings.limits)
  let source = readAnew()
  let loaded = source.load()
  const { namespace } = source
  if (namespace !== undefined) {
    const errno = setns(`/run/netns/${namespace}`)
    if (errno < 0) {
      log.say('error', `Failed to enter network namespace ${namespace} (${errnoName(errno)})`, 'namespace')
      return end(EXIT.fatal)
    }
    // Other interfaces are there now.
    source = readAnew()
    loaded = source.load()
  }
  sayLines(log, loaded.lines)
  if (loaded.kind === 'unusable') return end(loaded.code)

  const pidPath = options.pid ?? loaded.configuration.pidFiles.supervisor
  if (runningUnder(pidPath) !== undefined) {
    log.say('info', 'daemon is already running', 'already-running')
    return end(EXIT.ok)
  }

  if (loaded.configuration.umask !== undefined) process.umask(loaded.configuration.umask)

  const missing = permissionsMissing(loaded.configuration)
  if (missing !== undefined) {
    log.say('error', missing, 'missing-permission')
    return end(EXIT.missingPermission)
  }
  makeRunFolder(pidPath)
  const pidFile = writePidFile(pidPath, process.pid)
  if (!pidFile.ok) {
    switch (pidFile.error.kind) {
      case 'running':
        log.say('info', 'daemon is already running', 'already-running')
        return end(EXIT.ok)
      case 'unwritable':
        log.say(
          'error',
          `pidfile_write : Cannot open ${pidPath} pidfile (${pidFile.error.code}); name another place with --pid`,
          'pid-file',
        )
        return end(EXIT.fatal)
      case 'full':
        // Addresses matter more than a file.
        log.say('warn', `pidfile_write : Cannot write ${pidPath} pidfile (${pidFile.error.code}); running without it`, 'pid-file')
    }
  }
  if (start.daemon) process.chdir('/')
  process.title = loaded.configuration.titles.supervisor ?? identity
  if (usesIpvs(loaded.configuration)) await loadIpvsModule()
  await supervise({
    start,
    settings,
    log,
    thread,
    source,
    configuration: loaded.configuration,
    pidFile: pidFile.ok ? pidFile.value : undefined,
    end,
    signals,
  })
  return undefined
}

function usesIpvs({ duties }: Configuration): boolean {
  const vrrp = duties.get('vrrp')
  return duties.has('checker') || (vrrp?.role === 'vrrp' && vrrp.config.globals.syncDaemon !== undefined)
}

interface Running {
  readonly start: SupervisorOptions
  readonly settings: RunSettings
  readonly log: Log
  readonly thread: LogThread
  readonly source: ConfigurationSource
  readonly configuration: Configuration
  readonly pidFile: PidFile | undefined
  readonly end: (code: number) => Promise<number>
  readonly signals: SignalQueue
}

async function supervise({ start, settings, log, thread, source, configuration, pidFile, end, signals }: Running): Promise<void> {
  const { options } = start
  const systemd = serviceManager(process.env)
  const family = new Family({
    launch: start.launch,
    options,
    settings,
    log,
    thread,
    systemd,
    environment: process.env,
    reload: () => source.load(),
    onEnd: async (code) => {
      pidFile?.remove()
      process.exit(await end(code))
    },
  })
  const act = (signal: number): void => {
    switch (signal) {
      case SIGINT:
        if (!options.ignoreSigint) family.stop()
        return
      case SIGTERM:
        family.stop()
        return
      case SIGHUP:
        family.reload()
        return
      case SIGUSR1:
        family.dump('data')
        return
      case SIGUSR2:
        family.dump('stats')
        return
      case SIGSTATS_CLEAR:
        family.dump('stats-clear')
        return
      case SIGJSON:
        family.dump('json')
        return
    }
  }
  const stopped = new AbortController()
  const later: number[] = []
  signals.to((signal) => {
    if (signal === SIGTERM || (signal === SIGINT && !options.ignoreSigint)) stopped.abort()
    else later.push(signal)
  })
  standing()
  await runDaemonScript('startup_script', configuration.daemonScripts.startup, log, stopped.signal)
  if (stopped.signal.aborted) family.stop()
  else family.start(configuration)
  // From then on there is a reload now and then: V8's optimising compiler would take the processor just then, and never earn it back.
  rehearseLater((time) => source.rehearse(time), log).finally(() => setFlagsFromString('--no-maglev'))
  signals.to(act)
  for (const signal of later) act(signal)
}

function sayStart(start: SupervisorOptions, settings: RunSettings, log: Log): void {
  log.say('info', `Starting ${versionString(start.identity)}`, 'starting')
  log.say('info', `Running on Linux ${release()} ${version()}`, 'kernel')
  for (const line of commandLineLines(start.commandLine)) log.say('info', line, 'command-line')
  for (const complaint of settings.complaints) log.say('warn', complaint, 'settings')
  for (const option of start.notActedOn) log.say('warn', `Option ${option}: accepted, not acted on yet`, 'option-not-acted-on', { option })
}

/** `use_pid_dir`; if it cannot be made, writing the pid file says why. */
function makeRunFolder(pidPath: string): void {
  try {
    if (dirname(pidPath) === '/run/keepalived') mkdirSync('/run/keepalived', { mode: 0o755, recursive: true })
  } catch {
    // See above.
  }
}

function syslogOf(options: Options): number | undefined {
  return options.noSyslog ? undefined : (options.logFacility ?? 3)
}

function permissionsMissing(configuration: Configuration): string | undefined {
  const status = readFileSync('/proc/self/status', 'latin1')
  const vrrp = configuration.duties.has('vrrp') ? missingCapabilities(status, ['CAP_NET_ADMIN', 'CAP_NET_RAW']) : []
  if (vrrp.length > 0) return permissionMessage(vrrp, 'send VRRP advertisements and set addresses')
  const checker = configuration.duties.has('checker') ? missingCapabilities(status, ['CAP_NET_ADMIN']) : []
  return checker.length > 0 ? permissionMessage(checker, 'program ip_vs') : undefined
}
