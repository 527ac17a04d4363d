import { join } from 'node:path'
import { attempt } from './command.ts'
import type { Host } from './host.ts'
import type { Lan } from './lan.ts'
import { ask, until } from './observe.ts'
import type { Finding } from './report.ts'

/** The three ways in which ip_vs forwards, each with the customer's own addresses. */
export interface Variant {
  readonly kind: 'DR' | 'NAT' | 'TUN'
  readonly configuration: string
  readonly vip: string
  readonly webServers: readonly { readonly name: string; readonly address: string }[]
  /** The devices of a director: what a cut cable takes down. */
  readonly devices: readonly string[]
  build(lan: Lan): void
  /** What else the set-up promises once the director serves. */
  readonly also?: { readonly title: string; act(lan: Lan): Promise<Finding> }
}

const conf = (name: string): string => join(import.meta.dirname, 'conf', name)

/** One segment; the web servers hold the virtual address on lo and keep silent about it. */
const directRouting: Variant = {
  kind: 'DR',
  configuration: conf('lvs-dr.conf'),
  vip: '192.168.88.60',
  webServers: [
    { name: 'node2', address: '192.168.88.62' },
    { name: 'node3', address: '192.168.88.63' },
  ],
  devices: ['eth0'],
  build(lan) {
    const on = (name: string, address: string): Host => lan.host({ name, nics: [{ device: 'eth0', segment: 'lan', addresses: [address] }] })
    on('client', '192.168.88.70/24')
    for (const director of [on('node1', '192.168.88.61/24'), on('node4', '192.168.88.64/24')]) director.sysctl(NO_REDIRECTS)
    for (const web of [on('node2', '192.168.88.62/24'), on('node3', '192.168.88.63/24')]) {
      web.sysctl(silentAbout('eth0'))
      web.ip('addr add 192.168.88.60/32 dev lo label lo:8')
    }
  },
}

/** Two segments; the directors stand between them and are the web servers' way out. */
const addressTranslation: Variant = {
  kind: 'NAT',
  configuration: conf('lvs-nat.conf'),
  vip: '12.0.0.1',
  webServers: [
    { name: 'node2', address: '192.168.200.110' },
    { name: 'node3', address: '192.168.200.120' },
  ],
  devices: ['ens33', 'ens36'],
  also: {
    title: 'SNAT: what a web server asks of the outside comes from 12.0.0.1',
    async act(lan) {
      lan.get('client').spawn([process.execPath, `${import.meta.dirname}/web.ts`, 'client'])
      const from = (): string | undefined => ask(lan.get('node2'), 'http://12.0.0.12/from')
      await until(() => from() !== undefined, 20, 0.3)
      const seen = from() ?? 'no answer'
      return { ok: seen === '12.0.0.1', seen }
    },
  },
  build(lan) {
    lan.host({ name: 'client', nics: [{ device: 'ens33', segment: 'outside', addresses: ['12.0.0.12/24'] }] })
    for (const [name, last] of [
      ['node1', 2],
      ['node4', 3],
    ] as const) {
      const director = lan.host({
        name,
        nics: [
          { device: 'ens33', segment: 'inside', addresses: [`192.168.200.${last}/24`] },
          { device: 'ens36', segment: 'outside', addresses: [`12.0.0.${last}/24`] },
        ],
        sysctls: { 'net.ipv4.ip_forward': '1' },
      })
      translateOutgoing(director)
    }
    for (const web of addressTranslation.webServers) {
      const nic = { device: 'ens33', segment: 'inside', addresses: [`${web.address}/24`] }
      lan.host({ name: web.name, nics: [nic], gateway: '192.168.200.1' })
    }
  },
}

/** One segment here, but nothing needs it to be: requests reach the web servers inside IP packets of their own. */
const tunnelling: Variant = {
  kind: 'TUN',
  configuration: conf('lvs-tun.conf'),
  vip: '192.168.122.188',
  webServers: [
    { name: 'node2', address: '192.168.122.100' },
    { name: 'node3', address: '192.168.122.101' },
  ],
  devices: ['ens33'],
  build(lan) {
    attempt(['modprobe', 'ipip'])
    const on = (name: string, address: string): Host =>
      lan.host({ name, nics: [{ device: 'ens33', segment: 'lan', addresses: [address] }] })
    on('client', '192.168.122.12/24')
    for (const director of [on('node1', '192.168.122.10/24'), on('node4', '192.168.122.11/24')]) director.sysctl(NO_REDIRECTS)
    for (const web of [on('node2', '192.168.122.100/24'), on('node3', '192.168.122.101/24')]) {
      web.ip('link set tunl0 up', 'addr add 192.168.122.188/32 dev tunl0')
      web.sysctl({ ...silentAbout('tunl0'), 'net.ipv4.conf.all.rp_filter': '0', 'net.ipv4.conf.tunl0.rp_filter': '0' })
    }
  },
}

export const variants: readonly Variant[] = [directRouting, addressTranslation, tunnelling]

const NO_REDIRECTS = { 'net.ipv4.conf.all.send_redirects': '0', 'net.ipv4.conf.default.send_redirects': '0' }

const silentAbout = (device: string): Record<string, string> => ({
  [`net.ipv4.conf.${device}.arp_announce`]: '2',
  [`net.ipv4.conf.${device}.arp_ignore`]: '1',
  'net.ipv4.conf.all.arp_ignore': '1',
  'net.ipv4.conf.all.arp_announce': '2',
})

/** What the web servers send of their own accord leaves with the outer address; ip_vs itself does not need this. */
function translateOutgoing(director: Host): void {
  const rule = ['-t', 'nat', '-A', 'POSTROUTING', '-o', 'ens36', '-s', '192.168.200.0/24', '-j', 'SNAT', '--to-source', '12.0.0.1']
  const failures = ['iptables-legacy', 'iptables'].map((program) => director.attempt([program, ...rule]))
  if (failures.every((done) => done.status !== 0)) throw new Error(`SNAT: ${failures.map((done) => done.stderr).join()}`)
}
