import { assert } from '../../base/assert.ts'
import { PatchedMap } from '../../base/patched-map.ts'
import type { Instant } from '../../base/units.ts'
import { strike } from './hold.ts'
import { isSibling, type KernelObject, keyOf, mayFallWith, type Operation, type OperationResult, ownerKeyOf } from './kinds.ts'
import type { ReconcilerState, Report } from './state.ts'

const ENOENT = 2
const ESRCH = 3
const EEXIST = 17
const ENODEV = 19
const EADDRNOTAVAIL = 99

/** What the kernel's answers make of a state. */
export interface Answered {
  readonly state: ReconcilerState
  readonly reports: readonly Report[]
  /** An answer contradicts what we believed: look before doing more. */
  readonly doubt: boolean
}

/** Takes in the answers to a batch of operations, in their order. */
export function absorbAnswers(
  state: ReconcilerState,
  operations: readonly Operation[],
  results: readonly OperationResult[],
  now: Instant,
): Answered {
  assert(operations.length === results.length, `${operations.length} operations need as many answers, not ${results.length}`)
  const known = PatchedMap.copyOf(state.known)
  const holds = new Map(state.holds)
  const refusals: Refusal[] = []
  const refusedServices = new Set<string>()
  const goneServices = new Set<string>()
  let doubt = false
  let { open } = state

  const forget = (key: string): void => {
    if (known.get(key)?.kind === 'service') goneServices.add(key)
    known.delete(key)
  }
  const contradicted = (key: string): void => {
    holds.set(key, strike(holds.get(key), now, 0, 'at-once'))
    doubt = true
  }
  const refused = (operation: Operation, key: string, result: OperationResult): void => {
    if (holds.get(key)?.errno !== result.errno) refusals.push({ operation, result })
    holds.set(key, strike(holds.get(key), now, result.errno, 'patiently'))
  }

  for (const [i, operation] of operations.entries()) {
    const result = results[i] ?? { errno: 0, detail: '' }
    if (operation.kind === 'flush-services') {
      open = undefined
      if (result.errno === 0) forgetAllServices(known)
      else refused(operation, 'flush', result)
      continue
    }
    const { object } = operation
    const key = keyOf(object)
    switch (judge(operation.kind, object, result.errno)) {
      case 'done':
        if ((holds.get(key)?.errno ?? 0) !== 0) holds.delete(key)
        if (operation.kind === 'remove') {
          forget(key)
          doubt = forgetSiblings(known, object, state) || doubt
        } else {
          known.set(key, object)
        }
        break
      case 'already-there':
        known.set(key, object)
        doubt = true
        break
      case 'already-gone':
        forget(key)
        doubt ||= object.kind === 'service' || object.kind === 'destination'
        break
      case 'not-there':
        forget(key)
        contradicted(key)
        break
      case 'service-lost':
        // If the batch itself could not make the service, this is only the echo.
        if (refusedServices.has(ownerKeyOf(object))) break
        forget(ownerKeyOf(object))
        contradicted(key)
        break
      case 'refused':
        if (object.kind === 'service') refusedServices.add(key)
        refused(operation, key, result)
    }
  }
  // They take their destinations along, whoever wants those.
  if (goneServices.size > 0) open = undefined
  forgetDestinations(known, goneServices)
  return { state: { ...state, known: known.settled(), holds, open }, reports: gather(refusals), doubt }
}

type Judgement = 'done' | 'already-there' | 'already-gone' | 'not-there' | 'service-lost' | 'refused'

/** What an errno means depends on the command: ENOENT is a missing scheduler for a service, a missing destination for a destination. */
function judge(kind: 'add' | 'replace' | 'remove', object: KernelObject, errno: number): Judgement {
  if (errno === 0) return 'done'
  if (kind === 'remove') return isGone(object, errno) ? 'already-gone' : 'refused'
  if (errno === EEXIST) return 'already-there'
  if (object.kind === 'destination' && errno === ESRCH) return 'service-lost'
  return kind === 'replace' && isMissing(object, errno) ? 'not-there' : 'refused'
}

function isGone(object: KernelObject, errno: number): boolean {
  if (object.kind === 'link') return errno === ENODEV
  // An address goes with its interface, and so does a route.
  if (object.kind === 'address') return errno === EADDRNOTAVAIL || errno === ENOENT || errno === ENODEV
  return errno === ESRCH || errno === ENOENT || (object.kind === 'route' && errno === ENODEV)
}

function isMissing(object: KernelObject, errno: number): boolean {
  if (object.kind === 'link') return errno === ENODEV
  if (object.kind === 'service') return errno === ESRCH
  return object.kind === 'destination' ? errno === ENOENT : errno === ENOENT || errno === EADDRNOTAVAIL
}

/** A service takes its destinations with it: one pass for all, since a stop removes thousands. */
function forgetDestinations(known: PatchedMap<string, KernelObject>, services: ReadonlySet<string>): void {
  if (services.size === 0) return
  for (const [key, object] of known) if (object.kind === 'destination' && services.has(ownerKeyOf(object))) known.delete(key)
}

/** Addresses and routes that are wanted and may have gone along: our own doing, so neither drift nor anybody's loss. True if there are any. */
function forgetSiblings(known: PatchedMap<string, KernelObject>, removed: KernelObject, { desired }: ReconcilerState): boolean {
  if (removed.kind !== 'address') return false
  let any = false
  for (const [key, object] of known) {
    if (desired?.has(key) !== true) continue
    const falls = object.kind === 'address' ? isSibling(object, removed) : object.kind === 'route' && mayFallWith(object, removed)
    if (!falls) continue
    known.delete(key)
    any = true
  }
  return any
}

function forgetAllServices(known: PatchedMap<string, KernelObject>): void {
  for (const [key, object] of known) if (object.kind === 'service' || object.kind === 'destination') known.delete(key)
}

interface Refusal {
  readonly operation: Operation
  readonly result: OperationResult
}

/** A missing module refuses thousands of objects alike: one report, not thousands. */
function gather(refusals: readonly Refusal[]): readonly Report[] {
  const groups = new Map<string, { first: Refusal; more: number }>()
  for (const refusal of refusals) {
    const { operation, result } = refusal
    const subject = operation.kind === 'flush-services' ? '' : operation.object.kind
    const alike = `${operation.kind} ${subject} ${result.errno} ${result.detail}`
    const group = groups.get(alike)
    if (group === undefined) groups.set(alike, { first: refusal, more: 0 })
    else group.more++
  }
  return Array.from(groups.values(), ({ first, more }) => ({ kind: 'refused', operation: first.operation, ...first.result, more }))
}
