import { describe, expect, test } from 'vitest'
import { isKeepalived } from './harness/device.ts'
import { advert, asFragment, unreachable } from './harness/frames.ts'
import { instance, pause, Rig, TESTER_MAC, VIP } from './harness/rig.ts'

// Master_Down_Interval of priority 100 at one second (RFC 3768 6.1).
const DOWN = 3.609
const NEAR = 0.08

describe.concurrent('what a backup refuses moves no timer', () => {
  test.each([
    { name: 'VAL-06 a TTL of 254', forged: { ttl: 254 } },
    { name: 'VAL-10 another version', forged: { version: 3 as const } },
    { name: 'VAL-12 an unknown VRID', forged: { vrid: 52 } },
    { name: 'VAL-14 TMR-06 another interval in version 2', forged: { interval: 2 } },
    { name: 'VAL-26 CKS-01 a wrong checksum', forged: { spoil: 1 } },
  ])('$name', async ({ forged }) => {
    await using rig = await Rig.open({ configuration: instance() })
    const last = rig.send({ priority: 200 })
    await rig.every(0.3, { priority: 200, ...forged }, async () => {
      const first = await rig.advert({ after: last, seconds: 5 })
      expect(Math.abs(first.at - last - DOWN), `took over after ${first.at - last}`).toBeLessThan(NEAR)
    })
  })

  test('VAL-08 in unicast a TTL of 64 is good', async () => {
    const lines = ['unicast_src_ip 192.0.2.2', 'unicast_peer {', '192.0.2.1', '}']
    await using rig = await Rig.open({ configuration: instance({ lines }) })
    const unicast = { priority: 200, ttl: 64, destination: '192.0.2.2', ethernetDestination: '02:00:00:00:00:02' }
    await rig.every(0.5, unicast, () => pause(5))
    expect(rig.adverts()).toEqual([])
  })

  // keepalived changes its state on each of them.
  test.skipIf(isKeepalived)('VAL-16 version 3 with interval 0 makes no master', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['version 3'] }) })
    const last = rig.send({ version: 3, priority: 200 })
    await rig.every(0.3, { version: 3, priority: 254, interval: 0 }, async () => {
      const first = await rig.advert({ after: last, seconds: 5 })
      expect(Math.abs(first.at - last - DOWN), `took over after ${first.at - last}`).toBeLessThan(NEAR)
    })
  })

  test('VAL-15 TMR-04 TMR-05 version 3 learns another interval, and as master uses its own', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['version 3'] }) })
    let last = 0
    for (let i = 0; i < 6; i++) {
      last = rig.send({ version: 3, priority: 200, interval: 20 })
      await pause(0.2)
    }
    const first = await rig.advert({ after: last, seconds: 3 })
    expect(Math.abs(first.at - last - 0.722), `took over after ${first.at - last}`).toBeLessThan(NEAR)
    const second = await rig.advert({ after: first.at + 0.001, seconds: 2 })
    expect(second.interval).toBe(100)
    expect(Math.abs(second.at - first.at - 1)).toBeLessThan(NEAR)
  })

  // keepalived 2.2.7 sends nothing at all as long as such a flood lasts.
  test.skipIf(isKeepalived)('VAL-25 a flood of bad adverts leaves the period of a master alone', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['version 3'], interval: 0.5 }) })
    const first = await rig.promote()
    await rig.every(0.02, { version: 3, priority: 200, spoil: 1 }, () => pause(4))
    const times = rig.adverts(first.at + 0.001).map((advert) => advert.at)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    expect(gaps.length).toBeGreaterThanOrEqual(6)
    expect(Math.max(...gaps), `gaps ${gaps}`).toBeLessThan(0.55)
    expect(Math.min(...gaps), `gaps ${gaps}`).toBeGreaterThan(0.45)
  })

  test('VAL-31 the same VRID on another device is another router', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 200 }), secondSegment: true })
    await rig.promote()
    const at = Date.now() / 1_000
    rig.second.send(advert({ priority: 255, source: '198.51.100.1', ethernetSource: '06:00:00:00:00:01' }))
    await rig.advert({ after: at, seconds: 2 })
    await pause(1)
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test.each(['first', 'last'] as const)('VAL-33 the %s piece of a datagram is no advert', async (piece) => {
    await using rig = await Rig.open({ configuration: instance() })
    const first = await rig.promote()
    const better = asFragment(advert({ priority: 254, ethernetSource: TESTER_MAC }), piece)
    for (let i = 0; i < 12; i++) {
      rig.wire.send(better)
      await pause(0.2)
    }
    expect(rig.adverts(first.at + 0.001).length).toBeGreaterThanOrEqual(2)
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test.each([
    { what: 'host', code: 1 },
    { what: 'protocol', code: 2 },
  ])('VAL-33 UNI-04 a peer whose $what is unreachable by ICMP gets its next adverts all the same', async ({ code }) => {
    const lines = ['unicast_src_ip 192.0.2.2', 'unicast_peer {', '192.0.2.1', '}']
    await using rig = await Rig.open({ configuration: instance({ priority: 255, interval: 1, lines }) })
    const first = await rig.advert({ after: 0, seconds: 12 })
    let last = first
    for (let i = 0; i < 4; i++) {
      rig.wire.send(unreachable(last.bytes, { code, source: '192.0.2.1' }))
      const next = await rig.advert({ after: last.at + 0.001, seconds: 2 })
      expect(Math.abs(next.at - last.at - 1), `after ${next.at - last.at}`).toBeLessThan(NEAR)
      last = next
    }
    expect(rig.dut.holds(VIP)).toBe(true)
  })
})

// Both go on as masters, which is why somebody must hear of it. 2.2.7 puts its own adverts off with each that it refuses.
test.skipIf(isKeepalived)('FSM-23 VAL-10 a router of the other version makes two masters, and the log tells so at once', async () => {
  await using rig = await Rig.open({ configuration: instance({ priority: 150, lines: ['version 2'] }) })
  const first = await rig.promote()
  await rig.every(0.5, { version: 3, priority: 200 }, async () => {
    await pause(2.5)
    expect(rig.adverts(first.at + 0.001).length).toBeGreaterThanOrEqual(2)
    const said = rig.dut.log.split('\n').filter((line) => /version/i.test(line) && /\(VI_1\)/.test(line))
    expect(said).toHaveLength(1)
  })
})
