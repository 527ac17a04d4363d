import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { run } from '../lab/command.ts'
import type { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { device, isKeepalived } from './harness/device.ts'
import { Pair } from './harness/pair.ts'
import { instance, pause, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** What the machine around the daemon may do to it. The limits leave room for a busy machine; the intervals are the protocol's. */

const said = (director: Director, what: RegExp): number => director.log.match(new RegExp(what, 'gi'))?.length ?? 0
const gone = (pid: number): boolean => !existsSync(`/proc/${pid}`)
const master = /Entering MASTER STATE/

const pair = (lines: { readonly first?: readonly string[]; readonly second?: readonly string[] } = {}, priorities = [110, 100]): Pair =>
  new Pair({
    programs: [device, keepalived],
    first: { priority: priorities[0] ?? 0, lines: lines.first ?? [] },
    second: { priority: priorities[1] ?? 0, lines: lines.second ?? [] },
  })

/** The vrrp process stands still for so long. */
async function stall(director: Director, seconds: number): Promise<number> {
  const pid = director.pid('vrrp')
  process.kill(pid, 'SIGSTOP')
  await pause(seconds)
  const at = wallClock()
  process.kill(pid, 'SIGCONT')
  return at
}

describe.concurrent('faults of a pair', () => {
  test('F01 the vrrp process of the master is killed: the peer is master in its time, the address is on one of both', async () => {
    await using two = pair({}, [101, 100])
    await two.elect()
    const old = two.first.pid('vrrp')
    const at = wallClock()
    process.kill(old, 'SIGKILL')
    expect(await until(() => !two.first.holds(two.vip), 2, 0.01), 'the left-over address goes with the new process').toBeDefined()
    expect(two.second.holds(two.vip)).toBe(false)
    expect(await until(() => two.second.holds(two.vip), 4.5, 0.01)).toBeDefined()
    const [taken] = two.adverts(two.second, at)
    const last = two.adverts(two.first).findLast((advert) => advert.at <= at)
    expect((taken?.at ?? 0) - (last?.at ?? 0), 'three intervals and the skew time').toBeLessThan(3.61 + 0.3)
    expect(
      two.adverts(two.first, at).filter((advert) => advert.at < (taken?.at ?? 0)),
      'nothing before it was elected',
    ).toEqual([])
    await two.settles(two.first, 8)
  })

  test('F02 TMR-18 a master that stood still hears a better one when it wakes: it steps down and says nothing', async () => {
    await using two = pair({ second: ['nopreempt'] }, [100, 150])
    two.first.start()
    expect(await until(() => two.first.holds(two.vip), 8, 0.02), 'the weaker one comes first').toBeDefined()
    two.second.start()
    expect(await until(() => /Entering BACKUP STATE/.test(two.second.latestLog), 4, 0.02)).toBeDefined()
    await two.settles(two.first, 1)
    const woke = await stall(two.first, 5)
    expect(two.second.holds(two.vip)).toBe(true)
    expect(await until(() => !two.first.holds(two.vip), 1, 0.01)).toBeDefined()
    await pause(1.5)
    expect(two.adverts(two.first, woke)).toEqual([])
    expect(
      two.wire.frames.filter(
        (frame) => frame.kind === 'arp' && frame.at > woke && frame.senderMac === '02:00:00:00:00:02' && frame.sender === two.vip,
      ),
    ).toEqual([])
  })

  // keepalived answers each advert that lay in its queue.
  test.skipIf(isKeepalived)(
    'F02 a master that stood still and outranks its peer takes over again, without a burst of adverts',
    async () => {
      await using two = pair()
      await two.elect()
      const woke = await stall(two.first, 6)
      expect(await until(() => !two.second.holds(two.vip), 2, 0.01)).toBeDefined()
      await pause(1)
      const adverts = two.adverts(two.first, woke).filter((advert) => advert.at < woke + 0.9)
      expect(adverts.length, 'one for the interval, one in answer').toBeLessThanOrEqual(2)
      expect(adverts.length).toBeGreaterThan(0)
      await two.settles(two.first, 3)
    },
  )

  test('F03 TMR-18 a backup that stood still is not promoted while adverts lie in its queue', async () => {
    await using two = new Pair({ programs: [keepalived, device], first: { priority: 110 }, second: { priority: 100 } })
    await two.elect()
    await stall(two.second, 6)
    await pause(2)
    expect(said(two.second, master)).toBe(0)
    expect(two.adverts(two.second)).toEqual([])
  })

  test('F05 all is killed at once: the peer takes over; the address stays until the next start, which removes it first', async () => {
    await using two = pair()
    await two.elect()
    two.first.host.kill()
    expect(await until(() => two.second.holds(two.vip), 4.5, 0.02)).toBeDefined()
    expect(two.first.holds(two.vip), 'nobody is there to remove it').toBe(true)
    const at = wallClock()
    two.first.start()
    expect(await until(() => !two.first.holds(two.vip), 3, 0.01)).toBeDefined()
    expect(two.adverts(two.first, at)).toEqual([])
    await two.settles(two.first, 8)
  })

  test('F06 the master loses its carrier: fault, no address; the peer takes over; it returns as backup, then as master', async () => {
    await using two = pair()
    await two.elect()
    two.first.host.cut('eth0')
    expect(await until(() => !two.first.holds(two.vip), 2, 0.01)).toBeDefined()
    expect(await until(() => said(two.first, /Entering FAULT STATE/) === 1, 2, 0.02)).toBeDefined()
    expect(await until(() => two.second.holds(two.vip), 4.5, 0.02)).toBeDefined()
    two.first.host.join('eth0')
    await two.settles(two.first, 9)
  })
})

describe.concurrent('faults of one daemon', () => {
  test('F04 the supervisor is killed: its children end, priority 0, the address is gone', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = wallClock()
    rig.dut.signal('SIGKILL')
    expect((await rig.advert({ after: at, seconds: 2 })).priority).toBe(0)
    expect(await until(() => !rig.dut.holds(VIP) && rig.dut.host.pids().length === 0, 3, 0.02)).toBeDefined()
    expect(rig.adverts(at)).toHaveLength(1)
  })

  test('F06 the device is set down: the address is gone and the state is fault within 100 ms', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.host.ip('link set eth0 down')
    const took = await until(() => said(rig.dut, /Entering FAULT STATE/) === 1 && !rig.dut.holds(VIP), 1, 0.005)
    expect(took).toBeLessThan(0.25)
  })

  test('F20 another process removes the address: priority 0 within 100 ms, back by the skew time; over and over it makes no storm', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = wallClock()
    rig.dut.host.ip(`addr del ${VIP}/32 dev eth0`)
    const resigned = await rig.advert({ after: at, seconds: 1, where: (advert) => advert.priority === 0 })
    expect(resigned.at - at).toBeLessThan(0.1 + 0.15)
    expect(await until(() => rig.dut.holds(VIP), 5, 0.01)).toBeDefined()
    const before = said(rig.dut, master)
    const storm = wallClock()
    while (wallClock() < storm + 3) {
      rig.dut.host.attempt(['ip', 'addr', 'del', `${VIP}/32`, 'dev', 'eth0'])
      await sleep(10)
    }
    expect(said(rig.dut, master) - before, 'at most one for each skew time').toBeLessThanOrEqual(6)
    expect(rig.adverts(storm).length).toBeLessThan(20)
    expect(await until(() => rig.dut.holds(VIP), 6, 0.05)).toBeDefined()
  })

  test.skipIf(isKeepalived)(
    'F33 the disk is full: a dump fails with a line, adverts go on, and a dump works once there is room',
    async () => {
      let folder = ''
      await using rig = await Rig.open({
        configuration: instance(),
        prepare({ dut }) {
          folder = join(dut.directory, 'tmp')
          run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
        },
      })
      try {
        await rig.promote()
        // The daemon's mount namespace shares this file system.
        fill(join(folder, 'full'))
        rig.dut.signal('SIGUSR1')
        expect(await until(() => /Can't open .*keepalived\.data \(ENOSPC\)/.test(rig.dut.log), 3)).toBeDefined()
        const at = wallClock()
        expect((await rig.advert({ after: at, seconds: 1.5 })).priority).toBe(100)
        rmSync(join(folder, 'full'))
        rig.dut.signal('SIGUSR1')
        expect(await until(() => existsSync(join(folder, 'keepalived.data')), 3)).toBeDefined()
        expect(readFileSync(join(folder, 'keepalived.data'), 'utf8')).toContain('VI_1')
      } finally {
        rig.dut.host.kill()
        run(['umount', '-l', folder])
      }
    },
  )

  test('F33 the run folder is full at the start: it runs without pid files', async () => {
    let folder = ''
    await using rig = await Rig.open({
      configuration: instance({ lines: ['state MASTER'] }),
      start: false,
      prepare({ dut }) {
        folder = dut.run
        run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder])
        fill(join(folder, 'full'))
      },
    })
    try {
      rig.start()
      await rig.advert({ seconds: 8 })
      const at = wallClock()
      rig.dut.signal('SIGTERM')
      expect((await rig.advert({ after: at, seconds: 2, where: (advert) => advert.priority === 0 })).priority).toBe(0)
      expect((await rig.dut.daemon.ended).code).toBe(0)
    } finally {
      run(['umount', '-l', folder])
    }
  })

  test.skipIf(isKeepalived).each([
    { name: 'a read-only', options: [], code: 'EROFS', readOnly: true },
    { name: 'a missing', options: ['-p', '/run/none/keepalived.pid'], code: 'ENOENT', readOnly: false },
  ])('F34 $name run folder: the start is refused with 1 and says why', async ({ options, code, readOnly }) => {
    let folder = ''
    await using rig = await Rig.open({
      configuration: instance(),
      start: false,
      options,
      prepare({ dut }) {
        folder = dut.run
        if (readOnly) run(['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder])
      },
    })
    try {
      rig.start()
      expect(await rig.dut.daemon.ended).toEqual({ code: 1, signal: null })
      expect(rig.dut.log).toMatch(new RegExp(`pidfile.*${code}`))
    } finally {
      if (readOnly) run(['umount', '-l', folder])
    }
  })

  test.skipIf(isKeepalived)('F36 nobody reads the log: adverts stay on time, reloads work, and the stop is not held up', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['state MASTER'] }), start: false })
    const fifo = join(rig.dut.host.directory, 'stuck')
    run(['mkfifo', fifo])
    const reader = openSync(fifo, constants.O_RDWR)
    try {
      const stuck: Program = { ...device, argv: ['sh', '-c', `exec "$0" "$@" 2>${fifo}`, ...device.argv] }
      const words = ['-n', '-l', '-D', '-d', '-p', '/run/keepalived.pid', '-r', '/run/vrrp.pid', '-c', '/run/checkers.pid']
      const daemon = rig.dut.host.spawn([...stuck.argv, ...words, '-f', rig.configuration])
      await rig.advert({ seconds: 8 })
      const at = wallClock()
      for (let i = 0; i < 100; i++) {
        daemon.child.kill('SIGHUP')
        await sleep(30)
      }
      await pause(1)
      const times = rig.adverts(at).map((advert) => advert.at)
      const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
      expect(times.length).toBeGreaterThanOrEqual(3)
      expect(Math.max(...gaps)).toBeLessThan(1.3)
      const stopping = wallClock()
      daemon.child.kill('SIGTERM')
      expect((await rig.advert({ after: stopping, seconds: 1, where: (advert) => advert.priority === 0 })).priority).toBe(0)
      expect((await daemon.ended).code).toBe(0)
      expect(wallClock() - stopping).toBeLessThan(2)
    } finally {
      closeSync(reader)
    }
  })

  test('F37 the vrrp process dies again and again: each start waits longer, and the supervisor lives', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    for (let death = 1; death <= 3; death++) {
      const before = rig.dut.pid('vrrp')
      process.kill(before, 'SIGKILL')
      const isAnew = (): boolean => said(rig.dut, /Starting VRRP child process/) === death + 1 && rig.dut.pid('vrrp') !== before
      expect(await until(isAnew, 5, 0.02)).toBeDefined()
    }
    expect(rig.dut.log.match(/delayed \d+ seconds/g)).toEqual(['delayed 0 seconds', 'delayed 1 seconds', 'delayed 2 seconds'])
    expect(gone(rig.dut.daemon.pid)).toBe(false)
  })

  test('F47 a storm of SIGTERM, SIGHUP and SIGCHLD ends it once: one priority 0, exit 0, no address', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = wallClock()
    rig.dut.signal('SIGHUP')
    for (let i = 0; i < 30; i++) for (const signal of ['SIGTERM', 'SIGHUP', 'SIGCHLD'] as const) rig.dut.signal(signal)
    expect(await rig.dut.daemon.ended).toEqual({ code: 0, signal: null })
    expect(wallClock() - at).toBeLessThan(7)
    expect(rig.dut.holds(VIP)).toBe(false)
    expect(rig.adverts(at).filter((advert) => advert.priority === 0)).toHaveLength(1)
  })

  test.each([20, 100, 200, 300, 400, 600])(
    'F47 SIGTERM %d ms after the start: it ends, and leaves neither processes nor addresses',
    async (delay) => {
      await using rig = await Rig.open({ configuration: instance({ lines: ['state MASTER'] }), start: false })
      rig.start()
      await sleep(delay)
      rig.dut.signal('SIGTERM')
      const { code, signal } = await rig.dut.daemon.ended
      // Before anything of ours runs, the signal has its usual meaning.
      expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGTERM'])
      expect(await until(() => rig.dut.host.pids().length === 0, 3)).toBeDefined()
      expect(rig.dut.holds(VIP)).toBe(false)
    },
  )
})

/** Writes until nothing more goes in. */
function fill(file: string): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeFileSync(file, new Uint8Array(size), { flag: 'a' })
    } catch {
      // It is full.
    }
  }
}
