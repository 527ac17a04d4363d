import type { LogicalLine } from './tree.ts'

/**
 * Where the blocks of the root end. A process counts braces through the blocks of others and does nothing else there, so it may as well
 * pass over them at once, but for those with quotes: an unmatched one is a finding wherever it stands.
 */
export class BlockEnds {
  readonly #ends = new Map<number, number>()
  #depth = 0
  #open = 0
  #quoted = false

  /** Takes the lines one after the other. */
  see(line: LogicalLine, index: number): void {
    if (line.unquoted !== true) this.#quoted = true
    if (line.text.length !== 1) return
    if (line.text === '{') {
      if (this.#depth++ > 0) return
      this.#open = index
      this.#quoted = false
    } else if (line.text === '}' && this.#depth > 0 && --this.#depth === 0 && !this.#quoted) {
      this.#ends.set(this.#open, index)
    }
  }

  /** The closing brace that belongs to an opening one at the root; undefined if it must be looked for line by line. */
  endOf(open: number): number | undefined {
    return this.#ends.get(open)
  }
}
