import { toSeconds } from '../base/units.ts'
import type { ProcessState } from '../core/track/process.ts'

/** An element of `track_process` in json_version 2, in keepalived's order of members. */
export function processJson({ config, running, condition, changesAt }: ProcessState): Readonly<Record<string, unknown>> {
  const { match, quorum, quorumMax, weight, reverse, forkDelay, terminateDelay } = config
  const words = match.kind === 'command-line' ? match : { command: match.name, parameters: [], compare: 'none' }
  return {
    process: words.command,
    ...(words.parameters.length > 0 && { parameters: words.parameters.join(' ') }),
    param_match: words.compare === 'any' ? 'none' : words.compare,
    min_processes: quorum,
    ...(quorumMax !== undefined && { max_processes: quorumMax }),
    current_processes: running ?? 0,
    have_quorum: condition === 'up',
    weight: reverse ? -weight : weight,
    terminate_delay: toSeconds(terminateDelay),
    fork_delay: toSeconds(forkDelay),
    // Which of the two runs: towards a verdict that is not the one it has.
    fork_delay_timer_running: changesAt !== undefined && (running ?? 0) >= quorum,
    terminate_delay_timer_running: changesAt !== undefined && (running ?? 0) < quorum,
    full_command: match.kind === 'command-line',
  }
}
