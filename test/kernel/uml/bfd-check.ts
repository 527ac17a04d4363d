import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Director } from '../../lab/director.ts'
import { Lan } from '../../lab/lan.ts'
import { destinations, until } from '../../lab/observe.ts'
import { keepalived, type Program, programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'

// A real server that follows a BFD session to a router, which is keepalived's: `bfd-check.ts PROGRAM`.
const report = new Report((line) => process.stdout.write(`${line}\n`))
using lan = new Lan()

const session = (own: number, other: number): string =>
  `bfd_instance router {\n  neighbor_ip 192.0.2.${other}\n  source_ip 192.0.2.${own}\n  min_rx 300\n  min_tx 300\n  multiplier 10\n}\n`
const service = `virtual_server 192.0.2.100 80 {
  lvs_sched rr
  lvs_method DR
  protocol TCP
  real_server 192.0.2.10 80 {
    BFD_CHECK {
      name router
    }
  }
  real_server 192.0.2.11 80 {
    weight 3
  }
}
`

function directorOf(name: string, last: number, program: Program, text: string): Director {
  const host = lan.host({ name, nics: [{ device: 'eth0', segment: 'a', addresses: [`192.0.2.${last}/24`] }] })
  const configuration = join(host.directory, 'keepalived.conf')
  writeFileSync(configuration, text)
  return new Director({ host, program, configuration })
}
const director = directorOf('director', 1, programNamed(process.argv[2] ?? 'vipkeeper'), session(1, 2) + service)
const router = directorOf('router', 2, keepalived, session(2, 1))
const has = (count: number): boolean => destinations(director.host).length === count

/** Detection takes 3 s, and the machine is slow. */
const PATIENCE = 25

director.start()
await report.step('a server whose session is not up is not in the table, others are', async () => {
  const took = await until(() => /BFD check of \[router\] RS\(\[192.0.2.10\]:tcp:80\) is DOWN/.test(director.log) && has(1), PATIENCE, 0.3)
  return { ok: took !== undefined, seen: destinations(director.host).join(' ') }
})
router.start()
await report.step('the session comes up: the server is in the table', async () => ({
  ok: (await until(() => has(2), PATIENCE, 0.3)) !== undefined,
}))
router.host.kill()
await report.step('the router dies: the server leaves the table', async () => ({
  ok: (await until(() => has(1), PATIENCE, 0.3)) !== undefined,
}))
router.host.emptyRun()
router.start()
await report.step('it returns: so does the server', async () => ({ ok: (await until(() => has(2), PATIENCE, 0.3)) !== undefined }))
if (report.steps.some((step) => !step.ok)) report.detail(director.log.split('\n').slice(-25).join('\n'))
process.exitCode = report.end() ? 0 : 1
