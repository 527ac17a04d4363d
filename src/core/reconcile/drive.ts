import { type Instant, instant } from '../../base/units.ts'
import type { KernelObject, KernelPort } from './kinds.ts'
import type { Reconciler } from './reconciler.ts'
import type { Listing, ReconcileEffect, ReconcileEvent, ReconcilerState, Report } from './state.ts'

export interface Driven {
  readonly state: ReconcilerState
  readonly reports: readonly Report[]
}

/**
 * One event, with all that follows from it: the kernel answers at once, so its answers are fed back until nothing is left to do now.
 * It ends: whatever contradicts us twice within its waiting time is held until a later tick.
 */
export function drive(reconciler: Reconciler, kernel: KernelPort, state: ReconcilerState, event: ReconcileEvent, now: Instant): Driven {
  const reports: Report[] = []
  const events: ReconcileEvent[] = [event]
  let current = state
  for (let next = events.shift(); next !== undefined; next = events.shift()) {
    const step = reconciler.step(current, next, now)
    current = step.state
    for (const effect of step.effects) {
      if (effect.kind === 'report') reports.push(effect.report)
      else events.push(perform(kernel, effect))
    }
  }
  return { state: current, reports }
}

/**
 * Walks the path of a failover and back once, with a port that changes nothing and whose refusals do not count: code that runs for
 * the first time takes ten times as long, and the first failover may be the only one. True if it went as it should.
 */
export function rehearse(reconciler: Reconciler, objects: readonly KernelObject[], nowhere: Pick<KernelPort, 'apply'>): boolean {
  const now = instant(0)
  const kernel: KernelPort = {
    apply(operations) {
      nowhere.apply(operations)
      return operations.map(() => ({ errno: 0, detail: '' }))
    },
    list: () => [],
  }
  const events: readonly ReconcileEvent[] = [
    { kind: 'configured', named: objects },
    { kind: 'desired', objects: [] },
    { kind: 'desired', objects },
    { kind: 'desired', objects: [] },
  ]
  return events.reduce((state, event) => drive(reconciler, kernel, state, event, now).state, reconciler.initial).settled
}

function perform(kernel: KernelPort, effect: Exclude<ReconcileEffect, { kind: 'report' }>): ReconcileEvent {
  switch (effect.kind) {
    case 'apply':
      return { kind: 'applied', operations: effect.operations, results: kernel.apply(effect.operations) }
    case 'list':
      return { kind: 'listed', scope: effect.scope, found: list(kernel, effect) }
  }
}

function list(kernel: KernelPort, { scope, kinds }: Extract<ReconcileEffect, { kind: 'list' }>): readonly Listing[] {
  const of = typeof scope === 'object' ? scope.services : undefined
  return kinds.map((kind) => ({ kind, objects: kernel.list(kind, of) }))
}
