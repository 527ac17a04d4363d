import { close, monotonicNow, poll, systemError, timerfdCreate, timerfdRead, timerfdSettime } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import { fromMillis, type Instant, instant, type Micros, micros } from '../base/units.ts'
import type { Clock } from '../core/loop.ts'

/** Checks may be late by so much: ten of them in one turn cost less than ten turns. */
export const CHECK_GRAIN: Micros = fromMillis(5)

/** The monotonic clock and its timer; until closed it keeps the process alive. */
export interface MonotonicClock extends Clock {
  close(): void
}

/**
 * One timerfd for the one wake-up of a loop: `wake` is called at or after the instant asked for, never before it, and once. A timer of
 * Node's would be rounded to milliseconds and may fire early. Throws where the kernel has no timer left for us.
 * With a `grain` wake-ups come at multiples of it only, so that what is due at about the same time costs one.
 */
export function createClock(wake: () => void, grain: Micros = micros(1)): MonotonicClock {
  const timer = checked(timerfdCreate(), 'timerfd_create')
  let armed: Instant | undefined
  const handle = poll(timer, () => {
    // A wake-up that was replaced after the timer had fired is no wake-up: then there is nothing to read.
    if (timerfdRead(timer) <= 0) return
    armed = undefined
    wake()
  })
  if (typeof handle === 'number') throw systemError(handle, 'poll')
  return {
    now: () => instant(monotonicNow()),
    wakeAt(wanted) {
      const at = wanted === undefined ? undefined : instant(Math.ceil(wanted / grain) * grain)
      if (at === armed) return
      armed = at
      checked(timerfdSettime(timer, at), 'timerfd_settime')
    },
    close() {
      handle.close()
      close(timer)
    },
  }
}

function checked(result: number, call: string): number {
  assert(result >= 0, `${call} answered ${result}`)
  return result
}
