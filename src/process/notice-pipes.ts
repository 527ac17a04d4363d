import { fromMillis } from '../base/units.ts'
import type { FifoChannel } from '../core/channel-config.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import { NotifyFifo } from '../drivers/notify-fifo.ts'
import { Scripts } from '../drivers/scripts.ts'
import type { ChildRole } from './messages.ts'

/** What keeps a line from being read. */
export type PipeTrouble =
  | { readonly kind: 'no-fifo'; readonly path: string; readonly detail: string }
  /** Nobody reads it: the first line is lost. */
  | { readonly kind: 'fifo-full'; readonly path: string }
  | { readonly kind: 'fifo-read'; readonly path: string; readonly lost: number }
  | { readonly kind: 'reader-ended'; readonly path: string; readonly script: string }

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

  /** `line` with its end, for the pipe of this process and for that of all. */
  write(role: ChildRole, line: string): void {
    for (const pipe of this.#inUse.values()) if (pipe.of === 'all' || pipe.of === role) pipe.write(line)
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
  /** Since somebody last read it. */
  #lost = 0

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

  write(line: string): void {
    if (this.#fifo === undefined) return
    if (!this.#fifo.write(line)) {
      if (this.#lost++ === 0) this.#trouble({ kind: 'fifo-full', path: this.#path })
    } else if (this.#lost > 0) {
      this.#trouble({ kind: 'fifo-read', path: this.#path, lost: this.#lost })
      this.#lost = 0
    }
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
    this.#fifo?.close()
    await gone
  }

  #read(): void {
    if (this.#reader === undefined) return
    const [script = ''] = this.#reader.argv
    void this.#running.run(this.#reader, { timeout: FOR_EVER }).then((end) => {
      if (end.kind !== 'cancelled') this.#trouble({ kind: 'reader-ended', path: this.#path, script })
    })
  }
}
