import { earliest, elapsed, type Instant, later, type Micros } from '../base/units.ts'
import type { Machine } from '../core/machine.ts'
import { drive, rehearse } from '../core/reconcile/drive.ts'
import type { KernelKind, KernelObject, KernelPort } from '../core/reconcile/kinds.ts'
import { createReconciler } from '../core/reconcile/reconciler.ts'
import type { ReconcileEvent, ReconcilerState, Report } from '../core/reconcile/state.ts'

export interface ReconcilingOptions {
  readonly kinds: readonly KernelKind[]
  readonly kernel: KernelPort
  readonly report: (report: Report) => void
  /** `[kernel] reconcile_period`: after so long the kernel is surveyed again, or if it is large, that begins. */
  readonly period: Micros
  /**
   * A clock, for a table so large that to compare it takes its time: after each comparison it rests twice as long, so that a thousand
   * servers that fail one by one are a few comparisons, and the checks go on. Without a clock every wish is followed at once.
   */
  readonly clock?: () => Instant
}

/** The reconciler beside a loop's own machine: it lives in the same turns and shares the one wake-up. */
export interface Reconciling {
  state(): ReconcilerState
  /** True if what we know of the kernel has changed. */
  handle(event: ReconcileEvent, now: Instant): boolean
  /** Hands over what should exist, and ticks if that is due. True if what we know of the kernel has changed. */
  follow(desired: readonly KernelObject[], now: Instant): boolean
  /** The next wish is followed at once, rest or no rest. */
  hurry(): void
  /** What is there stays as it is: nothing is followed any more. */
  leave(): void
  /** The path of a failover with nothing at stake, in front of a kernel port that changes nothing. */
  rehearse(objects: readonly KernelObject[], kernel: KernelPort): void
  /** The machine, with a deadline that is the nearer one of both. */
  sharing<State, Event, Effect>(machine: Machine<State, Event, Effect>): Machine<State, Event, Effect>
}

export function createReconciling({ kinds, kernel, report, period, clock }: ReconcilingOptions): Reconciling {
  const reconciler = createReconciler({ kinds, period })
  let state = reconciler.initial
  let wished: readonly KernelObject[] | undefined
  let restUntil: Instant | undefined
  let waiting = false
  let left = false

  const handle = (event: ReconcileEvent, now: Instant): boolean => {
    const { known, holds } = state
    const driven = drive(reconciler, kernel, state, event, now)
    state = driven.state
    for (const one of driven.reports) report(one)
    return state.known !== known || state.holds !== holds
  }
  return {
    state: () => state,
    handle,
    follow(desired, now) {
      if (left) return false
      waiting = desired !== wished && restUntil !== undefined && now < restUntil
      if (!waiting && desired !== wished) {
        wished = desired
        // A wish that is fulfilled already changes nothing, and still has to be answered.
        handle({ kind: 'desired', objects: desired }, now)
        const end = clock?.()
        if (end !== undefined) restUntil = later(end, (2 * elapsed(now, end)) as Micros)
        return true
      }
      const due = reconciler.deadline(state)
      return due !== undefined && due <= now && handle({ kind: 'tick' }, now)
    },
    hurry() {
      restUntil = undefined
    },
    leave() {
      left = true
    },
    rehearse: (objects, nowhere) => void rehearse(reconciler, objects, nowhere),
    sharing: (machine) => ({
      ...machine,
      deadline: (own) =>
        left
          ? machine.deadline(own)
          : earliest(earliest(machine.deadline(own), reconciler.deadline(state)), waiting ? restUntil : undefined),
    }),
  }
}
