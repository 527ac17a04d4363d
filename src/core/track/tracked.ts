import { earliest, type Instant } from '../../base/units.ts'
import { endsOf } from '../bfd/ends.ts'
import type { ScriptEnd } from '../script-config.ts'
import type { TrackedConfig, TrackScript } from './config.ts'
import type { Observed } from './influence.ts'
import { createProcess, type ProcessState, processCounted, processDue, reconfigureProcess } from './process.ts'
import { createScript, reconfigureScript, type ScriptState, scriptDue, scriptEnded } from './script.ts'

/** All that is watched for the trackers of a host. */
export interface Tracked {
  readonly config: TrackedConfig
  readonly scripts: readonly ScriptState[]
  readonly processes: readonly ProcessState[]
  /** By path. */
  readonly files: ReadonlyMap<string, number>
  /** The sessions that are up; what has not been heard of is not. */
  readonly bfds: ReadonlySet<string>
  /** The number of the last run of a script. */
  readonly runs: number
}

export const NOTHING_TRACKED: Tracked = {
  config: { scripts: [], files: [], processes: [], bfds: [] },
  scripts: [],
  files: new Map(),
  processes: [],
  bfds: new Set(),
  runs: 0,
}

/** Start one program, or one look at a file; the answer carries the same number. */
export interface Run {
  readonly run: number
  readonly script: TrackScript
}

export function reconfigureTracked(tracked: Tracked, config: TrackedConfig, now: Instant): Tracked {
  const scripts = config.scripts.map((script) => {
    const known = tracked.scripts.find((state) => state.config.name === script.name)
    return known === undefined ? createScript(script, now) : reconfigureScript(known, script, now)
  })
  // What nobody tracks any more may be otherwise by the time somebody does again.
  const up = new Set(tracked.config.bfds.flatMap(({ name, ends }) => (ends !== undefined && tracked.bfds.has(name) ? [endsOf(ends)] : [])))
  const bfds = new Set(config.bfds.flatMap(({ name, ends }) => (ends !== undefined && up.has(endsOf(ends)) ? [name] : [])))
  const processes = config.processes.map((process) => {
    const known = tracked.processes.find((state) => state.config.name === process.name)
    return known === undefined ? createProcess(process) : reconfigureProcess(known, process)
  })
  return { ...tracked, config, scripts, processes, bfds }
}

export function trackedDeadline({ scripts, processes }: Tracked): Instant | undefined {
  let nearest: Instant | undefined
  for (const { changesAt } of processes) nearest = earliest(nearest, changesAt)
  for (const { nextRunAt } of scripts) nearest = earliest(nearest, nextRunAt)
  return nearest
}

export function trackedDue(tracked: Tracked, now: Instant): { readonly tracked: Tracked; readonly runs: readonly Run[] } {
  const runs: Run[] = []
  const scripts = tracked.scripts.map((script) => {
    if (script.nextRunAt > now) return script
    const run = tracked.runs + runs.length + 1
    const { state, starts } = scriptDue(script, run, now)
    if (starts) runs.push({ run, script: script.config })
    return state
  })
  const processes = tracked.processes.map((process) => processDue(process, now))
  return { tracked: { ...tracked, scripts, processes, runs: tracked.runs + runs.length }, runs }
}

/** What a run has changed of a script; undefined for a run that nobody waits for. */
export interface ScriptChange {
  readonly tracked: Tracked
  readonly before: ScriptState
  readonly after: ScriptState
}

export function runEnded(tracked: Tracked, run: number, end: ScriptEnd): ScriptChange | undefined {
  const at = tracked.scripts.findIndex((script) => script.run === run)
  const before = tracked.scripts[at]
  if (before === undefined) return undefined
  const after = scriptEnded(before, end)
  return { tracked: { ...tracked, scripts: tracked.scripts.with(at, after) }, before, after }
}

export function fileSays(tracked: Tracked, path: string, value: number): Tracked {
  return tracked.files.get(path) === value ? tracked : { ...tracked, files: new Map(tracked.files).set(path, value) }
}

export function bfdSays(tracked: Tracked, session: string, up: boolean): Tracked {
  if (tracked.bfds.has(session) === up || !tracked.config.bfds.some(({ name }) => name === session)) return tracked
  const bfds = new Set(tracked.bfds)
  if (up) bfds.add(session)
  else bfds.delete(session)
  return { ...tracked, bfds }
}

export function processesCounted(tracked: Tracked, name: string, running: number, now: Instant): Tracked {
  const at = tracked.processes.findIndex(({ config }) => config.name === name)
  const before = tracked.processes[at]
  if (before === undefined) return tracked
  const after = processCounted(before, running, now)
  return after === before ? tracked : { ...tracked, processes: tracked.processes.with(at, after) }
}

/** For trackers; interfaces are known elsewhere. */
export function observe({ config, scripts, files, processes, bfds }: Tracked): Omit<Observed, 'interfaces'> {
  return {
    scripts: (name) => scripts.find((script) => script.config.name === name)?.condition ?? 'unknown',
    bfds: (name) => (bfds.has(name) ? 'up' : 'down'),
    processes: (name) => processes.find((process) => process.config.name === name)?.condition ?? 'unknown',
    files: (name) => files.get(config.files.find((file) => file.name === name)?.path ?? ''),
  }
}
