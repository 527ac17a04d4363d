/**
 * The checker process without ip_vs, for kernels that have none: `checker-alone.ts CONFIGURATION [say]`. What decides and what probes is the
 * real thing, started and configured as the supervisor does it; only the kernel's table says yes to everything. With `say` its log is
 * printed, each line after the time in ms; else SIGUSR1 begins a measurement, SIGUSR2 ends it and prints one line of JSON.
 */
import { fork } from 'node:child_process'
import { fromSeconds, type Instant } from '../../src/base/units.ts'
import { load } from '../../src/config/load.ts'
import type { Agenda } from '../../src/core/check/agenda.ts'
import type { CheckConfig } from '../../src/core/check/config.ts'
import type { CheckEvent } from '../../src/core/check/events.ts'
import { checkerPool, desired } from '../../src/core/check/pool.ts'
import type { PoolState } from '../../src/core/check/state.ts'
import { checkStatus } from '../../src/core/check/status.ts'
import { wordCheckReport } from '../../src/core/check/wording.ts'
import { createLoop, type Loop } from '../../src/core/loop.ts'
import { CHECK_GRAIN, createClock } from '../../src/drivers/clock.ts'
import { Probes } from '../../src/drivers/probes/index.ts'
import { hostReader } from '../../src/process/config-reader.ts'
import { FLAGS } from '../../src/process/launch.ts'
import { createReconciling } from '../../src/process/reconciling.ts'
import { quantile } from '../bench/statistics.ts'

/** What a measurement found. */
export interface Measured {
  readonly checks: number
  readonly failed: number
  readonly down: number
  /** How much later than due an attempt was begun: median, 99th percentile and worst, ms. */
  readonly late: readonly [median: number, p99: number, worst: number]
}

interface Task {
  readonly config: CheckConfig
  readonly say: boolean
}

function work({ config, say }: Task): void {
  const lateness: number[] = []
  let failed = 0
  let measuring = false
  const reconciling = createReconciling({
    kinds: ['service', 'destination'],
    kernel: { apply: (operations) => operations.map(() => ({ errno: 0, detail: '' })), list: () => [] },
    period: fromSeconds(86_400),
    clock: () => clock.now(),
    report: () => {},
  })
  const probes = new Probes((id, result) => {
    if (measuring && result.kind !== 'passed') failed++
    loop.dispatch({ kind: 'probe-result', id, result })
  })
  const pool = checkerPool({ shareProbes: false })
  const clock = createClock(() => loop.wake(), CHECK_GRAIN)
  const loop: Loop<PoolState, CheckEvent> = createLoop({
    machine: reconciling.sharing({
      ...pool,
      step(state, event, now) {
        if (measuring && event.kind === 'tick') for (const at of due(state.agenda, now)) lateness.push((now - at) / 1_000)
        return pool.step(state, event, now)
      },
    }),
    clock,
    sources: [],
    perform(effect) {
      if (effect.kind === 'probe' || effect.kind === 'cancel-probe') probes.perform(effect)
      if (effect.kind === 'report' && say) process.stdout.write(`${Date.now()} ${wordCheckReport(effect.report)}\n`)
    },
    stepped: (state, now) => void reconciling.follow(desired(state), now),
  })
  process.on('SIGUSR1', () => {
    measuring = true
    lateness.length = 0
    failed = 0
  })
  process.on('SIGUSR2', () => {
    measuring = false
    const down = checkStatus(loop.state()).flatMap(({ servers }) => servers.filter(({ up }) => !up)).length
    const late = [quantile(lateness, 0.5), quantile(lateness, 0.99), quantile(lateness, 1)] as const
    process.stdout.write(`${JSON.stringify({ checks: lateness.length, failed, down, late } satisfies Measured)}\n`)
  })
  loop.dispatch({ kind: 'configured', config, seed: 1 })
}

/** The deadlines that have come; of a heap only as much is looked at as is due. */
function* due(agenda: Agenda, now: Instant, place = 0): Generator<Instant> {
  const at = agenda.at[agenda.heap[place] ?? -1]
  if (at === undefined || at > now) return
  yield at
  yield* due(agenda, now, 2 * place + 1)
  yield* due(agenda, now, 2 * place + 2)
}

/** As the daemon starts its checker. */
const flags = ['--no-flush-bytecode', '--no-warnings', ...FLAGS.checker]

const [path, say] = process.argv.slice(2)
if (path === undefined) {
  process.on('message', work)
  process.on('disconnect', () => process.exit())
  process.on('SIGTERM', () => process.exit())
} else {
  const { check } = load(path, hostReader(), { configId: undefined, allChecks: false, test: false })
  const child = fork(import.meta.filename, { serialization: 'advanced', stdio: 'inherit', execArgv: ['--conditions=source', ...flags] })
  if (check === undefined) throw new Error(`no virtual server in ${path}`)
  child.send({ config: check, say: say === 'say' } satisfies Task)
  process.on('SIGTERM', () => child.kill())
  child.once('exit', () => process.exit())
}
