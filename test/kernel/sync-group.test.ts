import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { keepalived } from '../lab/program.ts'
import { device } from './harness/device.ts'
import { Pair, type PairPlan } from './harness/pair.ts'
import { instance, pause } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const OTHER = '192.0.2.20'
/** More members than a program might rehearse or reckon with. */
const MORE = [3, 4, 5, 6]
const ALL = ['192.0.2.10', OTHER, ...MORE.map((n) => `192.0.2.${n}0`)]
const VRIDS = new Set([51, 52, ...MORE.map((n) => 50 + n)])

/** VI_1 to VI_6 move together; a number other than 0 in the file is a fault of VI_2 alone. */
const plan: Pick<PairPlan, 'before' | 'after'> = {
  before: (_priority, folder) =>
    `track_file tf {\n  file ${join(folder, 'number')}\n  weight 0\n  init_file 0 overwrite\n}\nvrrp_sync_group G1 {\n  group {\n    VI_1\n    VI_2\n    VI_3\n    VI_4\n    VI_5\n    VI_6\n  }\n}\n`,
  after: (priority) =>
    instance({ name: 'VI_2', vrid: 52, priority, addresses: [OTHER], lines: ['track_file {', 'tf', '}'] }) +
    MORE.map((n) => instance({ name: `VI_${n}`, vrid: 50 + n, priority, addresses: [`192.0.2.${n}0`] })).join(''),
}

const holdsAll = (director: Director): boolean => ALL.every((address) => director.holds(address))
const holdsNone = (director: Director): boolean => !ALL.some((address) => director.holds(address))

/** Seconds until one holds all addresses and the other none. */
async function movesTo(pair: Pair, winner: Director, seconds: number): Promise<void> {
  const loser = winner === pair.first ? pair.second : pair.first
  const took = await until(() => holdsAll(winner) && holdsNone(loser), seconds, 0.02)
  expect(took, `${winner.name} should hold all:\n${pair.first.log.slice(-1500)}\n--\n${pair.second.log.slice(-1500)}`).toBeDefined()
}

const say = (director: Director, number: number): void => writeFileSync(join(director.host.directory, 'number'), `${number}\n`)

const ways = [
  { way: `${device.name} outranks keepalived`, programs: [device, keepalived] as const },
  { way: `keepalived outranks ${device.name}`, programs: [keepalived, device] as const },
]

describe.concurrent.each(ways)('vrrp_sync_group: $way', ({ programs }) => {
  test('all members go together: election, orderly stop, return, crash', async () => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    await movesTo(pair, pair.first, 5)
    await pair.first.stop()
    await movesTo(pair, pair.second, 3)
    pair.first.start()
    await movesTo(pair, pair.first, 9)
    pair.crash(pair.first)
    expect(await until(() => holdsAll(pair.second), 6)).toBeDefined()
  })

  test('a fault of one member takes all addresses away with priority 0 from each, and brings all back', async () => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    await movesTo(pair, pair.first, 5)
    const before = wallClock()
    say(pair.first, 1)
    await movesTo(pair, pair.second, 3)
    const resigned = pair.adverts(pair.first, before).filter(({ priority }) => priority === 0)
    expect(new Set(resigned.map(({ vrid }) => vrid))).toEqual(VRIDS)
    await pause(1.5)
    expect(holdsNone(pair.first)).toBe(true)
    say(pair.first, 0)
    await movesTo(pair, pair.first, 9)
  })

  test('IFC-03 an address taken from one member: priority 0, and the first has both again', async () => {
    await using pair = new Pair({ programs: [...programs], ...plan })
    await pair.elect()
    await movesTo(pair, pair.first, 5)
    const before = wallClock()
    pair.first.host.ip(`addr del ${OTHER}/32 dev eth0`)
    const { length } = await resignations(pair, before)
    expect(length).toBeGreaterThanOrEqual(1)
    await movesTo(pair, pair.first, 6)
  })
})

async function resignations(pair: Pair, since: number): Promise<readonly unknown[]> {
  await until(() => pair.adverts(pair.first, since).some(({ priority }) => priority === 0), 2)
  return pair.adverts(pair.first, since).filter(({ priority }) => priority === 0)
}
