import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../../lab/command.ts'
import { now, until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { Pair } from '../harness/pair.ts'

// What a jump of the wall clock does to a master and its backup: `clock.ts PROGRAM`. It sets the clock of the whole machine.
const HOUR = 3_600
const JUMPS = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR]
const INTERVAL = 1
/** How late an advert may be: the tenth of a second of row TMR-17, and what one slow processor adds. */
const LATE = 0.4

const report = new Report((line) => process.stdout.write(`${line}\n`))
const program = programNamed(process.argv[2] ?? 'vipkeeper')
await using pair = new Pair({ programs: [program, program] })

/** When the master's adverts came, by a clock that nobody sets. */
const arrivals: number[] = []
const watch = setInterval(() => {
  const count = pair.adverts(pair.first, Number.NEGATIVE_INFINITY).length
  while (arrivals.length < count) arrivals.push(now())
}, 10)
const transitions = (): string =>
  [pair.first, pair.second].map(({ name, log }) => `${name} ${log.match(/Entering \w+ STATE/g)?.join(', ')}`).join('; ')

await report.step('the first is master', async () => {
  await pair.elect()
  return { ok: pair.first.holds(pair.vip) }
})
for (const jump of JUMPS) {
  await report.step(`TMR-17 the clock jumps by ${jump / HOUR} h: no advert is late, nobody changes its state`, async () => {
    const before = transitions()
    const from = arrivals.length
    await until(() => arrivals.length > from, 3, 0.01)
    run(['date', '--set', `@${Math.round(Date.now() / 1_000) + jump}`])
    await sleep(4 * INTERVAL * 1_000)
    const times = arrivals.slice(from)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    const longest = Math.max(...gaps)
    const kept = transitions() === before && pair.first.holds(pair.vip) && !pair.second.holds(pair.vip)
    return { ok: kept && gaps.length >= 3 && longest < INTERVAL + LATE, promised: INTERVAL, took: longest }
  })
}
clearInterval(watch)
if (report.steps.some((step) => !step.ok)) for (const { log } of [pair.first, pair.second]) report.detail(log)
process.exitCode = report.end() ? 0 : 1
