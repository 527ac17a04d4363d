import { fromMillis } from '../base/units.ts'
import type { FifoChannel } from '../core/channel-config.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import { NotifyFifo } from '../drivers/notify-fifo.ts'
import { Scripts } from '../drivers/scripts.ts'
import type { ChildRole } from './messages.ts'

/** What keeps a line from being read. */
export type PipeTrouble =
  | { readonly kind: 'no-fifo'; readonly path: string; readonly detail: string }
  /** Nobody reads it: from now on only the newest line of each subject is kept. */
  | { readonly kind: 'fifo-full'; readonly path: string }
  /** What was kept has been written; so many others never will be. */
  | { readonly kind: 'fifo-read'; readonly path: string; readonly lost: number }
  | { readonly kind: 'reader-ended'; readonly path: string; readonly script: string }

/** How often a full pipe is tried. */
const RETRY_MS = 200

/** As long as a timer can be. */
const FOR_EVER = fromMillis(2 ** 31 - 1)

/** `notify_fifo`, `vrrp_notify_fifo` and `lvs_notify_fifo`, with their readers. A write waits for nobody. */
export class NoticePipes {
  readonly #trouble: (trouble: PipeTrouble) => void
  readonly #inUse = new Map<string, Pipe>()

  constructor(trouble: (trouble: PipeTrouble) => void) {
    this.#trouble = trouble
  }

  /** From now on these and no others. One that is in use stays open, with what nobody has read; its reader is started anew. */
  use(channels: readonly FifoChannel[]): void {
    for (const [key, pipe] of this.#inUse) {
      if (channels.some((channel) => keyOf(channel) === key)) continue
      this.#inUse.delete(key)
      void pipe.close()
    }
    for (const channel of channels) {
      const key = keyOf(channel)
      const pipe = this.#inUse.get(key)
      if (pipe === undefined) this.#inUse.set(key, new Pipe(channel, this.#trouble))
      else void pipe.restart()
    }
  }

  /** `line` with its end, for the pipe of this process and for that of all. Of one subject only the newest has to arrive. */
  write(role: ChildRole, subject: string, line: string): void {
    for (const pipe of this.#inUse.values()) if (pipe.of === 'all' || pipe.of === role) pipe.write(subject, line)
  }

  /** The readers get SIGTERM, and 2 s later SIGKILL. */
  async close(): Promise<void> {
    const pipes = [...this.#inUse.values()]
    this.#inUse.clear()
    await Promise.all(pipes.map((pipe) => pipe.close()))
  }
}

/** With another owner or reader it is another one. */
const keyOf = (channel: FifoChannel): string => JSON.stringify(channel)

/** One pipe. */
class Pipe {
  readonly of: FifoChannel['of']
  readonly #path: string
  readonly #reader: ScriptCommand | undefined
  readonly #trouble: (trouble: PipeTrouble) => void
  readonly #fifo: NotifyFifo | undefined
  #running = new Scripts(1)
  /** What there is no room for, by subject, the oldest first. */
  readonly #kept = new Map<string, string>()
  /** Lines that a newer one of their subject has replaced. */
  #lost = 0
  #retry: NodeJS.Timeout | undefined

  constructor({ of, place: { path, owner }, reader }: FifoChannel, trouble: (trouble: PipeTrouble) => void) {
    this.of = of
    this.#path = path
    this.#reader = reader && { ...reader, argv: [...reader.argv, path] }
    this.#trouble = trouble
    const opened = NotifyFifo.open({ path, owner })
    this.#fifo = opened.ok ? opened.value : undefined
    if (opened.ok) this.#read()
    else trouble({ kind: 'no-fifo', path, detail: opened.error })
  }

  write(subject: string, line: string): void {
    if (this.#fifo === undefined) return
    if (this.#kept.size === 0) {
      if (this.#fifo.write(line)) return
      this.#trouble({ kind: 'fifo-full', path: this.#path })
    }
    if (this.#kept.delete(subject)) this.#lost++
    this.#kept.set(subject, line)
    this.#tryAgain()
  }

  /** Two readers would share the lines: the new one begins when the old one is gone. */
  async restart(): Promise<void> {
    const old = this.#running
    this.#running = new Scripts(1)
    await old[Symbol.asyncDispose]()
    if (this.#fifo !== undefined) this.#read()
  }

  async close(): Promise<void> {
    // SIGTERM before the end of the file: who is told to go need not ask why.
    const gone = this.#running[Symbol.asyncDispose]()
    clearTimeout(this.#retry)
    this.#fifo?.close()
    await gone
  }

  /** As long as something is kept: a pipe does not say when it is read. */
  #tryAgain(): void {
    clearTimeout(this.#retry)
    for (const [subject, line] of this.#kept) {
      if (this.#fifo?.write(line) !== true) {
        this.#retry = setTimeout(() => this.#tryAgain(), RETRY_MS).unref()
        return
      }
      this.#kept.delete(subject)
    }
    this.#trouble({ kind: 'fifo-read', path: this.#path, lost: this.#lost })
    this.#lost = 0
  }

  #read(): void {
    if (this.#reader === undefined) return
    const [script = ''] = this.#reader.argv
    void this.#running.run(this.#reader, { timeout: FOR_EVER }).then((end) => {
      if (end.kind !== 'cancelled') this.#trouble({ kind: 'reader-ended', path: this.#path, script })
    })
  }
}
