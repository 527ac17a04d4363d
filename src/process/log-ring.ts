/** How much a ring holds and how much may be under way. All sizes in the unit of `sizeOf`, bytes as a rule. */
export interface RingLimits {
  readonly capacity: number
  /** What may be delivered and not acknowledged yet; one item is always let through. */
  readonly window: number
}

export interface RingPort<Item> {
  deliver(items: readonly Item[]): void
  sizeOf(item: Item): number
  /** The item that says how many were lost. */
  lost(count: number): Item
}

/**
 * A queue that neither waits nor grows: without credit it keeps the newest items, forgets the oldest, and says how many once the
 * other side takes items again. So a stuck sink costs its lines and nothing else.
 */
export class LogRing<Item> {
  readonly #limits: RingLimits
  readonly #port: RingPort<Item>
  #waiting: Item[] = []
  #first = 0
  #waitingSize = 0
  #underWay: number[] = []
  #underWaySize = 0
  #lost = 0

  constructor(limits: RingLimits, port: RingPort<Item>) {
    this.#limits = limits
    this.#port = port
  }

  push(item: Item): void {
    this.#waiting.push(item)
    this.#waitingSize += this.#port.sizeOf(item)
    while (this.#waitingSize > this.#limits.capacity && this.#waiting.length - this.#first > 1) this.#forgetOldest()
    this.#flush()
  }

  /** So many delivered items have arrived. */
  acknowledge(count: number): void {
    for (const size of this.#underWay.splice(0, count)) this.#underWaySize -= size
    this.#flush()
  }

  /** Items waiting or under way. */
  get pending(): number {
    return this.#waiting.length - this.#first + this.#underWay.length
  }

  #flush(): void {
    const batch: Item[] = []
    while (this.#first < this.#waiting.length && (this.#underWay.length === 0 || this.#underWaySize < this.#limits.window)) {
      if (this.#lost > 0) {
        const count = this.#lost
        this.#lost = 0
        this.#send(this.#port.lost(count), batch)
        continue
      }
      const item = this.#waiting[this.#first++] as Item
      this.#waitingSize -= this.#port.sizeOf(item)
      this.#send(item, batch)
    }
    this.#compact()
    if (batch.length > 0) this.#port.deliver(batch)
  }

  #send(item: Item, batch: Item[]): void {
    const size = this.#port.sizeOf(item)
    this.#underWay.push(size)
    this.#underWaySize += size
    batch.push(item)
  }

  #forgetOldest(): void {
    this.#waitingSize -= this.#port.sizeOf(this.#waiting[this.#first++] as Item)
    this.#lost += 1
    this.#compact()
  }

  #compact(): void {
    if (this.#first < 64 && this.#first < this.#waiting.length) return
    if (this.#first * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#first)
    this.#first = 0
  }
}
