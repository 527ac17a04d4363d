import { expect, test } from 'vitest'
import { runScenario } from './run.ts'
import { scenarioOf } from './scenario.ts'
import { shorten } from './shorten.ts'

const SEEDS = 2000
const CHUNK = 250

test.each(Array.from({ length: SEEDS / CHUNK }, (_, chunk) => 1 + chunk * CHUNK))(
  `clusters under crashes, stalls, partitions, loss and reloads keep I1 to I7, I12 and I13: ${CHUNK} seeds from %i`,
  (first) => {
    for (let seed = first; seed < first + CHUNK; seed++) {
      const scenario = scenarioOf(seed)
      if (runScenario(scenario).failure === undefined) continue
      const { outcome } = shorten(scenario)
      expect.fail(`npm run simulate -- --seed ${seed}\n${outcome.failure?.message}\n${outcome.transcript.join('\n')}`)
    }
  },
)

test('the same seed is the same story', () => {
  const first = runScenario(scenarioOf(42))
  expect(runScenario(scenarioOf(42))).toEqual(first)
  expect(first.transcript.length).toBeGreaterThan(3)
})
