import { fromSeconds, type Micros, toMillis } from '../base/units.ts'
import type { ScriptCommand, ScriptEnd } from '../core/script-config.ts'
import { Scripts } from '../drivers/scripts.ts'
import type { Notice } from './messages.ts'

/** What went otherwise than the author of a notify script would expect. */
export type ScriptTrouble =
  | { readonly kind: 'not-told'; readonly subject: string; readonly script: string; readonly end: ScriptEnd }
  /** A newer state came while an older one still waited for its turn. */
  | { readonly kind: 'skipped'; readonly subject: string }

/** How long a notify script may run: the next state of its instance waits for it. */
export const NOTIFY_DEADLINE: Micros = fromSeconds(60)

/**
 * Runs notify scripts, for each subject one after the other: the newest state is told at last, and never more than one waits. The last
 * of a subject, STOP, waits for nothing.
 */
export class Notifications {
  readonly #trouble: (trouble: ScriptTrouble) => void
  readonly #deadline: Micros
  readonly #scripts = new Scripts()
  readonly #lastScripts = new Scripts()
  /** Subjects that are being told, and what waits behind that. */
  readonly #subjects = new Map<string, Notice | undefined>()
  readonly #last = new Set<Promise<void>>()
  #finishing = false

  constructor(trouble: (trouble: ScriptTrouble) => void, deadline: Micros = NOTIFY_DEADLINE) {
    this.#trouble = trouble
    this.#deadline = deadline
  }

  /** The scripts are started, or wait. */
  tell(notice: Notice): void {
    if (this.#finishing || notice.scripts.length === 0) return
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
