import type { Duplex } from 'node:stream'
import { Axios } from 'axios'
import type { CheckAttempt, CheckTarget, HttpUrl } from '../../core/check/config.ts'
import { type Reply, ReplyReader } from './reply-reader.ts'

export interface WebRequest {
  /** The connection to use up. */
  readonly stream: Duplex
  readonly url: HttpUrl
  readonly attempt: Extract<CheckAttempt, { kind: 'HTTP_GET' | 'SSL_GET' }>
}

/**
 * axios without its defaults, and with an adapter in place of the one that it has for Node: that prepares for redirects, proxies,
 * compression, uploads and connections that are used again, none of which a check may do, and costs more than all the rest of a check.
 */
const client = new Axios({})

/**
 * One GET over a connection of its own: no proxy, no redirect, no decompression, no reuse, bounded in size; ends with the signal.
 */
export async function fetchReply(web: WebRequest, signal: AbortSignal): Promise<Reply> {
  const request = requestText(web)
  if (request === undefined) return { kind: 'malformed', detail: 'a line break in path or virtualhost' }
  const { data } = await client.request<Reply>({
    adapter: async (config) => ({ data: await exchange(web.stream, request, signal), status: 0, statusText: '', headers: {}, config }),
  })
  return data
}

/** Sends the request and reads what comes; never rejects. */
function exchange(stream: Duplex, request: string, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve) => {
    const reader = new ReplyReader()
    const finish = (reply: Reply | undefined): void => {
      if (reply === undefined) return
      signal.removeEventListener('abort', aborted)
      stream.removeListener('data', taken)
      resolve(reply)
    }
    const taken = (piece: Buffer): void => finish(reader.take(piece))
    const aborted = (): void => finish({ kind: 'aborted', stage: reader.inBody ? 'body' : 'reply' })
    stream.on('data', taken)
    stream.on('end', () => finish(reader.end()))
    stream.on('error', (error) => finish({ kind: 'broken', detail: error.message.slice(0, 200) }))
    stream.on('close', () => finish(reader.end()))
    signal.addEventListener('abort', aborted)
    if (signal.aborted) return aborted()
    stream.write(request, 'utf8')
  })
}

/** Exactly what keepalived sends: these headers in this order and no other. Undefined if a line break would make it say something else. */
function requestText({ url, attempt }: WebRequest): string | undefined {
  const { httpProtocol, virtualhost, target } = attempt
  const lines = [
    `GET ${url.path} HTTP/${httpProtocol === '1.1' ? '1.1' : '1.0'}`,
    'User-Agent: KeepAliveClient',
    ...(httpProtocol === '1.0' ? [] : ['Connection: close']),
    `Host: ${url.virtualhost ?? virtualhost ?? hostOf(target)}`,
  ]
  return lines.some((line) => /[\r\n]/.test(line)) ? undefined : `${lines.join('\r\n')}\r\n\r\n`
}

/** A configured name goes out as it is; in its absence the port is always there. */
function hostOf({ address, port }: CheckTarget): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}
