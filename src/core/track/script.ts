import { earliest, type Instant, later } from '../../base/units.ts'
import type { ScriptEnd } from '../script-config.ts'
import type { TrackScript } from './config.ts'
import type { Condition } from './influence.ts'

/** A script between its runs. One serves all instances that track it. */
export interface ScriptState {
  readonly config: TrackScript
  readonly condition: Condition
  /** Results in a row that speak against the condition. */
  readonly contrary: number
  readonly nextRunAt: Instant
  /** The run that is under way. */
  readonly run: number | undefined
  /** How the last run ended. */
  readonly lastEnd: ScriptEnd | undefined
}

export function createScript(config: TrackScript, now: Instant): ScriptState {
  return { config, condition: 'unknown', contrary: 0, nextRunAt: now, run: undefined, lastEnd: undefined }
}

/** A reload: what is run and by whom says whether its results still count. */
export function reconfigureScript(state: ScriptState, config: TrackScript, now: Instant): ScriptState {
  if (JSON.stringify(state.config.run) !== JSON.stringify(config.run)) return createScript(config, now)
  const soon = later(now, config.interval)
  return { ...state, config, contrary: 0, nextRunAt: earliest(state.nextRunAt, soon) ?? soon }
}

/** It is due: run it under this number, unless the run before has not ended, which costs this turn. */
export function scriptDue(state: ScriptState, run: number, now: Instant): { readonly state: ScriptState; readonly starts: boolean } {
  const next = later(state.nextRunAt, state.config.interval)
  const nextRunAt = next > now ? next : later(now, state.config.interval)
  return state.run === undefined ? { state: { ...state, nextRunAt, run }, starts: true } : { state: { ...state, nextRunAt }, starts: false }
}

/** Its run has ended. That this host had no room for it says nothing of the script. */
export function scriptEnded(state: ScriptState, end: ScriptEnd): ScriptState {
  const idle: ScriptState = { ...state, run: undefined }
  if (end.kind === 'cancelled' || (end.kind === 'not-run' && end.ours)) return idle
  const result: Condition = end.kind === 'exited' && end.code === 0 ? 'up' : 'down'
  const ended: ScriptState = { ...idle, lastEnd: end }
  if (result === state.condition) return { ...ended, contrary: 0 }
  const contrary = state.contrary + 1
  const decides = state.condition === 'unknown' || contrary >= (result === 'up' ? state.config.rise : state.config.fall)
  return decides ? { ...ended, condition: result, contrary: 0 } : { ...ended, contrary }
}
