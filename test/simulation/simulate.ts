import { parseArgs } from 'node:util'
import { runScenario } from './run.ts'
import { scenarioOf } from './scenario.ts'
import { shorten } from './shorten.ts'

const USAGE = `npm run simulate -- [--seed N] [--runs M]

Clusters under a virtual clock, network and kernel, with faults; the invariants are checked after every event. Seeds N to N + M - 1; without
more it is seed 1 alone. Of a seed that fails the shortest transcript that still fails is printed, and the status is 1.
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const [first = 1, runs = 1] = [values.seed, values.runs].map((text) => (/^\d{1,12}$/.test(text) ? Number(text) : Number.NaN))
if (values.help || Number.isNaN(first + runs)) {
  process.stderr.write(USAGE)
  process.exit(values.help ? 0 : 2)
}
const started = process.hrtime.bigint()
let simulated = 0
let failures = 0

for (let seed = first; seed < first + runs; seed++) {
  const { failure, duration } = runScenario(scenarioOf(seed))
  simulated += duration
  if (failure === undefined) continue
  failures++
  const shortest = shorten(scenarioOf(seed))
  console.log(`seed ${seed}: ${shortest.outcome.failure?.message ?? failure.message}`)
  for (const { name, instances } of shortest.hosts) console.log(`  ${name}: ${instances.join('; ')}`)
  for (const line of shortest.outcome.transcript) console.log(`  ${line}`)
  if (failure.name !== 'Error' || failure.constructor === Error) console.log(failure.stack)
  console.log(`again: npm run simulate -- --seed ${seed}`)
  if (failures >= 3) break
}

const seconds = Number(process.hrtime.bigint() - started) / 1e9
console.log(
  `${runs} runs from seed ${first}: ${failures} failed; ${(simulated / 1e6 / 3600).toFixed(1)} hours simulated in ${seconds.toFixed(1)} s`,
)
process.exitCode = failures === 0 ? 0 : 1
