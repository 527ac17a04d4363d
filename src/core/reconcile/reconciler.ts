import { PatchedMap } from '../../base/patched-map.ts'
import { earliest, fromMillis, fromSeconds, type Instant, later, type Micros } from '../../base/units.ts'
import type { Machine, Step } from '../machine.ts'
import { absorbAnswers } from './answers.ts'
import { diff, diffAt } from './diff.ts'
import { firstWait, isHeld } from './hold.ts'
import { type KernelKind, type KernelObject, keyOf, ownerKeyOf, serves, serviceKeyText } from './kinds.ts'
import { plan } from './plan.ts'
import { initialState, type ReconcileEffect, type ReconcileEvent, type ReconcilerState, type Report } from './state.ts'
import { absorbSurvey, type Surveyed } from './survey.ts'
import { partsOf, type Scope, type Walk } from './walk.ts'

export interface ReconcilerOptions {
  /** The kinds this process is responsible for. */
  readonly kinds: readonly KernelKind[]
  /** How long the kernel may differ from what is desired without our noticing, and a quarter more where it is large; 30 s unless said otherwise. */
  readonly period?: Micros
}

/** Looked at only once there is something of ours: other tables may be large, and most configurations name none of these. */
const ON_DEMAND: ReadonlySet<KernelKind> = new Set(['route', 'rule', 'filter'] as const)

export type Reconciler = Machine<ReconcilerState, ReconcileEvent, ReconcileEffect>

/**
 * Makes the kernel hold what is desired. A change is sent on the strength of what we believe to be there, without looking first; an
 * answer that contradicts the belief, a notification that does, an overrun and the period each lead to a survey, which is the truth.
 */
export function createReconciler({ kinds, period = fromSeconds(30) }: ReconcilerOptions): Reconciler {
  const kindsNow = ({ ownedKinds }: ReconcilerState): readonly KernelKind[] =>
    kinds.filter((kind) => !ON_DEMAND.has(kind) || ownedKinds.has(kind))
  const surveyOf = (state: ReconcilerState): ReconcileEffect => ({ kind: 'list', scope: 'all', kinds: kindsNow(state) })

  /** A look at all, or of a large table the beginning of a walk. */
  function audit(state: ReconcilerState, now: Instant): Step<ReconcilerState, ReconcileEffect> {
    const parts = kinds.includes('destination') ? partsOf(state.known) : []
    if (parts.length === 0) return { state, effects: [surveyOf(state)] }
    const pause = Math.min(longestPause, Math.floor(period / (4 * parts.length))) as Micros
    return {
      state: { ...state, auditAt: later(now, period), walk: { parts, pause, nextAt: later(now, pause) } },
      effects: [{ kind: 'list', scope: 'all-but-destinations', kinds: kindsNow(state).filter((kind) => kind !== 'destination') }],
    }
  }

  function believe(survey: Surveyed, now: Instant): Step<ReconcilerState, ReconcileEffect> {
    const reports = survey.reports.map(report)
    // What could not be read is tried again soon, but with the patience of a refusal.
    const auditAt = later(now, survey.unreadable ? ((firstWait * 10) as Micros) : period)
    const next = { ...survey.state, auditAt, walk: undefined }
    return survey.confirm ? { state: next, effects: [...reports, surveyOf(next)] } : precede(reports, act(next, now))
  }

  /** Of a walk. What is amiss with a service is amiss with its destinations, so then all is looked at, from what was known before. */
  function believeSome(survey: Surveyed, scope: Scope, before: ReconcilerState, now: Instant): Step<ReconcilerState, ReconcileEffect> {
    const isAmiss = scope === 'all-but-destinations' && survey.reports.length > 0
    if (survey.unreadable || isAmiss) return { state: before, effects: [surveyOf(before)] }
    const reports = survey.reports.map(report)
    if (survey.confirm) return { state: survey.state, effects: [...reports, { kind: 'list', scope, kinds: ['destination'] }] }
    return precede(reports, act(survey.state, now))
  }

  function step(state: ReconcilerState, event: ReconcileEvent, now: Instant): Step<ReconcilerState, ReconcileEffect> {
    switch (event.kind) {
      case 'configured': {
        const next = withOwners(state, event.named)
        return { state: next, effects: state.desired === undefined ? [] : [surveyOf(next)] }
      }
      case 'desired': {
        const next = wish(state, event.objects)
        // Before the first wish there was nothing to compare with; what is there may be of an earlier life of this process.
        return state.desired === undefined ? { state: next, effects: [surveyOf(next)] } : act(next, now)
      }
      case 'noticed':
        return contradicts(state, event) ? { state, effects: [surveyOf(state)] } : { state, effects: [] }
      case 'overrun':
        return { state, effects: state.desired === undefined ? [] : [surveyOf(state)] }
      case 'retry':
        return state.holds.size === 0 ? { state, effects: [] } : act({ ...state, holds: new Map() }, now)
      case 'flush':
        return { state, effects: [{ kind: 'apply', operations: [{ kind: 'flush-services' }] }] }
      case 'tick':
        if (state.walk !== undefined) return now >= state.walk.nextAt ? walkOn(state, state.walk, now) : act(state, now)
        return state.auditAt !== undefined && now >= state.auditAt ? audit(state, now) : act(state, now)
      case 'applied': {
        const answered = absorbAnswers(state, event.operations, event.results, now)
        const reports = answered.reports.map(report)
        if (answered.doubt) return { state: answered.state, effects: [...reports, surveyOf(answered.state)] }
        return precede(reports, act(answered.state, now))
      }
      case 'listed': {
        const survey = absorbSurvey(state, event.scope, event.found, now)
        return event.scope === 'all' ? believe(survey, now) : believeSome(survey, event.scope, state, now)
      }
    }
  }

  return { initial: initialState, step, deadline: ({ walk, auditAt, retryAt }) => earliest(walk?.nextAt ?? auditAt, retryAt) }
}

/** Between two parts of a walk, which takes a quarter of the period at the most. */
const longestPause = fromMillis(50)

/** Of the services that are still there. */
function walkOn(state: ReconcilerState, { parts, pause }: Walk, now: Instant): Step<ReconcilerState, ReconcileEffect> {
  const [part = { services: [], destinations: [] }, ...rest] = parts
  const services = part.services.filter((key) => state.known.has(serviceKeyText(key)))
  const walk = rest.length === 0 ? undefined : { parts: rest, pause, nextAt: later(now, pause) }
  return {
    state: { ...state, walk, suspects: new Set() },
    effects: [{ kind: 'list', scope: { ...part, services }, kinds: ['destination'] }],
  }
}

const report = (of: Report): ReconcileEffect => ({ kind: 'report', report: of })

function precede(
  effects: readonly ReconcileEffect[],
  step: Step<ReconcilerState, ReconcileEffect>,
): Step<ReconcilerState, ReconcileEffect> {
  return effects.length === 0 ? step : { state: step.state, effects: [...effects, ...step.effects] }
}

/** A wish that changed deserves a fresh try, whatever the kernel thought of the former one. */
function wish(state: ReconcilerState, objects: readonly KernelObject[]): ReconcilerState {
  const replaced = replacedIn(state, objects)
  if (replaced !== undefined && state.desired !== undefined) return exchange(state, objects, state.desired, replaced)
  const desired = new Map<string, KernelObject>()
  const fresh: KernelObject[] = []
  for (const object of objects) {
    const key = keyOf(object)
    desired.set(key, object)
    // Of fifty thousand objects all but a few are the very ones of the last wish.
    if (state.desired?.get(key) !== object) fresh.push(object)
  }
  return { ...withOwners(state, fresh), desired, wished: objects, open: undefined, holds: heldStill(state, desired) }
}

/** Those that stand in the place of another of the same key, if that is all that has changed. */
function replacedIn({ wished, desired }: ReconcilerState, objects: readonly KernelObject[]): readonly KernelObject[] | undefined {
  if (objects.length !== wished.length || objects.length !== desired?.size) return undefined
  const replaced: KernelObject[] = []
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]
    const former = wished[i]
    if (object === former) continue
    if (object === undefined || former === undefined || keyOf(object) !== keyOf(former)) return undefined
    replaced.push(object)
  }
  return replaced
}

function exchange(
  state: ReconcilerState,
  objects: readonly KernelObject[],
  before: ReadonlyMap<string, KernelObject>,
  replaced: readonly KernelObject[],
): ReconcilerState {
  const desired = PatchedMap.copyOf(before)
  for (const object of replaced) desired.set(keyOf(object), object)
  const open = state.open && new Set([...state.open, ...replaced.map(keyOf)])
  return { ...withOwners(state, replaced), desired: desired.settled(), wished: objects, open, holds: heldStill(state, desired) }
}

function heldStill(state: ReconcilerState, desired: ReadonlyMap<string, KernelObject>): ReconcilerState['holds'] {
  if (state.holds.size === 0) return state.holds
  const holds = new Map(state.holds)
  for (const [key, object] of desired) {
    const former = state.desired?.get(key)
    if (former === undefined || !serves(former, object)) holds.delete(key)
  }
  for (const key of state.desired?.keys() ?? []) if (!desired.has(key)) holds.delete(key)
  return holds
}

/** The same sets, if they have them all: so that the usual wish, which names nothing new, costs no copy. */
function withOwners(state: ReconcilerState, objects: readonly KernelObject[]): ReconcilerState {
  const strangers = objects.filter((object) => !state.owned.has(ownerKeyOf(object)))
  if (strangers.length === 0) return state
  return {
    ...state,
    owned: new Set([...state.owned, ...strangers.map(ownerKeyOf)]),
    ownedKinds: new Set([...state.ownedKinds, ...strangers.map(({ kind }) => kind)]),
  }
}

/** Our own changes come back as notifications too; only what we did not know is news. */
export function contradicts(state: ReconcilerState, event: { readonly change: 'added' | 'removed'; readonly key: string }): boolean {
  return state.desired !== undefined && state.owned.has(event.key) && state.known.has(event.key) === (event.change === 'removed')
}

/** Sends what is still to do and not held back. */
function act(state: ReconcilerState, now: Instant): Step<ReconcilerState, ReconcileEffect> {
  if (state.desired === undefined) return { state, effects: [] }
  const { desired, known, holds } = state
  const whole = state.open === undefined ? diff(desired, known, serves) : diffAt(state.open, desired, known, serves)
  const open = new Set([...whole.add, ...whole.replace.map(({ wanted }) => wanted), ...whole.remove].map(keyOf))
  if (open.size === 0) {
    if (state.settled && state.retryAt === undefined) return { state: { ...state, open }, effects: [] }
    return { state: { ...state, open, retryAt: undefined, settled: true }, effects: state.settled ? [] : [report({ kind: 'settled' })] }
  }

  let retryAt: Instant | undefined
  const due = (object: KernelObject): boolean => {
    const hold = holds.get(keyOf(object))
    if (!isHeld(hold, now)) return true
    retryAt = earliest(retryAt, hold.until)
    return false
  }
  const add = whole.add.filter(due)
  const coming = new Set(add.filter(({ kind }) => kind === 'service').map(keyOf))
  const hasHome = (object: KernelObject): boolean =>
    object.kind !== 'destination' || known.has(ownerKeyOf(object)) || coming.has(ownerKeyOf(object))
  const operations = plan({
    add: add.filter(hasHome),
    replace: whole.replace.filter(({ wanted }) => due(wanted)),
    remove: whole.remove.filter(due),
  })
  const next = { ...state, open, retryAt, settled: false }
  return { state: next, effects: operations.length === 0 ? [] : [{ kind: 'apply', operations }] }
}
