import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { instance, pause, Rig, VIP } from './harness/rig.ts'

const PEERS = ['192.0.2.1', '192.0.2.3', '192.0.2.4']
const unicast = ['unicast_src_ip 192.0.2.2', 'unicast_peer {', ...PEERS, '}']
const tester = ['192.0.2.3/24', '192.0.2.4/24']

const groups = (rig: Rig, file: 'igmp' | 'igmp6' = 'igmp'): string => readFileSync(`/proc/${rig.dut.daemon.pid}/net/${file}`, 'utf8')

describe.concurrent('unicast', () => {
  test('UNI-01 one datagram for each peer, and none for the group', async () => {
    const configuration = instance({ priority: 255, lines: unicast })
    await using rig = await Rig.open({ configuration, testerAddresses: tester })
    await pause(3.5)
    const adverts = rig.adverts()
    const counts = PEERS.map((peer) => adverts.filter((advert) => advert.destination === peer).length)
    expect(Math.min(...counts), `${counts}`).toBeGreaterThanOrEqual(3)
    expect(Math.max(...counts) - Math.min(...counts), `${counts}`).toBeLessThanOrEqual(1)
    expect(adverts.length).toBe(counts.reduce((sum, count) => sum + count, 0))
    // All copies of an advert have one id, and the next advert has the next.
    const ids = PEERS.map((peer) => adverts.filter((advert) => advert.destination === peer).map(({ id }) => id))
    for (const own of ids) expect(own).toEqual(own.map((_, at) => at + 1))
  })

  test('UNI-02 no group is joined', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: unicast }), testerAddresses: tester })
    await pause(0.5)
    expect(groups(rig)).not.toContain('120000E0')
  })

  test('UNI-04 a peer that does not answer does not delay the others', async () => {
    const lines = ['version 3', 'unicast_src_ip 192.0.2.2', 'unicast_peer {', '192.0.2.77', '192.0.2.1', '}']
    await using rig = await Rig.open({ configuration: instance({ priority: 255, interval: 0.2, lines }) })
    await pause(3)
    const times = rig
      .adverts()
      .map((advert) => advert.at)
      .slice(2)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    expect(gaps.length).toBeGreaterThanOrEqual(8)
    expect(Math.max(...gaps), `${gaps}`).toBeLessThan(0.26)
  })

  test('VAL-22 a multicast advert does not reach a unicast instance', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: unicast }), testerAddresses: tester })
    await rig.every(0.5, { priority: 254 }, () => rig.advert({ after: 0, seconds: 12 }).then(() => {}))
    await until(() => rig.dut.holds(VIP), 1)
    expect(rig.dut.holds(VIP)).toBe(true)
  })
})

describe.concurrent('multicast', () => {
  test('MCA-01 it joins 224.0.0.18 on its device', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    expect(groups(rig)).toMatch(/eth0[^:]*:[^:]*\n(\t.*\n)*\t+120000E0/)
  })

  test('MCA-01 it joins ff02::12 on its device', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['version 3'], addresses: ['fe80::10'] }) })
    expect(groups(rig, 'igmp6')).toMatch(/eth0\s+ff020000000000000000000000000012/)
  })

  test('MCA-02 it hears again after its device went down and up', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    rig.send({ priority: 200 })
    rig.dut.host.ip('link set eth0 down')
    await pause(0.5)
    rig.dut.host.ip('link set eth0 up')
    await rig.every(0.5, { priority: 200 }, () => pause(6))
    expect(rig.adverts().filter((advert) => advert.priority !== 0)).toEqual([])
    expect(groups(rig)).toContain('120000E0')
  })

  test('MCA-03 it leaves the group when it stops', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await pause(1)
    await rig.dut.stop()
    expect(
      await until(() => rig.wire.frames.some((frame) => frame.kind === 'igmp' && frame.leaves.includes('224.0.0.18')), 3),
    ).toBeDefined()
  })

  test('MCA-04 a router relays no advert from one segment to the other', async () => {
    await using rig = await Rig.open({
      configuration: `${instance({ priority: 50 })}${instance({ name: 'VI_2', device: 'eth1', vrid: 52, priority: 50, addresses: ['198.51.100.10'] })}`,
      secondSegment: true,
      prepare: ({ dut }) => dut.sysctl({ 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1' }),
    })
    await rig.every(0.1, { priority: 200 }, () => pause(1.5))
    rig.second.read()
    const relayed = rig.second.frames.filter((frame) => frame.kind === 'vrrp' && frame.vrid === 51)
    expect(relayed).toEqual([])
    // The other segment was listened to: its own instance becomes master there.
    expect(await until(() => rig.dut.holds('198.51.100.10'), 6)).toBeDefined()
    rig.second.read()
    expect(rig.second.frames.some((frame) => frame.kind === 'vrrp' && frame.vrid === 52)).toBe(true)
  })
})
