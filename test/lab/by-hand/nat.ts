import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lan } from '../lan.ts'
import type { Report } from '../report.ts'
import { Administrator, inTurn, lost, serve, shares } from './administrator.ts'

const VIP = '10.0.0.13'
const [FIRST, SECOND] = ['192.168.8.14', '192.168.8.15'] as const

/** What the director is meant to do, for `doctor`: no instance, for the administrator gave the addresses. */
const CONFIGURATION = `virtual_server ${VIP} 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
${[FIRST, SECOND].map((address) => `  real_server ${address} 80 {\n    weight 1\n  }\n`).join('')}}
`

/** LVS-NAT: ip_forward, the firewall, the gateway of the real servers, SNAT, weights, counters, saved rules; then several services and other ports. */
export async function natByHand(report: Report): Promise<void> {
  using lan = new Lan()
  build(lan)
  writeFileSync(join(lan.get('director').directory, 'keepalived.conf'), CONFIGURATION)
  await serve(lan, [
    { name: 'rs1', ports: [80] },
    { name: 'rs2', ports: [80, 8000, 21] },
    { name: 'client', ports: [80] },
  ])
  const admin = new Administrator(lan, report)
  await setUp(admin)
  await weigh(admin)
  await saveAndRestore(admin)
  await severalServices(admin)
}

function build(lan: Lan): void {
  lan.host({ name: 'client', nics: [{ device: 'ens33', segment: 'outside', addresses: ['10.0.0.12/24', '202.100.1.2/8'] }] })
  lan.host({
    name: 'director',
    nics: [
      { device: 'ens33', segment: 'outside', addresses: [`${VIP}/24`, '202.103.106.5/8'] },
      { device: 'ens37', segment: 'inside', addresses: ['192.168.8.13/24', '172.16.0.1/24'] },
    ],
  })
  const inside = (...addresses: readonly string[]) => [{ device: 'ens33', segment: 'inside', addresses }]
  lan.host({ name: 'rs1', nics: inside(`${FIRST}/24`, '172.16.0.2/24'), gateway: '192.168.8.13' })
  // The gateway that the documents warn of forgetting.
  lan.host({ name: 'rs2', nics: inside(`${SECOND}/24`, '172.16.0.3/24') })
}

async function setUp(admin: Administrator): Promise<void> {
  await admin.types('director', 'modprobe ip_vs')
  // As Docker leaves it.
  await admin.types('director', 'iptables -P FORWARD DROP')
  await admin.types('director', `vipkeeper ipvs -A -t ${VIP}:80 -s rr`)
  for (const server of [FIRST, SECOND]) await admin.types('director', `vipkeeper ipvs -a -t ${VIP}:80 -r ${server} -m`)
  await admin.asks('no answer comes back', [`http://${VIP}/`], 2, lost)
  const found = await admin.doctor('director', [
    'wrong ip_forward: net.ipv4.ip_forward is not 1',
    'doubtful forwarding: iptables drops what is forwarded, and no rule lets through what comes from the real servers',
    `doubtful return path: ${SECOND} answers 192.168.8.13, but not ${VIP}`,
    'doubtful source addresses: no rule translates what real servers in 192.168.8.0/24 ask for themselves',
  ])
  await admin.mends('director', found, /ip_forward|forwarding|source addresses/)
  await admin.mends('rs2', found, /return path/)
  await admin.doctor('director', [])
  await admin.asks('both in turn', [`http://${VIP}/`], 8, inTurn)
  await admin.types('rs1', 'curl -s -m 10 http://10.0.0.12/from', ({ stdout }) => stdout === `${VIP}\n`)
}

async function weigh(admin: Administrator): Promise<void> {
  await admin.types(
    'director',
    `vipkeeper ipvs -E -t ${VIP}:80 -s wrr && vipkeeper ipvs -e -t ${VIP}:80 -r ${FIRST} -m -w 3 && vipkeeper ipvs -Z`,
  )
  await admin.asks('weights 3 and 1: six and two', [`http://${VIP}/`], 8, shares({ rs1: 6, rs2: 2 }))
  await admin.typesUntil('director', 'vipkeeper ipvs -L -n --rate', (out) =>
    /^TCP {2}10\.0\.0\.13:80( +\d+){3} +[1-9]\d* +[1-9]\d*$/m.test(out),
  )
  await admin.typesUntil('director', 'vipkeeper ipvs -L -n --stats', (out) =>
    [/^TCP {2}10\.0\.0\.13:80 +8 /m, / -> 192\.168\.8\.14:80 +6 /, / -> 192\.168\.8\.15:80 +2 /].every((line) => line.test(out)),
  )
  await admin.types('director', 'vipkeeper ipvs -Z && vipkeeper ipvs -L -n --stats', ({ stdout }) =>
    [/^TCP {2}10\.0\.0\.13:80( +0){5}$/m, / -> 192\.168\.8\.14:80( +0){5}$/m].every((line) => line.test(stdout)),
  )
}

async function saveAndRestore(admin: Administrator): Promise<void> {
  const rules = [`-A -t ${VIP}:80 -s wrr`, `-a -t ${VIP}:80 -r ${FIRST}:80 -m -w 3`, `-a -t ${VIP}:80 -r ${SECOND}:80 -m -w 1`]
  const isWhole = ({ stdout }: { readonly stdout: string }): boolean =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd())
      .join() === rules.join()
  await admin.types('director', 'vipkeeper ipvs -S -n | tee rules', isWhole)
  await admin.types('director', 'vipkeeper ipvs -C')
  await admin.asks('nobody serves', [`http://${VIP}/`], 1, lost)
  await admin.types('director', 'vipkeeper ipvs -R < rules && vipkeeper ipvs -S -n', isWhole)
  await admin.asks('as before', [`http://${VIP}/`], 4, shares({ rs1: 3, rs2: 1 }))
}

/** Ports that differ inside, and what becomes of the addresses of a packet: the document's own table. */
async function severalServices(admin: Administrator): Promise<void> {
  await admin.types('director', 'iptables -I FORWARD -s 172.16.0.0/24 -j ACCEPT')
  await admin.restores('director', [
    '-A -t 202.103.106.5:80 -s wrr',
    '-a -t 202.103.106.5:80 -r 172.16.0.2:80 -m -w 1',
    '-a -t 202.103.106.5:80 -r 172.16.0.3:8000 -m -w 2',
    '-A -t 202.103.106.5:21',
    '-a -t 202.103.106.5:21 -r 172.16.0.3:21 -m',
  ])
  await admin.types(
    'client',
    'curl -s -m 10 --interface 202.100.1.2 --local-port 3456 http://202.103.106.5/',
    ({ stdout }) => stdout === 'rs2\n',
  )
  await admin.types('director', 'vipkeeper ipvs -L -n -c', ({ stdout }) =>
    /^TCP \d\d:\d\d +\w+ +202\.100\.1\.2:3456 +202\.103\.106\.5:80 +172\.16\.0\.3:8000$/m.test(stdout),
  )
  await admin.asks('weights 1 and 2, another port inside', ['http://202.103.106.5/'], 6, shares({ rs1: 2, rs2: 4 }))
  await admin.asks('port 21 is served by one', ['http://202.103.106.5:21/'], 2, shares({ rs2: 2 }))
  await admin.asks('any other port is refused', ['http://202.103.106.5:8080/'], 1, lost)
}
