import type { Micros } from '../../base/units.ts'
import type { ScriptEnd } from '../script-config.ts'

/** What one attempt of a checker came to. */
export type ProbeResult =
  | { readonly kind: 'passed'; readonly latency: Micros }
  /** MISC_CHECK with `misc_dynamic`: up, with this weight in place of the configured one. */
  | { readonly kind: 'weighed'; readonly latency: Micros; readonly weight: number }
  | { readonly kind: 'failed'; readonly reason: ProbeFailure }
  /** In `body` the status had come. */
  | { readonly kind: 'timed-out'; readonly stage: 'connect' | 'reply' | 'body' }
  /** This host had no descriptor, port or memory for it: says nothing about the server. */
  | { readonly kind: 'not-made'; readonly detail: string }

/** Why a server did not pass; `detail` is for people, and bounded. */
export type ProbeFailure =
  | { readonly kind: 'connect'; readonly detail: string }
  | { readonly kind: 'tls'; readonly detail: string }
  /** The connection was closed before anything came. */
  | { readonly kind: 'closed'; readonly detail: string }
  /** The connection broke after it stood. */
  | { readonly kind: 'reply'; readonly detail: string }
  /** Not HTTP, or more of it than we are willing to read. */
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'status-code'; readonly url: string; readonly code: number }
  | { readonly kind: 'digest'; readonly url: string; readonly digest: string }
  | { readonly kind: 'regex'; readonly url: string; readonly detail: string }
  /** What of the conversation was refused. */
  | { readonly kind: 'smtp'; readonly stage: 'greeting' | 'helo'; readonly detail: string }
  /** There is no way to the server. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'dns-code'; readonly code: number }
  /** `require_reply` */
  | { readonly kind: 'mismatch'; readonly detail: string }
  | { readonly kind: 'script'; readonly end: ScriptEnd }
