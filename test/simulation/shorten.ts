import { type Outcome, runScenario } from './run.ts'
import type { Scenario } from './scenario.ts'

/** The shortest story that still fails. */
export interface Shortened {
  readonly scenario: Scenario
  readonly outcome: Outcome
  readonly hosts: readonly { readonly name: string; readonly instances: readonly string[] }[]
}

/** Leaves out one fault after another, as long as the run still fails for the same reason. */
export function shorten(scenario: Scenario): Shortened {
  let best = scenario
  let outcome = runScenario(best)
  const reason = reasonOf(outcome)
  for (let shorter = true; shorter && reason !== undefined; ) {
    shorter = false
    for (let at = 0; at < best.faults.length; at++) {
      const candidate = { ...best, faults: best.faults.toSpliced(at, 1) }
      const tried = runScenario(candidate)
      if (reasonOf(tried) !== reason) continue
      best = candidate
      outcome = tried
      shorter = true
      break
    }
  }
  return { scenario: best, outcome, hosts: describe(best) }
}

function reasonOf({ failure }: Outcome): string | undefined {
  return failure?.message.split(':')[0]
}

function describe({ configs }: Scenario): Shortened['hosts'] {
  return configs.map(({ instances }, host) => ({
    name: `h${host + 1}`,
    instances: instances.map(
      ({ name, version, priority, advertInt, preemption, transport }) =>
        `${name} v${version} priority ${priority} every ${advertInt / 1e6} s ${preemption.kind}${preemption.kind === 'preempt' && preemption.delay > 0 ? ` after ${preemption.delay / 1e6} s` : ''} ${transport.kind}`,
    ),
  }))
}
