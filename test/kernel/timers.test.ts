import { describe, expect, test } from 'vitest'
import { run } from '../lab/command.ts'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { instance, pause, Rig } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const NEAR = 0.08

describe.concurrent('when a backup takes over', () => {
  test.each([
    { name: 'TMR-01 version 2, priority 1', plan: { priority: 1 }, version: 2 as const, promised: 3.996 },
    { name: 'TMR-01 version 2, priority 100', plan: { priority: 100 }, version: 2 as const, promised: 3.609 },
    { name: 'TMR-01 version 2, priority 254', plan: { priority: 254 }, version: 2 as const, promised: 3.008 },
    {
      name: 'TMR-02 version 2, 2 s: the skew does not grow with the interval',
      plan: { interval: 2 },
      version: 2 as const,
      promised: 6.609,
    },
    { name: 'TMR-03 version 3, 2 s: the skew grows with it', plan: { interval: 2 }, version: 3 as const, promised: 7.219 },
    { name: 'TMR-03 version 3, 100 ms', plan: { interval: 0.1 }, version: 3 as const, promised: 0.361 },
    { name: 'TMR-14 down_timer_adverts 5', plan: { lines: ['down_timer_adverts 5'] }, version: 2 as const, promised: 5.609 },
  ])('$name', async ({ plan, version, promised }) => {
    const lines = [...('lines' in plan ? (plan.lines ?? []) : []), ...(version === 3 ? ['version 3'] : [])]
    const interval = 'interval' in plan ? (plan.interval ?? 1) : 1
    await using rig = await Rig.open({ configuration: instance({ ...plan, lines }) })
    const last = rig.send({ version, priority: 255, interval: version === 2 ? interval : interval * 100 })
    const first = await rig.advert({ after: last, seconds: promised + 2 })
    expect(Math.abs(first.at - last - promised), `took over after ${first.at - last}`).toBeLessThan(NEAR)
  })

  test.each([
    { name: 'TMR-09 priority 0, version 2', version: 2 as const, interval: 1, promised: 0.609 },
    { name: 'TMR-09 priority 0, version 3, 100 cs', version: 3 as const, interval: 1, promised: 0.609 },
    { name: 'TMR-09 priority 0, version 3, 10 cs', version: 3 as const, interval: 0.1, promised: 0.061 },
  ])('$name', async ({ version, interval, promised }) => {
    await using rig = await Rig.open({ configuration: instance({ interval, lines: version === 3 ? ['version 3'] : [] }) })
    const wire = version === 2 ? interval : interval * 100
    rig.send({ version, priority: 200, interval: wire })
    await pause(interval * 0.5)
    const at = rig.send({ version, priority: 0, interval: wire })
    const first = await rig.advert({ after: at, seconds: 2 })
    expect(Math.abs(first.at - at - promised), `took over after ${first.at - at}`).toBeLessThan(NEAR)
  })

  test.skipIf(isKeepalived)('for a takeover it may have the processor to itself; afterwards it is a process as others are', async () => {
    await using rig = await Rig.open({ configuration: instance({ interval: 0.1, lines: ['version 3'] }) })
    const last = rig.send({ version: 3, priority: 255, interval: 10 })
    await rig.advert({ after: last, seconds: 2 })
    const scheduler = (): string => run(['chrt', '-p', String(rig.dut.pid('vrrp'))])
    expect(await until(() => /SCHED_OTHER/.test(scheduler()) && /priority: 0/.test(scheduler()), 1, 0.01)).toBeDefined()
  })

  test('TMR-10 an advert of another router after priority 0 sets the whole time again', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    rig.send({ priority: 0 })
    await pause(0.2)
    const last = rig.send({ priority: 200, source: '192.0.2.3' })
    const first = await rig.advert({ after: last, seconds: 5 })
    expect(Math.abs(first.at - last - 3.609), `took over after ${first.at - last}`).toBeLessThan(NEAR)
  })

  test('TMR-11 a lower priority does not put it off', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 200 }) })
    const waiting = wallClock()
    await rig.every(0.5, { priority: 100 }, async () => {
      const first = await rig.advert({ after: 0, seconds: 12 })
      expect(first.at - rig.startedAt).toBeGreaterThan(3.15)
      expect(first.at - waiting, 'it waits already').toBeLessThan(3.219 + NEAR)
    })
  })

  test('TMR-15 priority 255 is master at once', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, interval: 3 }), start: false })
    rig.start()
    const first = await rig.advert({ after: 0, seconds: 12 })
    expect(first.at - rig.startedAt, 'the start of the program included, and no Master_Down_Interval of 9 s').toBeLessThan(4)
  })

  test('TMR-16 state MASTER with priority 100 waits like a backup', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['state MASTER'] }) })
    const waiting = wallClock()
    const first = await rig.advert({ after: 0, seconds: 12 })
    expect(first.at - rig.startedAt).toBeGreaterThan(3.5)
    expect(first.at - waiting, 'it waits already').toBeLessThan(3.609 + NEAR)
  })
})

describe.concurrent('when a master sends', () => {
  test('TMR-12 a hundred adverts at 100 ms, without a drift beyond a millisecond each', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, interval: 0.1, lines: ['version 3'] }) })
    await rig.advert({ after: 0, seconds: 12 })
    await pause(10.5)
    const times = rig
      .adverts()
      .map((advert) => advert.at)
      .slice(-100)
    const mean = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1)
    expect(times.length).toBe(100)
    expect(mean).toBeGreaterThan(0.0995)
    expect(mean).toBeLessThan(0.101)
  })

  test('TMR-13 an advert out of turn starts the period anew', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const first = await rig.promote()
    await pause(Math.max(0, first.at + 0.5 - Date.now() / 1_000))
    const at = rig.send({ priority: 50 })
    const answer = await rig.advert({ after: at, seconds: 0.3 })
    const next = await rig.advert({ after: answer.at + 0.001, seconds: 2 })
    expect(Math.abs(next.at - answer.at - 1), `the gap is ${next.at - answer.at}`).toBeLessThan(NEAR)
  })
})
