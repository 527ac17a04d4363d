import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { hex } from './harness/frames.ts'
import { DUT_MAC, instance, pause, Rig, VIP } from './harness/rig.ts'

describe.concurrent('gratuitous ARP and unsolicited neighbour advertisements', () => {
  test('GRP-01 GRP-03 five at once, each byte in its place, and five after five seconds, also for excluded addresses', async () => {
    const lines = ['virtual_ipaddress_excluded {', '192.0.2.20', '}']
    await using rig = await Rig.open({ configuration: instance({ lines }) })
    await rig.promote()
    await pause(1)
    const [first] = rig.garps()
    expect(hex(first?.bytes.subarray(0, 42) ?? new Uint8Array())).toBe(
      [
        'ffffffffffff',
        '020000000002',
        '0806',
        '0001',
        '0800',
        '06',
        '04',
        '0001',
        '020000000002',
        'c000020a',
        'ffffffffffff',
        'c000020a',
      ].join(''),
    )
    expect(rig.garps().length).toBe(5)
    expect(rig.garps('192.0.2.20').length).toBe(5)
    await pause(5)
    const second = rig.garps()[5]
    expect(Math.abs((second?.at ?? 0) - (first?.at ?? 0) - 5)).toBeLessThan(0.1)
    expect(rig.garps().length).toBe(10)
    expect(rig.garps('192.0.2.20').length).toBe(10)
  })

  test('GRP-02 over IPv6: an unsolicited advertisement with the override flag, not sent by a router', async () => {
    const configuration = instance({ priority: 255, lines: ['version 3'], addresses: ['fe80::10', '2001:db8::10/64'] })
    await using rig = await Rig.open({ configuration })
    const isFor = (target: string) => rig.wire.frames.filter((frame) => frame.kind === 'neighbour-advertisement' && frame.target === target)
    expect(await until(() => isFor('2001:db8::10').length >= 5, 4)).toBeDefined()
    const [first] = isFor('2001:db8::10')
    expect(first).toMatchObject({ flags: 0x20 })
    const bytes = first?.bytes ?? new Uint8Array()
    expect(hex(bytes.subarray(0, 14))).toBe('33330000000102000000000286dd')
    expect(hex(bytes.subarray(20, 22))).toBe('3aff')
    expect(hex(bytes.subarray(22, 54))).toBe('20010db8000000000000000000000010ff020000000000000000000000000001')
    expect(hex(bytes.subarray(62, 86))).toBe('20010db8000000000000000000000010' + '0201020000000002')
  })

  test('GRP-04 garp_master_delay 0: no second burst', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, lines: ['garp_master_delay 0'] }) })
    await pause(6.5)
    expect(rig.garps().length).toBe(5)
  })

  test('GRP-05 garp_master_refresh comes again and again', async () => {
    const lines = ['garp_master_delay 1', 'garp_master_repeat 2', 'garp_master_refresh 2', 'garp_master_refresh_repeat 1']
    await using rig = await Rig.open({ configuration: instance({ priority: 255, lines }) })
    await rig.advert({ after: 0, seconds: 2 })
    await pause(8)
    const start = rig.garps()[0]?.at ?? 0
    const refreshes = rig
      .garps()
      .slice(4)
      .map((frame) => frame.at - start)
    expect(rig.garps().length, `${refreshes}`).toBeGreaterThanOrEqual(6)
    expect(Math.abs((refreshes[1] ?? 0) - (refreshes[0] ?? 0) - 2), `${refreshes}`).toBeLessThan(0.2)
  })

  test('GRP-06 none after it has left', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    await pause(2)
    await rig.every(0.5, { priority: 200 }, () => pause(5))
    expect(rig.garps().length).toBe(5)
  })

  test('GRP-10 it leaves on the device that holds the address', async () => {
    const configuration = instance({ priority: 255, addresses: [VIP, '198.51.100.10/24 dev eth1'] })
    await using rig = await Rig.open({ configuration, secondSegment: true })
    expect(await until(() => rig.garps('198.51.100.10', rig.second).length >= 5, 3)).toBeDefined()
    expect(rig.garps('198.51.100.10')).toEqual([])
    expect(rig.garps(VIP, rig.second)).toEqual([])
  })

  test('GRP-12 a neighbour with a stale entry finds the new master', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    rig.tester.ip(`neigh replace ${VIP} lladdr 02:00:00:00:00:99 dev eth0 nud stale`)
    await rig.promote()
    await pause(0.2)
    expect(rig.tester.exec(['ip', 'neigh', 'show', VIP])).toContain(DUT_MAC)
  })
})
