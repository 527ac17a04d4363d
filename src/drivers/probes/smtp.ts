import type { Socket } from 'node:net'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt } from '../../core/check/config.ts'
import type { ProbeResult } from '../../core/check/probe.ts'
import { dial } from './dial.ts'
import { within } from './within.ts'

type Failure = Exclude<ProbeResult, { kind: 'passed' | 'weighed' }>

/** What we are willing to read of one reply, in bytes. */
const replyLimit = 4096

/**
 * SMTP_CHECK: the server greets with 220, answers HELO with 250, and answers QUIT at all. Each step has `connect_timeout`. A reply may
 * have several lines (RFC 5321 §4.2.1).
 */
export async function probeSmtp(
  { target, heloName }: Extract<CheckAttempt, { kind: 'SMTP_CHECK' }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now()
  const limit = target.connectTimeout
  const dialled = await within(limit, signal, (time) => dial(target, time))
  switch (dialled.kind) {
    case 'aborted':
      return { kind: 'timed-out', stage: 'connect' }
    case 'refused':
      return { kind: 'failed', reason: { kind: isUnreachable(dialled.detail) ? 'unreachable' : 'connect', detail: dialled.detail } }
    case 'not-made':
      return dialled
    case 'connected':
      break
  }
  const replies = new Replies(dialled.socket)
  try {
    const next = (): Promise<Reply> => within(limit, signal, (time) => replies.next(time))
    const greeting = await next()
    const greeted = judge(greeting, '220', 'greeting')
    if (greeted !== undefined) return greeted
    replies.send(`HELO ${withoutLineEnds(heloName)}\r\n`)
    const welcomed = judge(await next(), '250', 'helo')
    if (welcomed !== undefined) return welcomed
    replies.send('QUIT\r\n')
    const bye = await next()
    if (bye.kind !== 'reply') return failureOf(bye)
    return { kind: 'passed', latency: fromMillis(performance.now() - start) }
  } finally {
    dialled.socket.destroy()
  }
}

function isUnreachable(detail: string): boolean {
  return /ENETUNREACH|EHOSTUNREACH|ENETDOWN/.test(detail)
}

/** A name from the configuration is one word of one line. */
function withoutLineEnds(name: string): string {
  return name.replaceAll(/[\r\n]/g, '')
}

type Reply =
  | { readonly kind: 'reply'; readonly line: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'ended'; readonly detail: string }

function judge(reply: Reply, code: string, stage: 'greeting' | 'helo'): Failure | undefined {
  if (reply.kind !== 'reply') return failureOf(reply)
  return reply.line.startsWith(`${code} `)
    ? undefined
    : { kind: 'failed', reason: { kind: 'smtp', stage, detail: reply.line.slice(0, 100) } }
}

function failureOf(reply: Exclude<Reply, { kind: 'reply' }>): Failure {
  switch (reply.kind) {
    case 'silence':
      return { kind: 'timed-out', stage: 'reply' }
    case 'too-long':
      return { kind: 'failed', reason: { kind: 'malformed', detail: `a reply of more than ${replyLimit} bytes` } }
    case 'ended':
      return { kind: 'failed', reason: { kind: 'reply', detail: reply.detail } }
  }
}

/** The replies of a mail server, one by one. What comes before it was asked for belongs to nothing and is dropped. */
class Replies {
  readonly #socket: Socket
  #text = ''
  #ended: string | undefined
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#text += chunk
      this.#wake()
    })
    const end = (detail: string): void => {
      this.#ended ??= detail
      this.#wake()
    }
    socket.on('error', (error) => end(error.message.slice(0, 200)))
    socket.on('close', () => end('closed'))
    socket.on('end', () => end('closed'))
  }

  send(text: string): void {
    this.#text = ''
    this.#socket.write(text)
  }

  /** The last line of the next reply. */
  next(signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve) => {
      const finish = (reply: Reply): void => {
        this.#wake = () => {}
        signal.removeEventListener('abort', silence)
        resolve(reply)
      }
      const silence = (): void => finish({ kind: 'silence' })
      const look = (): void => {
        const reply = this.#take()
        if (reply !== undefined) finish(reply)
      }
      signal.addEventListener('abort', silence)
      this.#wake = look
      if (signal.aborted) silence()
      else look()
    })
  }

  #take(): Reply | undefined {
    const last = /^(?:[^\n]{3}-[^\n]*\n)*?(?![^\n]{3}-)([^\n]*?)\r?\n/.exec(this.#text)
    if (last !== null) return { kind: 'reply', line: last[1] ?? '' }
    if (this.#text.length > replyLimit) return { kind: 'too-long' }
    return this.#ended === undefined ? undefined : { kind: 'ended', detail: this.#ended }
  }
}
