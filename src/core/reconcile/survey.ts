import { PatchedMap } from '../../base/patched-map.ts'
import type { Instant } from '../../base/units.ts'
import { isForgotten, strike } from './hold.ts'
import { type KernelKind, type KernelObject, keyOf, keyOnce, ownerKeyOf, serves } from './kinds.ts'
import type { Listing, ReconcilerState, Report } from './state.ts'
import type { Scope } from './walk.ts'

/** What a look at the kernel makes of a state. */
export interface Surveyed {
  readonly state: ReconcilerState
  readonly reports: readonly Report[]
  readonly unreadable: boolean
  /** Unwanted objects are held back for the first time: look once more. */
  readonly confirm: boolean
}

/** Replaces belief by fact, kind by kind, within its scope. A kind that could not be read stays as it was believed. */
export function absorbSurvey(state: ReconcilerState, scope: Scope, found: readonly Listing[], now: Instant): Surveyed {
  const known = PatchedMap.copyOf(state.known)
  const changed: string[] = []
  const learn = (key: string, object: KernelObject): void => {
    if (state.known.get(key) === object) return
    known.set(key, object)
    changed.push(key)
  }
  const holds = new Map(state.holds)
  for (const [key, hold] of holds) if (isForgotten(hold, now)) holds.delete(key)
  const drift = { missing: [] as KernelObject[], differs: [] as KernelObject[], unwanted: [] as KernelObject[] }
  const withheld: KernelObject[] = []
  const reports: Report[] = []

  for (const { kind, objects } of found) {
    if (objects === undefined) {
      reports.push({ kind: 'unreadable', of: kind })
      continue
    }
    const actual = ours(state, objects)
    for (const [key, object] of knownWithin(scope, state)) {
      if (object.kind !== kind || actual.has(key)) continue
      known.delete(key)
      changed.push(key)
      if (state.desired?.has(key) === true) drift.missing.push(object)
    }
    const surprises: KernelObject[] = []
    for (const [key, object] of actual) {
      const wanted = state.desired?.get(key)
      const believed = state.known.get(key)
      if (wanted === undefined && believed === undefined) {
        surprises.push(object)
        continue
      }
      learn(key, wanted !== undefined && serves(object, wanted) ? wanted : object)
      if (wanted !== undefined && believed !== undefined && serves(believed, wanted) && !serves(object, wanted)) drift.differs.push(object)
    }
    const areFew = surprises.length * 2 <= actual.size
    for (const object of surprises) {
      if (areFew || state.suspects.has(keyOf(object))) {
        learn(keyOf(object), object)
        drift.unwanted.push(object)
      } else {
        withheld.push(object)
      }
    }
  }

  for (const which of ['missing', 'differs', 'unwanted'] as const) {
    if (drift[which].length === 0) continue
    reports.push({ kind: 'drift', found: which, objects: drift[which] })
    for (const object of drift[which]) {
      // Its loss may end an instance's mastership (IFC-03): the owner hears of it before it is put back.
      const first = which === 'missing' && ownedByInstance.has(object.kind) ? 'patiently' : 'at-once'
      holds.set(keyOf(object), strike(holds.get(keyOf(object)), now, 0, first))
    }
  }
  const confirm = withheld.length > 0 && state.suspects.size === 0
  if (confirm) reports.push({ kind: 'withheld', objects: withheld })
  // Of all there is, the configured order is asked for: addresses of one subnet depend on it.
  const open = scope === 'all' || state.open === undefined ? undefined : new Set([...state.open, ...changed])
  return {
    state: { ...state, known: changed.length === 0 ? state.known : known.settled(), holds, open, suspects: new Set(withheld.map(keyOf)) },
    reports,
    unreadable: found.some(({ objects }) => objects === undefined),
    confirm,
  }
}

const ownedByInstance: ReadonlySet<KernelKind> = new Set(['address', 'route', 'rule'] as const)

/** What we believe to exist where was looked. */
function* knownWithin(scope: Scope, { known }: ReconcilerState): Iterable<readonly [string, KernelObject]> {
  if (typeof scope !== 'object') return yield* known
  for (const key of scope.destinations) {
    const object = known.get(key)
    if (object !== undefined) yield [key, object]
  }
}

/** Of several objects with one key (addresses that differ by their peer only) the one that serves is meant. */
function ours(state: ReconcilerState, objects: readonly KernelObject[]): ReadonlyMap<string, KernelObject> {
  const actual = new Map<string, KernelObject>()
  for (const object of objects) {
    const key = keyOnce(object)
    if (!state.owned.has(object.kind === 'destination' ? ownerKeyOf(object) : key)) continue
    const wanted = state.desired?.get(key)
    if (!actual.has(key) || (wanted !== undefined && serves(object, wanted))) actual.set(key, object)
  }
  return actual
}
