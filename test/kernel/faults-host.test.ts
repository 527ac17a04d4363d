import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { attempt, run } from '../lab/command.ts'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { said } from './harness/log.ts'
import { type Advert, instance, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** What the host around the daemon may do to it: tables, devices, files, scripts, limits. The limits leave room for a busy machine. */

const longestGap = (adverts: readonly Advert[]): number => Math.max(0, ...adverts.slice(1).map(({ at }, i) => at - (adverts[i]?.at ?? at)))
/** Seconds between two adverts of an interval of one, if the one between them is missing: less is a busy machine. */
const MISSED = 1.95
const open = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

describe.concurrent('faults of the host', () => {
  test('F18 notifications are lost while the address goes: it is noticed, and comes back', async () => {
    const small = 'global_defs {\n  vrrp_netlink_monitor_rcv_bufs 4096\n}\n'
    await using rig = await Rig.open({ configuration: small + instance() })
    await rig.promote()
    const pid = rig.dut.pid('vrrp')
    const at = wallClock()
    process.kill(pid, 'SIGSTOP')
    const crowd = Array.from({ length: 600 }, (_, n) => `addr add 10.9.${n >> 8}.${n & 255}/32 dev lo`)
    rig.dut.host.ip(...crowd, `addr del ${VIP}/32 dev eth0`, ...crowd.map((line) => line.replace('add 1', 'del 1')))
    process.kill(pid, 'SIGCONT')
    expect(rig.dut.holds(VIP)).toBe(false)
    if (isKeepalived) return
    await rig.advert({ after: at, seconds: 4, where: ({ priority }) => priority === 0 })
    expect(await until(() => rig.dut.holds(VIP), 6, 0.02)).toBeDefined()
  })

  test('F19 thousands of changes around it: what is ours stays, what is not stays too, adverts leave in time', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.host.ip('addr add 192.0.2.99/24 dev eth0')
    const churn = Array.from({ length: 400 }, (_, n) => [
      `addr add 10.8.0.${n % 250}/32 dev lo`,
      `addr del 10.8.0.${n % 250}/32 dev lo`,
    ]).flat()
    const since = wallClock()
    while (wallClock() < since + 4) {
      rig.dut.host.ip(...churn)
      await sleep(5)
    }
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(rig.dut.holds('192.0.2.99')).toBe(true)
    expect(longestGap(rig.adverts(since))).toBeLessThan(MISSED)
    expect(said(rig.dut, 'Entering BACKUP STATE')).toBe(1)
  })

  test('F21 IFC-04 somebody adds the address to a backup: it is not advertised', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 50 }) })
    rig.send({ priority: 200 })
    const since = wallClock()
    rig.dut.host.ip(`addr add ${VIP}/32 dev eth0`)
    await rig.every(0.5, { priority: 200 }, () => sleep(2_500))
    expect(rig.adverts(since)).toEqual([])
    expect(rig.garps()).toEqual([])
  })

  test('F22 the device is renamed: fault; it has its name again: backup, then master; a smaller MTU takes addresses from the advert', async () => {
    const addresses = Array.from({ length: 30 }, (_, n) => `192.0.2.${100 + n}`)
    await using rig = await Rig.open({ configuration: instance({ addresses }) })
    await rig.promote()
    rig.dut.host.ip('link set eth0 down', 'link set eth0 name renamed0', 'link set renamed0 up')
    expect(await until(() => said(rig.dut, 'Entering FAULT STATE') > 0, 4, 0.02)).toBeDefined()
    rig.dut.host.ip('link set renamed0 down', 'link set renamed0 name eth0', 'link set eth0 up')
    const at = wallClock()
    expect((await rig.advert({ after: at, seconds: 9, where: ({ priority }) => priority === 100 })).count).toBe(30)
    if (isKeepalived) return
    rig.dut.host.ip('link set eth0 mtu 100')
    expect((await rig.advert({ seconds: 4, where: ({ count }) => count < 30 })).count).toBe(16)
    expect(rig.dut.holds('192.0.2.129'), 'held all the same').toBe(true)
  })

  test('F27 scripts hang, ignore SIGTERM, fork, flood their output: adverts leave in time, and nothing is left of them', async () => {
    const scripts = [
      'trap "" TERM; sleep 7717 & wait; sleep 7717',
      '(setsid sleep 0.2 &) ; exit 1',
      'yes 7717 | head -c 200000000',
      'exit 127',
      'kill -9 $$',
    ]
    await using rig = await Rig.open({ configuration: '', start: false })
    const folder = rig.dut.host.directory
    const blocks = scripts.map((text, n) => {
      writeFileSync(join(folder, `s${n}.sh`), `${text}\n`)
      return `vrrp_script s${n} {\n  script "/bin/sh ${folder}/s${n}.sh"\n  user root\n  interval 1\n  timeout 1\n  weight 1\n}\n`
    })
    const tracking = ['track_script {', ...scripts.map((_, n) => `s${n}`), '}']
    writeFileSync(rig.configuration, blocks.join('') + instance({ lines: tracking }))
    rig.start()
    await rig.ready()
    await rig.promote()
    const since = wallClock()
    await sleep(4_500)
    expect(longestGap(rig.adverts(since))).toBeLessThan(MISSED)
    await rig.dut.stop()
    // keepalived forgets those that ignore SIGTERM.
    if (isKeepalived) return
    expect(await until(() => !attempt(['pgrep', '-f', `${folder}/s`]).stdout.trim(), 4, 0.1), 'nothing is left').toBeDefined()
  })

  test('F31 reloads five times a second: no advert is missed, it stays master, and nothing leaks', async () => {
    const text = (more: readonly string[]): string => instance({ addresses: [VIP, ...more], lines: ['notify_master /bin/true'] })
    await using rig = await Rig.open({ configuration: text([]) })
    await rig.promote()
    const pid = rig.dut.pid('vrrp')
    const before = open(pid)
    const since = wallClock()
    for (let n = 0; n < 24; n++) {
      writeFileSync(rig.configuration, text(n % 2 === 0 ? ['192.0.2.20'] : []))
      rig.dut.signal('SIGHUP')
      await sleep(200)
    }
    await rig.advert({ seconds: 3 })
    const adverts = rig.adverts(since)
    expect(adverts.filter(({ priority }) => priority === 0)).toEqual([])
    expect(longestGap(adverts)).toBeLessThan(MISSED)
    expect(said(rig.dut, 'Entering MASTER STATE')).toBe(1)
    expect(rig.dut.pid('vrrp')).toBe(pid)
    expect(await until(() => !rig.dut.holds('192.0.2.20'), 5, 0.05), 'the last one counts').toBeDefined()
    expect(open(pid)).toBeLessThanOrEqual(before + 1)
  })

  // keepalived takes such files, or stops.
  test.skipIf(isKeepalived)('F32 a reload of a file that is wrong, cut off, lacks an include or is huge: the old one runs on', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const refused = (): number => said(rig.dut, 'Reload refused')
    const files = [
      `${instance({ priority: 77 })}no_such_keyword 1\n`,
      instance({ priority: 77 }).slice(0, -40),
      `include_check on\ninclude ${rig.dut.host.directory}/none.conf\n${instance({ priority: 77 })}`,
      `${instance({ priority: 77 })}${'# nothing\n'.repeat(7 << 20)}`,
    ]
    for (const [n, file] of files.entries()) {
      writeFileSync(rig.configuration, file)
      rig.dut.signal('SIGHUP')
      expect(await until(() => refused() === n + 1, 8, 0.05), `file ${n}\n${rig.dut.log.slice(-800)}`).toBeDefined()
    }
    expect((await rig.advert({ seconds: 3 })).priority).toBe(100)
    expect(rig.adverts().filter(({ priority }) => priority === 0 || priority === 77)).toEqual([])
    writeFileSync(rig.configuration, instance({ priority: 88 }))
    rig.dut.signal('SIGHUP')
    expect((await rig.advert({ seconds: 5, where: ({ priority }) => priority === 88 })).priority).toBe(88)
  })

  test.skipIf(isKeepalived)(
    'F40 no descriptor is left for a socket: it tries again without haste, and works when there is one',
    async () => {
      await using rig = await Rig.open({ configuration: instance(), secondSegment: true })
      await rig.promote()
      const pid = rig.dut.pid('vrrp')
      const second = instance({ name: 'VI_2', device: 'eth1', vrid: 52, addresses: ['198.51.100.10'] })
      run(['prlimit', `--pid=${pid}`, `--nofile=${lowestFree(pid)}:4096`])
      writeFileSync(rig.configuration, instance() + second)
      rig.dut.signal('SIGHUP')
      expect(await until(() => said(rig.dut, 'cannot open a VRRP socket on eth1') === 1, 6, 0.05)).toBeDefined()
      const used = processorTime(pid)
      const since = wallClock()
      await sleep(2_500)
      expect(processorTime(pid) - used, 'less than a fifth of the time').toBeLessThan(50)
      expect(longestGap(rig.adverts(since))).toBeLessThan(MISSED)
      run(['prlimit', `--pid=${pid}`, '--nofile=1024:4096'])
      const vrid52 = () => {
        rig.second.read()
        return rig.second.frames.some((frame) => frame.kind === 'vrrp' && frame.vrid === 52)
      }
      expect(await until(vrid52, 8, 0.05)).toBeDefined()
    },
  )

  test('F48 notify_stop hangs: the stop is not held up, and the script is gone', async () => {
    await using rig = await Rig.open({ configuration: '', start: false })
    const script = join(rig.dut.host.directory, 'stop.sh')
    writeFileSync(script, '#!/bin/sh\ntrap "" TERM\nsleep 7748\nsleep 7748\n', { mode: 0o755 })
    const globals = 'global_defs {\n  script_user root\n}\n'
    writeFileSync(rig.configuration, globals + instance({ lines: [`notify_stop ${script}`] }))
    rig.start()
    await rig.ready()
    await rig.promote()
    const at = wallClock()
    rig.dut.signal('SIGTERM')
    expect((await rig.dut.daemon.ended).code).toBe(0)
    expect(wallClock() - at).toBeLessThan(7)
    expect(rig.dut.holds(VIP)).toBe(false)
    if (isKeepalived) return
    expect(await until(() => !attempt(['pgrep', '-f', script]).stdout.trim(), 3, 0.1)).toBeDefined()
    rmSync(script)
  })
})

/** A new descriptor would get this number. */
function lowestFree(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  for (let fd = 0; ; fd++) if (!taken.has(fd)) return fd
}

/** Of a process so far, in hundredths of a second. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}
