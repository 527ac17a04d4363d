import { Worker } from 'node:worker_threads'
import { type LogLevel, type LogLine, lostLine, type Role } from './log-line.ts'
import { LogRing, type RingLimits } from './log-ring.ts'
import { type LogSettings, passes } from './log-settings.ts'
import type { FromLogThread, ToLogThread } from './log-thread.ts'

/** How a process says something. Never blocks, never throws. */
export interface Log {
  say(level: LogLevel, text: string, event?: string, fields?: Readonly<Record<string, unknown>>): void
  /** Only with `-D`. */
  detail(text: string, event?: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What is said by whom, and how much of it. */
export interface LogVoice {
  readonly role: Role
  readonly level: LogLevel
  /** How often `-D` was given. */
  readonly logDetail: number
}

export function createLog(voice: LogVoice, push: (line: LogLine) => void): Log {
  const say: Log['say'] = (level, text, event, fields) => {
    if (passes(level, voice.level)) push({ at: Date.now(), role: voice.role, pid: process.pid, level, text, event, fields })
  }
  return { say, detail: (text, event, fields) => (voice.logDetail > 0 ? say('info', text, event, fields) : undefined) }
}

/** A ring of lines for the next hop; `acknowledge` it when that hop says so. */
export function lineRing(limits: RingLimits, deliver: (lines: readonly LogLine[]) => void): LogRing<LogLine> {
  return new LogRing<LogLine>(limits, { deliver, lost: lostLine, sizeOf: (line) => line.text.length * 2 + 256 })
}

/** In one process. A child's ring is smaller: what it holds is held once more further on. */
export const SUPERVISOR_RING: RingLimits = { capacity: 512 * 1024, window: 64 * 1024 }
export const CHILD_RING: RingLimits = { capacity: 256 * 1024, window: 32 * 1024 }

/** How long the logging thread may take to begin on a busy machine. */
const LOADING_MS = 5000

/** Gives lines to the logging thread, as many as it takes. It is started before anything else, because that takes a tenth of a second. */
export class LogThread {
  readonly #worker: Worker
  readonly #ring: LogRing<LogLine>
  /** It has said something: lines were taken. */
  readonly #loaded = Promise.withResolvers<void>()
  #flushed: (() => void) | undefined

  constructor() {
    const file = import.meta.url.endsWith('.ts') ? './log-thread.ts' : './log-thread.js'
    this.#worker = new Worker(new URL(file, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
    })
    this.#worker.unref()
    this.#ring = lineRing(SUPERVISOR_RING, (lines) => this.#post({ kind: 'lines', lines }))
    this.#worker.on('message', (message: FromLogThread) => this.#receive(message))
    // Without its thread the log is silent; what we are for goes on.
    this.#worker.on('error', () => undefined)
    this.#worker.on('exit', () => {
      this.#loaded.resolve()
      this.#flushed?.()
    })
  }

  /** Where lines go: said once, before the first of them. */
  open(settings: LogSettings): void {
    this.#post({ kind: 'open', settings })
  }

  push(line: LogLine): void {
    this.#ring.push(line)
  }

  /** Until all is written, or for so many milliseconds; a thread that is still being loaded is not stuck. */
  async flush(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#flushed = resolve
    this.#worker.ref()
    this.#post({ kind: 'flush' })
    const loading = setTimeout(this.#loaded.resolve, LOADING_MS)
    await this.#loaded.promise
    clearTimeout(loading)
    const limit = setTimeout(resolve, limitMs)
    await promise
    clearTimeout(limit)
    this.#worker.unref()
  }

  #post(message: ToLogThread): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromLogThread): void {
    this.#loaded.resolve()
    switch (message.kind) {
      case 'taken':
        this.#ring.acknowledge(message.count)
        return
      case 'flushed':
        this.#flushed?.()
        return
    }
  }
}
