import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * The bytes of a reply as they are on the wire. keepalived does not put chunks together: digest and pattern are of the chunks with
 * their lengths, and genhash prints that digest, so a body that comes in chunks is taken from here.
 */
export class RawBody {
  readonly #limit: number
  #chunks: Buffer[] = []
  #size = 0
  #wanted = true

  /** Of what is beyond `limit` bytes nothing is kept. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** To be called when the parser listens already: the first listener makes the stream flow. */
  listen(stream: Duplex): void {
    stream.on('data', (chunk: Buffer) => {
      if (!this.#wanted || this.#size > this.#limit) return
      this.#chunks.push(chunk)
      this.#size += chunk.length
    })
  }

  /** The header is there: whether the rest is needed is known. */
  decide(response: IncomingMessage): void {
    this.#wanted = /\bchunked\b/i.test(response.headers['transfer-encoding'] ?? '')
    if (!this.#wanted) this.#chunks = []
  }

  /** The body with its framing, or undefined if it has none. */
  get framed(): { readonly body: Buffer; readonly cut: boolean } | undefined {
    if (!this.#wanted) return undefined
    const all = Buffer.concat(this.#chunks)
    const end = all.indexOf('\r\n\r\n')
    return { body: all.subarray(end < 0 ? all.length : end + 4), cut: this.#size > this.#limit }
  }
}
