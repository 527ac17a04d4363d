import { type fromMillis, type Instant, instant, later } from '../../src/base/units.ts'
import { drive } from '../../src/core/reconcile/drive.ts'
import type { KernelKind, KernelObject } from '../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../src/core/reconcile/reconciler.ts'
import type { ReconcileEvent, ReconcilerState, Report } from '../../src/core/reconcile/state.ts'
import { FakeKernel } from './fake-kernel.ts'

/** A host in miniature: a kernel, a clock and the reconciler between what is wished and what is there. */
export function host(kinds: readonly KernelKind[], kernel = new FakeKernel(), reconciler = createReconciler({ kinds })) {
  let state: ReconcilerState = reconciler.initial
  let now: Instant = instant(1_000_000)
  const reports: Report[] = []
  const feed = (event: ReconcileEvent): readonly Report[] => {
    const driven = drive(reconciler, kernel, state, event, now)
    state = driven.state
    reports.push(...driven.reports)
    return driven.reports
  }
  return {
    kernel,
    reports,
    feed,
    get state() {
      return state
    },
    configure: (...named: readonly KernelObject[]) => feed({ kind: 'configured', named }),
    want: (...objects: readonly KernelObject[]) => feed({ kind: 'desired', objects }),
    /** Ticks at every deadline up to then, as the loop would; returns how many. */
    pass: (us: number): number => {
      const end = later(now, us as ReturnType<typeof fromMillis>)
      let ticks = 0
      for (let at = reconciler.deadline(state); at !== undefined && at <= end; at = reconciler.deadline(state)) {
        now = at > now ? at : now
        feed({ kind: 'tick' })
        if (++ticks > 10_000) throw new Error('a storm of ticks')
      }
      now = end
      return ticks
    },
  }
}
