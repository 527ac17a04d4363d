import type { Duplex } from 'node:stream'

/** What came back, byte for byte: chunks are not put together, because the daemon's digest does not either. */
export type RawReply =
  | { readonly kind: 'reply'; readonly header: Buffer; readonly body: Buffer }
  /** No header at all. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'late'; readonly header: boolean }

const headerLimit = 64 * 1024
const bodyLimit = 64 * 1024 * 1024

/** Sends the request and reads until Content-Length is there, or the end. */
export function fetchRaw(stream: Duplex, request: string, signal: AbortSignal): Promise<RawReply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let whole: number | undefined
    let headerEnd = -1
    const finish = (late: boolean): void => {
      signal.removeEventListener('abort', aborted)
      stream.removeAllListeners('data')
      if (headerEnd < 0) resolve(late ? { kind: 'late', header: false } : { kind: 'nothing' })
      else if (late) resolve({ kind: 'late', header: true })
      else {
        const all = Buffer.concat(chunks)
        resolve({ kind: 'reply', header: all.subarray(0, headerEnd), body: all.subarray(headerEnd, whole) })
      }
    }
    const aborted = (): void => finish(true)
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (headerEnd < 0) {
        const all = Buffer.concat(chunks)
        const end = all.indexOf('\r\n\r\n')
        if (end < 0) {
          if (size > headerLimit) finish(false)
          return
        }
        headerEnd = end + 4
        const length = contentLength(all.toString('latin1', 0, headerEnd))
        whole = length === undefined ? undefined : headerEnd + length
      }
      if (size >= (whole ?? headerEnd + bodyLimit)) finish(false)
    })
    stream.on('error', () => finish(false))
    stream.on('end', () => finish(false))
    stream.on('close', () => finish(false))
    signal.addEventListener('abort', aborted)
    stream.write(Buffer.from(request, 'utf8'))
  })
}

function contentLength(header: string): number | undefined {
  const digits = /^content-length:[ \t]*(\d{1,15})[ \t]*\r$/im.exec(header)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
