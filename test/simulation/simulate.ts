import { parseArgs } from 'node:util'
import { runScenario } from './run.ts'
import { scenarioOf } from './scenario.ts'
import { shorten } from './shorten.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '1' } } })
const first = Number(values.seed)
const runs = Number(values.runs)
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
