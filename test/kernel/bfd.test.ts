import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Director } from '../lab/director.ts'
import { Lan } from '../lab/lan.ts'
import { until } from '../lab/observe.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { device, isKeepalived } from './harness/device.ts'
import { Frr } from './harness/frr.ts'
import { logs, said } from './harness/log.ts'
import { FIRST, Pair, SECOND } from './harness/pair.ts'
import { instance, Rig } from './harness/rig.ts'

/** Ten packets of 100 ms may be missing: a busy machine is no reason for a session to go down. */
const TIMERS = 'min_rx 100\n  min_tx 100\n  multiplier 10'
const DETECTION = 1
/** A session that is down sends each second, so three packets take so long at most; the rest is for a busy machine. */
const COMES_UP = 15

interface Ends {
  readonly first: Director
  readonly second: Director
}

/** Two hosts, each with a session to the other for each of these. */
class Sessions implements AsyncDisposable {
  readonly lan = new Lan()
  readonly first: Director
  readonly second: Director

  constructor([first, second]: readonly [Program, Program], blocks: (own: number, other: number) => string) {
    this.first = this.#director('first', first, blocks(1, 2), 1)
    this.second = this.#director('second', second, blocks(2, 1), 2)
  }

  #director(name: string, program: Program, text: string, last: number): Director {
    const addresses = [`192.0.2.${last}/24`, `198.51.100.${last}/24`, `2001:db8::${last}/64`]
    const host = this.lan.host({ name, nics: [{ device: 'eth0', segment: 'a', addresses }] })
    const configuration = join(host.directory, 'keepalived.conf')
    writeFileSync(configuration, text)
    return new Director({ host, program, configuration })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lan.close()
  }
}

/** Until both have said it so often. */
async function bothSay(ends: Ends, text: string, count: number, seconds: number): Promise<number> {
  const both = [ends.first, ends.second]
  const took = await until(() => both.every((director) => said(director, text) >= count), seconds, 0.02)
  expect(took, `"${text}" ${count} times:\n${both.map(({ log }) => log.slice(-2500)).join('\n--\n')}`).toBeDefined()
  return took ?? Number.NaN
}

const session = (name: string, neighbor: string, source: string, more = ''): string =>
  `bfd_instance ${name} {\n  neighbor_ip ${neighbor}\n  source_ip ${source}\n  ${TIMERS}\n  ${more}\n}\n`

const overIpv4 = (own: number, other: number): string => session('four', `192.0.2.${other}`, `192.0.2.${own}`)
const overIpv6 = (own: number, other: number): string => session('six', `2001:db8::${other}`, `2001:db8::${own}`)
/** 2.2.7 has no such word. */
const multihop = (own: number, other: number): string =>
  isKeepalived ? '' : session('far', `198.51.100.${other}`, `198.51.100.${own}`, 'multihop\n  ttl 64\n  max_hops 3')

const ways = [
  { way: `${device.name} and ${device.name}`, programs: [device, device] as const, blocks: [overIpv4, overIpv6, multihop] },
  { way: `${device.name} and keepalived`, programs: [device, keepalived] as const, blocks: [overIpv4, overIpv6] },
  { way: `keepalived and ${device.name}`, programs: [keepalived, device] as const, blocks: [overIpv4, overIpv6] },
]

describe.concurrent('bfd_instance', () => {
  test.each(ways)('$way come up, miss each other within the detection time, come back, and part', async ({ programs, blocks }) => {
    await using ends = new Sessions(programs, (own, other) => blocks.map((block) => block(own, other)).join(''))
    const sessions = blocks.filter((block) => block(1, 2) !== '').length
    ends.first.start()
    ends.second.start()
    await bothSay(ends, 'Entering Up state', sessions, COMES_UP)

    ends.second.host.cut('eth0')
    const took = await bothSay(ends, 'Control Detection Time Expired', sessions, DETECTION + 4)
    // The last packet may have been on its way for an interval.
    expect(took).toBeGreaterThan(DETECTION - 0.25)

    ends.second.host.join('eth0')
    await bothSay(ends, 'Entering Up state', 2 * sessions, COMES_UP)

    await ends.first.stop()
    const parting = programs[0] === keepalived ? 'Control Detection Time Expired' : 'Neighbor Signaled Session Down'
    const before = programs[0] === keepalived ? sessions : 0
    expect(
      await until(() => said(ends.second, parting) >= before + sessions, DETECTION + 4, 0.02),
      ends.second.log.slice(-2500),
    ).toBeDefined()
    if (programs[0] !== keepalived) await logs(ends.second, 'Remote diagnostic - Administratively Down')
  })

  test.skipIf(isKeepalived)(
    'the second process of its kind takes over when the first is killed; a reload leaves the session alone',
    async () => {
      await using ends = new Sessions([device, device], overIpv4)
      ends.first.start()
      ends.second.start()
      await bothSay(ends, 'Entering Up state', 1, COMES_UP)
      ends.first.signal('SIGHUP')
      expect(await until(() => /Reload complete/.test(ends.first.log), 10, 0.05)).toBeDefined()
      const pid = Number(readFileSync(join(ends.first.host.run, 'bfd.pid'), 'utf8'))
      expect(said(ends.second, 'Entering Down state')).toBe(0)
      process.kill(pid, 'SIGKILL')
      await bothSay(ends, 'Entering Up state', 2, COMES_UP)
      await logs(ends.first, `BFD child process(${pid}) died: Respawning`)
    },
  )
})

describe.concurrent('options', () => {
  const rigWith = (options: readonly string[]): Promise<Rig> => Rig.open({ configuration: overIpv4(2, 1) + instance(), options })

  test('-b: the pid file of the bfd process', async () => {
    await using rig = await rigWith(['-b', '/run/other.pid'])
    expect(await until(() => existsSync(join(rig.dut.host.run, 'other.pid')), 15, 0.05)).toBeDefined()
    const pid = Number(/Starting BFD child process, pid=(\d+)/.exec(rig.dut.log)?.[1])
    expect(Number(readFileSync(join(rig.dut.host.run, 'other.pid'), 'utf8'))).toBe(pid)
  })

  test('-B: no bfd process', async () => {
    await using rig = await rigWith(['-B'])
    expect(await until(() => /Startup complete/.test(rig.dut.log), 15, 0.05)).toBeDefined()
    expect(rig.dut.log).not.toContain('Starting BFD child process')
  })
})

describe.concurrent('track_bfd', () => {
  test('a router with bfdd of FRR that dies moves the VRRP master, one that returns brings it back', async () => {
    const watch = 'bfd_instance router {\n  neighbor_ip 192.0.2.1\n  min_rx 100\n  min_tx 100\n  multiplier 10\n  weight -100\n}\n'
    await using pair = new Pair({
      programs: [device, keepalived],
      both: { interval: 0.5, lines: ['version 3'] },
      first: { lines: ['track_bfd {', 'router', '}'] },
      before: (priority) => (priority === 150 ? watch : ''),
    })
    const bfdd = new Frr(
      pair.observer,
      'bfdd',
      `bfd\n peer ${FIRST} local-address 192.0.2.1\n  receive-interval 100\n  transmit-interval 100\n  detect-multiplier 10\n !\n!\n`,
    )
    pair.first.start()
    pair.second.start()
    await pair.settles(pair.first, 25)
    await logs(pair.first, 'Tracked BFD instance router is UP')
    await bfdd.kill()
    await pair.settles(pair.second, DETECTION + 8)
    await logs(pair.first, 'Tracked BFD instance router is DOWN')
    await logs(pair.first, '(VI_1) Changing effective priority from 150 to 50')
    bfdd.start()
    await pair.settles(pair.first, 25)
    await bfdd.stop()
  })

  test('the bfd process is killed: its successor knows nothing and says so; with the session mastership returns', async () => {
    await using pair = new Pair({
      programs: [device, keepalived],
      both: { interval: 0.5, lines: ['version 3'] },
      first: { lines: ['track_bfd {', 'peer', '}'] },
      before: (priority) => (priority === 150 ? session('peer', SECOND, FIRST) : session('peer', FIRST, SECOND)),
    })
    pair.second.start()
    pair.first.start()
    await pair.settles(pair.first, 25)
    const pid = Number(/Starting BFD child process, pid=(\d+)/.exec(pair.first.log)?.[1])
    pair.second.host.cut('eth0')
    process.kill(pid, 'SIGKILL')
    const says = (text: RegExp) => () => text.test(pair.first.log)
    expect(
      await until(says(/died: Respawning[\s\S]*Tracked BFD instance peer is DOWN[\s\S]*Entering FAULT STATE/i), 10, 0.05),
    ).toBeDefined()
    expect(await until(() => !pair.first.holds(pair.vip), 2, 0.05)).toBeDefined()
    pair.second.host.join('eth0')
    await pair.settles(pair.first, 25)
    await logs(pair.first, /is DOWN[\s\S]*Tracked BFD instance peer is UP/)

    // The original takes another name for another session.
    if (isKeepalived) return
    const configuration = join(pair.first.host.directory, 'keepalived.conf')
    const before = pair.first.log.length
    writeFileSync(configuration, readFileSync(configuration, 'utf8').replaceAll('peer', 'router'))
    pair.first.signal('SIGHUP')
    expect(await until(() => pair.first.log.slice(before).includes('instance router is in state Up'), 10, 0.05)).toBeDefined()
    expect(pair.first.log.slice(before)).not.toMatch(/FAULT|DOWN/)
    expect(pair.first.holds(pair.vip)).toBe(true)
  })

  test('without weight an instance is in FAULT until the neighbour is up', async () => {
    const watch = (priority: number): string =>
      `bfd_instance peer {\n  neighbor_ip ${priority === 150 ? '192.0.2.3' : FIRST}\n  ${TIMERS}\n}\n`
    await using pair = new Pair({
      programs: [device, keepalived],
      both: { interval: 0.5, lines: ['version 3'] },
      first: { lines: ['track_bfd {', 'peer', '}'] },
      before: watch,
    })
    pair.first.start()
    expect(await until(() => /\(VI_1\) [Ee]ntering FAULT STATE/i.test(pair.first.log), 25, 0.05)).toBeDefined()
    pair.second.start()
    await pair.settles(pair.first, 25)
    pair.crash(pair.second)
    expect(await until(() => !pair.first.holds(pair.vip), DETECTION + 8, 0.05)).toBeDefined()
  })
})
