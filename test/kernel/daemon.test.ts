import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { instance, pause, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const closed = (): Promise<Rig> => Rig.open({ configuration: instance(), start: false })
const gone = (pid: number): boolean => !existsSync(`/proc/${pid}`)

describe.concurrent('the daemon from outside', () => {
  test('-p -r: pid files tell the pids, and are gone after SIGTERM with exit 0', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    expect(rig.dut.pid('keepalived')).toBe(rig.dut.daemon.pid)
    const vrrp = rig.dut.pid('vrrp')
    expect(readFileSync(`/proc/${vrrp}/stat`, 'utf8').split(' ')[3]).toBe(String(rig.dut.daemon.pid))
    expect(existsSync(join(rig.dut.host.run, 'checkers.pid'))).toBe(false)
    rig.dut.signal('SIGTERM')
    expect(await rig.dut.daemon.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(join(rig.dut.host.run, 'keepalived.pid'))).toBe(false)
    expect(existsSync(join(rig.dut.host.run, 'vrrp.pid'))).toBe(false)
    expect(gone(vrrp)).toBe(true)
  })

  test('a second daemon with the same pid file does not start, and exits with 0', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const again = rig.dut.host.spawn(
      [
        ...rig.dut.program.argv,
        '-n',
        '-l',
        '-f',
        rig.configuration,
        '-p',
        '/run/keepalived.pid',
        '-r',
        '/run/vrrp.pid',
        '-c',
        '/run/checkers.pid',
      ],
      { log: 'second' },
    )
    expect((await again.ended).code).toBe(0)
    expect(readFileSync(again.log, 'utf8')).toMatch(/already running/i)
    expect(gone(rig.dut.daemon.pid)).toBe(false)
  })

  test('SIGINT stops like SIGTERM', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.signal('SIGINT')
    expect((await rig.dut.daemon.ended).code).toBe(0)
    expect(rig.dut.holds(VIP)).toBe(false)
  })

  test('its vrrp process is killed: another takes its place and wins its address back', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const first = rig.dut.pid('vrrp')
    process.kill(first, 'SIGKILL')
    const isAnew = (): boolean => existsSync(join(rig.dut.host.run, 'vrrp.pid')) && rig.dut.pid('vrrp') > 0 && rig.dut.pid('vrrp') !== first
    expect(await until(isAnew, 3)).toBeDefined()
    expect(await until(() => !rig.dut.holds(VIP), 2, 0.01), 'the left-over address goes').toBeDefined()
    expect(await until(() => rig.dut.holds(VIP), 6), 'and comes back').toBeDefined()
    expect(gone(rig.dut.daemon.pid)).toBe(false)
  })

  test('its parent is killed: the address goes with it', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = wallClock()
    rig.dut.signal('SIGKILL')
    const resigned = await rig.advert({ after: at, seconds: 2, where: (advert) => advert.priority === 0 })
    expect(resigned.at - at).toBeLessThan(1)
    expect(await until(() => !rig.dut.holds(VIP), 2)).toBeDefined()
    expect(await until(() => rig.dut.host.pids().length === 0, 5), 'no process is left').toBeDefined()
  })

  test('-R: a child that dies ends the daemon', async () => {
    await using rig = await Rig.open({ configuration: instance(), options: ['-R'] })
    process.kill(rig.dut.pid('vrrp'), 'SIGKILL')
    const ended = await Promise.race([rig.dut.daemon.ended, pause(8)])
    expect(ended, 'it ended').toBeDefined()
  })

  test('SIGHUP with another address: the old one goes, the new one comes and is announced, no advert is missed', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    await pause(1.2)
    writeFileSync(rig.configuration, instance({ addresses: [VIP, '192.0.2.11'] }))
    const at = wallClock()
    rig.dut.signal('SIGHUP')
    expect(await until(() => rig.dut.holds('192.0.2.11'), 2)).toBeDefined()
    await pause(2.5)
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(rig.garps('192.0.2.11').length).toBeGreaterThan(0)
    const times = rig.adverts(at - 1.3).map((advert) => advert.at)
    expect(Math.max(...times.slice(1).map((each, i) => each - (times[i] ?? 0)))).toBeLessThan(1.5)
    expect(rig.adverts(at).at(-1)?.count).toBe(2)
  })

  test('SIGHUP with another priority: it is advertised, and nothing else changes', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    writeFileSync(rig.configuration, instance({ priority: 80 }))
    rig.dut.signal('SIGHUP')
    await rig.advert({ seconds: 3, where: (advert) => advert.priority === 80 })
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(rig.adverts().every((advert) => advert.priority > 0)).toBe(true)
  })

  // keepalived reads what it can of a broken file, and stops serving the rest.
  test.skipIf(isKeepalived).each([
    { name: 'a missing brace', text: instance().replace(/\}\s*$/, '') },
    { name: 'noise', text: '\u0000\u0001}{{{"\n'.repeat(2_000) },
    { name: 'nothing', text: undefined },
  ])('SIGHUP with $name: what ran goes on, and the log says so', async ({ text }) => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    if (text === undefined) rmSync(rig.configuration)
    else writeFileSync(rig.configuration, text)
    const said = rig.dut.log.length
    const at = wallClock()
    rig.dut.signal('SIGHUP')
    await pause(3)
    expect(rig.dut.holds(VIP)).toBe(true)
    const times = rig.adverts(at - 1.2).map((advert) => advert.at)
    expect(times.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...times.slice(1).map((each, i) => each - (times[i] ?? 0)))).toBeLessThan(1.5)
    expect(rig.adverts(at).every((advert) => advert.priority === 100)).toBe(true)
    expect(rig.dut.log.length, 'it says something').toBeGreaterThan(said)
  })

  // keepalived starts the whole wait again at each reload, and never takes over.
  test.skipIf(isKeepalived)('TMR-20 reloads do not put off a takeover', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const last = rig.send({ priority: 200 })
    for (let i = 0; i < 3; i++) {
      await pause(0.9)
      rig.dut.signal('SIGHUP')
    }
    const first = await rig.advert({ after: last, seconds: 5 })
    expect(Math.abs(first.at - last - 3.609), `took over after ${first.at - last}`).toBeLessThan(0.2)
  })

  test.each([
    { name: 'a good configuration', text: instance(), argv: ['-t'], status: 0 },
    { name: 'an unknown keyword', text: `${instance()}\nno_such_keyword 1\n`, argv: ['-t'], status: 5 },
    { name: 'an option nobody knows', text: instance(), argv: ['--no-such-option'], status: 1 },
    { name: 'the version', text: '', argv: ['-v'], status: 0 },
    { name: 'the help', text: '', argv: ['-h'], status: 0 },
    { name: 'the number of a signal', text: '', argv: ['--signum=RELOAD'], status: 0 },
    { name: 'the number of no signal', text: '', argv: ['--signum=NONE'], status: 1 },
  ])('exit status for $name', async ({ text, argv, status }) => {
    await using rig = await closed()
    writeFileSync(rig.configuration, text)
    const files = argv[0] === '-t' ? ['-f', rig.configuration] : []
    const done = rig.dut.host.attempt([...rig.dut.program.argv, ...files, ...argv])
    expect(done.status, done.stderr).toBe(status)
  })

  test('a configuration file that is not there: exit 6, and the file is named', async () => {
    await using rig = await closed()
    rmSync(rig.configuration)
    rig.start()
    const ended = await Promise.race([rig.dut.daemon.ended, pause(6).then(() => undefined)])
    expect(ended?.code).toBe(6)
    expect(rig.dut.log).toContain(rig.configuration)
  })

  test.each([
    { option: '-P', starts: ['VRRP'] },
    { option: '-C', starts: ['Healthcheck'] },
  ])('$option: of a configuration for both the $starts.0 process alone is started', async ({ option, starts }) => {
    const server = 'virtual_server 192.0.2.10 80 {\n lvs_method NAT\n protocol TCP\n real_server 192.0.2.1 80 {\n TCP_CHECK {\n }\n }\n}\n'
    await using rig = await Rig.open({ configuration: instance() + server, options: [option], start: false })
    rig.start()
    expect(await until(() => /Starting \w+ child process/.test(rig.dut.log), 8)).toBeDefined()
    await pause(0.5)
    expect([...rig.dut.log.matchAll(/Starting (\w+) child process/g)].map(([, name]) => name)).toEqual(starts)
    expect(/\(VI_1\) Entering BACKUP STATE/.test(rig.dut.log)).toBe(option === '-P')
  })

  test('-d: the configuration is in the log as understood', async () => {
    await using rig = await Rig.open({ configuration: instance(), options: ['-d'] })
    for (const line of [/VRRP Instance = VI_1/, /Virtual Router ID = 51/])
      expect(await until(() => line.test(rig.dut.log), 5)).toBeDefined()
  })

  test('-X removes an address that somebody else left', async () => {
    await using rig = await Rig.open({
      configuration: instance(),
      options: ['-X'],
      prepare: ({ dut }) => dut.ip(`addr add ${VIP}/32 dev eth0`),
    })
    expect(await until(() => !rig.dut.holds(VIP), 2)).toBeDefined()
  })

  test('-V leaves the addresses when it stops', async () => {
    await using rig = await Rig.open({ configuration: instance(), options: ['-V'] })
    await rig.promote()
    await rig.dut.stop()
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  // keepalived 2.2.7 goes on without CAP_NET_ADMIN, as a master that sets no address.
  test.skipIf(isKeepalived).each([
    { without: 'any right', drop: '-all', names: 'CAP_NET_ADMIN and CAP_NET_RAW are needed' },
    { without: 'CAP_NET_ADMIN', drop: '-net_admin', names: 'CAP_NET_ADMIN is needed' },
    { without: 'CAP_NET_RAW', drop: '-net_raw', names: 'CAP_NET_RAW is needed' },
  ])('without $without: exit 4, and one sentence that names the remedy', async ({ drop, names }) => {
    await using rig = await closed()
    const words = [...rig.dut.program.argv, '-n', '-l', '-f', rig.configuration]
    const daemon = rig.dut.host.spawn(['setpriv', '--bounding-set', drop, '--inh-caps', drop, ...words])
    const ended = await Promise.race([daemon.ended, pause(8).then(() => undefined)])
    expect(ended?.code).toBe(4)
    const said = rig.dut.log.split('\n').filter((line) => line.includes('Missing permission'))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(names)
    expect(said[0]).toContain('run as root, or grant it')
    expect(rig.dut.log).not.toMatch(/^\s+at /m)
  })

  test('net_namespace: what is started elsewhere elects and answers there, its interfaces and its pid files too', async () => {
    await using rig = await Rig.open({ configuration: `net_namespace blue\n${instance({ interval: 1 })}`, start: false })
    const outside = rig.lan.host({ name: 'outside', nics: [] })
    const inside = rig.dut.host.spawn(['sleep', '1000'])
    mkdirSync(join(outside.run, 'netns'))
    symlinkSync(`/proc/${inside.pid}/ns/net`, join(outside.run, 'netns', 'blue'))
    const { program } = rig.dut
    expect((await outside.spawn([...program.argv, '-t', '-f', rig.configuration]).ended).code).toBe(0)
    const daemon = outside.spawn([...program.argv, '-n', '-l', '-D', '-f', rig.configuration])
    const first = await rig.advert({ seconds: 15 })
    expect(first.vrid).toBe(51)
    expect(await until(() => rig.dut.holds(VIP), 5, 0.05)).toBeDefined()
    daemon.child.kill('SIGTERM')
    expect(await daemon.ended).toEqual({ code: 0, signal: null })
    expect((await rig.advert({ after: first.at, seconds: 5, where: ({ priority }) => priority === 0 })).vrid).toBe(51)
    expect(rig.dut.holds(VIP)).toBe(false)
  })
})
