/** `node test/fuzz/run.ts [target|all] [--seconds N] [--runs N] [--seed N]`: feeds decoders and parsers what nobody would send. */
import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import type { Target } from './mutate.ts'

const USAGE = `npm run fuzz -- [TARGET|all] [--seconds N] [--runs N] [--seed N]

Feeds decoders and parsers what nobody would send. Without a bound it is a minute for each target. What breaks one is printed, and the status
is 1.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const wanted = positionals[0] ?? 'all'
const seed = count('seed', values.seed, randomInt(2 ** 31))

const targets = await allTargets()
if (values.help) {
  process.stderr.write(`${USAGE}Targets: ${targets.map(({ name }) => name).join(', ')}\n`)
  process.exit(0)
}
const chosen = targets.filter(({ name }) => wanted === 'all' || name === wanted)
if (chosen.length === 0) leave(`no target '${wanted}'; there are: ${targets.map(({ name }) => name).join(', ')}`)
for (const target of chosen) {
  const start = performance.now()
  const outcome = fuzz(target, { seed, ...boundsOf(target) })
  const took = ((performance.now() - start) / 1_000).toFixed(1)
  process.stdout.write(`${target.name}: ${outcome.kind} after ${outcome.runs} inputs in ${took} s (--seed ${seed})\n`)
  if (outcome.kind === 'held') continue
  process.stdout.write(
    `  hex   ${Buffer.from(outcome.input).toString('hex')}\n  text  ${JSON.stringify(Buffer.from(outcome.input).toString('latin1'))}\n`,
  )
  process.stdout.write(`  ${outcome.error instanceof Error ? outcome.error.stack : String(outcome.error)}\n`)
  process.exitCode = 1
}

async function allTargets(): Promise<readonly Target[]> {
  const files = readdirSync(new URL('targets/', import.meta.url)).filter((file) => file.endsWith('.ts'))
  return Promise.all(files.sort().map(async (file): Promise<Target> => import(new URL(`targets/${file}`, import.meta.url).href)))
}

/** Without any bound: as many as the target says, or a minute. */
function boundsOf(target: Target): { readonly runs: number; readonly seconds: number } {
  const unbounded = values.runs === undefined && values.seconds === undefined
  const usual = unbounded ? (target.runs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const runs = count('runs', values.runs, usual)
  return { runs, seconds: count('seconds', values.seconds, runs === Number.POSITIVE_INFINITY ? 60 : Number.POSITIVE_INFINITY) }
}

function count(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,12}$/.test(text)) leave(`--${option} ${text} is not a number`)
  return Number(text)
}

function leave(message: string): never {
  process.stderr.write(`fuzz: ${message}\n`)
  process.exit(2)
}
