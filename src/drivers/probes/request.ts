import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { Axios } from 'axios'
import type { CheckAttempt, CheckTarget, HttpUrl } from '../../core/check/config.ts'
import { RawBody } from './raw-body.ts'

export interface WebRequest {
  /** The connection to use up. */
  readonly stream: Duplex
  readonly url: HttpUrl
  readonly attempt: Extract<CheckAttempt, { kind: 'HTTP_GET' | 'SSL_GET' }>
}

export type Reply =
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly body: readonly Buffer[]
      /** There was more of it than `bodyLimit`. */
      readonly cut: boolean
    }
  | { readonly kind: 'malformed'; readonly detail: string }
  /** Closed before anything came. */
  | { readonly kind: 'closed'; readonly detail: string }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'aborted'; readonly stage: 'reply' | 'body' }

/** What we are willing to read of a server, in bytes: header and body. */
export const headerLimit = 64 * 1024
export const bodyLimit = 4 * 1024 * 1024

/**
 * axios without its defaults, and with an adapter in place of the one that it has for Node: that prepares for redirects, proxies,
 * compression and uploads, none of which a check may do, and costs more than all the rest of a check.
 */
const client = new Axios({})

/**
 * One GET over a connection of its own: no proxy, no redirect, no decompression, no reuse, bounded in size; ends with the signal.
 */
export async function fetchReply(web: WebRequest, signal: AbortSignal): Promise<Reply> {
  const abort = (): void => void web.stream.destroy()
  signal.addEventListener('abort', abort)
  const progress: Progress = { stage: 'reply' }
  try {
    const { data } = await client.request<Reply>({
      adapter: async (config) => ({ data: await exchange(web, progress), status: 0, statusText: '', headers: {}, config }),
    })
    // What our own giving up cut short is not the server's early end.
    return signal.aborted ? { kind: 'aborted', stage: progress.stage } : data
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

interface Progress {
  stage: 'reply' | 'body'
}

/** Sends exactly what keepalived sends, these headers in this order and no other, and reads what comes; never rejects. */
function exchange({ stream, url, attempt }: WebRequest, progress: Progress): Promise<Reply> {
  return new Promise((resolve) => {
    const raw = new RawBody(headerLimit + bodyLimit)
    let streamError: Error | undefined
    const failed = (error: unknown): void => resolve(refusal(error, streamError))
    stream.on('error', (error) => {
      streamError = error
    })
    const responded = (response: IncomingMessage): void => {
      progress.stage = 'body'
      raw.decide(response)
      readBody(
        response,
        () => streamError,
        (body) => resolve(body.kind === 'reply' ? withFraming(body, raw) : body),
      )
    }
    if (attempt.httpProtocol !== '1.1') downgradeFirstWrite(stream)
    try {
      const sent = request(
        {
          method: 'GET',
          path: bytesOf(url.path),
          headers: requestHeaders(url, attempt),
          setDefaultHeaders: false,
          createConnection: () => stream,
          maxHeaderSize: headerLimit,
          insecureHTTPParser: false,
        },
        responded,
      )
      sent.once('socket', () => raw.listen(stream))
      sent.on('error', failed)
      // A status like any other. Without a listener Node tells nobody of it, and the promise would stay open for ever.
      sent.on('upgrade', (response) => {
        response.push(null)
        responded(response)
      })
      sent.end()
    } catch (error) {
      failed(error)
    }
  })
}

function requestHeaders(url: HttpUrl, { httpProtocol, virtualhost, target }: WebRequest['attempt']): Record<string, string> {
  return {
    'User-Agent': 'KeepAliveClient',
    ...(httpProtocol === '1.0' ? {} : { Connection: 'close' }),
    Host: bytesOf(url.virtualhost ?? virtualhost ?? hostOf(target)),
  }
}

/** Node writes each character as one byte, and the configuration was UTF-8. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** A configured name goes out as it is; in its absence the port is always there. */
function hostOf({ address, port }: CheckTarget): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** node:http knows only HTTP/1.1; the request line is the first thing it writes. */
function downgradeFirstWrite(stream: Duplex): void {
  const write = stream.write
  const first = (chunk: unknown, ...rest: unknown[]): boolean => {
    stream.write = write
    const text = typeof chunk === 'string' ? chunk.replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n') : chunk
    return Reflect.apply(write, stream, [text, ...rest]) as boolean
  }
  stream.write = first as typeof write
}

/** A body that came in chunks, with their lengths. */
function withFraming(reply: Reply, raw: RawBody): Reply {
  const { framed } = raw
  if (framed === undefined || reply.kind !== 'reply' || reply.cut) return reply
  return { ...reply, body: [framed.body], cut: framed.cut }
}

/** An end before Content-Length is reached is an end, as for keepalived; a reset is not. */
function readBody(response: IncomingMessage, streamError: () => Error | undefined, done: (reply: Reply) => void): void {
  const body: Buffer[] = []
  const { statusCode: status = 0 } = response
  let size = 0
  response.on('data', (chunk: Buffer) => {
    body.push(chunk)
    size += chunk.length
    if (size > bodyLimit) done({ kind: 'reply', status, body, cut: true })
  })
  response.on('end', () => done({ kind: 'reply', status, body, cut: false }))
  response.on('error', (error) => {
    const broken = streamError()
    done(broken === undefined && isEarlyEnd(error) ? { kind: 'reply', status, body, cut: false } : refusal(error, broken))
  })
}

function isEarlyEnd(error: unknown): boolean {
  return codeOf(error) === 'ECONNRESET' && (error as Error).message === 'aborted'
}

function refusal(error: unknown, streamError: Error | undefined): Reply {
  const code = codeOf(error)
  const detail = error instanceof Error ? `${code} ${error.message}`.trim().slice(0, 200) : String(error).slice(0, 200)
  if (code.startsWith('HPE_') || code === 'ERR_UNESCAPED_CHARACTERS' || code === 'ERR_INVALID_CHAR') return { kind: 'malformed', detail }
  // Node says ECONNRESET of an orderly close too; then the stream itself had no error.
  return { kind: code === 'ECONNRESET' && streamError === undefined ? 'closed' : 'broken', detail }
}

/** axios passes Node's code on. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
