import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { destinations, until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { Pair } from '../harness/pair.ts'

// Adverts beside a thousand real servers whose SYNs vanish: `holes.ts PROGRAM`.
const HOLES = 1_000
const INTERVAL = 1
/** A slow processor that others use too; a backup would wait more than two intervals longer. */
const LATE = 1
const CONNECT_TIMEOUT = 2

const server = (n: number): string =>
  ` real_server 10.9.${n >> 8}.${n & 255} 80 {\n weight 1\n TCP_CHECK {\n connect_timeout ${CONNECT_TIMEOUT}\n retry 0\n }\n }\n`
const service = `virtual_server 192.0.2.10 80 {\n delay_loop 3\n lb_algo rr\n lb_kind NAT\n protocol TCP\n${Array.from({ length: HOLES }, (_, n) => server(n)).join('')}}\n`

const report = new Report((line) => process.stdout.write(`${line}\n`))
const program = programNamed(process.argv[2] ?? 'vipkeeper')
await using pair = new Pair({ programs: [program, program], after: () => service })
const { first } = pair
// A neighbour that is there and answers nothing.
first.host.ip('neigh replace 192.0.2.66 lladdr 02:00:00:00:00:66 dev eth0', 'route add 10.9.0.0/16 via 192.0.2.66')
first.start()
await report.step('it is master, and the servers are in the table', async () => {
  const took = await until(() => first.holds(pair.vip) && destinations(first.host).length > 0, 90, 0.5)
  return { ok: took !== undefined }
})
await report.step(`F29 ${HOLES} black holes: all have left`, async () => {
  const took = await until(() => destinations(first.host).length === 0, 60, 0.5)
  return { ok: took !== undefined, took, seen: `${destinations(first.host).length} are left` }
})
await sleep(8_000)
await report.step('F29 adverts were on time all the while', () => {
  const times = pair.adverts(first, Number.NEGATIVE_INFINITY).map(({ at }) => at)
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
  const longest = Math.max(...gaps)
  return { ok: gaps.length >= 8 && longest <= INTERVAL + LATE, promised: INTERVAL, took: longest, seen: `${times.length} adverts` }
})
await report.step('F29 attempts that were given up leave no descriptor', () => {
  const open = readdirSync(`/proc/${first.pid('checkers')}/fd`).length
  return { ok: open < HOLES + 100, seen: `${open} descriptors` }
})
await first.stop()
if (report.steps.some((step) => !step.ok)) report.detail(first.log.split('\n').slice(-15).join('\n'))
process.exitCode = report.end() ? 0 : 1
