import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { destinations, until } from '../../lab/observe.ts'
import { Report } from '../../lab/report.ts'
import { Pair } from '../harness/pair.ts'
import { CUE, planted } from '../harness/planted.ts'

// What becomes of the table and of the adverts when the checker process makes mistakes of its own: `checker-mistakes.ts`.
const INTERVAL = 1
/** A slow processor that others use too; a backup would wait more than two intervals longer. */
const LATE = 1
const BLOCKS = 4
const SERVERS = 2

/** What the process does at the cue: what is written in this file. */
const act = join(mkdtempSync(join(tmpdir(), 'act-')), 'act.js')
const plant = `import { readFileSync } from 'node:fs'; process.on('${CUE}', () => (0, eval)(readFileSync('${act}', 'utf8')))`
const BLOCK = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); process.stderr.write('stood still\\n')`
const MISTAKES = [
  { what: 'F50 throws an exception', script: `throw new Error('planted')`, end: 'exited with status 70' },
  {
    what: 'F37 exhausts its heap',
    script: 'const hoard = []; for (;;) hoard.push(new Array(10_000).fill(hoard.length + 0.5))',
    end: 'exited due to signal 6 (Aborted)',
  },
]

const servers = Array.from({ length: SERVERS }, (_, n) => ` real_server 192.0.2.10${n} 80 {\n weight 1\n }\n`)
const service = `virtual_server 192.0.2.10 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n${servers.join('')}}\n`

const report = new Report((line) => process.stdout.write(`${line}\n`))
const program = planted(plant, ['--max-old-space-size=64'])
await using pair = new Pair({ programs: [program, program], after: () => service })
const { first } = pair
const said = (what: string): number => first.log.split(what).length - 1
const full = (): boolean => destinations(first.host).length === SERVERS
const cue = (script: string): void => {
  writeFileSync(act, script)
  process.kill(first.pid('checkers'), CUE)
}

first.start()
await report.step('it is master, and the table is filled', async () => ({
  ok: (await until(() => first.holds(pair.vip) && full(), 60, 0.3)) !== undefined,
}))
const vrrp = first.pid('vrrp')
await report.step(`F39 the checker process stands still for 500 ms, ${BLOCKS} times`, async () => {
  for (let block = 1; block <= BLOCKS; block++) {
    cue(BLOCK)
    await until(() => said('stood still') === block, 10, 0.05)
  }
  return { ok: said('stood still') === BLOCKS }
})
for (const [count, { what, script, end }] of MISTAKES.entries()) {
  await report.step(`${what}: another comes, and the table was never without a server`, async () => {
    const before = first.pid('checkers')
    let whole = true
    cue(script)
    const isAnew = (): boolean => {
      whole &&= full()
      return said('Starting Healthcheck child process') === count + 2 && said('Initializing ipvs') === count + 2
    }
    const took = await until(isAnew, 30, 0.2)
    // A new one that would begin from nothing shows it now.
    await until(() => !full(), 1, 0.2)
    const ok = took !== undefined && whole && full() && said(`pid ${before} ${end}`) === 1
    return { ok, seen: `${destinations(first.host).join(' ')}, ${said(end)} × ${end}` }
  })
}
await sleep(1_000)
await report.step('adverts were on time all the while, and nobody touched the vrrp process', () => {
  const adverts = pair.adverts(first, Number.NEGATIVE_INFINITY)
  const gaps = adverts.slice(1).map(({ at }, i) => at - (adverts[i]?.at ?? at))
  const longest = Math.max(...gaps)
  const kept = first.pid('vrrp') === vrrp && adverts.every(({ priority }) => priority === 150) && first.holds(pair.vip)
  return {
    ok: kept && gaps.length >= 8 && longest <= INTERVAL + LATE,
    promised: INTERVAL,
    took: longest,
    seen: `${adverts.length} adverts`,
  }
})
await first.stop()
if (report.steps.some((step) => !step.ok)) report.detail(first.log.split('\n').slice(-25).join('\n'))
process.exitCode = report.end() ? 0 : 1
