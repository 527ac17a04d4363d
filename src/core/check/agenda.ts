import type { Instant } from '../../base/units.ts'

/**
 * The deadlines of many numbered things, one each, as a binary heap that knows where each number stands: a change costs O(log n),
 * the nearest O(1). Equal deadlines come in the order of their numbers, so that a replay is exact. Changed in place.
 */
export interface Agenda {
  /** Heap of numbers, the nearest first. */
  readonly heap: number[]
  /** Where a number stands in the heap; -1 if it has no deadline. */
  readonly place: number[]
  /** Its deadline. */
  readonly at: Instant[]
}

export function newAgenda(): Agenda {
  return { heap: [], place: [], at: [] }
}

export function setDeadline(agenda: Agenda, number: number, at: Instant): void {
  const place = agenda.place[number] ?? -1
  agenda.at[number] = at
  if (place >= 0) {
    settle(agenda, place)
    return
  }
  agenda.heap.push(number)
  agenda.place[number] = agenda.heap.length - 1
  settle(agenda, agenda.heap.length - 1)
}

export function clearDeadline(agenda: Agenda, number: number): void {
  const place = agenda.place[number] ?? -1
  if (place < 0) return
  agenda.place[number] = -1
  const last = agenda.heap.pop()
  if (last === undefined || last === number) return
  put(agenda, place, last)
  settle(agenda, place)
}

export function nearest(agenda: Agenda): Instant | undefined {
  const first = agenda.heap[0]
  return first === undefined ? undefined : agenda.at[first]
}

/** The number whose deadline is the nearest, if that has come. */
export function dueNumber(agenda: Agenda, now: Instant): number | undefined {
  const first = agenda.heap[0]
  return first !== undefined && deadlineOf(agenda, first) <= now ? first : undefined
}

function settle(agenda: Agenda, start: number): void {
  const place = rise(agenda, start)
  sink(agenda, place)
}

function rise(agenda: Agenda, start: number): number {
  let place = start
  const number = numberAt(agenda, place)
  while (place > 0) {
    const parent = (place - 1) >> 1
    const above = numberAt(agenda, parent)
    if (!isBefore(agenda, number, above)) break
    put(agenda, place, above)
    place = parent
  }
  put(agenda, place, number)
  return place
}

function sink(agenda: Agenda, start: number): void {
  let place = start
  const number = numberAt(agenda, place)
  const { length } = agenda.heap
  for (;;) {
    let child = 2 * place + 1
    if (child >= length) break
    if (child + 1 < length && isBefore(agenda, numberAt(agenda, child + 1), numberAt(agenda, child))) child++
    const below = numberAt(agenda, child)
    if (!isBefore(agenda, below, number)) break
    put(agenda, place, below)
    place = child
  }
  put(agenda, place, number)
}

function put(agenda: Agenda, place: number, number: number): void {
  agenda.heap[place] = number
  agenda.place[number] = place
}

function isBefore(agenda: Agenda, left: number, right: number): boolean {
  const difference = deadlineOf(agenda, left) - deadlineOf(agenda, right)
  return difference < 0 || (difference === 0 && left < right)
}

const numberAt = (agenda: Agenda, place: number): number => agenda.heap[place] ?? -1
const deadlineOf = (agenda: Agenda, number: number): number => agenda.at[number] ?? Number.POSITIVE_INFINITY
