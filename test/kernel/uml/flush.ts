import { Director } from '../../lab/director.ts'
import { Lan } from '../../lab/lan.ts'
import { ask, destinations, until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { variants } from '../../lab/variants.ts'

// What happens when somebody else empties or changes the table: `flush.ts PROGRAM`.
const RECONCILE_PERIOD = 30
const report = new Report((line) => process.stdout.write(`${line}\n`))
const [variant] = variants
if (variant === undefined) throw new Error('no variant')
using lan = new Lan()
variant.build(lan)
const host = lan.get('node1')
for (const web of variant.webServers) {
  lan.get(web.name).spawn([process.execPath, `${import.meta.dirname}/../../lab/web.ts`, web.name])
  await until(() => ask(lan.get(web.name), `http://${web.address}/`) !== undefined, 30)
}
const director = new Director({
  host,
  program: programNamed(process.argv[2] ?? 'vipkeeper'),
  configuration: variant.configuration,
  id: 'node1',
})
director.start()
const full = (): boolean => destinations(host).length === variant.webServers.length

await report.step('the table is filled', async () => ({ ok: (await until(full, 60, 0.3)) !== undefined }))
await report.step('a service that is not ours stands beside', () => {
  host.exec(['ipvsadm', '-A', '-t', '10.9.9.9:99', '-s', 'rr'])
  return { ok: true }
})
await report.step('a destination is deleted behind our back: it is there again', async () => {
  const [web] = variant.webServers
  host.exec(['ipvsadm', '-d', '-t', `${variant.vip}:80`, '-r', `${web?.address}:80`])
  const took = await until(full, RECONCILE_PERIOD * 2, 0.5)
  return { ok: took !== undefined && took <= RECONCILE_PERIOD + 4, promised: RECONCILE_PERIOD, took }
})
await report.step('what is not ours was left alone', () => ({ ok: host.exec(['ipvsadm', '-Ln']).includes('10.9.9.9:99') }))
await report.step('ipvsadm -C: the table is whole again', async () => {
  host.exec(['ipvsadm', '-C'])
  const took = await until(full, RECONCILE_PERIOD * 2, 0.5)
  return { ok: took !== undefined && took <= RECONCILE_PERIOD + 4, promised: RECONCILE_PERIOD, took }
})
await report.step('SIGTERM removes what is ours', async () => {
  host.exec(['ipvsadm', '-A', '-t', '10.9.9.9:99', '-s', 'rr'])
  await director.stop()
  const table = host.exec(['ipvsadm', '-Ln'])
  return { ok: !table.includes(variant.vip) && table.includes('10.9.9.9:99'), seen: table.split('\n').slice(3).join(' ') }
})
const stays = new Director({ host, program: director.program, configuration: variant.configuration, id: 'node1', options: ['-I'] })
await report.step('-I: SIGTERM leaves services and destinations', async () => {
  stays.start()
  if ((await until(full, 60, 0.3)) === undefined) return { ok: false, seen: 'the table was not filled' }
  await stays.stop()
  return { ok: full(), seen: destinations(host).join(' ') }
})
await report.step('what -I left is found and kept by the next start, and nothing is there twice', async () => {
  director.start()
  await until(() => /MASTER STATE/.test(director.latestLog), 60, 0.3)
  const services = host.exec(['ipvsadm', '-Ln']).match(new RegExp(`^TCP +${variant.vip}:80 `, 'gm'))
  const ok = full() && services?.length === 1
  await director.stop()
  return { ok: ok && destinations(host).length === 0 }
})
if (report.steps.some((step) => !step.ok)) report.detail(director.log.split('\n').slice(-25).join('\n'))
process.exitCode = report.end() ? 0 : 1
