import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { device } from './harness/device.ts'
import { Frr } from './harness/frr.ts'
import { FIRST, Pair, type PairPlan, SECOND, unicast, ways } from './harness/pair.ts'
import { instance, pause } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** Frames bear the kernel's stamp; a busy machine lets a program run this much late. */
const NEAR = 0.1
const LATE = 0.5
/** Looking at the addresses of two hosts takes a while more, and a busy machine longer. */
const SLACK = 3

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
  { name: 'version 3, use_vmac', plan: { both: { interval: 0.5, lines: ['version 3', 'use_vmac'] } }, skew: 0.305, down: 1.805 },
  {
    name: 'version 3 over IPv6, use_vmac',
    plan: { both: { interval: 0.5, lines: ['version 3', 'use_vmac'], addresses: ['fe80::100', '2001:db8::10/64'] } },
    skew: 0.305,
    down: 1.805,
  },
  { name: 'version 2, unicast', plan: unicast, skew: 0.609, down: 3.609 },
  { name: 'version 3, unicast', plan: { ...unicast, both: { lines: ['version 3'] } }, skew: 0.609, down: 3.609 },
]

/** A busy machine makes nobody early, but sometimes late: still far from the other timer that it could have been. */
function onTime(took: number, wanted: number): void {
  expect(took - wanted, `after ${took} s`).toBeGreaterThan(-NEAR)
  expect(took - wanted, `after ${took} s`).toBeLessThan(LATE)
}

describe.concurrent.each(ways)('$way', ({ programs }) => {
  test.each(speeches)('$name: election, orderly stop, preemption, crash', async ({ plan, skew, down }) => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    const elected = wallClock()
    await pause(3)
    expect(pair.adverts(pair.second, elected), 'the backup is silent').toEqual([])
    expect(pair.adverts(pair.first, elected).length).toBeGreaterThan(1)

    await pair.first.stop()
    await pair.settles(pair.second, skew + 2)
    const resigned = pair.adverts(pair.first).at(-1)
    expect(resigned?.priority).toBe(0)
    const follows = pair.adverts(pair.second, resigned?.at)[0]?.at ?? Number.NaN
    onTime(follows - (resigned?.at ?? 0), skew)

    pair.first.start()
    await pair.settles(pair.first, 9)
    const before = wallClock()
    await pause(1.5)
    expect(pair.adverts(pair.second, before), 'the outranked one is silent').toEqual([])

    pair.crash(pair.first)
    expect(await until(() => pair.second.holds(pair.vip), down + 2)).toBeDefined()
    const last = pair.adverts(pair.first).at(-1)?.at ?? Number.NaN
    const takes = pair.adverts(pair.second, last)[0]?.at ?? Number.NaN
    onTime(takes - last, down)
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

  test('preempt_delay: the higher one returns and waits for so long', async () => {
    await using pair = new Pair({
      programs: [...programs],
      both: { interval: 0.5, lines: ['version 3'] },
      first: { lines: ['preempt_delay 4'] },
    })
    await pair.elect()
    await pair.first.stop()
    await pair.settles(pair.second, 2)
    const started = wallClock()
    pair.first.start()
    await pair.settles(pair.first, 15)
    const first = pair.adverts(pair.first, started)[0]?.at ?? Number.NaN
    expect(first - started, 'it waited').toBeGreaterThan(4)
  })

  test('the priority of the master falls below the other, and rises again: it moves over and back', async () => {
    const file = (folder: string): string => join(folder, 'number')
    await using pair = new Pair({
      programs: [...programs],
      before: (_priority, folder) => `track_file tf {\n  file ${file(folder)}\n  weight 1\n  init_file 0 overwrite\n}\n`,
      both: { interval: 0.5, lines: ['version 3', 'track_file {', 'tf', '}'] },
    })
    await pair.elect()
    writeFileSync(file(pair.first.host.directory), '-80\n')
    await pair.settles(pair.second, 5)
    writeFileSync(file(pair.first.host.directory), '0\n')
    await pair.settles(pair.first, 5)
  })

  test('three of them: the next best follows, and gives way to whoever returns', async () => {
    await using pair = new Pair({ programs: [...programs], both: { interval: 0.5, lines: ['version 3'] } })
    const host = pair.lan.host({
      name: 'third',
      nics: [{ device: 'eth0', segment: 'a', mac: '02:00:00:00:00:04', addresses: ['192.0.2.4/24'] }],
    })
    const configuration = join(host.directory, 'keepalived.conf')
    writeFileSync(configuration, instance({ priority: 50, interval: 0.5, lines: ['version 3'] }))
    const third = new Director({ host, program: programs[0], configuration })
    await pair.elect()
    third.start()
    await until(() => /Entering BACKUP STATE/i.test(third.log), 8)
    pair.crash(pair.first)
    expect(await until(() => pair.second.holds(pair.vip), 5)).toBeDefined()
    pair.crash(pair.second)
    expect(await until(() => third.holds(pair.vip), 5)).toBeDefined()
    pair.revive(pair.second)
    pair.second.start()
    expect(await until(() => pair.second.holds(pair.vip) && !third.holds(pair.vip), 12)).toBeDefined()
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

test.each(ways)(
  'F46 a pair is changed over, one after the other: $way in the end, and nobody goes without a master',
  async ({ programs }) => {
    const [next, before] = programs
    await using pair = new Pair({ programs: [before, before], both: { interval: 0.5, lines: ['version 3'] } })
    const another = ({ host }: Director): Director =>
      new Director({ host, program: next, configuration: join(host.directory, 'keepalived.conf') })
    const waits = (director: Director): Promise<unknown> => until(() => /Entering BACKUP STATE/i.test(director.latestLog), 8)
    await pair.elect()
    const from = wallClock()
    await pair.second.stop()
    const second = another(pair.second)
    second.start()
    await waits(second)
    await pair.first.stop()
    expect(await until(() => second.holds(pair.vip), 4)).toBeDefined()
    const first = another(pair.first)
    first.start()
    expect(await until(() => first.holds(pair.vip) && !second.holds(pair.vip), 12)).toBeDefined()
    const times = [...pair.adverts(pair.first, from), ...pair.adverts(pair.second, from)].map(({ at }) => at).sort((a, b) => a - b)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    // One interval, and the skew of the second: 0.8 s; a program may take its time to start.
    expect(Math.max(...gaps)).toBeLessThan(1.8)
  },
)

describe.concurrent("beside FRR's vrrpd, version 3", () => {
  /** vrrpd has its address on a macvlan with the virtual MAC, which somebody else must make; so only its adverts tell what it is. */
  async function beside(priority: number, act: (pair: Pair, frr: Frr) => Promise<void>): Promise<void> {
    await using pair = new Pair({ programs: [device, device], first: { priority: 100, interval: 0.5, lines: ['version 3'] } })
    pair.second.host.ip(
      'link add vrrp4-51 link eth0 type macvlan mode bridge',
      'link set vrrp4-51 address 00:00:5e:00:01:33',
      `addr add ${pair.vip}/24 dev vrrp4-51`,
      'link set vrrp4-51 up',
    )
    const lines = ['version 3', `priority ${priority}`, 'advertisement-interval 500', `ip ${pair.vip}`]
    const frr = new Frr(pair.second.host, 'vrrpd', `interface eth0\n${lines.map((line) => ` vrrp 51 ${line}\n`).join('')}`)
    try {
      await act(pair, frr)
    } finally {
      await frr.stop()
    }
  }
  const heard = (pair: Pair, source: string, after: number): number => {
    pair.wire.read()
    return pair.wire.frames.filter((frame) => frame.kind === 'vrrp' && frame.source === source && frame.at > after).length
  }

  test('as a backup it follows vrrpd, takes over when that is gone, and gives way when it returns', () =>
    beside(150, async (pair, frr) => {
      expect(await until(() => heard(pair, SECOND, 0) > 1, 30), 'vrrpd is master').toBeDefined()
      pair.first.start()
      await until(() => /Entering BACKUP STATE/i.test(pair.first.log), 8)
      await pause(3)
      expect([heard(pair, FIRST, 0), pair.first.holds(pair.vip)]).toEqual([0, false])
      await frr.kill()
      expect(await until(() => pair.first.holds(pair.vip), 6), 'it took over').toBeDefined()
      frr.start()
      expect(await until(() => !pair.first.holds(pair.vip), 30), 'it gave way').toBeDefined()
    }))

  test('as a master it is followed by vrrpd, which takes over at once when it resigns', () =>
    beside(50, async (pair) => {
      expect(await until(() => heard(pair, SECOND, 0) > 1, 30), 'vrrpd is master while it is alone').toBeDefined()
      pair.first.start()
      expect(await until(() => pair.first.holds(pair.vip), 12)).toBeDefined()
      await pause(2)
      const quiet = wallClock()
      await pause(2)
      expect(heard(pair, SECOND, quiet), 'vrrpd is silent').toBe(0)
      await pair.first.stop()
      expect(await until(() => heard(pair, SECOND, quiet) > 0, 8)).toBeDefined()
    }))
})
