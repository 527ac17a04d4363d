import { basename, dirname } from 'node:path'
import type { TellEffect } from '../core/bfd/events.ts'
import { type Configuration, type LoadOutcome, sayLines } from './configuration.ts'
import { runDaemonScript } from './daemon-script.ts'
import { DUMP_NAMES, dumpDirectory, stateDumpPath, writeDump } from './dump-files.ts'
import type { Launch } from './launch.ts'
import type { Log, LogThread } from './log.ts'
import type { ChildRole, ChildSettings, DumpKind, Duty } from './messages.ts'
import { NoticeBoard } from './notice-board.ts'
import { Offspring } from './offspring.ts'
import type { Options } from './options.ts'
import { ReloadMark } from './reload-mark.ts'
import { ReloadTimer } from './reload-time.ts'
import type { RunSettings } from './run-settings.ts'
import type { ServiceManager } from './service-manager.ts'

export interface FamilyOptions {
  readonly launch: Launch
  readonly options: Options
  readonly settings: RunSettings
  readonly log: Log
  readonly thread: LogThread
  readonly systemd: ServiceManager
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly reload: () => LoadOutcome
  readonly onEnd: (code: number) => void
}

/** A longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The children together: start, reload, dumps, stop. */
export class Family {
  readonly #options: FamilyOptions
  readonly #children = new Map<ChildRole, Offspring>()
  /** Those that a reload made superfluous, until they are gone: each still takes its addresses or services back. */
  readonly #leaving = new Map<ChildRole, Offspring>()
  readonly #board: NoticeBoard
  readonly #reloadTimer: ReloadTimer
  readonly #reloadMark = new ReloadMark()
  #configuration: Configuration | undefined
  /** Children that have yet to say that they started, or that they reloaded. */
  readonly #unready = new Set<ChildRole>()
  #saidStarted = false
  #reloading = false
  #silent = new Set<ChildRole>()
  /** The last word of each BFD session. */
  readonly #news = new Map<string, TellEffect>()
  #ending: { readonly code: number; readonly limit: NodeJS.Timeout } | undefined

  constructor(options: FamilyOptions) {
    this.#options = options
    this.#board = new NoticeBoard(options.log)
    this.#reloadTimer = new ReloadTimer(options.log, () => this.reload())
  }

  start(configuration: Configuration): void {
    const { log, systemd } = this.#options
    this.#configuration = configuration
    this.#board.use(configuration.channels)
    this.#reloadTimer.use(configuration.reloadTime)
    for (const duty of configuration.duties.values()) this.#adopt(duty, configuration)
    if (this.#children.size === 0) {
      log.say('warn', 'Warning - keepalived has no configuration to run', 'nothing-to-run')
      this.#ready('Startup complete')
    }
    for (const child of this.#children.values()) child.start()
    const { watchdogMs } = systemd
    if (watchdogMs !== undefined) setInterval(() => this.#askAlive(), watchdogMs)
  }

  /** SIGHUP. What is refused changes nothing: the children run on with what they have. */
  reload(): void {
    const { log, systemd } = this.#options
    if (this.#ending !== undefined) return
    systemd.reloading()
    this.#reloadMark.set(this.#configuration?.reloadFile)
    log.say('info', 'Reloading ...', 'reloading')
    const outcome = this.#options.reload()
    sayLines(log, outcome.lines)
    if (outcome.kind === 'unusable') {
      log.say('error', 'Reload refused: keeping the running configuration, nothing was changed', 'reload-refused')
      systemd.ready('running; the last reload was refused')
      this.#reloadMark.clear()
      return
    }
    this.#configuration = outcome.configuration
    this.#reloadTimer.use(outcome.configuration.reloadTime)
    this.#reloading = true
    for (const role of this.#unready) if (!outcome.configuration.duties.has(role)) this.#unready.delete(role)
    for (const [role, child] of this.#children) {
      if (outcome.configuration.duties.has(role)) continue
      this.#children.delete(role)
      this.#leaving.set(role, child)
      child.stop()
    }
    this.#useChannels()
    for (const duty of outcome.configuration.duties.values()) {
      const child = this.#children.get(duty.role)
      if (child === undefined) this.#startNew(duty, outcome.configuration)
      else {
        this.#unready.add(duty.role)
        child.reload(duty)
      }
    }
    this.#checkReady()
  }

  dump(what: DumpKind): void {
    const { log } = this.#options
    if (what === 'data') {
      log.say('info', `Printing parent data for process(${process.pid}) on signal`, 'dump')
      this.#writeState('supervisor', this.#configuration?.parentData)
    }
    for (const [role, child] of this.#children) if (what === 'data' || role === 'vrrp') child.dump(what)
  }

  /** SIGTERM, or a child that cannot live. */
  stop(code = 0): void {
    const { log, systemd } = this.#options
    if (this.#ending !== undefined) return
    systemd.stopping()
    this.#reloadTimer.close()
    this.#reloadMark.clear()
    log.say('info', 'Stopping', 'stopping')
    const wait = this.#configuration?.childWaitTime ?? 5
    const limit = setTimeout(
      () => {
        for (const child of this.#children.values()) {
          log.say('error', `${child.role} process did not stop within ${wait} s: killing it`, 'child-killed')
          child.kill()
        }
      },
      Math.min(wait * 1000, LONGEST_TIMER_MS),
    )
    this.#ending = { code, limit }
    this.#endIfEmpty()
    for (const child of [...this.#children.values()]) child.stop()
  }

  /** Who leaves has something to tell, and tells it where it always has. */
  #useChannels(): void {
    if (this.#configuration !== undefined && this.#leaving.size === 0) this.#board.use(this.#configuration.channels)
  }

  /** Of two of one role the older would undo what the younger does, so the younger waits. */
  #startNew(duty: Duty, configuration: Configuration): void {
    if (this.#leaving.has(duty.role)) this.#unready.add(duty.role)
    else this.#adopt(duty, configuration).start()
  }

  #adopt(duty: Duty, configuration: Configuration): Offspring {
    const { role } = duty
    const { launch, options, log, thread } = this.#options
    const child: Offspring = new Offspring(
      {
        role,
        launch,
        title: configuration.titles[role],
        pidFile: pidFileOf(role, options) ?? configuration.pidFiles[role],
        settings: childSettings(role, this.#options, configuration),
        respawn: !options.dontRespawn,
        log,
        onLines: (lines) => {
          for (const line of lines) thread.push(line)
          child.linesTaken(lines.length)
        },
        news: () => [...this.#news.values()].filter((tell) => concerns(role, tell)).map(({ news }) => news),
        onStarted: () => this.#childReady(role),
        onReloaded: () => this.#childReady(role),
        onDump: (_, what, text) =>
          what === 'data' ? this.#writeState(role, text) : this.#write(what === 'json' ? DUMP_NAMES.json : DUMP_NAMES.stats, text),
        onNotice: (notice) => this.#board.tell(role, notice),
        onAlive: () => this.#alive(role),
        onNews: (tell) => this.#spread(tell),
        onDied: () => void this.#silent.delete(role),
        onEnd: (code) => this.#ended(child, code),
      },
      duty,
    )
    this.#children.set(role, child)
    this.#unready.add(role)
    return child
  }

  /** Children that start later hear of it then. */
  #spread(tell: TellEffect): void {
    this.#news.set(tell.news.session, tell)
    for (const child of this.#children.values()) if (concerns(child.role, tell)) child.inform(tell.news)
  }

  #childReady(role: ChildRole): void {
    this.#unready.delete(role)
    this.#checkReady()
  }

  #checkReady(): void {
    if (this.#unready.size > 0) return
    if (!this.#saidStarted) this.#ready('Startup complete')
    else if (this.#reloading) this.#ready('Reload complete')
    this.#reloadMark.clear()
    this.#reloading = false
  }

  #ready(text: string): void {
    this.#saidStarted = true
    this.#options.log.say('info', text, 'ready')
    this.#options.systemd.ready('running')
  }

  /** A child is gone for good. */
  #ended(child: Offspring, code: number): void {
    const { role } = child
    if (this.#leaving.get(role) !== child) {
      this.#children.delete(role)
      if (this.#ending === undefined) this.stop(code)
      else this.#endIfEmpty()
      return
    }
    this.#leaving.delete(role)
    this.#useChannels()
    const wanted = this.#ending === undefined ? this.#configuration : undefined
    const duty = wanted?.duties.get(role)
    if (wanted !== undefined && duty !== undefined) this.#startNew(duty, wanted)
    this.#endIfEmpty()
  }

  #endIfEmpty(): void {
    if (this.#ending === undefined || this.#children.size > 0 || this.#leaving.size > 0) return
    const { code, limit } = this.#ending
    clearTimeout(limit)
    void this.#depart().then(() => this.#options.onEnd(code))
  }

  async #depart(): Promise<void> {
    await this.#board.finish()
    await runDaemonScript('shutdown_script', this.#configuration?.daemonScripts.shutdown, this.#options.log)
  }

  #askAlive(): void {
    if (this.#silent.size > 0) return
    // One that waits to be started again has no loop that could hang.
    const living = [...this.#children.values()].filter((child) => child.lives)
    this.#silent = new Set(living.map((child) => child.role))
    if (this.#silent.size === 0) {
      this.#options.systemd.watchdog()
      return
    }
    for (const child of living) child.askAlive()
  }

  #alive(role: ChildRole): void {
    if (this.#silent.delete(role) && this.#silent.size === 0) this.#options.systemd.watchdog()
  }

  #writeState(role: ChildRole | 'supervisor', text: string | undefined): void {
    if (this.#configuration === undefined) return
    const path = stateDumpPath(role, this.#configuration.dumps, dumpDirectory(this.#options.environment))
    this.#write(basename(path), text, dirname(path))
  }

  #write(name: string, text: string | undefined, directory = dumpDirectory(this.#options.environment)): void {
    if (text === undefined) return
    const written = writeDump(directory, name, text, this.#configuration?.dumps.mode)
    if (!written.ok) this.#options.log.say('error', `Can't open ${directory}/${name} (${written.error})`, 'dump-failed', { name })
  }
}

/** `vrrp`, `checker` of a bfd_instance. */
const concerns = (role: ChildRole, { vrrp, checker }: TellEffect): boolean => (role === 'vrrp' && vrrp) || (role === 'checker' && checker)

const pidFileOf = (role: ChildRole, { vrrpPid, checkersPid, bfdPid }: Options): string | undefined =>
  ({ vrrp: vrrpPid, checker: checkersPid, bfd: bfdPid })[role]

function childSettings(role: ChildRole, { options, settings, launch }: FamilyOptions, configuration: Configuration): ChildSettings {
  return {
    level: settings.logLevel,
    logDetail: options.logDetail,
    dumpConf: options.dumpConf,
    releaseVips: options.releaseVips,
    dontReleaseVrrp: options.dontReleaseVrrp,
    dontReleaseIpvs: options.dontReleaseIpvs,
    scheduling: configuration.scheduling[role],
    reconcilePeriod: settings.reconcilePeriod,
    // Whoever takes us for keepalived counts on a connection for each checker.
    shareProbes: settings.shareProbes === 'on' || (settings.shareProbes === 'auto' && launch.identity !== 'keepalived'),
  }
}
