import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Host } from '../lab/host.ts'
import { until } from '../lab/observe.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { device, isKeepalived } from './harness/device.ts'
import { logs } from './harness/log.ts'
import { DUT_MAC, instance, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** Routes, rules and the packet filter: what is in the kernel, read by the tools that administrators use. */

const routes = (...lines: readonly string[]): string => `virtual_routes {\n${lines.join('\n')}\n}`
const rules = (...lines: readonly string[]): string => `virtual_rules {\n${lines.join('\n')}\n}`
const ROUTE = '10.1.0.0/16 via 192.0.2.1 dev eth0'
const RULE = 'from 10.1.0.0/16 table 100 preference 500'
const both = instance({ lines: [routes(ROUTE), rules(RULE)] })

const hasRoute = (host: Host, what = '10.1.0.0/16', table = 'all'): boolean =>
  host.exec(['ip', 'route', 'show', what, 'table', table]).includes(what)
const hasRule = (host: Host, preference = 500): boolean => host.exec(['ip', 'rule', 'show', 'pref', String(preference)]).trim() !== ''
const filters = (host: Host): string => host.exec(['nft', 'list', 'ruleset'])
const setting = (host: Host, name: string): string => host.exec(['cat', `/proc/sys/net/ipv4/${name}`]).trim()

/** Seconds. A loaded machine takes its time; the surveys that would find a change without being told come each 30 s. */
const PATIENCE = 20

/** What the kernel tells of these tests' addresses, routes and rules from now on, one line each. */
async function monitor(host: Host): Promise<() => readonly string[]> {
  const { log } = host.spawn(['ip', 'monitor', 'address', 'route', 'rule'], { log: 'monitor' })
  const lines = (): readonly string[] => readFileSync(log, 'utf8').split('\n')
  // It listens once it has told of something.
  const listens = (): boolean => {
    host.exec(['ip', 'rule', 'add', 'table', '77', 'pref', '777'])
    host.exec(['ip', 'rule', 'del', 'pref', '777'])
    return lines().some((line) => line.startsWith('777:'))
  }
  expect(await until(listens, PATIENCE, 0.05)).toBeDefined()
  return () => lines().filter((line) => /10\.[123]\.0\.0\/16|192\.0\.2\.10\/32/.test(line) && !line.includes('table local'))
}

const kindOf = (line: string): string => {
  const what = /\binet\b/.test(line) ? 'address' : /lookup/.test(line) ? 'rule' : 'route'
  return line.startsWith('Deleted') || /deleted/i.test(line) ? `-${what}` : `+${what}`
}

describe.concurrent('virtual_routes and virtual_rules', () => {
  test('FSM-01 FSM-02 they come after the address and go before it, and are gone with the mastership', async () => {
    await using rig = await Rig.open({ configuration: both })
    const told = await monitor(rig.dut.host)
    expect([hasRoute(rig.dut.host), hasRule(rig.dut.host)]).toEqual([false, false])
    await rig.promote()
    expect(await until(() => told().length >= 3, PATIENCE, 0.02)).toBeDefined()
    rig.send({ priority: 200 })
    expect(await until(() => told().length >= 6, PATIENCE, 0.02)).toBeDefined()
    expect(told().slice(0, 6).map(kindOf)).toEqual(['+address', '+route', '+rule', '-rule', '-route', '-address'])
  })

  test.each([
    { name: 'a route', remove: ['ip', 'route', 'del', '10.1.0.0/16'] },
    { name: 'a rule', remove: ['ip', 'rule', 'del', 'pref', '500'] },
  ])('F20 another process removes $name: priority 0, and all is back by the skew time', async ({ remove }) => {
    await using rig = await Rig.open({ configuration: both })
    await rig.promote()
    expect(await until(() => hasRoute(rig.dut.host) && hasRule(rig.dut.host), PATIENCE, 0.02)).toBeDefined()
    const at = wallClock()
    rig.dut.host.exec(remove)
    await rig.advert({ after: at, seconds: 10, where: ({ priority }) => priority === 0 })
    expect(await until(() => rig.dut.holds(VIP) && hasRoute(rig.dut.host) && hasRule(rig.dut.host), PATIENCE, 0.05)).toBeDefined()
  })

  // keepalived leaves them removed.
  test.skipIf(isKeepalived)('no_track: what another process removes is put back, and nobody resigns', async () => {
    const lines = [routes(`${ROUTE} no_track`), rules(`${RULE} no_track`)]
    await using rig = await Rig.open({ configuration: instance({ lines }) })
    await rig.promote()
    expect(await until(() => hasRoute(rig.dut.host), PATIENCE, 0.02)).toBeDefined()
    const at = wallClock()
    rig.dut.host.exec(['ip', 'route', 'del', '10.1.0.0/16'])
    rig.dut.host.exec(['ip', 'rule', 'del', 'pref', '500'])
    expect(await until(() => hasRoute(rig.dut.host) && hasRule(rig.dut.host), PATIENCE, 0.02)).toBeDefined()
    expect(rig.adverts(at).filter(({ priority }) => priority === 0)).toEqual([])
  })

  test('a reload touches only what differs', async () => {
    const lines = (last: string): string => instance({ lines: [routes(ROUTE, `10.${last}.0.0/16 dev eth0`), rules(RULE)] })
    await using rig = await Rig.open({ configuration: lines('2') })
    await rig.promote()
    expect(await until(() => hasRule(rig.dut.host), PATIENCE, 0.02)).toBeDefined()
    const told = await monitor(rig.dut.host)
    writeFileSync(rig.configuration, lines('3'))
    rig.dut.signal('SIGHUP')
    expect(await until(() => hasRoute(rig.dut.host, '10.3.0.0/16') && !hasRoute(rig.dut.host, '10.2.0.0/16'), PATIENCE, 0.05)).toBeDefined()
    expect(new Set(told().map(kindOf))).toEqual(new Set(['-route', '+route']))
    expect(told().filter((line) => line.includes('10.1.0.0'))).toEqual([])
  })

  // keepalived 2.2.7 leaves its virtual routes and its table behind.
  test.skipIf(isKeepalived)('all is killed at once: the next start finds what is left and removes it', async () => {
    const lines = [routes(ROUTE, '10.2.0.0/16 dev eth0 protocol 99 no_track'), rules(RULE), 'no_accept']
    await using rig = await Rig.open({ configuration: instance({ lines }) })
    await rig.promote()
    const isThere = (): boolean =>
      hasRule(rig.dut.host) || hasRoute(rig.dut.host) || hasRoute(rig.dut.host, '10.2.0.0/16') || filters(rig.dut.host).includes(VIP)
    expect(await until(() => hasRule(rig.dut.host) && filters(rig.dut.host).includes(VIP), PATIENCE, 0.02)).toBeDefined()
    rig.dut.host.kill()
    expect(isThere()).toBe(true)
    await rig.every(0.5, { priority: 200 }, async () => {
      rig.start()
      expect(await until(() => !isThere(), PATIENCE, 0.05)).toBeDefined()
    })
  })
})

describe.concurrent('static_ipaddress, static_routes, static_rules', () => {
  const statics = (more = ''): string =>
    `track_group edge {\n group {\n VI_1\n }\n}
static_ipaddress {\n 203.0.113.9/24 dev eth1${more}\n}
static_routes {\n ${ROUTE}\n}
static_rules {\n ${RULE}\n}\n${instance()}`

  // keepalived 2.2.7 misses some of it.
  test.skipIf(isKeepalived)('they are there in BACKUP, come back when somebody removes them, and go at the stop', async () => {
    await using rig = await Rig.open({ configuration: statics(), secondSegment: true })
    const { host } = rig.dut
    const isThere = (): boolean => hasRoute(host) && hasRule(host) && rig.dut.holds('203.0.113.9')
    expect(await until(isThere, PATIENCE, 0.02)).toBeDefined()
    for (const line of ['ip route del 10.1.0.0/16', 'ip rule del pref 500', 'ip addr del 203.0.113.9/24 dev eth1']) {
      host.exec(line.split(' '))
      expect(await until(isThere, PATIENCE, 0.02), line).toBeDefined()
    }
    await logs(rig.dut, 'Restoring deleted static route')
    await rig.dut.stop()
    expect([hasRoute(host), hasRule(host), rig.dut.holds('203.0.113.9')]).toEqual([false, false, false])
  })

  test('track_group: without the link of the static address the instance is at fault', async () => {
    await using rig = await Rig.open({ configuration: statics(' track_group edge'), secondSegment: true })
    rig.dut.host.cut('eth1')
    expect(await until(() => /Entering FAULT STATE/.test(rig.dut.log), PATIENCE, 0.02)).toBeDefined()
    rig.dut.host.join('eth1')
    expect(await until(() => /FAULT STATE.*Entering BACKUP STATE/s.test(rig.dut.log), PATIENCE, 0.05)).toBeDefined()
  })
})

describe.concurrent('no_accept', () => {
  const ping = (host: Host, address: string): boolean => host.attempt(['ping', '-n', '-c', '1', '-W', '1', address]).status === 0
  const neighbour = (host: Host, address: string): string => host.exec(['ip', 'neigh', 'show', address]).toLowerCase()

  test('FSM-27 nobody reaches the virtual addresses, but they are found, and what goes elsewhere passes; gone with the mastership', async () => {
    const lines = ['no_accept', 'virtual_ipaddress_excluded {\n 2001:db8::10/64\n}']
    await using rig = await Rig.open({
      configuration: instance({ lines }),
      secondSegment: true,
      testerAddresses: ['2001:db8::1/64'],
      prepare: ({ dut }) => dut.ip('addr add 2001:db8::2/64 dev eth0 nodad'),
    })
    const { tester, dut } = rig
    const far = rig.lan.host({
      name: 'far',
      nics: [{ device: 'eth0', segment: 'b', mac: '06:00:00:00:00:09', addresses: ['198.51.100.9/24'] }],
    })
    far.ip('route add 192.0.2.0/24 via 198.51.100.2')
    dut.host.sysctl({ 'net.ipv4.ip_forward': '1' })
    await rig.promote()
    expect(await until(() => dut.holds('2001:db8::10'), PATIENCE, 0.02)).toBeDefined()
    tester.ip(`route add 198.51.100.9/32 via ${VIP}`)
    expect([ping(tester, VIP), ping(tester, '192.0.2.2'), ping(tester, '198.51.100.9')]).toEqual([false, true, true])
    expect(neighbour(tester, VIP)).toContain(DUT_MAC)
    expect([ping(tester, '2001:db8::10'), ping(tester, '2001:db8::2')]).toEqual([false, true])
    expect(neighbour(tester, '2001:db8::10')).toContain(DUT_MAC)
    rig.send({ priority: 200 })
    expect(await until(() => !filters(dut.host).includes(VIP), PATIENCE, 0.05)).toBeDefined()
  })

  // keepalived does not notice.
  test.skipIf(isKeepalived)('F42 another tool flushes all of nf_tables: the rules are back, adverts never stopped', async () => {
    await using rig = await Rig.open({
      configuration: instance({ lines: ['no_accept'] }),
      start: false,
      options: ['--settings', '/run/agent.toml'],
      prepare: ({ dut }) => writeFileSync(join(dut.run, 'agent.toml'), '[kernel]\nreconcile_period = 1\n'),
    })
    rig.start()
    await rig.ready()
    await rig.promote()
    const before = filters(rig.dut.host)
    expect(before).toContain(VIP)
    const at = wallClock()
    rig.dut.host.exec(['nft', 'flush', 'ruleset'])
    expect(await until(() => filters(rig.dut.host) === before, PATIENCE, 0.05)).toBeDefined()
    rig.dut.host.exec(['nft', 'flush', 'table', 'ip', 'keepalived'])
    expect(await until(() => filters(rig.dut.host) === before, PATIENCE, 0.05)).toBeDefined()
    expect(rig.adverts(at).every(({ priority }) => priority === 100)).toBe(true)
    await rig.dut.stop()
    expect(filters(rig.dut.host)).toBe('')
  })
})

describe.concurrent('settings of the kernel', () => {
  test('MCA-05 disable_local_igmp and promote_secondaries change a setting while it runs, and give back what was there', async () => {
    await using rig = await Rig.open({
      configuration: `global_defs {\n disable_local_igmp\n}\n${instance({ lines: ['promote_secondaries'] })}`,
      start: false,
    })
    const { host } = rig.dut
    const settings = (): readonly string[] => [
      setting(host, 'igmp_link_local_mcast_reports'),
      setting(host, 'conf/eth0/promote_secondaries'),
    ]
    host.sysctl({ 'net.ipv4.igmp_link_local_mcast_reports': '1', 'net.ipv4.conf.eth0.promote_secondaries': '0' })
    rig.start()
    expect(await until(() => settings().join() === '0,1', PATIENCE, 0.05)).toBeDefined()
    await rig.ready()
    await rig.dut.stop()
    expect(settings()).toEqual(['1', '0'])
  })
})

describe.skipIf(isKeepalived).concurrent('beside keepalived, with the same configuration', () => {
  const configuration = `global_defs {\n nftables_ifindex\n nftables_counters\n}\n${instance({
    priority: 200,
    addresses: ['192.0.2.10/24', '192.0.2.11'],
    lines: [
      'no_accept',
      'virtual_ipaddress_excluded {\n 2001:db8::5/64 preferred_lft 0\n fe80::77/64\n 192.0.2.12/24 scope link brd + label eth0:vip\n}',
      routes(
        '10.1.0.0/16 via 192.0.2.77 dev eth0 metric 50 table 100 mtu lock 1400 advmss 1360 rtt 200ms rto_min 200ms hoplimit 64 initcwnd 10',
        '10.1.0.0/16 dev eth0 window 1000 reordering 5 quickack 1 congctl reno features ecn cwnd lock 20 ssthresh 20 fastopen_no_cookie 1',
        '10.3.0.0/16 nexthop via 192.0.2.77 dev eth0 weight 1 nexthop via 192.0.2.78 dev eth0 weight 3 realms 1/2',
        'blackhole 10.4.0.0/16',
        'unreachable 10.5.0.0/16 metric 7',
        'prohibit 10.6.0.0/16',
        'throw 10.7.0.0/16 table 100',
        '10.8.0.0/16 dev eth0 scope link src 192.0.2.10',
        '10.9.0.0/16 via 203.0.113.1 dev eth0 onlink',
        '10.10.0.0/16 dev eth0 tos 0x10 realms 3/4 no_track',
        '10.12.0.0/16 dev eth0 encap ip id 7 dst 192.0.2.33 ttl 3',
        '10.14.0.0/16 dev eth0 append',
        '10.14.0.0/16 via 192.0.2.77 dev eth0 append',
        '2001:db8:1::/64 via fe80::1 dev eth0 pref high',
        '2001:db8:2::/64 dev eth0 metric 9',
        '2001:db8:3::/64 from 2001:db8:4::/64 dev eth0',
        'default via 192.0.2.77 table 200 dev eth0',
      ),
      rules(
        'from 192.0.2.10 table 100 preference 1000',
        'to 10.0.0.0/8 fwmark 1/0xff iif eth0 oif eth0 lookup 100 priority 1001',
        'not from all tos 0x10 blackhole preference 1002',
        'to 10.4.0.0/16 unreachable preference 1003',
        'to 10.5.0.0/16 prohibit preference 1004',
        'from all to 10.2.2.2 goto 1010 preference 1005',
        'to 10.6.0.0/16 nop preference 1006',
        'from 2001:db8::/64 table 100 preference 1007 suppress_prefixlength 0 suppress_ifgroup 1',
        'uidrange 10-20 ipproto tcp sport 1-2 dport 3-4 table main preference 1008',
        'from 10.1.1.1 table 100 realms 1/2 preference 1009',
        'from 10.3.3.3 l3mdev preference 1011',
        'tunnel-id 7 table 100 preference 1012 protocol 33 no_track',
      ),
    ],
  })}`

  async function pictured(program: Program): Promise<readonly string[]> {
    await using rig = await Rig.open({
      configuration,
      program,
      prepare: ({ dut }) => dut.ip('addr add fe80::2/64 dev eth0 nodad'),
    })
    await rig.promote()
    const { host } = rig.dut
    expect(await until(() => hasRule(host, 1012) && filters(host).includes(VIP), PATIENCE, 0.05)).toBeDefined()
    const own = host.exec(['ip', '-d', 'route', 'show', 'table', 'all', 'proto', 'keepalived'])
    const own6 = host.exec(['ip', '-6', '-d', 'route', 'show', 'table', 'all', 'proto', 'keepalived'])
    const addresses = host.exec(['ip', '-br', 'addr', 'show', 'dev', 'eth0'])
    const chosen = [own, own6, host.exec(['ip', '-d', 'rule']), host.exec(['ip', '-6', '-d', 'rule']), addresses]
    return [...chosen, filters(host).replaceAll(/packets \d+ bytes \d+/g, '')]
  }

  test('virtual_routes, virtual_rules, addresses and the tables of nftables are the same', async () => {
    const [theirs, ours] = await Promise.all([keepalived, device].map(pictured))
    expect(ours).toEqual(theirs)
    expect(ours?.[0]?.split('\n').length).toBeGreaterThan(12)
  })
})
