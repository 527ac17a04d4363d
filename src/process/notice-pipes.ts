import type { Micros } from '../base/units.ts'
import type { FifoChannel } from '../core/channel-config.ts'
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
const FOR_EVER = (2 ** 31 - 1) * 1_000

/** `notify_fifo`, `vrrp_notify_fifo` and `lvs_notify_fifo`, with their readers. A write waits for nobody. */
export class NoticePipes {
  readonly #trouble: (trouble: PipeTrouble) => void
  readonly #inUse = new Map<string, Pipe>()

  constructor(trouble: (trouble: PipeTrouble) => void) {
    this.#trouble = trouble
  }

  /** From now on these and no others. One that is in use stays open, with its reader and with what nobody has read. */
  use(channels: readonly FifoChannel[]): void {
    for (const [key, pipe] of this.#inUse) {
      if (channels.some((channel) => keyOf(channel) === key)) continue
      this.#inUse.delete(key)
      void pipe.close()
    }
    for (const channel of channels) {
      const key = keyOf(channel)
      if (!this.#inUse.has(key)) this.#inUse.set(key, new Pipe(channel, this.#trouble))
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
  readonly #trouble: (trouble: PipeTrouble) => void
  readonly #fifo: NotifyFifo | undefined
  readonly #readers = new Scripts(1)
  /** Since somebody last read it. */
  #lost = 0

  constructor({ of, place, reader }: FifoChannel, trouble: (trouble: PipeTrouble) => void) {
    this.of = of
    this.#path = place.path
    this.#trouble = trouble
    const opened = NotifyFifo.open(place)
    this.#fifo = opened.ok ? opened.value : undefined
    if (!opened.ok) trouble({ kind: 'no-fifo', path: place.path, detail: opened.error })
    else if (reader !== undefined) {
      const command = { ...reader, argv: [...reader.argv, place.path] }
      void this.#readers.run(command, { timeout: FOR_EVER as Micros }).then(({ kind }) => {
        if (kind !== 'cancelled') trouble({ kind: 'reader-ended', path: place.path, script: reader.argv[0] ?? '' })
      })
    }
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

  async close(): Promise<void> {
    // SIGTERM before the end of the file: who is told to go need not ask why.
    const gone = this.#readers[Symbol.asyncDispose]()
    this.#fifo?.close()
    await gone
  }
}
