import type { Instant } from '../../base/units.ts'
import type { Hold } from './hold.ts'
import { type KernelKind, type KernelObject, keyOf, type Operation, type OperationResult } from './kinds.ts'
import type { Scope, Walk } from './walk.ts'

/** What the reconciler knows. All maps are by `keyOf`. */
export interface ReconcilerState {
  /** In configured order; undefined until somebody said what should exist, and until then nothing is touched. */
  readonly desired: ReadonlyMap<string, KernelObject> | undefined
  /** The objects of it, as they were handed over. */
  readonly wished: readonly KernelObject[]
  /** What of ours we believe to exist: changed by the kernel's answers, corrected by surveys. */
  readonly known: ReadonlyMap<string, KernelObject>
  /** `ownerKeyOf` of everything that we added or that a configuration named; all else is foreign. */
  readonly owned: ReadonlySet<string>
  /** The kinds of these objects. */
  readonly ownedKinds: ReadonlySet<KernelKind>
  readonly holds: ReadonlyMap<string, Hold>
  /** Keys at which what is known may differ from what is desired; undefined if it has to be looked everywhere. */
  readonly open: ReadonlySet<string> | undefined
  /** Found and unwanted, but too many to believe one survey: removed once a second one shows them too. */
  readonly suspects: ReadonlySet<string>
  readonly auditAt: Instant | undefined
  /** What is left of an audit that goes on part by part. */
  readonly walk: Walk | undefined
  readonly retryAt: Instant | undefined
  readonly settled: boolean
}

export const initialState: ReconcilerState = {
  desired: undefined,
  wished: [],
  known: new Map(),
  owned: new Set(),
  ownedKinds: new Set(),
  holds: new Map(),
  open: undefined,
  suspects: new Set(),
  auditAt: undefined,
  walk: undefined,
  retryAt: undefined,
  settled: false,
}

export type ReconcileEvent =
  /** A configuration came into force; all it names is ours from now on, wanted or not. */
  | { readonly kind: 'configured'; readonly named: readonly KernelObject[] }
  /** All that should exist now. */
  | { readonly kind: 'desired'; readonly objects: readonly KernelObject[] }
  /** The kernel told of a change; `key` as `addressKey` writes it. A hint only, a survey decides. */
  | { readonly kind: 'noticed'; readonly change: 'added' | 'removed'; readonly key: string }
  /** Notifications were lost (ENOBUFS). */
  | { readonly kind: 'overrun' }
  /** Something changed that may cure a refusal: a link appeared, a module was loaded. */
  | { readonly kind: 'retry' }
  /** `lvs_flush`: everything of ip_vs goes, ours or not. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'applied'; readonly operations: readonly Operation[]; readonly results: readonly OperationResult[] }
  | { readonly kind: 'listed'; readonly scope: Scope; readonly found: readonly Listing[] }

/** What a list of one kind brought; undefined objects if the kernel could not be read whole. */
export interface Listing {
  readonly kind: KernelKind
  readonly objects: readonly KernelObject[] | undefined
}

export type ReconcileEffect =
  | { readonly kind: 'apply'; readonly operations: readonly Operation[] }
  | { readonly kind: 'list'; readonly scope: Scope; readonly kinds: readonly KernelKind[] }
  | { readonly kind: 'report'; readonly report: Report }

/** What an administrator may want to read. */
export type Report =
  /** Everything desired exists and nothing of ours is left over; said once after each time it was not so. */
  | { readonly kind: 'settled' }
  /** The kernel differs from what we left there. */
  | { readonly kind: 'drift'; readonly found: 'missing' | 'differs' | 'unwanted'; readonly objects: readonly KernelObject[] }
  /** The kernel said no; `more` others got the same answer. Said once for each object and errno, however often it is tried. */
  | { readonly kind: 'refused'; readonly operation: Operation; readonly errno: number; readonly detail: string; readonly more: number }
  /** The kernel could not be read; nothing is removed on such ground. */
  | { readonly kind: 'unreadable'; readonly of: KernelKind }
  /** So many objects of ours are unwanted that a second survey must confirm them first. */
  | { readonly kind: 'withheld'; readonly objects: readonly KernelObject[] }

/** Whether this very object exists in the form that is wanted, as far as we know. */
export function exists(state: ReconcilerState, object: KernelObject): boolean {
  return state.known.get(keyOf(object)) !== undefined
}
