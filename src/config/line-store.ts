import type { Position } from './diagnostic.ts'
import type { LogicalLine } from './tree.ts'

/** Lines that can be taken by number: an array, or a store. */
export interface Lines {
  readonly length: number
  at(index: number): LogicalLine | undefined
}

/** Line, column, source and flags. */
const FIELDS = 3
const EXACT = 1
const UNQUOTED = 2

/**
 * All logical lines of a configuration in little room: each process takes them once, one after the other, and a large file has a million.
 * What is kept of a line are its text and three numbers; the line itself is made again for whoever asks.
 */
export class LineStore implements Lines {
  readonly #texts: string[] = []
  #numbers = new Int32Array(FIELDS * 1_024)
  /** File and includes, in the order met; the next line is mostly of the same. */
  readonly #sources: { readonly file: string; readonly chain: readonly Position[] | undefined }[] = []

  get length(): number {
    return this.#texts.length
  }

  push({ text, at, exact, unquoted, chain }: LogicalLine): void {
    const from = this.#texts.push(text) * FIELDS - FIELDS
    if (from >= this.#numbers.length) {
      const larger = new Int32Array(this.#numbers.length * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    const last = this.#sources.at(-1)
    if (last === undefined || last.file !== at.file || last.chain !== chain) this.#sources.push({ file: at.file, chain })
    const flags = (exact ? EXACT : 0) | (unquoted === true ? UNQUOTED : 0)
    this.#numbers[from] = at.line
    this.#numbers[from + 1] = at.column
    this.#numbers[from + 2] = ((this.#sources.length - 1) << 2) | flags
  }

  at(index: number): LogicalLine | undefined {
    const text = this.#texts[index]
    if (text === undefined) return undefined
    const from = index * FIELDS
    const packed = this.#numbers[from + 2] ?? 0
    const { file = '', chain } = this.#sources[packed >> 2] ?? {}
    const at = { file, line: this.#numbers[from] ?? 0, column: this.#numbers[from + 1] ?? 0 }
    const exact = (packed & EXACT) !== 0
    const unquoted = (packed & UNQUOTED) !== 0
    return chain === undefined ? { text, at, exact, unquoted } : { text, at, exact, unquoted, chain }
  }

  all(): readonly LogicalLine[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index)).filter((line) => line !== undefined)
  }
}
