import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { accessSync, constants as files } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { type Micros, toMillis } from '../base/units.ts'
import type { ScriptCommand, ScriptEnd } from '../core/script-config.ts'
import { onlyRootCanChange } from './script-security.ts'
import { type Ids, idsOf } from './script-user.ts'

/** How long after SIGTERM a script is killed, and how long after that nobody waits for it any more. */
const graceMillis = 2_000
const giveUpMillis = 1_000

export interface RunOptions {
  /** For the script, and before that for a place among the others. */
  readonly timeout: Micros
  /** Ends the script early. */
  readonly signal?: AbortSignal
}

/**
 * Runs configured programs: an argument array and no shell (a text file without `#!` goes through /bin/sh, as execvp does), as the
 * user asked for with no other groups, in a process group of its own, with /dev/null for input and output.
 */
export class Scripts {
  readonly #atOnce: number
  /** Places that nobody has; one that ends hands its own to the first that waits. */
  #free: number
  readonly #running = new Set<Run>()
  readonly #waiting: Waiting[] = []
  #closed = false

  /** `atOnce` bounds the programs that run beside each other. */
  constructor(atOnce = 64) {
    this.#atOnce = atOnce
    this.#free = atOnce
  }

  get running(): number {
    return this.#running.size
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Never rejects. A script that takes too long gets SIGTERM, its whole group with it, and 2 s later SIGKILL. */
  async run(command: ScriptCommand, options: RunOptions): Promise<ScriptEnd> {
    if (this.#closed || options.signal?.aborted === true) return { kind: 'cancelled' }
    const ids = idsOf(command.runAs)
    if (ids.kind === 'unknown') return { kind: 'not-run', ours: false, detail: ids.detail }
    if (this.#free > 0) this.#free--
    else {
      const refused = await this.#turn(options)
      if (refused !== undefined) return refused
    }
    const run = new Run(command, ids, options)
    this.#running.add(run)
    try {
      return await run.ended
    } finally {
      this.#running.delete(run)
      const next = this.#waiting[0]
      if (next === undefined) this.#free++
      else next.go()
    }
  }

  /** Waits for a place among those that run; undefined when there is one. */
  #turn({ timeout, signal }: RunOptions): Promise<ScriptEnd | undefined> {
    return new Promise((resolve) => {
      const leave = (end: ScriptEnd | undefined): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        const place = this.#waiting.indexOf(waiting)
        if (place >= 0) this.#waiting.splice(place, 1)
        resolve(end)
      }
      const waiting: Waiting = { go: () => leave(undefined), cancel: () => leave({ kind: 'cancelled' }) }
      const cancel = waiting.cancel
      const detail = `${this.#atOnce} scripts are running already`
      const timer = setTimeout(() => leave({ kind: 'not-run', ours: true, detail }), toMillis(timeout))
      signal?.addEventListener('abort', cancel)
      this.#waiting.push(waiting)
    })
  }

  /** Without a grace, and for ever: who is still there has had its time. */
  kill(): void {
    this.#closed = true
    for (const waiting of [...this.#waiting]) waiting.cancel()
    for (const run of this.#running) run.kill()
  }

  /** Ends all that runs or waits; done when the last is gone or was killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const waiting of [...this.#waiting]) waiting.cancel()
    const all = [...this.#running]
    for (const run of all) run.cancel()
    await Promise.all(all.map((run) => run.ended))
  }
}

interface Waiting {
  readonly go: () => void
  readonly cancel: () => void
}

/** One script from its start until it is gone. */
class Run {
  readonly ended: Promise<ScriptEnd>
  readonly #signal: AbortSignal | undefined
  readonly #child: ChildProcess | undefined
  #resolve: (end: ScriptEnd) => void = () => {}
  #timer: NodeJS.Timeout | undefined
  /** Why it was told to end. */
  #told: 'timed-out' | 'cancelled' | undefined

  constructor(command: ScriptCommand, ids: Ids, { timeout, signal }: RunOptions) {
    this.#signal = signal
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
    try {
      this.#child = start(command, ids)
    } catch (error) {
      this.#finish(notRun(error as NodeJS.ErrnoException))
      return
    }
    this.#child.once('error', (error) => this.#finish(notRun(error)))
    this.#child.once('exit', (code, name) => this.#exited(code, name))
    signal?.addEventListener('abort', this.cancel)
    this.#timer = setTimeout(() => this.#end('timed-out'), toMillis(timeout))
  }

  readonly cancel = (): void => this.#end('cancelled')

  /** At once, with its group. */
  kill(): void {
    this.#told ??= 'cancelled'
    killGroup(this.#child, 'SIGKILL')
  }

  #end(why: 'timed-out' | 'cancelled'): void {
    if (this.#told !== undefined) return
    this.#told = why
    clearTimeout(this.#timer)
    killGroup(this.#child, 'SIGTERM')
    this.#timer = setTimeout(() => {
      killGroup(this.#child, 'SIGKILL')
      // A process that waits for a dead disk does not even die of this.
      this.#timer = setTimeout(() => this.#finish({ kind: why }), giveUpMillis)
    }, graceMillis)
  }

  #exited(code: number | null, name: NodeJS.Signals | null): void {
    // What it left behind was told to end as well. At this moment its group's number cannot be another's yet.
    if (this.#told !== undefined) killGroup(this.#child, 'SIGKILL')
    if (this.#told !== undefined) this.#finish({ kind: this.#told })
    else if (name !== null) this.#finish({ kind: 'signalled', signal: constants.signals[name] ?? 0 })
    else this.#finish({ kind: 'exited', code: code ?? 0 })
  }

  #finish(end: ScriptEnd): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.cancel)
    this.#resolve(end)
  }
}

/**
 * `detached` makes a session and group of its own. With a uid or gid Node also drops all supplementary groups. Where there is setpriv(1)
 * the script gets SIGTERM when we die, and its user's other groups if it shall have them.
 */
function start({ argv, guarded }: ScriptCommand, { uid, gid, supplementary }: Ids): ChildProcess {
  const [program = '', ...rest] = argv
  // Nobody else can put another in its place between this look and the start: that is what the look is for.
  if (guarded && !onlyRootCanChange(program)) throw new Error(`others than root may change ${program}`)
  const options = { detached: true, shell: false, stdio: 'ignore', env: scriptEnvironment(process.env) } as const
  if (!hasSetpriv()) return normal(spawn(program, rest, { ...options, uid, gid }))
  // Once setpriv runs, a program that is not there is only an exit status.
  if (program.includes('/')) accessSync(program, files.X_OK)
  const words = [
    '--pdeathsig',
    'TERM',
    ...(supplementary ? ['--reuid', `${uid}`, '--regid', `${gid}`, '--init-groups'] : []),
    '--',
    ...argv,
  ]
  return normal(spawn(setpriv, words, supplementary ? options : { ...options, uid, gid }))
}

const setpriv = '/usr/bin/setpriv'
let setprivWorks: boolean | undefined

/** Asked once: busybox has one that cannot do it. */
function hasSetpriv(): boolean {
  setprivWorks ??= spawnSync(setpriv, ['--pdeathsig', 'TERM', '--', '/bin/true'], { stdio: 'ignore' }).status === 0
  return setprivWorks
}

/** A script is not to have the priority of the daemon. */
function normal(child: ChildProcess): ChildProcess {
  if (child.pid === undefined || getPriority() >= 0) return child
  try {
    setPriority(child.pid, 0)
  } catch {
    // It has ended already.
  }
  return child
}

/** Ours without what would change the meaning of a shell script or of the loader. */
export function scriptEnvironment({ IFS, LD_PRELOAD, LD_LIBRARY_PATH, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return rest
}

function killGroup(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child?.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It is gone already.
  }
}

function notRun(error: NodeJS.ErrnoException): ScriptEnd {
  return { kind: 'not-run', ours: ourShortages.has(error.code ?? ''), detail: error.message.slice(0, 200) }
}

const ourShortages: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])
