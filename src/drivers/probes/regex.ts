import { Worker } from 'node:worker_threads'
import type { HttpRegex } from '../../core/check/config.ts'
import { isWide, translate } from './pcre.ts'

export type Match =
  | { readonly kind: 'decided'; readonly matched: boolean }
  /** The pattern took too long, or means nothing here: neither a match nor the absence of one. */
  | { readonly kind: 'undecided'; readonly detail: string }

/** How long a pattern may take on one body, in milliseconds. */
export const patternLimit = 500

/**
 * Looks for the pattern in a body. A pattern of plain characters takes time in proportion to the body; any other may take for ever, so
 * it runs in a thread that can be ended.
 */
export function matches(regex: HttpRegex, body: Buffer, signal: AbortSignal): Promise<Match> {
  const compiled = compile(regex)
  if (compiled instanceof Error) return Promise.resolve({ kind: 'undecided', detail: compiled.message })
  const text = body.toString(isWide(regex.options) || !isAscii(regex.pattern) ? 'utf8' : 'latin1')
  const lineEnd = regex.options.includes('firstline') ? text.indexOf('\n', regex.minOffset) : -1
  const maxOffset = Math.min(regex.maxOffset, lineEnd < 0 ? text.length : lineEnd)
  const search: Search = { source: compiled.source, flags: compiled.flags, text, minOffset: regex.minOffset, maxOffset }
  if (isPlain(regex.pattern)) return Promise.resolve({ kind: 'decided', matched: searchNow(search) })
  return searcher.search(search, signal)
}

/** The pattern as JavaScript has it; an error if it means nothing to it. */
function compile({ pattern, options }: HttpRegex): RegExp | Error {
  const { source, flags } = translate(pattern, options)
  try {
    return new RegExp(source, `g${flags}`)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

interface Search {
  readonly source: string
  readonly flags: string
  readonly text: string
  readonly minOffset: number
  /** Where a match may begin at the latest. */
  readonly maxOffset: number
}

/** Also the text of the thread's program: it must name nothing from outside. */
function searchNow({ source, flags, text, minOffset, maxOffset }: Search): boolean {
  const regex = new RegExp(source, flags)
  regex.lastIndex = minOffset
  const match = regex.exec(text)
  return match !== null && match.index <= maxOffset
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

/** Neither repetition nor alternatives nor groups: nothing to go back to. */
function isPlain(pattern: string): boolean {
  return !/[*+?{(|]/.test(pattern)
}

/** One thread that searches, begun when first needed, ended when a search takes too long and begun anew. */
class Searcher {
  #worker: Worker | undefined
  /** One at a time, so that the limit is that of one pattern. */
  #last: Promise<unknown> = Promise.resolve()

  search(search: Search, signal: AbortSignal): Promise<Match> {
    const turn = this.#last.then(() => (signal.aborted ? late : this.#run(search)))
    this.#last = turn
    return turn
  }

  #run(search: Search): Promise<Match> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    return new Promise((resolve) => {
      const finish = (match: Match): void => {
        clearTimeout(timer)
        worker.removeAllListeners('message')
        worker.removeAllListeners('error')
        worker.unref()
        resolve(match)
      }
      const discard = (match: Match): void => {
        this.#worker = undefined
        finish(match)
        worker.on('error', () => {})
        void worker.terminate()
      }
      const timer = setTimeout(() => discard(late), patternLimit)
      worker.once('message', (matched: boolean) => finish({ kind: 'decided', matched }))
      worker.once('error', (error: Error) => discard({ kind: 'undecided', detail: error.message }))
      worker.ref()
      worker.postMessage(search)
    })
  }

  #start(): Worker {
    const program = `const { parentPort } = require('node:worker_threads'); const search = ${searchNow.toString()}
      parentPort.on('message', (what) => parentPort.postMessage(search(what)))`
    return new Worker(program, { eval: true, execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: 64 } })
  }
}

const late: Match = { kind: 'undecided', detail: 'the pattern took too long' }
const searcher = new Searcher()
