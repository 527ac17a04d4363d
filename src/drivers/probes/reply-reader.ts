import { ChunkReader } from './chunk-reader.ts'

/** What we are willing to read of a server, in bytes: header and body. */
export const headerLimit = 64 * 1024
export const bodyLimit = 4 * 1024 * 1024

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

/** How the end of a body is known. */
type Framing =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunks'; readonly chunks: ChunkReader }
  | { readonly kind: 'close' }

/**
 * A reply of HTTP/1 as it comes in. As with keepalived a body that comes in chunks is kept with their lengths: digest and pattern are of
 * these, and genhash prints that digest. Strict where a server could mean two things at once (RFC 9112 §6.3), and bounded everywhere.
 */
export class ReplyReader {
  #header: Buffer = Buffer.alloc(0)
  #status = 0
  #framing: Framing | undefined
  readonly #body: Buffer[] = []
  #size = 0

  /** The header was complete, and `take` and `end` speak of the body. */
  get inBody(): boolean {
    return this.#framing !== undefined
  }

  /** The reply, when this was its last piece; undefined if there is more to come. */
  take(piece: Buffer): Reply | undefined {
    return this.#framing === undefined ? this.#takeHeader(piece) : this.#takeBody(piece, this.#framing)
  }

  /** What it was if the server closes now: a body that is shorter than announced is a body, as for keepalived. */
  end(): Reply {
    if (this.#framing !== undefined) return this.#reply(false)
    if (this.#header.length === 0) return { kind: 'closed', detail: 'closed without an answer' }
    return malformed('closed within the header')
  }

  #takeHeader(piece: Buffer): Reply | undefined {
    const header = this.#header.length === 0 ? piece : Buffer.concat([this.#header, piece])
    this.#header = header
    if (!'HTTP/'.startsWith(header.toString('latin1', 0, 5))) return malformed('not HTTP')
    const end = header.indexOf('\r\n\r\n')
    if (Math.max(end, end < 0 ? header.length : 0) > headerLimit) return malformed(`the header is longer than ${headerLimit} bytes`)
    if (end < 0) return undefined
    const read = readHeader(header.toString('latin1', 0, end))
    if (typeof read === 'string') return malformed(read)
    const rest = header.subarray(end + 4)
    this.#header = Buffer.alloc(0)
    // 100 Continue and its like announce another header; 101 is a status like any other.
    if (read.status < 200 && read.status !== 101) return rest.length === 0 ? undefined : this.#takeHeader(rest)
    this.#status = read.status
    this.#framing = read.framing
    return this.#takeBody(rest, read.framing)
  }

  #takeBody(piece: Buffer, framing: Framing): Reply | undefined {
    if (piece.length > 0) this.#body.push(piece)
    this.#size += piece.length
    switch (framing.kind) {
      case 'length':
        if (this.#size >= framing.length) return this.#reply(framing.length > bodyLimit, framing.length)
        break
      case 'chunks': {
        const read = framing.chunks.take(piece)
        if (read === 'malformed') return malformed('a chunk without a length')
        if (read !== 'more') return this.#reply(false, read.end)
        break
      }
      case 'close':
    }
    return this.#size > bodyLimit ? this.#reply(true) : undefined
  }

  #reply(cut: boolean, length: number = this.#size): Reply {
    const body = length < this.#size ? [Buffer.concat(this.#body).subarray(0, length)] : this.#body
    return { kind: 'reply', status: this.#status, body, cut }
  }
}

function malformed(detail: string): Reply {
  return { kind: 'malformed', detail }
}

const statusLine = /^HTTP\/\d\.\d (\d{3})(?: [^\r\n]*)?$/
/** RFC 9110 §5: a token, and a value without control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)$/

/** Status and framing, or what is wrong with the header. */
function readHeader(text: string): { readonly status: number; readonly framing: Framing } | string {
  const [first = '', ...lines] = text.split('\r\n')
  const code = statusLine.exec(first)?.[1]
  if (code === undefined) return 'no status line'
  const lengths: string[] = []
  let chunked = false
  for (const line of lines) {
    const [, name = '', value = ''] = fieldLine.exec(line) ?? []
    if (name === '') return 'a header line that is none'
    if (equals(name, 'content-length')) lengths.push(value.trim())
    if (equals(name, 'transfer-encoding')) chunked = /\bchunked\b/i.test(value)
  }
  const [length] = lengths
  if (lengths.length > 1 || (length !== undefined && (chunked || !/^\d{1,15}$/.test(length)))) return 'a Content-Length that is none'
  const status = Number(code)
  return { status, framing: framingOf(status, length, chunked) }
}

/** RFC 9112 §6.3. */
function framingOf(status: number, length: string | undefined, chunked: boolean): Framing {
  if (status === 101 || status === 204 || status === 304) return { kind: 'length', length: 0 }
  if (chunked) return { kind: 'chunks', chunks: new ChunkReader() }
  return length === undefined ? { kind: 'close' } : { kind: 'length', length: Number(length) }
}

/** Most names differ in their length already. */
function equals(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted
}
