import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ip } from '../command.ts'
import { Lan } from '../lan.ts'
import type { Report } from '../report.ts'
import { Administrator, inTurn, lost, serve } from './administrator.ts'

const VIP = '192.168.122.188'
const NODES = [
  { name: 'web1', address: '192.168.122.100' },
  { name: 'web2', address: '192.168.122.101' },
] as const
const CONFIGURATION = `virtual_server ${VIP} 80 {
  lb_algo rr
  lb_kind TUN
  protocol TCP
${NODES.map(({ address }) => `  real_server ${address} 80 {\n    weight 1\n  }\n`).join('')}}
`
/** Room for a header more. */
const LARGER = 1_520

/** LVS-TUN: a tunnel that nothing comes out of for rp_filter, and packets that are as large as they may be. */
export async function tunnelByHand(report: Report): Promise<void> {
  using lan = new Lan()
  const on = (name: string, last: number, sysctls: Readonly<Record<string, string>> = {}) =>
    lan.host({ name, nics: [{ device: 'ens33', segment: 'lan', addresses: [`192.168.122.${last}/24`] }], sysctls })
  on('client', 12)
  on('director', 10)
  // What some distributions have.
  for (const [i, { name }] of NODES.entries()) on(name, 100 + i, { 'net.ipv4.conf.all.rp_filter': '1' })
  for (const name of ['director', 'web1', 'web2']) writeFileSync(join(lan.get(name).directory, 'keepalived.conf'), CONFIGURATION)
  await serve(
    lan,
    NODES.map(({ name }) => ({ name, ports: [80] })),
  )
  const admin = new Administrator(lan, report)
  await admin.types('director', `ip address add ${VIP}/32 dev ens33 label ens33:0`)
  await admin.restores('director', [`-A -t ${VIP}:80 -s rr`, ...NODES.map(({ address }) => `-a -t ${VIP}:80 -r ${address} -i`)])

  await admin.types('web1', `modprobe ipip && ip link set tunl0 up && ip address add ${VIP}/32 dev tunl0`)
  await admin.types('web1', 'sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2')
  await admin.asks('neither answers', [`http://${VIP}/`], 2, lost)
  const checked = await admin.types(
    'web1',
    'vipkeeper realserver check --conf keepalived.conf',
    ({ status, stdout }) =>
      status === 1 && stdout.match(/^missing .*/gm)?.length === 1 && /^missing {2}net\.ipv4\.conf\.tunl0\.rp_filter = 2 /m.test(stdout),
  )
  await admin.types('web1', / mend: (.*)/.exec(checked.stdout)?.[1] ?? 'false')
  const before = admin.state('web2')
  await admin.types('web2', 'vipkeeper realserver up --conf keepalived.conf')
  await admin.types('web1', 'vipkeeper realserver check --conf keepalived.conf')

  await admin.doctor('director', ['doubtful MTU: ens33 has an MTU of 1500'])
  ip(
    lan.switchboard,
    ['director', 'web1', 'web2']
      .map((name) => `link set ${name}.ens33 mtu ${LARGER}`)
      .concat(`link set ${lan.bridge('lan')} mtu ${LARGER}`),
  )
  for (const name of ['director', 'web1', 'web2']) await admin.types(name, `ip link set ens33 mtu ${LARGER}`)
  await admin.doctor('director', [])
  await admin.asks('both in turn', [`http://${VIP}/`], 8, inTurn)
  await admin.types('client', `curl -s -m 5 -H "X: $(head -c 6000 /dev/zero | tr '\\0' x)" http://${VIP}/`, ({ stdout }) =>
    /^web[12]\n$/.test(stdout),
  )

  await admin.types('web2', 'vipkeeper realserver down')
  await admin.step('web2 is as it was', () => {
    // The larger MTU is ours.
    const now = admin.state('web2').replaceAll(`mtu ${LARGER}`, 'mtu 1500')
    const changed = now.split('\n').filter((line) => !before.split('\n').includes(line))
    return { ok: now === before && before.includes('tunl0'), seen: changed.join('; ') }
  })
}
