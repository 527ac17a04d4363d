import type { Micros } from '../base/units.ts'

/** A program that the configuration names. It is run without a shell. */
export interface ScriptCommand {
  /** The program, then its arguments; never empty. */
  readonly argv: readonly string[]
  /** Undefined runs it as whom we run. */
  readonly runAs: ScriptUser | undefined
  /** `enable_script_security`: not if others than root could change it by now. */
  readonly guarded?: true
}

/** Names, or numbers as text. */
export interface ScriptUser {
  readonly user: string
  /** Undefined is the user's own group. */
  readonly group: string | undefined
}

/** One that somebody waits for, but no longer. */
export interface TimedScript {
  readonly command: ScriptCommand
  readonly timeout: Micros
}

/** How a run ended. */
export type ScriptEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  /** Nobody wanted to know any more. */
  | { readonly kind: 'cancelled' }
  /** It never began. `ours`: this host had no process, memory or place for it, which says nothing of the script. */
  | { readonly kind: 'not-run'; readonly ours: boolean; readonly detail: string }
