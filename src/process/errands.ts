import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Micros, toMillis } from '../base/units.ts'
import type { ScriptEnd } from '../core/script-config.ts'
import type { ScriptRun } from '../core/track/config.ts'
import { NumberFiles } from '../drivers/files.ts'
import { Linkbeats } from '../drivers/linkbeat.ts'
import { ProcessCounts } from '../drivers/processes.ts'
import { Scripts } from '../drivers/scripts.ts'
import { Departures } from './departures.ts'
import type { Answer, Errand } from './messages.ts'

/** How long after SIGTERM the scripts of a daemon that stops are killed. */
const GRACE_MS = 1_000

/**
 * What the vrrp process has its supervisor do for it: to start a program takes a millisecond, and a disk may take for ever, but its
 * adverts have to leave in time. One for each life of that process.
 */
export class Errands {
  readonly #answer: (answer: Answer) => void
  readonly #scripts = new Scripts()
  readonly #files: NumberFiles
  readonly #processes: ProcessCounts
  readonly #linkbeats: Linkbeats
  readonly #departures: Departures
  #closed = false

  constructor(answer: (answer: Answer) => void) {
    this.#answer = (message) => {
      if (!this.#closed) answer(message)
    }
    this.#files = new NumberFiles((path, value) => this.#answer({ kind: 'file', path, value }))
    this.#processes = new ProcessCounts((name, running) => this.#answer({ kind: 'processes', name, running }))
    this.#departures = new Departures((departure) => this.#answer({ kind: 'link-deleted', departure }))
    this.#linkbeats = new Linkbeats((name, up) => this.#answer({ kind: 'linkbeat', interface: name, up }))
  }

  do(errand: Errand): void {
    switch (errand.kind) {
      case 'run-script': {
        const { run, script } = errand
        void this.#run(script.run, script.timeout).then((end) => this.#answer({ kind: 'script-ended', run, end }))
        return
      }
      case 'follow-files':
        for (const [path, value] of this.#files.follow(errand.files)) this.#answer({ kind: 'file', path, value })
        return
      case 'follow-processes':
        for (const [name, running] of this.#processes.follow(errand.processes, errand.buffer))
          this.#answer({ kind: 'processes', name, running })
        return
      case 'delete-link':
        this.#departures.add(errand.departure)
        return
      case 'poll-links':
        this.#linkbeats.poll(errand.interfaces)
        return
    }
  }

  /** Ends what still runs, its process group with it; there are no more answers. Settled when all is gone, of itself or by force. */
  async close(): Promise<void> {
    this.#closed = true
    this.#files.close()
    this.#processes.close()
    this.#linkbeats.close()
    this.#departures.close()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS)
    })
    await Promise.race([this.#scripts[Symbol.asyncDispose](), late])
    clearTimeout(timer)
    this.#scripts.kill()
  }

  #run(run: ScriptRun, timeout: Micros): Promise<ScriptEnd> {
    switch (run.kind) {
      case 'command':
        return this.#scripts.run(run.command, { timeout })
      case 'readable':
        return isReadable(run.path, timeout)
    }
  }
}

/** `script "</path"`: as if a shell had opened it. A FIFO is not waited for, a dead disk only for so long. */
async function isReadable(path: string, timeout: Micros): Promise<ScriptEnd> {
  const opened = open(path, constants.O_RDONLY | constants.O_NONBLOCK).then(
    async (file): Promise<ScriptEnd> => {
      await file.close()
      return { kind: 'exited', code: 0 }
    },
    (): ScriptEnd => ({ kind: 'exited', code: 1 }),
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ScriptEnd>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed-out' }), toMillis(timeout))
  })
  const end = await Promise.race([opened, late])
  clearTimeout(timer)
  return end
}
