import { spawnSync } from 'node:child_process'
import type { Log } from './log.ts'
import type { Scheduling } from './messages.ts'

/**
 * `*_cpu_affinity` and `*_rlimit_rttime` of a child that has just begun, by util-linux: it waits for its first message meanwhile. The
 * limit is the soft one, which is logged; keepalived's is hard, and kills the process that holds the addresses.
 */
export function tune(pid: number, { cpuAffinity, rlimitRttime, realtimePriority }: Scheduling, log: Log): void {
  if (cpuAffinity.length > 0) run('set CPU affinity', ['taskset', '-acp', cpuAffinity.join(','), String(pid)], log)
  if (rlimitRttime !== undefined && realtimePriority > 0)
    run('set realtime rlimit', ['prlimit', '--pid', String(pid), `--rttime=${rlimitRttime}:unlimited`], log)
}

function run(what: string, [program = '', ...words]: readonly string[], log: Log): void {
  const { status, error, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout: 5_000 })
  if (status !== 0) log.say('warn', `Unable to ${what}: ${(error?.message ?? stderr).trim()}`, 'scheduling')
}
