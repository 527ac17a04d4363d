import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { instance, Rig } from '../kernel/harness/rig.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { mean, quantile } from './statistics.ts'
import type { Table } from './table.ts'

const INTERVAL = 0.1

/** How far adverts are from their interval, idle and with every core busy; both programs at the same time, so that they share the noise. */
export async function adverts(program: Program, seconds: number): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const load of ['idle', 'busy'] as const) {
    const configuration = instance({ priority: 255, interval: INTERVAL, lines: ['version 3'] })
    await using ours = await Rig.open({ configuration, program })
    await using theirs = await Rig.open({ configuration, program: keepalived })
    await sleep(2_000)
    const hogs = load === 'busy' ? busyLoops() : []
    await sleep(1_000)
    const from = Date.now() / 1_000
    await sleep(seconds * 1_000)
    for (const hog of hogs) hog.kill('SIGKILL')
    for (const rig of [ours, theirs]) {
      const times = rig.adverts(from).map((advert) => advert.at)
      const gaps = times.slice(1).map((at, i) => (at - (times[i] ?? 0)) * 1_000)
      const errors = gaps.map((gap) => Math.abs(gap - INTERVAL * 1_000))
      const drift = mean(gaps) - INTERVAL * 1_000
      rows.push([
        `${load}  ${rig.dut.program.name}`,
        gaps.length,
        quantile(errors, 0.5),
        quantile(errors, 0.99),
        quantile(errors, 0.999),
        drift,
      ])
    }
  }
  return {
    title: `Adverts every ${INTERVAL * 1_000} ms for ${seconds} s: deviation from the interval, ms`,
    columns: ['load', 'adverts', 'p50', 'p99', 'p99.9', 'drift'],
    rows,
    goal: "p50 and p99 no worse than keepalived's, no drift",
  }
}

/** One for each core. */
export function busyLoops(): readonly ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }))
}
