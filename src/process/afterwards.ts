/** What may wait until the current turn of the loop is over: done in order, all at once, in a turn of its own. */
export class Afterwards<Item> {
  readonly #act: (item: Item) => void
  #waiting: Item[] = []

  constructor(act: (item: Item) => void) {
    this.#act = act
  }

  put(item: Item): void {
    if (this.#waiting.push(item) === 1) setImmediate(() => this.flush())
  }

  /** At once, before an end or a dump. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const item of waiting) this.#act(item)
  }
}
