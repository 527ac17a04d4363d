import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../lab/command.ts'
import type { Host } from '../lab/host.ts'
import { Lan } from '../lab/lan.ts'
import { programNamed } from '../lab/program.ts'

const VIP = '192.0.2.100'
const program = programNamed(process.env['VIPKEEPER_DEVICE'] === 'source' ? 'source' : 'vipkeeper')
const configuration = (method: string): string => `vrrp_instance V {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    ${VIP}/24
  }
}
virtual_server ${VIP} 80 {
  protocol TCP
  lb_algo rr
  lvs_method ${method}
  real_server 192.0.2.11 80 {
    weight 1
  }
  real_server 192.0.2.12 80 {
    weight 1
  }
}
`

interface Finding {
  readonly check: string
  readonly kind: string
  readonly says: string
  readonly mend?: string
}

describe('vipkeeper realserver and vipkeeper doctor', () => {
  let lan: Lan
  const files = new Map<string, string>()

  beforeAll(() => {
    lan = new Lan()
    const plan = (name: string, last: number) =>
      lan.host({ name, nics: [{ device: 'eth0', segment: 'net', addresses: [`192.0.2.${last}/24`], mac: `02:00:00:00:00:${last}` }] })
    plan('director', 10)
    plan('first', 11)
    plan('second', 12)
    for (const method of ['DR', 'NAT', 'TUN']) {
      files.set(method, join(lan.directory, method))
      writeFileSync(join(lan.directory, method), configuration(method))
    }
  })
  afterAll(() => lan.close())

  /** With a /run of the host's own. */
  const call = (host: Host, ...words: readonly string[]): Outcome =>
    host.attempt(
      [
        'unshare',
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        'mount --bind "$0" /run && exec "$@"',
        host.run,
        ...program.argv,
        ...words,
      ],
      { seconds: 60 },
    )
  const doctor = (method: string): { readonly status: number; readonly findings: readonly Finding[] } => {
    const { status, stdout, stderr } = call(lan.get('director'), 'doctor', '-f', files.get(method) ?? '', '--format', 'json')
    expect(stderr).toBe('')
    return { status, findings: JSON.parse(stdout) as Finding[] }
  }
  const about = (findings: readonly Finding[], check: string): readonly string[] =>
    findings.filter((one) => one.check === check).map(({ kind, says }) => `${kind}: ${says}`)
  const state = (host: Host): string =>
    host.exec([
      'sh',
      '-c',
      'cat /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce; ip -o address show lo | grep -o "inet [^ ]*"',
    ])

  test('a real server that answers ARP for the virtual address is found from outside; realserver up silences it, and down undoes just that', () => {
    const first = lan.get('first')
    const before = state(first)
    first.sysctl({ 'net.ipv4.conf.all.arp_announce': '1' })
    const told = state(first)
    first.ip(`addr add ${VIP}/32 dev lo`)
    const ill = doctor('DR')
    expect(about(ill.findings, 'ARP of real servers')).toEqual([
      `wrong: the real server 192.0.2.11 (02:00:00:00:00:11) answers ARP for ${VIP}`,
    ])
    expect(ill.status).toBe(1)
    first.ip(`addr del ${VIP}/32 dev lo`)

    const conf = ['--conf', files.get('DR') ?? '']
    expect(call(first, 'realserver', 'check', ...conf)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`missing  ${VIP}/32 on lo`),
    })
    expect(call(first, 'realserver', 'up', ...conf)).toMatchObject({ status: 0, stdout: expect.stringContaining('this host is ready') })
    expect(call(first, 'realserver', 'up', ...conf)).toEqual({ status: 0, stdout: 'this host is ready\n', stderr: '' })
    expect(call(first, 'realserver', 'check', ...conf).status).toBe(0)
    expect(state(first)).toBe(`1\n2\ninet 127.0.0.1/8\ninet ${VIP}/32\n`)
    expect(about(doctor('DR').findings, 'virtual addresses')).toEqual([`well: ${VIP}: answered by nobody`])

    expect(call(first, 'realserver', 'down').status).toBe(0)
    expect(state(first)).toBe(told)
    expect(call(first, 'realserver', 'down')).toEqual({ status: 0, stdout: 'nothing was changed here\n', stderr: '' })
    expect(before).not.toBe(told)
  })

  test('realserver down leaves what somebody has changed since', () => {
    const second = lan.get('second')
    call(second, 'realserver', 'up', '--conf', files.get('DR') ?? '')
    second.sysctl({ 'net.ipv4.conf.all.arp_ignore': '8' })
    expect(call(second, 'realserver', 'down').stdout).toContain('left     net.ipv4.conf.all.arp_ignore = 0: somebody has changed it since')
    expect(state(second)).toBe('8\n0\ninet 127.0.0.1/8\n')
    second.sysctl({ 'net.ipv4.conf.all.arp_ignore': '0' })
  })

  test('realserver on a host that is no real_server of the file, or of one with lvs_method NAT, does nothing and says so', () => {
    expect(call(lan.get('director'), 'realserver', 'up', '--conf', files.get('DR') ?? '')).toMatchObject({ status: 1, stdout: '' })
    expect(call(lan.get('first'), 'realserver', 'up', '--conf', files.get('NAT') ?? '')).toMatchObject({ status: 1, stdout: '' })
    expect(call(lan.get('first'), 'realserver', 'sideways').status).toBe(2)
  })

  test('doctor, lvs_method NAT: ip_forward and real servers beside their clients; TUN: the MTU; a shut firewall; each with what mends it', () => {
    const director = lan.get('director')
    director.exec(['nft', '-f', '-'], {
      input:
        'table inet filter {\n chain input {\n type filter hook input priority 0; policy drop;\n iif lo accept\n ip protocol icmp accept\n }\n}\n',
    })
    const nat = doctor('NAT')
    expect(nat.status).toBe(1)
    expect(about(nat.findings, 'ip_forward')).toEqual(['wrong: net.ipv4.ip_forward is not 1'])
    expect(about(nat.findings, 'return path')).toEqual(['doubtful: 192.0.2.11, 192.0.2.12: in the same subnet as a virtual address'])
    expect(about(nat.findings, 'firewall')).toEqual(['doubtful: nftables drops what comes in, and no rule lets protocol 112 in'])
    const mends = nat.findings.flatMap(({ check, mend }) => (check === 'ip_forward' || check === 'firewall' ? [mend ?? ''] : []))
    for (const mend of mends) director.exec(['sh', '-ec', mend])
    const mended = doctor('NAT')
    expect([...about(mended.findings, 'ip_forward'), ...about(mended.findings, 'firewall')]).toEqual([
      'well: net.ipv4.ip_forward is 1',
      'well: nothing seems to keep VRRP (protocol 112) out',
    ])
    expect(about(doctor('TUN').findings, 'MTU')).toEqual(['doubtful: eth0 has an MTU of 1500'])
  })

  test('doctor: an address that two others hold, or one of them and this host, is in several places', () => {
    for (const name of ['first', 'second']) lan.get(name).ip(`addr add ${VIP}/24 dev eth0`)
    // Neither is a real server of this file.
    writeFileSync(
      join(lan.directory, 'other'),
      configuration('DR').replaceAll('192.0.2.1', '198.51.100.1').replaceAll('198.51.100.100', VIP),
    )
    files.set('other', join(lan.directory, 'other'))
    expect(about(doctor('other').findings, 'virtual addresses')).toEqual([
      `wrong: ${VIP} is in several places: 02:00:00:00:00:11, 02:00:00:00:00:12`,
    ])
    lan.get('second').ip(`addr del ${VIP}/24 dev eth0`)
    lan.get('director').ip(`addr add ${VIP}/24 dev eth0`)
    expect(about(doctor('other').findings, 'virtual addresses')).toEqual([
      `wrong: ${VIP} is in several places: this host, 02:00:00:00:00:11`,
    ])
  })
})
