import type { Instant } from '../base/units.ts'

/** What one event made of a state, and what the world is asked to do about it, in this order. */
export interface Step<State, Effect> {
  readonly state: State
  readonly effects: readonly Effect[]
}

/**
 * A state machine that never waits, reads a clock or draws a random number. Deadlines are data: the loop asks for the nearest and
 * sends `{ kind: 'tick' }` when it is due, so no stale timer can act.
 */
export interface Machine<State, Event, Effect> {
  readonly initial: State
  step(state: State, event: Event, now: Instant): Step<State, Effect>
  /** The nearest instant at which a tick would do something; undefined for never. */
  deadline(state: State): Instant | undefined
}
