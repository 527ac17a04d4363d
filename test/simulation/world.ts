import { elapsed, type Instant, instant, later, type Micros } from '../../src/base/units.ts'

interface Appointment {
  readonly at: Instant
  /** Insertion number: what was planned first happens first. */
  readonly number: number
  action: (() => void) | undefined
}

/** Takes back what was planned, if it has not happened yet. */
export type Cancel = () => void

/** Virtual time: nothing happens but what was planned, in the order of instant, then insertion. */
export class World {
  readonly #heap: Appointment[] = []
  #now: Instant = instant(1_000_000_000)
  #planned = 0
  #sameInstant = 0
  /** Called after every event. */
  onEvent: (() => void) | undefined

  now(): Instant {
    return this.#now
  }

  after(delay: Micros, action: () => void): Cancel {
    return this.at(later(this.#now, delay), action)
  }

  at(when: Instant, action: () => void): Cancel {
    const appointment: Appointment = { at: when < this.#now ? this.#now : when, number: this.#planned++, action }
    this.#push(appointment)
    return () => {
      appointment.action = undefined
    }
  }

  /** Lets time pass. */
  run(duration: Micros): void {
    const end = later(this.#now, duration)
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      if (next.action === undefined) continue
      this.#sameInstant = elapsed(this.#now, next.at) > 0 ? 0 : this.#sameInstant + 1
      if (this.#sameInstant > 20_000) throw new Error('time stands still: somebody is busy without end')
      this.#now = next.at
      next.action()
      this.onEvent?.()
    }
    this.#now = end
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(appointment)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || before(above, appointment)) break
      heap[at] = above
      at = parent
    }
    heap[at] = appointment
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && before(right, left)) child++
      const least = heap[child]
      if (least === undefined || before(last, least)) break
      heap[at] = least
      at = child
    }
    heap[at] = last
  }
}

function before(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number)
}
