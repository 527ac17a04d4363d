import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Director } from '../../lab/director.ts'
import { Lan } from '../../lab/lan.ts'
import { ask, destinations, until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'

// net_namespace_ipvs: VRRP on one host, ip_vs on another, which has no daemon: `ipvs-namespace.ts PROGRAM`.
const VIP = '192.0.2.100'
const report = new Report((line) => process.stdout.write(`${line}\n`))
using lan = new Lan()
const on = (name: string, last: number) =>
  lan.host({ name, nics: [{ device: 'eth0', segment: 'a', addresses: [`192.0.2.${last}/24`] }], sysctls: { 'net.ipv4.ip_forward': '1' } })
const [vrrp, balancer, client] = [on('vrrp', 2), on('balancer', 3), on('client', 1)]
const webs = [on('web1', 11), on('web2', 12)].map((host, i) => ({
  host,
  address: `192.0.2.${11 + i}`,
  daemon: host.spawn([process.execPath, `${import.meta.dirname}/../../lab/web.ts`, host.name]),
}))
for (const { host } of webs) {
  host.sysctl({ 'net.ipv4.conf.all.arp_ignore': '1', 'net.ipv4.conf.all.arp_announce': '2' })
  host.ip(`addr add ${VIP}/32 dev lo`)
}
balancer.ip(`addr add ${VIP}/24 dev eth0`)
// The daemon's own /run has no other namespaces; a process of the balancer shows the way.
const { pid } = balancer.spawn(['sleep', '1000'])
mkdirSync(join(vrrp.run, 'netns'))
symlinkSync(`/proc/${pid}/ns/net`, join(vrrp.run, 'netns/green'))
const configuration = join(vrrp.directory, 'keepalived.conf')
const servers = webs.map(
  ({ address }) =>
    ` real_server ${address} 80 {\n  TCP_CHECK {\n   connect_timeout 2\n   retry 1\n   delay_before_retry 1\n   warmup 0\n  }\n }\n`,
)
writeFileSync(
  configuration,
  `net_namespace_ipvs green
global_defs {
  lvs_sync_daemon eth0 V
}
vrrp_instance V {
  interface eth0
  virtual_router_id 51
  advert_int 1
  virtual_ipaddress {
    192.0.2.50/24
  }
}
virtual_server ${VIP} 80 {
 delay_loop 2
 lb_algo rr
 lb_kind DR
 protocol TCP
${servers.join('')}}
`,
)
const director = new Director({ host: vrrp, program: programNamed(process.argv[2] ?? 'vipkeeper'), configuration })
const served = (): string | undefined => ask(client, `http://${VIP}/`)
const daemons = (): string => balancer.attempt(['ipvsadm', '-Ln', '--daemon']).stdout.trim()
const here = (): string => vrrp.attempt(['ipvsadm', '-Sn']).stdout.trim()

await report.step('the servers are in ip_vs of the other namespace, and not in ours', async () => {
  for (const { host, address } of webs) await until(() => ask(host, `http://${address}/`) === host.name, 30)
  director.start()
  const took = await until(() => destinations(balancer).length === webs.length, 60, 0.3)
  return { ok: took !== undefined && here() === '', seen: `${destinations(balancer).join(' ')} ${here()}` }
})
await report.step('VRRP is in ours, and its sync daemon there', async () => {
  const took = await until(() => director.holds('192.0.2.50') && /^master sync daemon/.test(daemons()), 60, 0.5)
  return { ok: took !== undefined, seen: daemons() }
})
await report.step('clients are served there, by both', () => {
  const answers = [served(), served()]
  return { ok: answers.every((answer) => answer !== undefined) && new Set(answers).size === 2, seen: answers.join(' ') }
})
await report.step('a server that stops, seen from here, leaves there', async () => {
  webs[0]?.daemon.child.kill('SIGKILL')
  const took = await until(() => destinations(balancer).join() === '192.0.2.12:80', 60, 0.5)
  return { ok: took !== undefined && served() === 'web2', took }
})
await report.step('SIGTERM: nothing is left there', async () => {
  await director.stop()
  const left = `${balancer.attempt(['ipvsadm', '-Sn']).stdout}${daemons()}`
  return { ok: left === '', seen: left }
})
if (report.steps.some((step) => !step.ok)) report.detail(director.log.split('\n').slice(-25).join('\n'))
process.exitCode = report.end() ? 0 : 1
