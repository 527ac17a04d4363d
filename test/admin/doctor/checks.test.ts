import { describe, expect, test } from 'vitest'
import { directorOf } from '../../../src/admin/doctor/director.ts'
import type { Finding } from '../../../src/admin/doctor/finding.ts'
import { firewallChecks } from '../../../src/admin/doctor/firewall-check.ts'
import type { HostView } from '../../../src/admin/doctor/host.ts'
import { kernelChecks } from '../../../src/admin/doctor/kernel-checks.ts'
import { networkChecks } from '../../../src/admin/doctor/network-checks.ts'
import { textOf } from '../../../src/admin/doctor/run.ts'
import { ok } from '../../../src/base/result.ts'
import { loadText } from '../../support/config-files.ts'

const director = (method = 'DR') =>
  directorOf(
    loadText(
      `vrrp_instance V {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n 192.0.2.100\n }\n}\n` +
        `virtual_server 192.0.2.100 80 {\n protocol TCP\n lb_algo sed\n lvs_method ${method}\n real_server 192.0.2.11 80 {\n weight 1\n }\n}\n`,
    ),
  )
interface Sketch {
  readonly files?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, string>>
  readonly programs?: readonly string[]
}
const host = ({ files = {}, answers = {}, programs = [] }: Sketch): HostView => ({
  read: (path) => files[path],
  ask: ([program = '']) => answers[program],
  addresses: [],
  links: [],
  programs: new Set(programs),
  probe: async () => ok(new Map()),
})
const said = (findings: readonly Finding[], check: string): readonly string[] =>
  findings.filter((one) => one.check === check).map(({ kind, says }) => `${kind}: ${says}`)

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
    expect(firewallChecks(director(), host({ answers })).map((finding) => finding.kind)).toEqual([kind])
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

test('what is found is told with its reason and its remedy', () => {
  const findings: readonly Finding[] = [
    { check: 'one', kind: 'well', says: 'fine' },
    { check: 'two', kind: 'wrong', says: 'broken', why: 'nothing works', mend: 'repair it' },
  ]
  expect(textOf(findings)).toBe('ok       one: fine\nWRONG    two: broken\n         why:  nothing works\n         mend: repair it\n')
})
