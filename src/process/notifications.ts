import { fromSeconds, type Micros, toMillis } from '../base/units.ts'
import type { ScriptCommand, ScriptEnd } from '../core/script-config.ts'
import type { FifoPlace } from '../core/vrrp/notify-config.ts'
import { NotifyFifo } from '../drivers/notify-fifo.ts'
import { Scripts } from '../drivers/scripts.ts'
import type { Notice } from './messages.ts'

/** What went otherwise than the author of a notify script would expect. */
export type NotifyTrouble =
  | { readonly kind: 'not-told'; readonly subject: string; readonly script: string; readonly end: ScriptEnd }
  /** A newer state came while an older one still waited for its turn. */
  | { readonly kind: 'skipped'; readonly subject: string }
  | { readonly kind: 'no-fifo'; readonly path: string; readonly detail: string }
  /** Nobody reads it: the first line is lost. */
  | { readonly kind: 'fifo-full'; readonly path: string }
  | { readonly kind: 'fifo-read'; readonly path: string; readonly lost: number }

/** How long a notify script may run: the next state of its instance waits for it. */
export const NOTIFY_DEADLINE: Micros = fromSeconds(60)

/**
 * Runs notify scripts, for each subject one after the other: the newest state is told at last, and never more than one waits. The last
 * of a subject, STOP, waits for nothing.
 */
export class Notifications {
  readonly #trouble: (trouble: NotifyTrouble) => void
  readonly #deadline: Micros
  readonly #scripts = new Scripts()
  readonly #lastScripts = new Scripts()
  /** Subjects that are being told, and what waits behind that. */
  readonly #subjects = new Map<string, Notice | undefined>()
  readonly #last = new Set<Promise<void>>()
  #finishing = false
  #fifo: { readonly place: FifoPlace; readonly pipe: NotifyFifo } | undefined
  /** Of the pipe in use, since somebody last read it. */
  #lost = 0

  constructor(trouble: (trouble: NotifyTrouble) => void, deadline: Micros = NOTIFY_DEADLINE) {
    this.#trouble = trouble
    this.#deadline = deadline
  }

  /** From now on lines go there. One that is in use stays open, with what nobody has read. */
  use(place: FifoPlace | undefined): void {
    if (this.#finishing || (place !== undefined && this.#fifo?.place.path === place.path)) return
    this.#fifo?.pipe.close()
    this.#fifo = undefined
    this.#lost = 0
    if (place === undefined) return
    const opened = NotifyFifo.open(place)
    if (opened.ok) this.#fifo = { place, pipe: opened.value }
    else this.#trouble({ kind: 'no-fifo', path: place.path, detail: opened.error })
  }

  /** The scripts are started, or wait; the line is written at once, for every change. */
  tell(notice: Notice): void {
    if (this.#finishing) return
    if (notice.scripts.length > 0) this.#start(notice)
    if (notice.line !== undefined) this.#write(notice.line)
  }

  #start(notice: Notice): void {
    const { subject } = notice
    const busy = this.#subjects.has(subject)
    if (busy && this.#subjects.get(subject) !== undefined) this.#trouble({ kind: 'skipped', subject })
    if (notice.last) {
      if (busy) this.#subjects.set(subject, undefined)
      const told = this.#run(notice, this.#lastScripts).finally(() => this.#last.delete(told))
      this.#last.add(told)
    } else if (busy) this.#subjects.set(subject, notice)
    else void this.#work(notice)
  }

  /** Waits so long for the last ones, then kills them. What else still runs gets SIGTERM at once. */
  async finish(limit: Micros): Promise<void> {
    this.#finishing = true
    void this.#scripts[Symbol.asyncDispose]()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, toMillis(limit))
    })
    await Promise.race([Promise.all(this.#last), late])
    clearTimeout(timer)
    this.#lastScripts.kill()
    this.#fifo?.pipe.close()
    this.#fifo = undefined
  }

  #write(line: string): void {
    if (this.#fifo === undefined) return
    const { place, pipe } = this.#fifo
    if (!pipe.write(line)) {
      if (this.#lost++ === 0) this.#trouble({ kind: 'fifo-full', path: place.path })
    } else if (this.#lost > 0) {
      this.#trouble({ kind: 'fifo-read', path: place.path, lost: this.#lost })
      this.#lost = 0
    }
  }

  async #work(first: Notice): Promise<void> {
    const { subject } = first
    for (let notice: Notice | undefined = first; notice !== undefined; notice = this.#subjects.get(subject)) {
      this.#subjects.set(subject, undefined)
      await this.#run(notice, this.#scripts)
    }
    this.#subjects.delete(subject)
  }

  async #run({ subject, scripts }: Notice, runner: Scripts): Promise<void> {
    for (const command of scripts) {
      const end = await runner.run(command, { timeout: this.#deadline })
      if (end.kind === 'timed-out' || end.kind === 'not-run') this.#trouble({ kind: 'not-told', subject, script: nameOf(command), end })
    }
  }
}

const nameOf = ({ argv }: ScriptCommand): string => argv[0] ?? ''
