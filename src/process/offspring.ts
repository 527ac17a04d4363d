import { type ChildProcess, spawn } from 'node:child_process'
import { assert } from '../base/assert.ts'
import type { SessionNews, TellEffect } from '../core/bfd/events.ts'
import { servicesChange } from '../core/check/change.ts'
import type { KeptSetting } from '../core/reconcile/kinds.ts'
import { Errands } from './errands.ts'
import { permanentError } from './exit-codes.ts'
import { FLAGS, type Launch } from './launch.ts'
import type { Log } from './log.ts'
import type { LogLine } from './log-line.ts'
import type { ChildRole, ChildSettings, DumpKind, Duty, DutyChange, FromChild, Notice, ToChild } from './messages.ts'
import { type PidFile, writePidFile } from './pid-file.ts'
import { respawnDelay } from './respawn.ts'
import { tune } from './tune.ts'

/** What keepalived calls a child in its log. */
const TITLES: { readonly [role in ChildRole]: { readonly starting: string; readonly name: string } } = {
  vrrp: { starting: 'VRRP', name: 'VRRP' },
  checker: { starting: 'Healthcheck', name: 'Healthcheck' },
  bfd: { starting: 'BFD', name: 'BFD' },
}

/** How long what an ended child has sent may be under way. */
const LAST_WORDS_MS = 500

export interface OffspringOptions {
  readonly role: ChildRole
  readonly launch: Launch
  /** `vrrp_process_name` and its kin. */
  readonly title: string | undefined
  readonly pidFile: string
  readonly settings: ChildSettings
  readonly respawn: boolean
  readonly log: Log
  /** What a new process has to know of BFD sessions. */
  readonly news: () => readonly SessionNews[]
  readonly onLines: (lines: readonly LogLine[]) => void
  readonly onStarted: () => void
  readonly onReloaded: () => void
  readonly onDump: (role: ChildRole, what: DumpKind, text: string | undefined) => void
  readonly onNotice: (notice: Notice) => void
  readonly onAlive: () => void
  /** What it tells the others of a BFD session. */
  readonly onNews: (tell: TellEffect) => void
  /** It answers nothing any more; a successor may follow. */
  readonly onDied: () => void
  /** It ended for good: the daemon's exit code, 0 after an orderly stop. */
  readonly onEnd: (code: number) => void
}

/** A child process and its successors. */
export class Offspring {
  readonly #options: OffspringOptions
  #duty: Duty
  #child: ChildProcess | undefined
  #errands: Errands | undefined
  /** The scripts of the last errands are gone. */
  #leaving: Promise<void> = Promise.resolve()
  /** All that the child has sent is here. */
  #silence: Promise<void> = Promise.resolve()
  #pidFile: PidFile | undefined
  /** What the last process told that is to be put back. */
  #kept: readonly KeptSetting[] = []
  #delay: number | undefined
  #startedAt = 0
  #waiting: NodeJS.Timeout | undefined
  #stopping = false

  constructor(options: OffspringOptions, duty: Duty) {
    this.#options = options
    this.#duty = duty
  }

  get role(): ChildRole {
    return this.#options.role
  }

  /** False while it waits to be started again. */
  get lives(): boolean {
    return this.#child !== undefined
  }

  start(): void {
    const { role, launch, title, settings, log } = this.#options
    const child = spawn(
      launch.program,
      [...launch.flags, ...FLAGS[role], ...launch.script, '--role', role, '--title', title ?? launch.identity],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        serialization: 'advanced',
        argv0: launch.argv0,
      },
    )
    this.#child = child
    this.#startedAt = performance.now()
    this.#silence = new Promise((resolve) => child.once('close', () => resolve()))
    child.on('message', (message) => this.#receive(message as FromChild))
    child.on('error', (error) => {
      if (child.pid === undefined) this.#ended(child, 70, null, error.message)
    })
    child.on('exit', (code, signal) => this.#ended(child, code, signal))
    if (child.pid === undefined) return
    log.say('info', `Starting ${TITLES[role].starting} child process, pid=${child.pid}`, 'child-starting', {
      child: role,
      child_pid: child.pid,
    })
    tune(child.pid, settings.scheduling, log)
    const file = writePidFile(this.#options.pidFile, child.pid)
    if (file.ok) this.#pidFile = file.value
    else log.say('warn', `pidfile_write : Cannot open ${this.#options.pidFile} pidfile`, 'pid-file')
    this.#send({ kind: 'start', duty: this.#duty, settings, inherited: this.#kept })
    for (const news of this.#options.news()) this.inform(news)
  }

  /** A new configuration, now and for every successor. */
  reload(duty: Duty): void {
    const change = dutyChange(this.#duty, duty)
    this.#duty = duty
    this.#send({ kind: 'reload', duty: change })
  }

  dump(what: DumpKind): void {
    this.#send({ kind: 'dump', what })
  }

  inform(news: SessionNews): void {
    this.#send(news)
  }

  askAlive(): void {
    this.#send({ kind: 'alive?' })
  }

  linesTaken(count: number): void {
    this.#send({ kind: 'log-taken', count })
  }

  /** Orderly; `onEnd` follows. */
  stop(): void {
    this.#stopping = true
    clearTimeout(this.#waiting)
    if (this.#child === undefined) {
      this.#options.onEnd(0)
      return
    }
    this.#endErrands()
    this.#child.kill('SIGTERM')
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** Answers to a child that is gone must not reach the next one. */
  #endErrands(): void {
    if (this.#errands !== undefined) this.#leaving = this.#errands.close()
    this.#errands = undefined
  }

  #send(message: ToChild): void {
    const child = this.#child
    if (child?.connected) child.send(message, () => undefined)
  }

  #receive(message: FromChild): void {
    switch (message.kind) {
      case 'started':
        this.#options.onStarted()
        return
      case 'reloaded':
        this.#options.onReloaded()
        return
      case 'dumped':
        this.#options.onDump(this.role, message.what, message.text)
        return
      case 'run-script':
      case 'follow-files':
      case 'follow-processes':
      case 'poll-links':
      case 'delete-link':
        if (this.#stopping) return
        this.#errands ??= new Errands((answer) => this.#send(answer))
        this.#errands.do(message)
        return
      case 'keep':
        this.#kept = message.settings
        return
      case 'tell':
        this.#options.onNews(message)
        return
      case 'notify':
        this.#options.onNotice(message)
        return
      case 'log':
        this.#options.onLines(message.lines)
        return
      case 'alive':
        this.#options.onAlive()
        return
    }
  }

  /** They may arrive after its end. */
  async #lastWords(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS_MS)
    })
    await Promise.race([this.#silence, late])
    clearTimeout(timer)
  }

  /** Its scripts may end after it. */
  async #farewell(): Promise<void> {
    await this.#lastWords()
    await this.#leaving
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null, detail = ''): void {
    if (this.#child !== child) return
    const { role, log, respawn, onEnd } = this.#options
    const pid = child.pid ?? 0
    this.#child = undefined
    this.#endErrands()
    this.#pidFile?.remove()
    this.#pidFile = undefined
    this.#options.onDied()
    if (this.#stopping) {
      void this.#farewell().then(() => onEnd(0))
      return
    }

    const permanent = code === null ? undefined : permanentError(code)
    if (code !== null && permanent !== undefined) {
      log.say('error', `pid ${pid} exited with permanent error ${permanent}. Terminating`, 'child-permanent-error', { child: role, code })
      onEnd(code)
      return
    }
    if (signal !== null) log.say('error', `pid ${pid} exited due to signal ${signalText(signal)}`, 'child-killed', { child: role, signal })
    else
      log.say('error', `pid ${pid} exited with status ${code ?? 'unknown'}${detail === '' ? '' : ` (${detail})`}`, 'child-exited', {
        child: role,
        code,
      })
    const name = TITLES[role].name
    if (!respawn) {
      log.say('error', `${name} child process(${pid}) died: Exiting`, 'child-died', { child: role })
      onEnd(0)
      return
    }
    log.say('error', `${name} child process(${pid}) died: Respawning`, 'child-died', { child: role })
    this.#delay = respawnDelay(this.#delay, (performance.now() - this.#startedAt) / 1000)
    log.say('info', `Restart of ${name} process delayed ${this.#delay} seconds to limit respawn rate`, 'child-respawn', {
      child: role,
      delay_s: this.#delay,
    })
    // A successor has to know what this one said last.
    const heard = this.#lastWords()
    const succeed = (): void => {
      if (!this.#stopping) this.start()
    }
    this.#waiting = setTimeout(() => void heard.then(succeed), this.#delay * 1000)
  }
}

function dutyChange(before: Duty, now: Duty): DutyChange {
  if (now.role !== 'checker') return now
  assert(before.role === 'checker', 'a process keeps its role')
  const { config, globalData } = now
  const virtualServers = servicesChange(before.config.virtualServers, config.virtualServers)
  return { role: 'checker', globals: config.globals, virtualServers, globalData }
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: '9 (Killed)',
  SIGTERM: '15 (Terminated)',
  SIGSEGV: '11 (Segmentation fault)',
  SIGABRT: '6 (Aborted)',
}
const signalText = (signal: string): string => SIGNALS[signal] ?? signal
