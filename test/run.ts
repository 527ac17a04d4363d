/**
 * What `npm test` runs. Types, house rules, unit, conformance, simulation and fuzz tests, and those kernel tests that only wait for
 * something, share the processors with the lab, whose machine mostly waits and has seconds to spare; the tests on the wire measure
 * milliseconds and come afterwards.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isRoot } from './lab/kernel.ts'
import { release } from './lab/program.ts'

const root = resolve(import.meta.dirname, '..')
const results = mkdtempSync(join(tmpdir(), 'vipkeeper-test-'))

interface Suite {
  readonly name: string
  /** Arguments of vitest. */
  readonly filter: readonly string[]
  readonly seconds: number
  /** After the lab, which has two machines to run and knows what time it is. */
  readonly yields?: boolean
}

interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The parts of vitest's JSON report that count. */
interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Kernel tests that wait for what happens and do not ask when. */
const PATIENT = [
  'alerts',
  'bfd',
  'corpus',
  'daemon',
  'dgram-vrrp',
  'ipvs',
  'linkbeat',
  'notify',
  'packet-drivers',
  'probes',
  'real-servers',
  'rtnetlink',
  'unit',
]
const fileOf = (name: string): string => `test/kernel/${name}.test.ts`

/** The machine of the lab needs a processor too, or seconds become minutes. */
const ONE = ['--maxWorkers', '1']

const counts: Count[] = []
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  if (!isRoot()) say('Not root: the kernel tests and the lab need network namespaces, so they will fail. Run this as root.')
  await task('release', async () => release())
  await Promise.all([
    inTurn(
      () => command('types', ['tsc', '--build'], 120),
      () => command('lint', ['biome', 'check', '--diagnostic-level=warn', '.'], 60),
      () => suite({ name: 'tidy', filter: ['--project', 'tidy'], seconds: 60 }),
      () => suite({ name: 'unit', filter: ['--project', 'unit', ...ONE], yields: true, seconds: 300 }),
      () => suite({ name: 'conformance', filter: ['--project', 'conformance', ...ONE], yields: true, seconds: 120 }),
      () => suite({ name: 'simulation', filter: ['--project', 'simulation', ...ONE], yields: true, seconds: 180 }),
      () => suite({ name: 'fuzz', filter: ['--project', 'fuzz', ...ONE], yields: true, seconds: 180 }),
      () => suite({ name: 'kernel', filter: ['--project', 'kernel', ...PATIENT.map(fileOf), ...ONE], yields: true, seconds: 400 }),
    ),
    suite({ name: 'lab', filter: ['--project', 'kernel', fileOf('lab')], seconds: 520 }),
  ])
  const apart = ['lab', ...PATIENT].flatMap((name) => ['--exclude', fileOf(name)])
  // Two files at a time: each waits most of its time, and what one does costs the other a millisecond.
  const wire = ['--project', 'kernel', ...apart, '--maxWorkers', '2', '--maxConcurrency', '6']
  await suite({ name: 'wire', filter: wire, seconds: 540 })
}

async function inTurn(...steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step()
}

/** Something that has to be done before; it counts only when it fails. */
async function task(name: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    failed(name, error instanceof Error ? error.message : String(error))
  }
}

async function command(name: string, argv: readonly string[], seconds: number): Promise<void> {
  const start = performance.now()
  const { status, output } = await run([join(root, 'node_modules/.bin', argv[0] ?? ''), ...argv.slice(1)], seconds)
  if (status !== 0) return failed(name, output)
  say(`${name.padEnd(12)} ok${' '.repeat(46)}${took(start)}`)
}

async function suite({ name, filter, seconds, yields = false }: Suite): Promise<void> {
  const start = performance.now()
  const file = join(results, `${name}.json`)
  const vitest = [
    ...(yields ? ['nice', '-n', '10'] : []),
    process.execPath,
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'test/vitest.config.ts',
  ]
  const { status, output } = await run([...vitest, ...filter, '--reporter=json', `--outputFile=${file}`], seconds)
  let report: JsonReport
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return failed(name, `vitest ended with ${status} and left no report\n${output}`)
  }
  const tests = report.testResults.flatMap((each) => each.assertionResults)
  const having = (status: string): number => tests.filter((each) => each.status === status).length
  const broken = report.testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.every((test) => test.status !== 'failed'),
  )
  const count = {
    passed: having('passed'),
    failed: having('failed') + broken.length,
    skipped: tests.length - having('passed') - having('failed'),
  }
  counts.push(count)
  say(`${name.padEnd(12)} ${describe(count).padEnd(48)}${took(start)}`)
  for (const each of broken) say(`  FAILED ${each.name}\n${indent(each.message ?? '')}`)
  for (const test of tests) {
    if (test.status === 'failed') say(`  FAILED ${test.fullName}\n${indent(brief((test.failureMessages ?? []).join('\n')))}`)
    else if (test.status !== 'passed') say(`  SKIPPED ${test.fullName}`)
  }
  if (tests.length === 0) failed(name, `no tests were found\n${output}`)
  else if (status !== 0 && count.failed === 0) failed(name, `vitest ended with ${status}\n${output}`)
}

function failed(name: string, why: string): void {
  counts.push({ passed: 0, failed: 1, skipped: 0 })
  say(`${name.padEnd(12)} FAILED\n${indent(why)}`)
}

/** Runs a program in a process group of its own, so that its time limit ends all of it. */
function run(argv: readonly string[], seconds: number): Promise<{ readonly status: number | string; readonly output: string }> {
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
  const timer = setTimeout(() => {
    parts.push(Buffer.from(`\nnot done after ${seconds} s: ended\n`))
    endGroup(child.pid)
  }, seconds * 1_000)
  const stop = (): void => endGroup(child.pid)
  process.once('exit', stop)
  return new Promise((done) => {
    child.once('error', (error) => parts.push(Buffer.from(String(error))))
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      process.removeListener('exit', stop)
      done({ status: code ?? signal ?? -1, output: Buffer.concat(parts).toString() })
    })
  })
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

const took = (start: number): string => `${((performance.now() - start) / 1_000).toFixed(1).padStart(7)} s`
/** Several failures have to fit on a page: the lines that tell one step's failure, and both ends of all else. */
function brief(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s+(ok {2}|at )/.test(line))
  return lines.length <= LONGEST ? lines.join('\n') : [...lines.slice(0, LONGEST - 8), '...', ...lines.slice(-8)].join('\n')
}
const LONGEST = 28
const indent = (text: string): string => text.replace(/^/gm, '    ')
const describe = (count: Count): string =>
  `${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`

if (process.argv.length > 2) {
  say('npm test\n\nRuns every test there is. Parts of it: npm run test:unit, test:simulation, test:kernel, check; see test/README.md.')
  process.exit(process.argv[2] === '--help' ? 0 : 2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
try {
  await main()
} finally {
  rmSync(results, { recursive: true, force: true })
}
const sum = (pick: (count: Count) => number): number => counts.reduce((total, count) => total + pick(count), 0)
const total = { passed: sum((count) => count.passed), failed: sum((count) => count.failed), skipped: sum((count) => count.skipped) }
process.exitCode = total.failed > 0 || total.skipped > 0 || total.passed === 0 ? 1 : 0
say(describe(total))
