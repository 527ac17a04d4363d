import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { keepalived } from '../lab/program.ts'
import { device, isKeepalived } from './harness/device.ts'
import { logs, said } from './harness/log.ts'
import { Pair } from './harness/pair.ts'
import { CUE, planted } from './harness/planted.ts'
import { type Advert, instance, Rig, VIP } from './harness/rig.ts'
import { ScarceProcessor } from './harness/scarce-processor.ts'
import { wallClock } from './harness/wire.ts'

/** What we may do to ourselves. The mistakes are planted from outside, so these are tests of our own program alone. */

const longestGap = (adverts: readonly Advert[]): number => Math.max(0, ...adverts.slice(1).map(({ at }, i) => at - (adverts[i]?.at ?? at)))
/** Seconds between two adverts of an interval of one, if the one between them is missing: less is a busy machine. */
const MISSED = 1.95

const MISTAKES = [
  { where: 'in a handler', script: `process.on('${CUE}', () => { throw new Error('planted') })` },
  {
    where: 'in a wake-up of the loop',
    // The loop reads all sockets first, which are the values of a map.
    script: `process.on('${CUE}', () => {
      const { values } = Map.prototype
      Map.prototype.values = function () {
        if (!/\\bwake\\b/.test(new Error().stack)) return values.call(this)
        Map.prototype.values = values
        throw new Error('planted')
      }
    })`,
  },
]

describe.skipIf(isKeepalived).concurrent('mistakes of our own', () => {
  test.each(MISTAKES)(
    'F50 an exception $where of the vrrp process: it withdraws first, the peer takes over within its skew, a new process comes back',
    async ({ script }) => {
      await using two = new Pair({ programs: [planted(script), keepalived], first: { priority: 110 }, second: { priority: 100 } })
      await two.elect()
      const old = two.first.pid('vrrp')
      const at = wallClock()
      process.kill(old, CUE)
      expect(await until(() => !two.first.holds(two.vip), 5, 0.01), two.first.log).toBeDefined()
      expect(await until(() => two.second.holds(two.vip), 8, 0.01)).toBeDefined()
      const [resigned, ...more] = two.adverts(two.first, at).filter(({ priority }) => priority === 0)
      expect(resigned, 'priority 0').toBeDefined()
      expect(more, 'said once').toEqual([])
      const [taken] = two.adverts(two.second, at)
      expect((taken?.at ?? 0) - (resigned?.at ?? 0), 'the skew time, 0.61 s, and not the down interval, 3.61 s').toBeLessThan(2.6)
      expect(
        await until(() => existsSync(`/proc/${old}`) === false && said(two.first, 'Starting VRRP child process') === 2, 8, 0.02),
      ).toBeDefined()
      await logs(two.first, 'internal error: Error: planted')
      await logs(two.first, `pid ${old} exited with status 70`)
      await two.settles(two.first, 15)
    },
  )
})

/** More than its heap holds; the flag makes that little. */
const HOARD = `process.on('${CUE}', () => { const hoard = []; for (;;) hoard.push(new Array(10_000).fill(hoard.length + 0.5)) })`
const SMALL_HEAP = ['--max-old-space-size=64']

describe.skipIf(isKeepalived).concurrent('too little memory', () => {
  test('F37 the heap of the vrrp process is exhausted: it ends, the peer takes over, a new process removes the address and comes back', async () => {
    await using two = new Pair({ programs: [planted(HOARD, SMALL_HEAP), keepalived], first: { priority: 110 }, second: { priority: 100 } })
    await two.elect()
    const old = two.first.pid('vrrp')
    process.kill(old, CUE)
    expect(await until(() => said(two.first, `pid ${old} exited due to signal 6 (Aborted)`) === 1, 20, 0.02), two.first.log).toBeDefined()
    expect(await until(() => !two.first.holds(two.vip), 10, 0.01)).toBeDefined()
    expect(await until(() => two.second.holds(two.vip), 10, 0.02)).toBeDefined()
    await two.settles(two.first, 15)
  })

  test('F37 the heap of the bfd process is exhausted twice: it comes back, later each time, and adverts leave in time', async () => {
    const bfd = 'bfd_instance B {\n  neighbor_ip 192.0.2.1\n}\n'
    await using rig = await Rig.open({ configuration: bfd + instance(), program: planted(HOARD, SMALL_HEAP) })
    await rig.promote()
    const vrrp = rig.dut.pid('vrrp')
    const since = wallClock()
    for (let death = 1; death <= 2; death++) {
      const pid = (): number => Number(rig.dut.log.match(/(?<=Starting BFD child process, pid=)\d+/g)?.at(-1))
      const before = pid()
      // Until it listens, the signal is nothing to it.
      expect(await until(() => isAwaited(before), 10, 0.02)).toBeDefined()
      process.kill(before, CUE)
      expect(await until(() => pid() !== before, 20, 0.02), rig.dut.log).toBeDefined()
      await logs(rig.dut, `pid ${before} exited due to signal 6 (Aborted)`)
    }
    expect(rig.dut.log.match(/delayed \d+ seconds/g)).toEqual(['delayed 0 seconds', 'delayed 1 seconds'])
    expect(rig.dut.pid('vrrp')).toBe(vrrp)
    expect(longestGap(rig.adverts(since))).toBeLessThan(MISSED)
  })

  test('F37 the heap of the supervisor is exhausted: its children end, priority 0, the address is gone', async () => {
    await using rig = await Rig.open({ configuration: instance(), program: planted(HOARD, SMALL_HEAP) })
    await rig.promote()
    const at = wallClock()
    rig.dut.signal(CUE)
    expect((await rig.advert({ after: at, seconds: 10, where: ({ priority }) => priority === 0 })).priority).toBe(0)
    expect(await until(() => !rig.dut.holds(VIP) && rig.dut.host.pids().length === 0, 8, 0.02)).toBeDefined()
  })
})

describe.skipIf(isKeepalived).concurrent('too little of the processor', () => {
  test('F38 vrrp_rt_priority: beside 64 busy loops on the thousandth of a processor a master’s adverts leave in time, and a backup is not promoted', async () => {
    const configuration = `global_defs {\n  vrrp_rt_priority 10\n}\n${instance()}`
    await using scarce = new ScarceProcessor(64)
    await using rig = await Rig.open({ configuration })
    scarce.take(rig.dut.pid('vrrp'))
    await rig.every(0.9, { priority: 200 }, () => sleep(5_000))
    expect(said(rig.dut, 'Entering MASTER STATE'), 'it hears the master').toBe(0)
    await rig.promote()
    const since = wallClock()
    await sleep(4_000)
    expect(rig.adverts(since).length).toBeGreaterThanOrEqual(3)
    expect(longestGap(rig.adverts(since))).toBeLessThan(MISSED)
  })
})

/** How far its clock goes wrong at the first cue, and that it is right again at the second. */
const wrongBy = (ms: number): string => `
  const { now } = Date
  let wrong = 0
  Date.now = () => now() + wrong
  process.on('${CUE}', () => { wrong = wrong === 0 ? ${ms} : 0 })`

describe.skipIf(isKeepalived).concurrent('a wrong clock', () => {
  test.each([
    { way: 'forward', ms: 3_600_000 },
    { way: 'back', ms: -3_600_000 },
  ])(
    'F16 auth_hmac enforce, the master’s clock goes $way by an hour: stale is counted and told within an interval, two masters; one advert after it is right there is one',
    async ({ ms }) => {
      const lines = ['version 3', 'auth_hmac {', `key 1 "${'0123456789abcdef'.repeat(2)}"`, 'active_key 1', 'time_window 3', '}']
      await using two = new Pair({
        programs: [planted(wrongBy(ms)), device],
        both: { interval: 0.5, lines },
        first: { priority: 110 },
        second: { priority: 100 },
      })
      await two.elect()
      const stale = 'stale advert, do the clocks agree?'
      expect(said(two.second, stale)).toBe(0)
      process.kill(two.first.pid('vrrp'), CUE)
      expect(await until(() => said(two.second, stale) === 1, 8, 0.02)).toBeDefined()
      expect(await until(() => said(two.second, 'Entering MASTER STATE') === 1, 12, 0.02), 'nobody believes the other').toBeDefined()
      expect(await until(() => two.first.holds(two.vip) && two.second.holds(two.vip), 2, 0.02)).toBeDefined()
      expect(two.second.log.indexOf(stale), 'with the first of them').toBeLessThan(two.second.log.indexOf('Entering MASTER STATE'))
      expect(await dumped(two.second, 'auth_ext_stale')).toBeGreaterThan(2)
      const rightAt = wallClock()
      process.kill(two.first.pid('vrrp'), CUE)
      await two.settles(two.first, 8)
      const [, next] = two.adverts(two.first, rightAt).filter((advert) => Math.abs(stampOf(advert) - advert.at) < 2)
      expect(two.adverts(two.second, next?.at ?? wallClock()), 'the first good one is enough').toEqual([])
    },
  )
})

/** Seconds since 1970, by the clock of who signed it: in the trailer, the last 28 bytes. */
function stampOf({ payload }: { readonly payload: Uint8Array }): number {
  const trailer = payload.subarray(-28)
  return new DataView(trailer.buffer, trailer.byteOffset).getUint32(4)
}

/** SIGRTMIN + 2 */
const SIGJSON = 36

async function dumped(director: Director, counter: string): Promise<number> {
  const file = join(director.host.directory, 'tmp/keepalived.json')
  process.kill(director.daemon.pid, SIGJSON)
  const read = (): string | undefined =>
    existsSync(file) ? new RegExp(`"${counter}":(\\d+)`).exec(readFileSync(file, 'utf8'))?.[1] : undefined
  await until(() => read() !== undefined, 4, 0.02)
  return Number(read())
}

/** Whether a process has asked for the cue: bit 27 of the signals that it catches. */
function isAwaited(pid: number): boolean {
  const caught = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${caught}`) & (1n << 27n)) !== 0n
}
