import { toSeconds } from '../base/units.ts'
import type { ScriptRun, Tracker } from '../core/track/config.ts'
import type { ProcessState } from '../core/track/process.ts'
import type { ScriptState } from '../core/track/script.ts'
import type { Tracked } from '../core/track/tracked.ts'
import type { InstanceConfig } from '../core/vrrp/config.ts'

/** The trackers of an instance, kind by kind. keepalived puts a comma behind the names of files and processes, and a colon behind those of sessions. */
export function trackerLines(trackers: readonly Tracker[]): readonly string[] {
  return [
    ...section('Tracked interfaces', 'interface', trackers, ''),
    ...section('Tracked scripts', 'script', trackers, ''),
    ...section('Tracked files', 'file', trackers, ','),
    ...section('Tracked BFDs', 'bfd', trackers, ':'),
    ...section('Tracked processes', 'process', trackers, ','),
  ]
}

function section(title: string, kind: Tracker['kind'], trackers: readonly Tracker[], comma: string): readonly string[] {
  const here = trackers.filter((tracker) => tracker.kind === kind)
  return here.length === 0 ? [] : [`   ${title} :`, ...here.map((tracker) => `     ${tracker.name}${comma} ${weightText(tracker)}`)]
}

const weightText = ({ weight, reverse }: Tracker): string => `weight ${weight}${reverse ? ' reverse' : ''}`

/** Scripts, files, processes and BFD sessions, with those who track them. */
export function trackedLines(
  { scripts, files, processes, bfds, config }: Tracked,
  instances: readonly InstanceConfig[],
): readonly string[] {
  return [
    ...(scripts.length === 0 ? [] : ['------< VRRP Scripts >------', ...scripts.flatMap((script) => scriptLines(script, instances))]),
    ...(config.files.length === 0 ? [] : ['------< VRRP Track files >------']),
    ...config.files.flatMap(({ name, path }) => [
      ` Track file = ${name}`,
      `   File = ${path}`,
      `   Status = ${files.get(path) ?? 0}`,
      ...users('file', name, instances),
    ]),
    ...(config.bfds.length === 0 ? [] : ['------< VRRP Track BFDs >------']),
    ...config.bfds.flatMap((bfd) => [
      ` VRRP Track BFD = ${bfd.name}`,
      `   Weight = ${bfd.weight}${bfd.reverse ? ' reverse' : ''}`,
      `   Bfd is ${bfds.has(bfd.name) ? 'up' : 'down'}`,
      '   Tracking VRRP instances :',
      ...users('bfd', bfd.name, instances),
    ]),
    ...(processes.length === 0
      ? []
      : ['------< VRRP Track processes >------', ...processes.flatMap((one) => processLines(one, instances))]),
  ]
}

const STATUS = { up: 'GOOD', down: 'BAD', unknown: 'INIT' } as const

function scriptLines(state: ScriptState, instances: readonly InstanceConfig[]): readonly string[] {
  const { config, condition, run } = state
  const words = config.run.kind === 'command' ? config.run.command.argv : [`<${config.run.path}`]
  return [
    ` VRRP Script = ${config.name}`,
    `   Command = ${words.map((word) => `'${word}'`).join(' ')}`,
    `   Interval = ${toSeconds(config.interval)} sec`,
    `   Timeout = ${config.timeoutByInterval ? 0 : toSeconds(config.timeout)} sec`,
    `   Weight = ${config.weight ?? 0}${config.reverse ? ' reverse' : ''}`,
    `   Rise = ${config.rise}`,
    `   Fall = ${config.fall}`,
    `   Result = ${result(state)}`,
    // One that is not would have been refused.
    '   Insecure = no',
    `   Init state = ${config.initFail ? 'failed' : 'unknown'}`,
    `   Status = ${STATUS[condition]}`,
    ...userLine(config.run),
    '   VRRP instances :',
    ...users('script', config.name, instances),
    `   State = ${run === undefined ? 'idle' : 'running'}`,
  ]
}

/** As whom it runs, where that was written: nobody looks a name up here. */
function userLine(run: ScriptRun): readonly string[] {
  if (run.kind !== 'command') return []
  const { user = '0', group = user } = run.command.runAs ?? {}
  return [`   Script uid:gid = ${user}:${group}`]
}

/** keepalived's counter: from `rise` on it is good. */
function result({ config, condition, contrary }: ScriptState): number {
  return condition === 'up' ? config.rise + config.fall - 1 - contrary : contrary
}

function processLines({ config, running, condition }: ProcessState, instances: readonly InstanceConfig[]): readonly string[] {
  const { name, match, quorum, quorumMax, weight, reverse, terminateDelay, forkDelay } = config
  const line = match.kind === 'command-line' ? match : { command: match.name, parameters: [], compare: 'any' as const }
  return [
    ` VRRP Track process = ${name}`,
    `   Process = ${line.command}`,
    ...(line.parameters.length === 0 ? [] : [`   Parameters = ${line.parameters.join(' ')}`]),
    // The original names only the two that are asked for by a word.
    ...(line.compare === 'any' ? [] : [line.compare === 'exact' ? '   Param match' : `   Param match = ${line.compare}`]),
    `   Min processes = ${quorum}`,
    ...(quorumMax === undefined ? [] : [`   Max processes = ${quorumMax}`]),
    `   Current processes = ${running ?? 0}`,
    `   Have quorum = ${condition === 'up'}`,
    `   Weight = ${weight}${reverse ? ' reverse' : ''}`,
    `   Terminate delay = ${toSeconds(terminateDelay).toFixed(6)}s`,
    `   Fork delay = ${toSeconds(forkDelay).toFixed(6)}s`,
    `   Full command = ${match.kind === 'command-line'}`,
    ...users('process', name, instances),
  ]
}

function users(kind: Tracker['kind'], name: string, instances: readonly InstanceConfig[]): readonly string[] {
  const lines = instances.flatMap((instance) =>
    instance.trackers
      .filter((tracker) => tracker.kind === kind && tracker.name === name)
      .map((tracker) => `     ${instance.name}, ${weightText(tracker)}`),
  )
  return ['   Tracking instances :', ...lines]
}
