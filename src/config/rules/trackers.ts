import { fromSeconds } from '../../base/units.ts'
import type { TrackBfd, TrackedConfig, Tracker, TrackFile, TrackProcess, TrackScript } from '../../core/track/config.ts'
import type { InstanceConfig, SyncGroupConfig } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { BfdInstanceDraft } from '../keywords/bfd-instance.ts'
import type { TrackLine } from '../keywords/track-lines.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import type { ScriptDraft } from '../keywords/vrrp-script.ts'
import type { SyncGroupDraft } from '../keywords/vrrp-sync-group.ts'
import type { TrackProcessDraft } from '../keywords/vrrp-track-process.ts'
import { resolveSession } from '../resolve-bfd.ts'
import { scriptCommand } from './script-command.ts'
import { isRefused } from './script-security.ts'

type Lines = Pick<InstanceDraft | SyncGroupDraft, 'track_interface' | 'track_script' | 'track_file' | 'track_process' | 'track_bfd'>

/** What is followed for a configuration, and what each instance makes of it. */
export interface Tracking {
  readonly tracked: TrackedConfig
  readonly instances: readonly InstanceConfig[]
}

/**
 * An instance has its own trackers and those of its sync group, which outweigh its own of the same name. Within a group its own have
 * no weight unless `sync_group_tracking_weight` says so, which makes them faults. An owner keeps those without weight.
 */
export function resolveTracking(context: Context, instances: readonly InstanceConfig[], groups: readonly SyncGroupConfig[]): Tracking {
  const { parsed } = context
  const scripts = new Map(
    [...parsed.vrrp.scripts.values()].flatMap((draft) => trackScript(draft, context) ?? []).map((one) => [one.name, one]),
  )
  const trackers = (lines: Lines): readonly Tracker[] => [
    ...lines.track_interface.map((line) => tracker('interface', line, { weight: 0 })),
    ...lines.track_script
      .filter(({ name }) => scripts.has(name))
      .map((line) => tracker('script', line, { weight: 0, ...parsed.vrrp.scripts.get(line.name) })),
    ...lines.track_file.map((line) => tracker('file', line, { weight: 1, ...parsed.vrrp.trackFiles.get(line.name) })),
    ...lines.track_bfd.map((line) => tracker('bfd', line, { weight: 0, ...parsed.vrrp.bfds.get(line.name) })),
    ...lines.track_process.map((line) => tracker('process', line, { weight: 0, ...parsed.vrrp.trackProcesses.get(line.name) })),
  ]
  const complete = instances.map((instance): InstanceConfig => {
    const draft = parsed.vrrp.instances.get(instance.name)
    const group = groups.find(({ members }) => members.includes(instance.name))
    const groupDraft = group === undefined ? undefined : parsed.vrrp.syncGroups.get(group.name)
    const common = groupDraft === undefined ? [] : trackers(groupDraft)
    const own = (draft === undefined ? [] : trackers(draft))
      .filter(({ kind, name }) => !common.some((other) => other.kind === kind && other.name === name))
      .map((one) => (groupDraft === undefined || groupDraft.sync_group_tracking_weight === true ? one : { ...one, weight: 0 }))
    const matters = ({ kind, name, weight }: Tracker): boolean =>
      !(kind === 'interface' && name === instance.interface) && (weight === 0 || instance.priority !== 255)
    return { ...instance, trackers: [...own, ...common].filter(matters) }
  })
  const used = new Set(complete.flatMap((instance) => instance.trackers.map(({ kind, name }) => `${kind} ${name}`)))
  return {
    tracked: {
      scripts: [...scripts.values()].filter(({ name }) => used.has(`script ${name}`)),
      files: trackFiles(context).filter(({ name }) => used.has(`file ${name}`)),
      bfds: [...parsed.vrrp.bfds.values()].filter(({ name }) => used.has(`bfd ${name}`)).map((draft) => trackBfd(draft)),
      processes: [...parsed.vrrp.trackProcesses.values()].map(trackProcess).filter(({ name }) => used.has(`process ${name}`)),
    },
    instances: complete,
  }
}

/** Nobody tracks it, so it does not run; no verdict, and keepalived says it in its log only. */
export function tellUnused(context: Context, { scripts }: TrackedConfig): void {
  for (const draft of context.parsed.vrrp.scripts.values()) {
    if (scripts.some(({ name }) => name === draft.name) || trackScript(draft, context) === undefined) continue
    context.conclude('none', 'script-unused', `Warning - script ${draft.name} is not used`, draft.line, 'a track_script that names it')
  }
}

function trackBfd(draft: BfdInstanceDraft): TrackBfd {
  const { name, weight = 0, reverse = false } = draft
  const [session] = resolveSession(draft)
  if (session === undefined) return { name, weight, reverse }
  const { neighborIp, sourceIp, multihop, ttl } = session
  return { name, weight, reverse, ends: { neighborIp, sourceIp, multihop, ttl } }
}

interface Defaults {
  readonly weight?: number
  readonly reverse?: boolean
}

const tracker = (kind: Tracker['kind'], line: TrackLine, { weight = 0, reverse = false }: Defaults): Tracker => ({
  kind,
  name: line.name,
  weight: line.weight ?? weight,
  reverse: line.reverse ?? reverse,
})

function trackFiles({ parsed }: Context): readonly TrackFile[] {
  return [...parsed.vrrp.trackFiles.values()].flatMap(({ name, file, init_file: initial }) =>
    file === undefined ? [] : [{ name, path: file, initial }],
  )
}

/** Parameters, and any word on how to compare them, ask for the command line. `quorum_max 0`: it must not run. */
function trackProcess(draft: TrackProcessDraft): TrackProcess {
  const { name, process: [command = '', ...parameters] = [], param_match: match, full_command: full = false } = draft
  const compare = match ?? (parameters.length > 0 ? 'exact' : 'any')
  return {
    name,
    match: full || compare !== 'any' ? { kind: 'command-line', command, parameters, compare } : { kind: 'name', name: command },
    quorum: draft.quorum_max === 0 ? 0 : (draft.quorum ?? 1),
    quorumMax: draft.quorum_max,
    forkDelay: fromSeconds(draft.fork_delay ?? 0),
    terminateDelay: fromSeconds(draft.terminate_delay ?? 0),
    weight: draft.weight ?? 0,
    reverse: draft.reverse ?? false,
  }
}

/** Undefined: there is nothing that could be run, which has been said. */
function trackScript(draft: ScriptDraft, context: Context): TrackScript | undefined {
  const run = scriptRun(draft, context)
  if (run === undefined) return undefined
  const { name, interval = 1, timeout = interval, rise = 1, fall = 1 } = draft
  const told = {
    ...(draft.weight && { weight: draft.weight }),
    ...(draft.reverse && { reverse: true }),
    ...(draft.init_fail && { initFail: true }),
    ...(draft.timeout === undefined && { timeoutByInterval: true as const }),
  }
  return { name, run, interval: fromSeconds(interval), timeout: fromSeconds(timeout), rise, fall, ...told }
}

function scriptRun({ script, user }: ScriptDraft, context: Context): TrackScript['run'] | undefined {
  const { path, argv } = script ?? { path: undefined, argv: [] }
  if (path === undefined || path === '') return undefined
  if (path.startsWith('<')) return { kind: 'readable', path: path.slice(1) }
  const found = context.reader.script(path)
  if (found.kind !== 'found') return undefined
  if (isRefused(found, context.parsed.global)) return undefined
  const named = user && { user: user.user, group: user.group }
  return { kind: 'command', command: scriptCommand(found, argv.slice(1), named, context) }
}
