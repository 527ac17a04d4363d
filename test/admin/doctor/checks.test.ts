import { describe, expect, test } from 'vitest'
import { directorOf } from '../../../src/admin/doctor/director.ts'
import type { Finding } from '../../../src/admin/doctor/finding.ts'
import { firewallChecks } from '../../../src/admin/doctor/firewall-check.ts'
import type { HostView } from '../../../src/admin/doctor/host.ts'
import { kernelChecks } from '../../../src/admin/doctor/kernel-checks.ts'
import { networkChecks } from '../../../src/admin/doctor/network-checks.ts'
import { textOf } from '../../../src/admin/doctor/run.ts'
import { wayBackChecks } from '../../../src/admin/doctor/way-back-checks.ts'
import { ok } from '../../../src/base/result.ts'
import type { AddressObject } from '../../../src/core/reconcile/kinds.ts'
import { loadText } from '../../support/config-files.ts'
import { address } from '../../support/kernel-objects.ts'

const director = (method = 'DR') =>
  directorOf(
    loadText(
      `vrrp_instance V {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n 192.0.2.100\n }\n}\n` +
        `virtual_server 192.0.2.100 80 {\n protocol TCP\n lb_algo sed\n lvs_method ${method}\n real_server 192.0.2.11 80 {\n weight 1\n }\n}\n`,
    ),
    [],
  )
interface Sketch {
  readonly files?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, string>>
  readonly programs?: readonly string[]
  readonly addresses?: readonly AddressObject[]
  /** `source target` of echo requests that are answered. */
  readonly echoes?: readonly string[]
}
const host = ({ files = {}, answers = {}, programs = [], addresses = [], echoes = [] }: Sketch): HostView => ({
  read: (path) => files[path],
  ask: ([program = '']) => answers[program],
  addresses,
  links: [],
  programs: new Set(programs),
  echoes: async (source, target) => echoes.includes(`${source} ${target}`),
  probe: async () => ok(new Map()),
})
const said = (findings: readonly Finding[], check: string): readonly string[] =>
  findings.filter((one) => one.check === check).map(({ kind, says }) => `${kind}: ${says}`)

/** LVS-NAT without VRRP: the administrator gave the addresses. */
const INSIDE = address('192.168.8.13/24', { interface: 'ens37' })
const OUTSIDE = address('10.0.0.13/24', { interface: 'ens33' })
const byHand = (own: readonly AddressObject[], method = 'NAT', vip = '10.0.0.13') =>
  directorOf(
    loadText(
      `virtual_server ${vip} 80 {\n protocol TCP\n lb_algo rr\n lvs_method ${method}\n${['192.168.8.14', '192.168.8.15']
        .map((server) => ` real_server ${server} 80 {\n weight 1\n }\n`)
        .join('')}}\n`,
    ),
    own,
  )

const conf = '/proc/sys/net/ipv4/conf'
const kernel = { '/proc/sys/kernel/osrelease': '6.1.0', '/lib/modules/6.1.0/modules.dep': 'kernel/net/netfilter/ipvs/ip_vs.ko: x\n' }

describe('doctor looks at the kernel', () => {
  test.each([
    {
      name: 'DR and send_redirects of all',
      files: { [`${conf}/all/send_redirects`]: '1' },
      check: 'send_redirects',
      is: 'doubtful: send_redirects is 1 for all',
    },
    { name: 'DR without them', files: {}, check: 'send_redirects', is: 'well: no ICMP redirects are sent' },
    {
      name: 'a strict rp_filter',
      files: { [`${conf}/eth0/rp_filter`]: '1' },
      check: 'rp_filter',
      is: 'doubtful: rp_filter is strict on eth0',
    },
    {
      name: 'a loose one of all',
      files: { [`${conf}/eth0/rp_filter`]: '1', [`${conf}/all/rp_filter`]: '2' },
      check: 'rp_filter',
      is: 'well: no packet is dropped for the way it came',
    },
    { name: 'ip_vs that is not loaded', files: kernel, check: 'ip_vs', is: 'doubtful: ip_vs is not loaded' },
    {
      name: 'ip_vs that is not there',
      files: { '/proc/sys/kernel/osrelease': '6.1.0' },
      check: 'ip_vs',
      is: 'wrong: the kernel 6.1.0 has no ip_vs',
    },
    { name: 'a scheduler that is not there', files: kernel, check: 'schedulers', is: 'wrong: the kernel has no ip_vs_sed' },
    {
      name: 'a scheduler that is loaded',
      files: { ...kernel, '/proc/modules': 'ip_vs_sed 1 0 - Live\n' },
      check: 'schedulers',
      is: 'well: sed: known to the kernel',
    },
    {
      name: 'a table of connections that is nearly full',
      files: { '/proc/sys/net/netfilter/nf_conntrack_count': '95', '/proc/sys/net/netfilter/nf_conntrack_max': '100' },
      check: 'conntrack',
      is: 'wrong: 95 of 100 connections are tracked',
    },
  ])('$name', ({ files, check, is }) => {
    expect(said(kernelChecks(director(), host({ files })), check)).toEqual([is])
  })
})

const nft = (body: string): string =>
  `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy ${body}\n\t}\n}\n`

const TABLES = { '/proc/net/ip_tables_names': 'nat\nfilter' }

describe('doctor looks at the firewall', () => {
  test.each([
    { name: 'none', answers: {}, kind: 'well' },
    { name: 'nftables that accepts', answers: { nft: nft('accept;\n\t\ttcp dport 22 drop') }, kind: 'well' },
    { name: 'nftables with policy drop', answers: { nft: nft('drop;\n\t\tct state { established, related } accept') }, kind: 'doubtful' },
    { name: 'nftables with a drop at the end', answers: { nft: nft('accept;\n\t\ttcp dport 22 accept\n\t\tdrop') }, kind: 'doubtful' },
    { name: 'nftables that lets 112 in', answers: { nft: nft('drop;\n\t\tip protocol 112 accept') }, kind: 'well' },
    {
      name: 'nftables that lets 112 to the group in',
      answers: { nft: nft('drop;\n\t\tip daddr 224.0.0.18 meta l4proto 112 counter packets 0 bytes 0 accept') },
      kind: 'well',
    },
    {
      name: 'iptables with policy DROP',
      answers: { 'iptables-legacy-save': ':INPUT DROP [0:0]\n-A INPUT -p tcp -j ACCEPT\n' },
      kind: 'doubtful',
    },
    {
      name: 'iptables that rejects at the end',
      answers: { 'iptables-legacy-save': ':INPUT ACCEPT [0:0]\n-A INPUT -j REJECT\n' },
      kind: 'doubtful',
    },
    {
      name: 'iptables that lets vrrp in',
      answers: { 'iptables-legacy-save': ':INPUT DROP [0:0]\n-A INPUT -d 224.0.0.18/32 -p vrrp -j ACCEPT\n' },
      kind: 'well',
    },
  ])('$name: $kind', ({ answers, kind }) => {
    expect(firewallChecks(director(), host({ answers, files: TABLES })).map((finding) => finding.kind)).toEqual([kind])
  })
})

describe('doctor looks at what the firewall forwards, with lvs_method NAT', () => {
  const forward = (body: string): string => nft(body).replace('chain input', 'chain forward').replace('hook input', 'hook forward')
  test.each([
    { name: 'nothing stands out', answers: {}, mend: undefined },
    {
      name: 'nftables with policy drop',
      answers: { nft: forward('drop;\n\t\tct state established,related accept') },
      mend:
        'nft insert rule inet filter forward ip saddr 192.168.8.0/24 accept && ' +
        'nft insert rule inet filter forward ip daddr 192.168.8.0/24 ct state related,established accept',
    },
    {
      name: 'nftables that lets them through',
      answers: { nft: forward('drop;\n\t\tip saddr { 192.168.8.14, 192.168.8.15 } accept') },
      mend: undefined,
    },
    {
      name: 'iptables with policy DROP, as Docker leaves it',
      answers: { 'iptables-legacy-save': ':FORWARD DROP [0:0]\n-A FORWARD -j DOCKER-USER\n' },
      mend:
        'iptables -I FORWARD -s 192.168.8.0/24 -j ACCEPT && ' +
        'iptables -I FORWARD -d 192.168.8.0/24 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    },
    {
      name: 'iptables that lets them through',
      answers: { 'iptables-legacy-save': ':FORWARD DROP [0:0]\n-A FORWARD -s 192.168.8.0/24 -j ACCEPT\n' },
      mend: undefined,
    },
  ])('$name', ({ answers, mend }) => {
    const found = firewallChecks(byHand([INSIDE, OUTSIDE]), host({ answers, files: TABLES, addresses: [INSIDE, OUTSIDE] }))
    expect(found.map((finding) => ('mend' in finding ? finding.mend : undefined))).toEqual([mend])
  })

  test('of no interest with LVS-DR', () => {
    expect(firewallChecks(byHand([INSIDE, OUTSIDE], 'DR'), host({ answers: { nft: forward('drop;') } }))).toEqual([])
  })
})

describe('doctor looks at other programs', () => {
  test.each([
    { name: 'keepalived', programs: ['keepalived'], answers: {}, is: ['wrong: keepalived is running'] },
    {
      name: 'NetworkManager',
      programs: ['NetworkManager'],
      answers: { nmcli: '100 (connected)\n' },
      is: ['doubtful: NetworkManager manages eth0'],
    },
    {
      name: 'NetworkManager that was told off',
      programs: ['NetworkManager'],
      answers: { nmcli: '10 (unmanaged)\n' },
      is: ['well: no other program manages the addresses'],
    },
    { name: 'systemd-networkd', programs: ['systemd-network'], answers: {}, is: ['doubtful: systemd-networkd is running'] },
  ])('$name', ({ programs, answers, is }) => {
    expect(said(networkChecks(director(), host({ programs, answers })), 'other programs')).toEqual(is)
  })
})

describe('doctor of a director without VRRP', () => {
  test('a virtual address belongs to the interface that holds it, else to the one with its subnet', () => {
    expect(byHand([INSIDE, OUTSIDE])).toMatchObject({
      vips: [{ address: '10.0.0.13', interface: 'ens33' }],
      devices: ['ens33'],
      interfaces: [],
    })
    expect(byHand([INSIDE, OUTSIDE], 'DR', '192.168.8.100').vips).toEqual([{ address: '192.168.8.100', interface: 'ens37' }])
    expect(byHand([address('10.0.0.13/32', { interface: 'lo' })]).vips).toEqual([])
  })

  test('rp_filter and send_redirects of that interface count', () => {
    const files = { [`${conf}/ens37/send_redirects`]: '1', [`${conf}/ens37/rp_filter`]: '1' }
    const findings = kernelChecks(byHand([INSIDE], 'DR', '192.168.8.100'), host({ files }))
    expect(said(findings, 'send_redirects')).toEqual(['doubtful: send_redirects is 1 for ens37'])
    expect(said(findings, 'rp_filter')).toEqual(['doubtful: rp_filter is strict on ens37'])
  })
})

describe('doctor looks at the way back of lvs_method NAT', () => {
  const near = ['192.168.8.13 192.168.8.14', '192.168.8.13 192.168.8.15']
  const far = ['10.0.0.13 192.168.8.14', '10.0.0.13 192.168.8.15']
  const [, gone = ''] = far
  const addresses = [INSIDE, OUTSIDE]
  const look = (sketch: Sketch, made = byHand(addresses)) => wayBackChecks(made, host({ addresses, ...sketch }))

  test.each([
    {
      name: 'both real servers answer the outer address',
      echoes: [...near, ...far],
      is: ['well: the real servers are in another subnet than the virtual addresses'],
    },
    {
      name: 'one has no default route through us',
      echoes: [...near, ...far.filter((one) => one !== gone)],
      is: ['doubtful: 192.168.8.15 answers 192.168.8.13, but not 10.0.0.13'],
    },
    { name: 'one answers nothing', echoes: [near[0] ?? '', far[0] ?? ''], is: ['unknown: 192.168.8.15 does not answer an echo request'] },
  ])('return path: $name', async ({ echoes, is }) => {
    expect(said(await look({ echoes }), 'return path')).toEqual(is)
  })

  test('return path: the remedy names the inner virtual address where there is one, for that moves along', async () => {
    const inner = { address: '192.168.8.1' as const, interface: 'ens37' }
    const made = byHand(addresses)
    const findings = await look({ echoes: near }, { ...made, vips: [...made.vips, inner as (typeof made.vips)[number]] })
    expect(findings[0]).toMatchObject({ mend: 'ip route replace default via 192.168.8.1   # on the real server 192.168.8.14' })
  })

  test('return path: an inner virtual address in their subnet is no address that clients ask', async () => {
    const made = byHand(addresses)
    const beside = await look({}, byHand(addresses, 'NAT', '192.168.8.100'))
    expect(said(beside, 'return path')).toEqual(['doubtful: 192.168.8.14, 192.168.8.15: in the same subnet as a virtual address'])
    const vips = [...made.vips, { address: INSIDE.prefix.address, interface: 'ens37' }]
    expect(said(await look({ echoes: [...near, ...far] }, { ...made, vips }), 'return path')).toEqual([
      'well: the real servers are in another subnet than the virtual addresses',
    ])
  })

  test.each([
    { name: 'none', sketch: {}, kind: 'doubtful' },
    { name: 'MASQUERADE of nftables', sketch: { answers: { nft: 'oifname "ens33" masquerade\n' } }, kind: 'well' },
    {
      name: 'SNAT of iptables-legacy',
      sketch: {
        files: TABLES,
        answers: { 'iptables-legacy-save': '-A POSTROUTING -s 192.168.8.0/24 -o ens33 -j SNAT --to-source 10.0.0.13\n' },
      },
      kind: 'well',
    },
    {
      name: 'a table that is not loaded, and is not looked at',
      sketch: { answers: { 'iptables-legacy-save': '-A POSTROUTING -j MASQUERADE\n' } },
      kind: 'doubtful',
    },
  ])('source addresses: $name: $kind', async ({ sketch, kind }) => {
    const found = (await look(sketch)).filter(({ check }) => check === 'source addresses')
    expect(found).toMatchObject([{ kind }])
    if (kind === 'doubtful') {
      expect(found).toMatchObject([{ mend: 'iptables -t nat -A POSTROUTING -s 192.168.8.0/24 -o ens33 -j SNAT --to-source 10.0.0.13' }])
    }
  })

  test('source addresses: of no interest with LVS-DR', async () => {
    expect(await look({}, byHand(addresses, 'DR'))).toEqual([])
  })
})

test('what is found is told with its reason and its remedy', () => {
  const findings: readonly Finding[] = [
    { check: 'one', kind: 'well', says: 'fine' },
    { check: 'two', kind: 'wrong', says: 'broken', why: 'nothing works', mend: 'repair it' },
  ]
  expect(textOf(findings)).toBe('ok       one: fine\nWRONG    two: broken\n         why:  nothing works\n         mend: repair it\n')
})
