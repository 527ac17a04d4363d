import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Host } from '../lab/host.ts'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { advert, type Captured, hex } from './harness/frames.ts'
import { DUT_MAC, instance, pause, Rig, VIP } from './harness/rig.ts'

const VMAC = '00:00:5e:00:01:33'
const use = (...lines: readonly string[]): string => instance({ lines: ['use_vmac', ...lines] })
const global = (...lines: readonly string[]): string => `global_defs {\n${lines.join('\n')}\n}\n`

const link = (host: Host, name = 'vrrp.51'): string => host.attempt(['ip', '-d', '-o', 'link', 'show', 'dev', name]).stdout
const index = (host: Host, name = 'vrrp.51'): string => link(host, name).split(':')[0] ?? ''
const inFault = (rig: Rig) => () => /Entering FAULT STATE/i.test(rig.dut.latestLog)
const said = (rig: Rig, text: RegExp): Promise<number | undefined> => until(() => text.test(rig.dut.latestLog), 5)

/** Everything below /proc/sys/net/ipv4/conf and ipv6/conf of the devices that are not ours. */
const settings = (host: Host): string =>
  host.exec(['sh', '-c', 'cd /proc/sys/net; grep -sH . ipv4/conf/*/* ipv6/conf/*/* | grep -v conf/v | grep -v stable_secret; true'])

const setting = (host: Host, path: string): string => host.exec(['cat', `/proc/sys/net/${path}`]).trim()

const sourceOf = ({ bytes }: Captured): string => Array.from(bytes.subarray(6, 12), (byte) => byte.toString(16).padStart(2, '0')).join(':')

describe.concurrent('use_vmac', () => {
  test('PKT-11 PKT-14 GRP-01 adverts and gratuitous ARP bear the virtual MAC, and the address of the interface below', async () => {
    await using rig = await Rig.open({ configuration: use() })
    const first = await rig.promote()
    expect([first.ethernetSource, first.source]).toEqual([VMAC, '192.0.2.2'])
    expect(await until(() => rig.garps().length >= 5, 3)).toBeDefined()
    expect(rig.garps().map((frame) => [sourceOf(frame), frame.kind === 'arp' && frame.senderMac])).toContainEqual([VMAC, VMAC])
    expect(rig.garps().every((frame) => sourceOf(frame) === VMAC)).toBe(true)
    await rig.dut.stop()
    expect(rig.adverts().at(-1)).toMatchObject({ priority: 0, ethernetSource: VMAC })
  })

  test('PKT-14 PKT-15 over IPv6: the other range of MACs, and the link-local address of the interface below', async () => {
    const configuration = instance({ interval: 0.2, lines: ['version 3', 'use_vmac'], addresses: ['fe80::100', '2001:db8::10/64'] })
    await using rig = await Rig.open({ configuration })
    const first = await rig.advert({ after: 0, seconds: 9 })
    expect(rig.dut.host.addresses('eth0').some((address) => address === `${first.source}/64`)).toBe(true)
    expect([first.ethernetSource, first.ttl, first.destination]).toEqual(['00:00:5e:00:02:33', 255, 'ff02::12'])
    expect(await until(() => rig.dut.holds('2001:db8::10'), 2)).toBeDefined()
    const announced = (frame: Captured): boolean => frame.kind === 'neighbour-advertisement' && frame.target === '2001:db8::10'
    expect(await until(() => rig.wire.frames.some(announced), 3)).toBeDefined()
    expect(rig.wire.frames.filter(announced).map(sourceOf)).toContain('00:00:5e:00:02:33')
  })

  test('PKT-14 vmac_xmit_base: adverts from the MAC of the interface below, gratuitous ARP from the virtual one', async () => {
    await using rig = await Rig.open({ configuration: use('vmac_xmit_base') })
    expect((await rig.promote()).ethernetSource).toBe(DUT_MAC)
    expect(await until(() => rig.garps().length >= 5, 3)).toBeDefined()
    expect(new Set(rig.garps().map(sourceOf))).toEqual(new Set([VMAC]))
  })

  // Debian's writes its statistics below /tmp, whatever TMPDIR says.
  test.skipIf(isKeepalived)(
    'VAL-32 each advert is counted once, from a virtual MAC or another, with an instance on the interface below too',
    async () => {
      const configuration = use() + instance({ name: 'VI_2', vrid: 52, addresses: ['192.0.2.11'] })
      await using rig = await Rig.open({ configuration })
      const frames = [VMAC, '02:00:00:00:00:01'].map((ethernetSource) => advert({ ethernetSource, priority: 200 }))
      for (const frame of [...frames, ...frames]) rig.wire.send(frame)
      const stats = (): string => rig.dut.host.attempt(['cat', join(rig.dut.host.directory, 'tmp', 'keepalived.stats')]).stdout
      const counted = (): boolean => {
        rig.dut.signal('SIGUSR2')
        return /VI_1[\s\S]*?Received: 4\n/.test(stats())
      }
      expect(await until(counted, 5, 0.3), stats()).toBeDefined()
      await pause(0.3)
      expect(counted(), 'and not once more').toBe(true)
    },
  )

  test('FSM-25 FSM-26 a master answers ARP with the virtual MAC and from it, a backup not at all', async () => {
    await using rig = await Rig.open({ configuration: use() })
    rig.send({ priority: 200 })
    const ask = (): number => rig.tester.attempt(['arping', '-c', '1', '-w', '1', '-I', 'eth0', VIP]).status ?? -1
    expect(ask()).toBe(1)
    await rig.promote()
    expect(ask()).toBe(0)
    // Nor does the master answer for its own address with the virtual MAC.
    rig.tester.attempt(['arping', '-c', '1', '-w', '1', '-I', 'eth0', '192.0.2.2'])
    rig.wire.read()
    const replies = rig.wire.frames.filter((frame) => frame.kind === 'arp' && frame.operation === 2 && frame.sender === VIP)
    expect(replies.map((frame) => [sourceOf(frame), frame.kind === 'arp' && frame.senderMac])).toEqual([[VMAC, VMAC]])
    const own = rig.wire.frames.filter((frame) => frame.kind === 'arp' && frame.operation === 2 && frame.sender === '192.0.2.2')
    expect(own.map(sourceOf)).toEqual([DUT_MAC])
  })

  test('VMC-01 VMC-02 VMC-03 VMC-05 a private macvlan, its settings and those below; at the stop all is as it was', async () => {
    let before = ''
    const prepare = ({ dut }: { readonly dut: Host }): void => {
      dut.sysctl({ 'net.ipv4.conf.all.rp_filter': '1', 'net.ipv4.conf.eth0.arp_ignore': '2' })
      before = settings(dut)
    }
    await using rig = await Rig.open({ configuration: use(), prepare })
    await rig.promote()
    const { host } = rig.dut
    expect(link(host)).toMatch(new RegExp(`vrrp\\.51@eth0: .*,UP.*link/ether ${VMAC} .*macvlan mode private .*addrgenmode none`))
    const read = (...paths: readonly string[]): readonly string[] => paths.map((path) => `${path} ${setting(host, path)}`)
    const own = ['arp_ignore', 'rp_filter', 'accept_local', 'promote_secondaries'].map((name) => `ipv4/conf/vrrp.51/${name}`)
    expect(
      read(...own, 'ipv4/conf/eth0/arp_ignore', 'ipv4/conf/eth0/arp_filter', 'ipv4/conf/all/rp_filter', 'ipv4/conf/eth0/rp_filter'),
    ).toEqual([
      'ipv4/conf/vrrp.51/arp_ignore 1',
      'ipv4/conf/vrrp.51/rp_filter 0',
      'ipv4/conf/vrrp.51/accept_local 1',
      'ipv4/conf/vrrp.51/promote_secondaries 1',
      'ipv4/conf/eth0/arp_ignore 1',
      'ipv4/conf/eth0/arp_filter 1',
      'ipv4/conf/all/rp_filter 0',
      'ipv4/conf/eth0/rp_filter 1',
    ])
    expect(host.addresses('vrrp.51')).toEqual([`${VIP}/32`])
    await rig.dut.stop()
    expect(link(host)).toBe('')
    // Debian's takes what it has set for what there was.
    if (!isKeepalived) expect(settings(host)).toBe(before)
  })

  test('VMC-04 MCA-01 reports of group membership leave by the interface below, never from the virtual MAC', async () => {
    const over6 = instance({ name: 'VI_6', vrid: 52, lines: ['use_vmac'], addresses: ['fe80::100'] })
    await using rig = await Rig.open({ configuration: use() + over6 })
    await rig.promote()
    expect(await until(() => rig.dut.holds('fe80::100'), 6)).toBeDefined()
    rig.send({ priority: 200 })
    expect(await until(() => !rig.dut.holds(VIP), 2)).toBeDefined()
    const isReport = (frame: Captured): boolean => /^(01005e000016|333300000016)/.test(hex(frame.bytes))
    const joins = (): boolean => {
      rig.wire.read()
      const igmp = rig.wire.frames.filter((frame) => frame.kind === 'igmp' && sourceOf(frame) === DUT_MAC)
      return igmp.some((frame) => frame.kind === 'igmp' && frame.joins.includes('224.0.0.18'))
    }
    expect(await until(joins, 4), 'joined from the MAC below').toBeDefined()
    await pause(1)
    rig.wire.read()
    const own = rig.wire.frames.filter((frame) => sourceOf(frame).startsWith('00:00:5e:00:'))
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter(isReport)).toEqual([])
  })

  test('VMC-05 F01 F37 what a crash leaves is used again, without its address until the next election', async () => {
    await using rig = await Rig.open({ configuration: use() })
    await rig.promote()
    const { host } = rig.dut
    const before = index(host)
    host.kill()
    expect(rig.dut.holds(VIP)).toBe(true)
    host.emptyRun()
    rig.start()
    await rig.ready()
    expect(await until(() => !rig.dut.holds(VIP), 2)).toBeDefined()
    expect(index(host)).toBe(before)
    await rig.promote()
    expect(host.addresses('vrrp.51')).toEqual([`${VIP}/32`])
    expect(setting(host, 'ipv4/conf/vrrp.51/arp_ignore')).toBe('1')
    await rig.dut.stop()
    expect(link(host)).toBe('')
  })

  // Debian's takes what its predecessor has set for what there was.
  test.skipIf(isKeepalived)(
    'VMC-02 F01 the vrrp process is killed: at the stop of its successor all settings are as they were before it',
    async () => {
      let before = ''
      const prepare = ({ dut }: { readonly dut: Host }): void => {
        dut.sysctl({ 'net.ipv4.conf.all.rp_filter': '1', 'net.ipv4.conf.eth0.arp_ignore': '2', 'net.ipv4.conf.eth0.arp_filter': '0' })
        before = settings(dut)
      }
      await using rig = await Rig.open({ configuration: use(), prepare })
      const { host } = rig.dut
      expect(setting(host, 'ipv4/conf/eth0/arp_ignore')).toBe('1')
      process.kill(rig.dut.pid('vrrp'), 'SIGKILL')
      expect(await said(rig, /Respawning[\s\S]*Entering BACKUP STATE/i)).toBeDefined()
      expect(setting(host, 'ipv4/conf/eth0/arp_ignore')).toBe('1')
      await rig.dut.stop()
      expect([link(host), settings(host)]).toEqual(['', before])
    },
  )

  test('VMC-06 F22 somebody deletes it: fault, it is made anew, and mastership returns', async () => {
    await using rig = await Rig.open({ configuration: use() })
    await rig.promote()
    const { host } = rig.dut
    const before = index(host)
    host.ip('link del vrrp.51')
    expect(await until(inFault(rig), 2), 'fault').toBeDefined()
    expect(await until(() => link(host).includes(VMAC) && index(host) !== before, 3), 'made anew').toBeDefined()
    expect(await said(rig, /FAULT STATE[\s\S]*Entering BACKUP STATE/i)).toBeDefined()
    expect((await rig.promote()).ethernetSource).toBe(VMAC)
    expect(host.addresses('vrrp.51')).toEqual([`${VIP}/32`])
  })

  test('VMC-07 F06 the interface below goes down and comes back: fault, then backup; another MAC below changes nothing', async () => {
    await using rig = await Rig.open({ configuration: use() })
    await rig.promote()
    const { host } = rig.dut
    host.ip('link set eth0 address 02:00:00:00:00:09')
    const next = await rig.advert({ seconds: 3 })
    expect(next.ethernetSource).toBe(VMAC)
    expect(inFault(rig)()).toBe(false)
    host.cut('eth0')
    expect(await until(inFault(rig), 3), 'fault').toBeDefined()
    expect(await until(() => !rig.dut.holds(VIP), 1)).toBeDefined()
    host.join('eth0')
    expect(await said(rig, /FAULT STATE[\s\S]*Entering BACKUP STATE/i)).toBeDefined()
    expect((await rig.promote()).ethernetSource).toBe(VMAC)
  })

  test('dont_track_primary: without a carrier below there is no fault', async () => {
    await using rig = await Rig.open({ configuration: use('dont_track_primary') })
    await rig.promote()
    rig.dut.host.cut('eth0')
    await pause(1)
    expect([inFault(rig)(), rig.dut.holds(VIP)]).toEqual([false, true])
  })

  test('its name is taken: the next one', async () => {
    const prepare = ({ dut }: { readonly dut: Host }): void => dut.ip('link add vrrp.51 type bridge')
    await using rig = await Rig.open({ configuration: use(), prepare })
    expect((await rig.promote()).ethernetSource).toBe(VMAC)
    expect(rig.dut.host.addresses('vrrp1.51')).toEqual([`${VIP}/32`])
    await rig.dut.stop()
    expect([link(rig.dut.host).includes('bridge'), link(rig.dut.host, 'vrrp1.51')]).toEqual([true, ''])
  })

  test('use_vmac_addr, vmac_prefix, vmac_addr_prefix: a link for addresses elsewhere; garp_extra_if announces one of them every second', async () => {
    const configuration =
      global('vmac_prefix vm', 'vmac_addr_prefix va', 'vrrp_garp_extra_if 1') +
      instance({
        lines: ['use_vmac', 'use_vmac_addr', 'garp_master_delay 60'],
        addresses: [VIP, '198.51.100.10/24 dev eth1', '198.51.100.11/24 dev eth1'],
      })
    await using rig = await Rig.open({ configuration, secondSegment: true })
    rig.send({ priority: 0 })
    await rig.advert({ after: 0, seconds: 12 })
    const { host } = rig.dut
    expect(await until(() => rig.dut.holds('198.51.100.11'), 2)).toBeDefined()
    expect([host.addresses('vm.51'), host.addresses('va.51')]).toEqual([[`${VIP}/32`], ['198.51.100.10/24', '198.51.100.11/24']])
    const first = (): number => rig.garps('198.51.100.10', rig.second).length
    const enough = (): boolean => {
      rig.second.read()
      return first() >= 7
    }
    expect(await until(enough, 6), `${first()} announcements`).toBeDefined()
    expect(rig.garps('198.51.100.11', rig.second)).toHaveLength(5)
    expect(new Set(rig.garps('198.51.100.10', rig.second).map(sourceOf))).toEqual(new Set([VMAC]))
    rig.wire.read()
    expect(rig.garps()).toHaveLength(5)
  })

  test('SIGHUP: a new instance has its link from the beginning, a former one takes its link along, a master stays', async () => {
    await using rig = await Rig.open({ configuration: use() })
    await rig.promote()
    const before = index(rig.dut.host)
    const second = instance({ name: 'VI_2', vrid: 52, lines: ['use_vmac'], addresses: ['192.0.2.11'] })
    writeFileSync(rig.configuration, use() + second)
    rig.dut.signal('SIGHUP')
    expect(await said(rig, /\(VI_2\) Entering BACKUP STATE/i)).toBeDefined()
    expect([index(rig.dut.host), inFault(rig)(), rig.dut.holds(VIP)]).toEqual([before, false, true])
    writeFileSync(rig.configuration, second)
    rig.dut.signal('SIGHUP')
    expect(await until(() => link(rig.dut.host) === '', 5)).toBeDefined()
    expect(link(rig.dut.host, 'vrrp.52')).toContain('00:00:5e:00:01:34')
    expect(rig.adverts().some(({ vrid, priority }) => vrid === 51 && priority === 0)).toBe(true)
  })

  // 16 of them take this kernel half a second; the original's adverts wait for it.
  test.skipIf(isKeepalived)(
    'SIGHUP: sixteen links go, and the adverts of a master every 10 ms do not wait for the kernel to delete them',
    async () => {
      const fast = instance({ interval: 0.01, lines: ['version 3'] })
      const others = Array.from({ length: 16 }, (_, at) =>
        instance({ name: `VM_${at}`, vrid: 60 + at, lines: ['use_vmac'], addresses: [`192.0.2.${60 + at}`] }),
      )
      await using rig = await Rig.open({ configuration: fast + others.join('') })
      await rig.promote()
      const { host } = rig.dut
      const links = (): number => host.exec(['ip', '-o', 'link', 'show', 'type', 'macvlan']).match(/^\d+:/gm)?.length ?? 0
      expect(links()).toBe(16)
      writeFileSync(rig.configuration, fast)
      rig.dut.signal('SIGHUP')
      expect(await until(() => links() === 0, 10)).toBeDefined()
      await pause(0.2)
      const times = rig
        .adverts()
        .filter(({ vrid, priority }) => vrid === 51 && priority > 0)
        .map(({ at }) => at)
      const gaps = times.slice(1).map((at, before) => at - (times[before] ?? at))
      expect(Math.max(...gaps)).toBeLessThan(0.3)
    },
  )

  test.skipIf(isKeepalived)('F42 F49 somebody changes its settings, and takes it down: put right, and said', async () => {
    const settingsFile = join(tmpdir(), `vmac-f49-${process.pid}.toml`)
    writeFileSync(settingsFile, '[kernel]\nreconcile_period = 1\n')
    await using rig = await Rig.open({ configuration: use(), options: ['--settings', settingsFile] })
    rmSync(settingsFile)
    await rig.promote()
    const { host } = rig.dut
    host.sysctl({ 'net.ipv4.conf.eth0.arp_ignore': '0' })
    host.exec(['sh', '-c', 'echo 0 > /proc/sys/net/ipv4/conf/vrrp.51/arp_ignore; echo 2 > /proc/sys/net/ipv4/conf/vrrp.51/rp_filter'])
    const right = (): boolean =>
      ['eth0/arp_ignore', 'vrrp.51/arp_ignore'].every((path) => setting(host, `ipv4/conf/${path}`) === '1') &&
      setting(host, 'ipv4/conf/vrrp.51/rp_filter') === '0'
    expect(await until(right, 6)).toBeDefined()
    expect(await said(rig, /was changed by somebody else: putting it right/)).toBeDefined()
    expect(rig.dut.holds(VIP)).toBe(true)
    const tables = (): string => host.attempt(['nft', 'list', 'tables']).stdout
    host.exec(['nft', 'flush', 'ruleset'])
    expect(await until(() => tables().includes('keepalived_vrrp.51'), 6), 'F42 its table is back').toBeDefined()
    host.ip('link set vrrp.51 down')
    expect(await until(inFault(rig), 3), 'fault').toBeDefined()
    expect(await said(rig, /FAULT STATE[\s\S]*Entering BACKUP STATE/i)).toBeDefined()
  })
})
