import { elapsed, fromMillis, type Instant, instant, later, type Micros } from '../base/units.ts'
import type { Clock } from '../core/loop.ts'
import { createClock } from '../drivers/clock.ts'

export interface PrompterOptions {
  /** When the next takeover is due unless its master is heard; undefined if none is. */
  readonly takeover: () => Instant | undefined
  /** A rehearsal; some milliseconds when the caches are cold, one when they are not. */
  readonly rehearse: () => void
  /** The loop's own wake-up: reads what waits, and takes over if that is due. */
  readonly wake: () => void
  /** Runs the last milliseconds and the takeover. */
  readonly unhindered: (act: () => void) => void
  /** The daemon's monotonic clock, unless a test has another. */
  readonly clock?: (wake: () => void) => Clock & { close(): void }
}

/**
 * Sees to it that a takeover finds everything ready: the master is silent already when it rehearses once more and again, so that what
 * is needed lies in the processor's caches, and stays awake for the rest, because a processor that sleeps takes half a millisecond to
 * wake. Meanwhile it wakes the loop again and again, which looks into all sockets: an advert that comes is heard, and the way that the
 * takeover goes has been gone before.
 */
export interface Prompter {
  /** After each step. */
  expect(takeover: Instant | undefined): void
  close(): void
}

export function createPrompter({ takeover, rehearse, wake, unhindered, clock: create = createClock }: PrompterOptions): Prompter {
  /** What is being prompted, and until when nothing else is: a hundred takeovers in a row must not hold the loop a hundred times. */
  let current: Instant | undefined
  let rested = instant(0)
  const clock = create(() => {
    const due = takeover()
    if (due === undefined) return
    const now = clock.now()
    const left = elapsed(now, due)
    if (left <= 0 || (due !== current && now < rested)) return
    current = due
    rested = later(due, REST)
    if (left > WATCH) {
      if (left >= LEAST_FOR_FIRST && left <= FIRST) rehearse()
      clock.wakeAt(later(due, -WATCH as Micros))
      return
    }
    unhindered(() => {
      if (left >= LEAST_FOR_SECOND) rehearse()
      stayAwake(due)
    })
  })
  const stayAwake = (due: Instant): void => {
    for (let next = clock.now(); next < due && takeover() === due; ) {
      next = later(next, Math.min(LOOK, elapsed(next, due)) as Micros)
      while (clock.now() < next);
      wake()
    }
  }
  return {
    expect(due) {
      if (due === undefined) return clock.wakeAt(undefined)
      const now = clock.now()
      const at = [FIRST, WATCH].map((before) => later(due, -before as Micros)).find((at) => at > now)
      clock.wakeAt(at)
    },
    close: () => clock.close(),
  }
}

/** So long before a takeover it is rehearsed for the first time, unless less than the least is left. */
const FIRST = fromMillis(14)
const LEAST_FOR_FIRST = fromMillis(10)
/** From here on the processor stays awake; a rehearsal while the caches are warm fits in. */
const WATCH = fromMillis(5)
const LEAST_FOR_SECOND = fromMillis(4)
/** So often the loop is woken meanwhile. */
const LOOK = fromMillis(0.25)
/** Preparing takes at most a tenth of the loop's time. */
const REST = fromMillis(100)
