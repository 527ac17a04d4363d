import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import axios from 'axios'
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
 * One GET over a connection of its own: no proxy, no redirect, no decompression, no reuse, bounded in size; ends with the signal.
 */
export async function fetchReply(web: WebRequest, signal: AbortSignal): Promise<Reply> {
  let stage: 'reply' | 'body' = 'reply'
  let streamError: Error | undefined
  const onError = (error: Error): void => {
    streamError = error
  }
  web.stream.on('error', onError)
  const raw = new RawBody(headerLimit + bodyLimit)
  const abort = (): void => {
    web.stream.destroy()
  }
  signal.addEventListener('abort', abort)
  try {
    const response = await axios.request<IncomingMessage>({
      // Only its form matters: the connection stands and the transport writes the request.
      url: 'http://checked.invalid/',
      responseType: 'stream',
      transport: transportOver(web, raw),
      proxy: false,
      maxRedirects: 0,
      decompress: false,
      validateStatus: null,
    })
    stage = 'body'
    raw.decide(response.data)
    const reply = withFraming(await readReply(response.data, response.status, () => streamError), raw)
    // What our own giving up cut short is not the server's early end.
    return signal.aborted ? { kind: 'aborted', stage } : reply
  } catch (error) {
    return signal.aborted ? { kind: 'aborted', stage } : refusal(error, streamError)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

interface Transport {
  request(options: unknown, onResponse: (response: IncomingMessage) => void): ClientRequest
}

/** Lets axios send exactly what keepalived sends: these headers in this order and no other. */
function transportOver({ stream, url, attempt }: WebRequest, raw: RawBody): Transport {
  return {
    request: (_options, onResponse) => {
      if (attempt.httpProtocol !== '1.1') downgradeFirstWrite(stream)
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
        onResponse,
      )
      sent.once('socket', () => raw.listen(stream))
      // A status like any other. Without a listener Node tells nobody of it, and the promise would stay open for ever.
      return sent.on('upgrade', (response) => {
        response.push(null)
        onResponse(response)
      })
    },
  }
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
async function readReply(body: IncomingMessage, status: number, streamError: () => Error | undefined): Promise<Reply> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > bodyLimit) return { kind: 'reply', status, body: chunks, cut: true }
    }
  } catch (error) {
    if (streamError() !== undefined || !isEarlyEnd(error)) throw error
  }
  return { kind: 'reply', status, body: chunks, cut: false }
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
