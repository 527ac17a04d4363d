import { type Instant, later } from '../../base/units.ts'
import type { TrackProcess } from './config.ts'
import type { Condition } from './influence.ts'

/** A `vrrp_track_process` and how many processes it has. */
export interface ProcessState {
  readonly config: TrackProcess
  /** Undefined before anybody has counted. */
  readonly running: number | undefined
  readonly condition: Condition
  /** `fork_delay`, `terminate_delay`: until then the number may go back, and nothing has happened. */
  readonly changesAt: Instant | undefined
}

export function createProcess(config: TrackProcess): ProcessState {
  return { config, running: undefined, condition: 'unknown', changesAt: undefined }
}

/** A reload: another program is another thing; another quorum is met or missed at once. */
export function reconfigureProcess(state: ProcessState, config: TrackProcess): ProcessState {
  if (JSON.stringify(state.config.match) !== JSON.stringify(config.match) || state.running === undefined) return createProcess(config)
  return { config, running: state.running, condition: verdict(config, state.running), changesAt: undefined }
}

/** So many run now. The first count decides alone; later ones wait for `fork_delay` if it rose, for `terminate_delay` if it fell. */
export function processCounted(state: ProcessState, running: number, now: Instant): ProcessState {
  if (running === state.running) return state
  const { config } = state
  const counted: ProcessState = { ...state, running }
  const condition = verdict(config, running)
  if (condition === state.condition) return { ...counted, changesAt: undefined }
  if (state.changesAt !== undefined) return counted
  const delay = running > (state.running ?? 0) ? config.forkDelay : config.terminateDelay
  if (state.condition === 'unknown' || delay === 0) return { ...counted, condition, changesAt: undefined }
  return { ...counted, changesAt: later(now, delay) }
}

export function processDue(state: ProcessState, now: Instant): ProcessState {
  const { config, running, changesAt } = state
  if (changesAt === undefined || changesAt > now || running === undefined) return state
  return { ...state, condition: verdict(config, running), changesAt: undefined }
}

function verdict({ quorum, quorumMax }: TrackProcess, running: number): Condition {
  return running >= quorum && (quorumMax === undefined || running <= quorumMax) ? 'up' : 'down'
}
