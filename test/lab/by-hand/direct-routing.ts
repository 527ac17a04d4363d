import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lan } from '../lan.ts'
import type { Report } from '../report.ts'
import { Administrator, inTurn, serve, shares } from './administrator.ts'

const VIP = '192.168.88.60'
const MARKED = '192.168.8.13'
const NODES = [
  { name: 'node2', address: '192.168.88.62', marked: '192.168.8.7', mac: '02:00:00:00:00:62' },
  { name: 'node3', address: '192.168.88.63', marked: '192.168.8.17', mac: '02:00:00:00:00:63' },
] as const

const service = (name: string, addresses: readonly string[], port: number): string =>
  `virtual_server ${name} {
  lb_algo rr
  lb_kind DR
  protocol TCP
${addresses.map((address) => `  real_server ${address} ${port} {\n    weight 1\n  }\n`).join('')}}
`
const CONFIGURATION = service(
  `${VIP} 80`,
  NODES.map(({ address }) => address),
  80,
)
/** A mark tells no address, so the instance has to. */
const WITH_MARK = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    ${MARKED}
  }
}
${service(
  'fwmark 10',
  NODES.map(({ marked }) => marked),
  0,
)}`

/** LVS-DR: one address on three hosts, and who may answer for it; then a firewall mark over two ports. */
export async function directRoutingByHand(report: Report): Promise<void> {
  using lan = new Lan()
  const on = (name: string, mac: string, ...addresses: readonly string[]) =>
    lan.host({ name, nics: [{ device: 'eth0', segment: 'lan', mac, addresses: addresses.map((address) => `${address}/24`) }] })
  on('client', '02:00:00:00:00:70', '192.168.88.70', '192.168.8.70')
  on('node1', '02:00:00:00:00:61', '192.168.88.61', '192.168.8.14')
  for (const { name, mac, address, marked } of NODES) on(name, mac, address, marked)
  for (const name of ['node1', 'node2', 'node3']) {
    writeFileSync(join(lan.get(name).directory, 'keepalived.conf'), CONFIGURATION)
    writeFileSync(join(lan.get(name).directory, 'marks.conf'), WITH_MARK)
  }
  await serve(
    lan,
    NODES.map(({ name }) => ({ name, ports: [80, 443] })),
  )
  const admin = new Administrator(lan, report)
  const before = { node2: admin.state('node2'), node3: admin.state('node3') }
  await oneAddress(admin)
  await oneMark(admin)
  await admin.types('node3', 'vipkeeper realserver down')
  await admin.step('node3 is as it was', () => same(before.node3, admin.state('node3')))
  // What somebody else did stays.
  await admin.types('node2', 'vipkeeper realserver down && ip address del 192.168.88.60/32 dev lo')
  await admin.step('node2 is as it was', () => same(before.node2, admin.state('node2')))
}

const same = (before: string, after: string) => {
  const changed = after.split('\n').filter((line) => !before.split('\n').includes(line))
  return { ok: before === after && before.includes('arp_ignore'), seen: changed.join('; ') }
}

async function oneAddress(admin: Administrator): Promise<void> {
  await admin.types('node1', `ip address add ${VIP}/24 dev eth0 label eth0:3`)
  await admin.types('node1', `vipkeeper ipvs -A -t ${VIP}:80 -s rr`)
  for (const { address } of NODES) await admin.types('node1', `vipkeeper ipvs -a -t ${VIP}:80 -r ${address} -g`)
  await admin.types('node2', `ip address add ${VIP}/32 dev lo label lo:8`)
  const found = await admin.doctor('node1', [
    'doubtful send_redirects: send_redirects is 1 for all, eth0',
    `wrong ARP of real servers: the real server 192.168.88.62 (02:00:00:00:00:62) answers ARP for ${VIP}`,
  ])
  await admin.mends('node1', found, /send_redirects/)
  await admin.types(
    'node3',
    'vipkeeper realserver check --conf keepalived.conf',
    ({ status, stdout }) =>
      status === 1 &&
      [/^missing .*arp_ignore = 1/m, /^missing .*arp_announce = 2/m, /^missing .*\/32 on lo/m].every((line) => line.test(stdout)),
  )
  await admin.mends('node2', found, /ARP of real servers/)
  await admin.types('node3', 'vipkeeper realserver up --conf keepalived.conf')
  await admin.doctor('node1', [])
  await admin.asks('both in turn', [`http://${VIP}/`], 8, inTurn)
}

async function oneMark(admin: Administrator): Promise<void> {
  await admin.types('node1', `ip address add ${MARKED}/32 dev eth0`)
  const rule = `iptables -t mangle -A PREROUTING -d ${MARKED} -p tcp -m multiport --dports 80,443 -j MARK --set-mark 10`
  await admin.types('node1', rule)
  await admin.types('node1', 'vipkeeper ipvs -C')
  await admin.restores('node1', ['-A -f 10 -s rr', ...NODES.map(({ marked }) => `-a -f 10 -r ${marked} -g`), '-A -f 11'])
  await admin.types('node1', 'vipkeeper ipvs -L -n', ({ stdout }) =>
    [/^FWM {2}10 rr$/m, /^FWM {2}11 wlc$/m, / -> 192\.168\.8\.7:0 +Route +1 /].every((line) => line.test(stdout)),
  )
  for (const { name } of NODES) await admin.types(name, 'vipkeeper realserver up --conf marks.conf')
  await admin.asks('ports 80 and 443 are one service', [`http://${MARKED}:80/`, `http://${MARKED}:443/`], 4, inTurn)
  await admin.types('node1', 'vipkeeper ipvs -E -f 10 -s rr -p 30')
  await admin.asks('-p 30: one server for both ports', [`http://${MARKED}:80/`, `http://${MARKED}:443/`], 4, (answers) =>
    NODES.some(({ name }) => shares({ [name]: 4 })(answers)),
  )
}
