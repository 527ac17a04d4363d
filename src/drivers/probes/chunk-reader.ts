/** Longer than any number of bytes that we would read, with what may follow the number. */
const longestLine = 4_096

/** Finds the end of a body in chunks (RFC 9112 §7.1) without keeping any of it. */
export class ChunkReader {
  #line = ''
  /** Bytes of the chunk that are yet to come, with the line break behind them. */
  #left = 0
  #stage: 'size' | 'data' | 'trailer' = 'size'
  #seen = 0

  /** `end` is where the body ends, counted from its first byte. */
  take(piece: Buffer): 'more' | 'malformed' | { readonly end: number } {
    for (let at = 0; at < piece.length; ) {
      if (this.#stage === 'data') {
        const skipped = Math.min(this.#left, piece.length - at)
        this.#left -= skipped
        at += skipped
        if (this.#left === 0) this.#stage = 'size'
        continue
      }
      const newline = piece.indexOf(10, at)
      this.#line += piece.toString('latin1', at, newline < 0 ? piece.length : newline)
      if (this.#line.length > longestLine) return 'malformed'
      if (newline < 0) break
      at = newline + 1
      const line = this.#line.trimEnd()
      this.#line = ''
      if (this.#stage === 'trailer') {
        if (line === '') return { end: this.#seen + at }
        continue
      }
      const size = /^([0-9a-f]{1,12})(?:[ \t]*;.*)?$/i.exec(line)?.[1]
      if (size === undefined) return 'malformed'
      this.#left = Number.parseInt(size, 16) + 2
      this.#stage = this.#left === 2 ? 'trailer' : 'data'
    }
    this.#seen += piece.length
    return 'more'
  }
}
