import { setTimeout as sleep } from 'node:timers/promises'
import { instant } from '../base/units.ts'
import { changedServices, servicesChange } from '../core/check/change.ts'
import type { VirtualServer } from '../core/check/config.ts'
import { checkerPool, desired } from '../core/check/pool.ts'
import { drive } from '../core/reconcile/drive.ts'
import { createReconciler } from '../core/reconcile/reconciler.ts'
import type { Log } from './log.ts'

/** Milliseconds after the start: by then all is done that had to be done at once. */
const REST = 1_000
/** So often, and so many milliseconds between two: V8 compiles what runs often, and the loop has other things to do. */
const REHEARSALS = 8
const PAUSE = 50
/** So many changes in each. */
export const ROUNDS = 12
/** So many services, and so many servers of each, are enough. */
export const CAST = 16

/**
 * Walks the path of a reload with nothing at stake once the start is over: code that runs for the first time takes several times as
 * long, and a reload may be the first in weeks. Does not keep the process alive.
 */
export async function rehearseLater(rehearse: (time: number) => unknown, log: Log): Promise<void> {
  await sleep(REST, undefined, { ref: false })
  try {
    for (let time = 0; time < REHEARSALS; time++) {
      rehearse(time)
      await sleep(PAUSE, undefined, { ref: false })
    }
  } catch (error) {
    log.detail(`cannot rehearse a reload: ${error}`, 'rehearsal')
  }
}

/** What the checker process does, with some of its services: a weight changes. Returns how many writes that would have been. */
export function rehearseChange(services: readonly VirtualServer[]): number {
  const pool = checkerPool({ shareProbes: true })
  const reconciler = createReconciler({ kinds: ['service', 'destination'] })
  const globals = { lvsFlush: false, lvsFlushOnStop: 'no', lvsTimeouts: undefined, checkerLogAllFailures: false } as const
  const now = instant(0)
  let writes = 0
  const kernel = {
    apply: (operations: readonly unknown[]) => {
      writes = operations.length
      return operations.map(() => ({ errno: 0, detail: '' }))
    },
    list: () => [],
  }
  let state = pool.initial
  let reconciling = reconciler.initial
  const cast = services.slice(0, CAST).map((service) => ({ ...service, realServers: service.realServers.slice(0, CAST) }))
  let current: readonly VirtualServer[] = cast
  for (let round = 0; round < ROUNDS; round++) {
    const config = { globals, virtualServers: current }
    state = pool.step(state, { kind: 'configured', config, seed: 0, files: new Map(), addresses: new Set() }, now).state
    current = state.config?.virtualServers ?? []
    reconciling = drive(reconciler, kernel, reconciling, { kind: 'desired', objects: desired(state) }, now).state
    // Every other one, and a clone of it, as it comes from the supervisor: what V8 compiles for objects of another make is thrown away.
    const next = cast.map((service, i) => ((i + round) % 2 === 0 ? heavier(service, round) : (current[i] ?? service)))
    current = changedServices(current, structuredClone(servicesChange(current, next)))
  }
  return writes
}

function heavier(service: VirtualServer, by: number): VirtualServer {
  const [first, ...others] = service.realServers
  return first === undefined ? service : { ...service, realServers: [{ ...first, weight: first.weight + by }, ...others] }
}
