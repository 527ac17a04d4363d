import type { Departure } from '../core/reconcile/kinds.ts'
import { LinkTable } from '../drivers/link-table.ts'
import { lazyConnection } from '../netlink/socket.ts'

/** Links on their way out, one in each turn: to delete one takes the kernel some tens of milliseconds. */
export class Departures {
  readonly #gone: (departure: Departure) => void
  readonly #connect = lazyConnection('route')
  readonly #netfilter = lazyConnection('netfilter')
  readonly #links = new LinkTable(this.#connect, this.#netfilter)
  readonly #waiting: Departure[] = []
  #used = false

  constructor(gone: (departure: Departure) => void) {
    this.#gone = gone
  }

  add(departure: Departure): void {
    this.#used = true
    if (this.#waiting.push(departure) === 1) setImmediate(() => this.#next())
  }

  /** Those that wait go at once. */
  close(): void {
    while (this.#waiting.length > 0) this.#delete()
    if (!this.#used) return
    for (const connection of [this.#connect(), this.#netfilter()]) if (connection.ok) connection.value.close()
  }

  #next(): void {
    this.#delete()
    if (this.#waiting.length > 0) setImmediate(() => this.#next())
  }

  #delete(): void {
    const departure = this.#waiting.shift()
    if (departure === undefined) return
    this.#links.depart(departure)
    this.#gone(departure)
  }
}
