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

const authentication = (type: string, password: string): string[] => ['authentication {', `auth_type ${type}`, `auth_pass ${password}`, '}']

const unicast: Pick<PairPlan, 'first' | 'second'> = {
  first: { lines: [`unicast_src_ip ${FIRST}`, 'unicast_peer {', SECOND, '}'] },
  second: { lines: [`unicast_src_ip ${SECOND}`, 'unicast_peer {', FIRST, '}'] },
}

/** Frames bear the kernel's stamp; a busy machine lets a program run this much late. */
const NEAR = 0.1
/** Of the second director: priority 100, 1 s, version 2. */
const SKEW = 0.609
const DOWN = 3.609

const speeches: readonly { readonly name: string; readonly plan: Omit<PairPlan, 'programs'> }[] = [
  { name: 'PASS 1111', plan: { both: { lines: authentication('PASS', '1111') } } },
  { name: 'AUT-01 PASS with a word that is cut', plan: { both: { lines: authentication('PASS', 'secretlongpw') } } },
  { name: 'PASS, unicast', plan: { ...unicast, both: { lines: authentication('PASS', '1111') } } },
]

describe.concurrent.each(ways)('$way', ({ programs }) => {
  test.each(speeches)('$name: election, orderly stop, preemption, crash', async ({ plan }) => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    const elected = wallClock()
    await pause(2)
    expect(pair.adverts(pair.second, elected), 'the backup is silent').toEqual([])
    expect(pair.adverts(pair.first, elected).length).toBeGreaterThan(1)

    await pair.first.stop()
    await pair.settles(pair.second, SKEW + 2)
    const resigned = pair.adverts(pair.first).at(-1)
    expect(resigned?.priority).toBe(0)
    const follows = pair.adverts(pair.second, resigned?.at)[0]?.at ?? Number.NaN
    expect(Math.abs(follows - (resigned?.at ?? 0) - SKEW), `followed after ${follows - (resigned?.at ?? 0)}`).toBeLessThan(NEAR)

    pair.first.start()
    await pair.settles(pair.first, 9)
    const before = wallClock()
    await pause(1.5)
    expect(pair.adverts(pair.second, before), 'the outranked one is silent').toEqual([])

    pair.crash(pair.first)
    expect(await until(() => pair.second.holds(pair.vip), DOWN + 2)).toBeDefined()
    const last = pair.adverts(pair.first).at(-1)?.at ?? Number.NaN
    const takes = pair.adverts(pair.second, last)[0]?.at ?? Number.NaN
    expect(Math.abs(takes - last - DOWN), `took over after ${takes - last}`).toBeLessThan(NEAR)
  })

  test('AUT-03 with different passwords both are masters, and both say why', async () => {
    await using pair = new Pair({
      programs: [...programs],
      first: { lines: authentication('PASS', '1111') },
      second: { lines: authentication('PASS', '1112') },
    })
    pair.second.start()
    pair.first.start()
    expect(await until(() => pair.first.holds(pair.vip) && pair.second.holds(pair.vip), 9)).toBeDefined()
    await pause(2)
    for (const director of [pair.first, pair.second]) {
      expect(director.log).toContain('received an invalid passwd!')
      expect(director.log).not.toMatch(/1111|1112/)
    }
  })
})
