import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Director } from '../../lab/director.ts'
import { Lan } from '../../lab/lan.ts'
import { until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { variants } from '../../lab/variants.ts'

// lvs_sync_daemon: a connection through the master lives on when the master has lost its power: `sync.ts PROGRAM PROGRAM`.
const [first = 'vipkeeper', second = first] = process.argv.slice(2)
const report = new Report((line) => process.stdout.write(`${line}\n`))
const [variant] = variants
if (variant === undefined) throw new Error('no variant')
using lan = new Lan()
variant.build(lan)
const PORT = 7777
const configuration = join(lan.directory, 'keepalived.conf')
const servers = variant.webServers.map(({ address }) => `  real_server ${address} ${PORT} {\n    weight 1\n  }`)
writeFileSync(
  configuration,
  `global_defs {
  lvs_sync_daemon eth0 VI_1 id 51
}
vrrp_instance VI_1 {
@node1    state MASTER
@node4    state BACKUP
  interface eth0
  virtual_router_id 51
@node1    priority 100
@node4    priority 50
  advert_int 1
  virtual_ipaddress {
    ${variant.vip}/24 dev eth0
  }
}
virtual_server ${variant.vip} ${PORT} {
  lvs_sched rr
  lvs_method DR
  protocol TCP
${servers.join('\n')}
}
`,
)
const director = (name: string, program: string): Director =>
  new Director({ host: lan.get(name), program: programNamed(program), configuration, id: name })
const [master, backup] = [director('node1', first), director('node4', second)] as const

const echo = `require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(${PORT})`
for (const { name } of variant.webServers) lan.get(name).spawn([process.execPath, '-e', echo])
/** One connection, a word each fifth of a second, and a line for each that comes back. */
const talk = `const socket = require('node:net').connect(${PORT}, '${variant.vip}', () => setInterval(() => socket.write('.'), 200))
  socket.on('data', () => console.log('heard')).on('error', (error) => console.log('broken', error.code)).on('close', () => console.log('closed'))`

const daemons = ({ host }: Director): string => host.attempt(['ipvsadm', '-Ln', '--daemon']).stdout.trim()
const connections = ({ host }: Director): number => (host.attempt(['ipvsadm', '-Lnc']).stdout.match(/ESTABLISHED/g) ?? []).length
const reachable = (): boolean =>
  variant.webServers.every(({ name }) => lan.get(name).attempt(['bash', '-c', `: < /dev/tcp/127.0.0.1/${PORT}`]).status === 0)

await report.step('node1 sends its connections, node4 receives them', async () => {
  backup.start()
  master.start()
  const took = await until(() => /^master sync daemon/.test(daemons(master)) && /^backup sync daemon/.test(daemons(backup)), 60, 1)
  return { ok: took !== undefined && reachable(), seen: `${daemons(master)} / ${daemons(backup)}` }
})
const client = lan.get('client')
const conversation = client.spawn([process.execPath, '-e', talk], { log: 'talk' })
const said = (): string => client.attempt(['cat', conversation.log]).stdout
const heard = (): number =>
  said()
    .split('\n')
    .filter((line) => line === 'heard').length
await report.step('a connection through node1 is known to node4', async () => {
  const took = await until(() => heard() > 5 && connections(backup) > 0, 60, 1)
  return { ok: took !== undefined, seen: `${heard()} answers, ${connections(master)} there, ${connections(backup)} here` }
})
await report.step('node1 loses its power: the same connection goes on through node4, which sends now', async () => {
  const before = heard()
  master.host.kill()
  master.host.cut(...variant.devices)
  const took = await until(() => backup.holds(variant.vip) && heard() > before + 10, 60, 1)
  const ok = took !== undefined && !/broken|closed/.test(said()) && /^master sync daemon/.test(daemons(backup))
  return { ok, seen: `${heard() - before} more answers; ${daemons(backup)}` }
})
await report.step('a stop in good order stops the daemon too', async () => {
  await backup.stop()
  return { ok: daemons(backup) === '', seen: daemons(backup) }
})
if (report.steps.some((step) => !step.ok)) for (const one of [master, backup]) report.detail(`${said()}\n${one.log}`)
for (const host of [client, ...variant.webServers.map(({ name }) => lan.get(name))]) host.kill()
process.exitCode = report.end() ? 0 : 1
