import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { keepalived } from '../lab/program.ts'
import { device } from './harness/device.ts'
import { FIRST, Pair, type PairPlan, SECOND } from './harness/pair.ts'
import { pause } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const ways = [
  { way: `${device.name} outranks keepalived`, programs: [device, keepalived] as const },
  { way: `keepalived outranks ${device.name}`, programs: [keepalived, device] as const },
]

/** Frames bear the kernel's stamp; a busy machine lets a program run this much late. */
const NEAR = 0.1
/** Looking at the addresses of two hosts takes a while more. */
const SLACK = 0.8

const unicast: Pick<PairPlan, 'first' | 'second'> = {
  first: { lines: [`unicast_src_ip ${FIRST}`, 'unicast_peer {', SECOND, '}'] },
  second: { lines: [`unicast_src_ip ${SECOND}`, 'unicast_peer {', FIRST, '}'] },
}

interface Speech {
  readonly name: string
  readonly plan: Omit<PairPlan, 'programs'>
  /** Skew time and master down interval of the second director, in seconds. */
  readonly skew: number
  readonly down: number
}

const speeches: readonly Speech[] = [
  { name: 'version 2', plan: {}, skew: 0.609, down: 3.609 },
  { name: 'version 3, 200 ms', plan: { both: { interval: 0.2, lines: ['version 3'] } }, skew: 0.122, down: 0.722 },
  {
    name: 'version 3 over IPv6',
    plan: { both: { lines: ['version 3'], addresses: ['fe80::100', '2001:db8::10/64'] } },
    skew: 0.609,
    down: 3.609,
  },
  { name: 'version 3, 200 ms, use_vmac', plan: { both: { interval: 0.2, lines: ['version 3', 'use_vmac'] } }, skew: 0.122, down: 0.722 },
  {
    name: 'version 3 over IPv6, use_vmac',
    plan: { both: { interval: 0.2, lines: ['version 3', 'use_vmac'], addresses: ['fe80::100', '2001:db8::10/64'] } },
    skew: 0.122,
    down: 0.722,
  },
  { name: 'version 2, unicast', plan: unicast, skew: 0.609, down: 3.609 },
  { name: 'version 3, unicast', plan: { ...unicast, both: { lines: ['version 3'] } }, skew: 0.609, down: 3.609 },
]

describe.concurrent.each(ways)('$way', ({ programs }) => {
  test.each(speeches)('$name: election, orderly stop, preemption, crash', async ({ plan, skew, down }) => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    const elected = wallClock()
    await pause(2)
    expect(pair.adverts(pair.second, elected), 'the backup is silent').toEqual([])
    expect(pair.adverts(pair.first, elected).length).toBeGreaterThan(1)

    await pair.first.stop()
    await pair.settles(pair.second, skew + 2)
    const resigned = pair.adverts(pair.first).at(-1)
    expect(resigned?.priority).toBe(0)
    const follows = pair.adverts(pair.second, resigned?.at)[0]?.at ?? Number.NaN
    expect(Math.abs(follows - (resigned?.at ?? 0) - skew), `followed after ${follows - (resigned?.at ?? 0)}`).toBeLessThan(NEAR)

    pair.first.start()
    await pair.settles(pair.first, 9)
    const before = wallClock()
    await pause(1.5)
    expect(pair.adverts(pair.second, before), 'the outranked one is silent').toEqual([])

    pair.crash(pair.first)
    expect(await until(() => pair.second.holds(pair.vip), down + 2)).toBeDefined()
    const last = pair.adverts(pair.first).at(-1)?.at ?? Number.NaN
    const takes = pair.adverts(pair.second, last)[0]?.at ?? Number.NaN
    expect(Math.abs(takes - last - down), `took over after ${takes - last}`).toBeLessThan(NEAR)
  })

  test('nopreempt: the higher one returns and waits', async () => {
    await using pair = new Pair({ programs: [...programs], both: { lines: ['state BACKUP', 'nopreempt'] } })
    await pair.elect()
    await pair.first.stop()
    await pair.settles(pair.second, 2)
    pair.first.start()
    await pause(5.5)
    await pair.settles(pair.second, 0.1)
    expect(pair.first.holds(pair.vip)).toBe(false)
  })

  test('FSM-05 FSM-06 two masters of one priority meet: the higher address stays', async () => {
    await using pair = new Pair({ programs: [...programs], both: { priority: 100 } })
    pair.partition(true)
    pair.first.start()
    pair.second.start()
    await until(() => pair.first.holds(pair.vip) && pair.second.holds(pair.vip), 8)
    pair.partition(false)
    await pair.settles(pair.second, 2.5)
    await pause(1.5)
    await pair.settles(pair.second, 0.5)
  })

  test('FSM-22 a partition heals: one master is left, and it announces the address again', async () => {
    await using pair = new Pair({ programs: [...programs] })
    await pair.elect()
    pair.partition(true)
    await pause(5)
    expect(pair.first.holds(pair.vip) && pair.second.holds(pair.vip), 'both are masters now').toBe(true)
    const healed = wallClock()
    pair.partition(false)
    await pair.settles(pair.first, 2.5)
    await pause(0.5)
    const announced = pair.wire.frames.filter((frame) => frame.at > healed && frame.kind === 'arp' && frame.sender === pair.vip)
    expect(announced.some((frame) => frame.kind === 'arp' && frame.senderMac === '02:00:00:00:00:02')).toBe(true)
  })

  test('reload: the master stays, and no advert is missed', async () => {
    await using pair = new Pair({ programs: [...programs] })
    await pair.elect()
    const at = wallClock()
    await pause(1)
    pair.first.signal('SIGHUP')
    await pause(1)
    pair.second.signal('SIGHUP')
    await pause(3)
    const times = pair.adverts(pair.first, at - 1).map((advert) => advert.at)
    expect(Math.max(...times.slice(1).map((each, i) => each - (times[i] ?? 0)))).toBeLessThan(1.5)
    expect(pair.adverts(pair.second, at)).toEqual([])
    await pair.settles(pair.first, 0.2)
  })

  test('the cable is pulled and plugged in: fault, takeover, and back', async () => {
    await using pair = new Pair({ programs: [...programs] })
    await pair.elect()
    pair.first.host.cut('eth0')
    await pair.settles(pair.second, 3.609 + SLACK)
    pair.first.host.join('eth0')
    await pair.settles(pair.first, 3.415 + SLACK)
  })
})
