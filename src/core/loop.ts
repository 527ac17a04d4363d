import { assert } from '../base/assert.ts'
import { elapsed, type Instant, type Micros } from '../base/units.ts'
import type { Machine } from './machine.ts'

/** The monotonic clock with its one wake-up. */
export interface Clock {
  now(): Instant
  /** Replaces the wake-up asked for before; undefined is none. The clock calls `wake()` of the loop at or after the instant. */
  wakeAt(at: Instant | undefined): void
}

/** Something that may hold unread input, such as a socket. */
export interface Source {
  /** Dispatches what waits now, and returns. */
  drain(): void
}

export interface LoopOptions<State, Event, Effect> {
  readonly machine: Machine<State, Event, Effect>
  readonly clock: Clock
  readonly sources: readonly Source[]
  /** Never waits: what comes of an effect is an event. */
  perform(effect: Effect, now: Instant): void
  /** The wake-up that the machine asked for came so much after its time; below zero: before it. */
  woken?(late: Micros): void
  /** After the effects of each step and before the next event: where desired state is compared and handed on. */
  stepped?(state: State, now: Instant): void
}

export interface Loop<State, Event> {
  state(): State
  /** Runs the machine on an event; from within `perform` or `stepped` the event waits for its turn. */
  dispatch(event: Event): void
  /** The clock's answer: reads all sources, then ticks if a deadline is reached. */
  wake(): void
  /** Takes no more steps, whatever comes: for a process that is about to end on a mistake of ours. */
  halt(): void
}

/** The one loop of every process and of the simulator. An exception is our mistake: it passes through, and the loop takes no more steps. */
export function createLoop<State, Event, Effect>(
  options: LoopOptions<State, Event | { readonly kind: 'tick' }, Effect>,
): Loop<State, Event | { readonly kind: 'tick' }> {
  type AnyEvent = Event | { readonly kind: 'tick' }
  const { machine, clock, sources, perform, stepped, woken } = options
  const queue: AnyEvent[] = []
  let state = machine.initial
  let armed: Instant | undefined
  let running = false
  let waking = false
  let halted = false

  const takeStep = (event: AnyEvent): void => {
    const now = clock.now()
    const step = machine.step(state, event, now)
    state = step.state
    for (const effect of step.effects) perform(effect, now)
    stepped?.(state, now)
  }

  const arm = (): void => {
    const deadline = machine.deadline(state)
    if (deadline === armed) return
    armed = deadline
    clock.wakeAt(deadline)
  }

  const dispatch = (event: AnyEvent): void => {
    if (halted) return
    queue.push(event)
    if (running) return
    running = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) takeStep(next)
    running = false
    if (!waking) arm()
  }

  const wake = (): void => {
    if (halted) return
    assert(!running && !waking, 'one wake-up at a time')
    if (armed !== undefined) woken?.(elapsed(armed, clock.now()))
    armed = undefined
    waking = true
    // Drain first: after a stall the deadline may be seen before adverts that arrived in time.
    for (const source of sources) source.drain()
    const deadline = machine.deadline(state)
    if (deadline !== undefined && deadline <= clock.now()) dispatch({ kind: 'tick' })
    waking = false
    arm()
  }

  const halt = (): void => {
    halted = true
  }

  return { state: () => state, dispatch, wake, halt }
}
