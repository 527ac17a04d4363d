import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Micros } from '../../src/base/units.ts'
import type { Configuration } from '../../src/process/configuration.ts'
import { Family } from '../../src/process/family.ts'
import type { Duty } from '../../src/process/messages.ts'
import { parseCommandLine } from '../../src/process/options.ts'
import { DEFAULT_SETTINGS } from '../../src/process/settings-table.ts'

/** A child that answers as it should, except where the test says otherwise. */
const CHILD = `
  process.on('message', (message) => {
    if (message.kind === 'start') process.send({ kind: 'started' })
    if (message.kind === 'alive?') answer()
  })
  process.on('SIGTERM', () => setTimeout(() => process.exit(0), END))
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-family-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A family of one child, whose program is `text`. */
function family(text: string, more: Partial<Configuration> = {}, reloads: Partial<Configuration>[] = []) {
  const script = join(folder, 'child.cjs')
  writeFileSync(script, text)
  const command = parseCommandLine(['-n', '-r', join(folder, 'r.pid'), '-c', join(folder, 'c.pid')])
  if (command.kind !== 'run') throw new Error(command.kind)
  const duty: Duty = { role: 'checker', config: { virtualServers: [], globals: {} as never }, globalData: '' }
  const timing = { highestPriority: 0, tolerance: 0 as Micros }
  const scheduling = { priority: 0, realtimePriority: 0, noSwap: false, cpuAffinity: [], rlimitRttime: undefined, ...timing }
  const configuration: Configuration = {
    duties: new Map([['checker', duty]]),
    scheduling: { vrrp: scheduling, checker: scheduling, bfd: scheduling },
    titles: { supervisor: undefined, vrrp: undefined, checker: undefined, bfd: undefined },
    pidFiles: { supervisor: '', vrrp: '', checker: '', bfd: '' },
    channels: { fifos: [], mail: undefined },
    daemonScripts: { startup: undefined, shutdown: undefined },
    dumps: { stateFile: undefined, label: '', mode: 0o600 },
    umask: undefined,
    reloadTime: undefined,
    reloadFile: undefined,
    reloadCheck: undefined,
    childWaitTime: 5,
    parentData: '',
    ...more,
  }
  const log: string[] = []
  let signs = 0
  const ended = Promise.withResolvers<number>()
  const made = new Family({
    launch: { program: process.execPath, argv0: 'node', flags: [], script: [script], identity: 'vipkeeper' },
    options: command.options,
    settings: DEFAULT_SETTINGS,
    log: { say: (_level, text) => void log.push(text), detail: () => undefined },
    thread: { push: () => undefined } as never,
    systemd: {
      ready: () => undefined,
      reloading: () => undefined,
      stopping: () => undefined,
      watchdog: () => void signs++,
      watchdogMs: 20,
    },
    environment: {},
    reload: () => ({ kind: 'usable', lines: [], configuration: { ...configuration, ...reloads.shift() } }),
    onEnd: ended.resolve,
  })
  made.start(configuration)
  return { family: made, log, signs: () => signs, ended: ended.promise }
}

const pid = (): string => (existsSync(join(folder, 'c.pid')) ? readFileSync(join(folder, 'c.pid'), 'utf8') : '')

const rises = async (count: () => number, more: number): Promise<void> => {
  const target = count() + more
  await expect.poll(count, { timeout: 5000 }).toBeGreaterThanOrEqual(target)
}

describe('the watchdog (F37)', () => {
  test('is fed while the child answers, and no longer when it hangs', async () => {
    const {
      signs,
      family: one,
      ended,
    } = family(`let answers = 3; const END = 0; const answer = () => answers-- > 0 && process.send({ kind: 'alive' });${CHILD}`)
    await expect.poll(signs, { timeout: 5000 }).toBe(3)
    one.stop()
    await ended
    expect(signs()).toBe(3)
  })

  test('is fed while a child that died without an answer waits to be started again', async () => {
    const { signs, log, family: one, ended } = family(`const END = 0; const answer = () => process.exit(70);${CHILD}`)
    const delayed = (): number => log.filter((line) => /delayed [1-9]/.test(line)).length
    await rises(delayed, 1)
    await rises(signs, 5)
    one.stop()
    expect(await ended).toBe(0)
  })
})

test('a child that ends for good ends the daemon with its code, once', async () => {
  const { log, ended } = family('process.exit(2)')
  expect(await ended).toBe(2)
  expect(log.filter((line) => line === 'Stopping')).toHaveLength(1)
})

test('child_wait_time of a hundred years gives a child the time it takes', async () => {
  const {
    log,
    family: one,
    ended,
  } = family(`const END = 200; const answer = () => process.send({ kind: 'alive' });${CHILD}`, {
    childWaitTime: 4_294_967_295,
  })
  await expect.poll(() => log.join(), { timeout: 5000 }).toContain('Startup complete')
  one.stop()
  expect(await ended).toBe(0)
  expect(log.join()).not.toContain('killing it')
})

describe('a reload that makes a child superfluous', () => {
  const calm = `const END = 300; const answer = () => process.send({ kind: 'alive' });${CHILD}`
  const none: Partial<Configuration> = { duties: new Map() }

  test('and one that wants it again: the new one starts when the old one is gone', async () => {
    const { log, family: one, ended } = family(calm, {}, [none, {}])
    await expect.poll(() => log.join(), { timeout: 5000 }).toContain('Startup complete')
    const first = pid()
    one.reload()
    one.reload()
    expect(pid()).toBe(first)
    await expect.poll(() => log.at(-1), { timeout: 5000 }).toBe('Reload complete')
    expect(existsSync(`/proc/${first.trim()}`)).toBe(false)
    expect(pid()).toMatch(/^\d+\n$/)
    one.stop()
    expect(await ended).toBe(0)
  })

  test('and one that wants it again, and one that does not: all three are completed', async () => {
    const { log, family: one, ended } = family(calm, {}, [none, {}, none])
    await expect.poll(() => log.join(), { timeout: 5000 }).toContain('Startup complete')
    for (let i = 0; i < 3; i++) one.reload()
    await expect.poll(() => pid(), { timeout: 5000 }).toBe('')
    expect(log.at(-1)).toBe('Reload complete')
    one.stop()
    expect(await ended).toBe(0)
  })

  test('is followed by the end of the daemon: it waits for the old one too', async () => {
    const { log, family: one, ended } = family(calm, {}, [none])
    await expect.poll(() => log.join(), { timeout: 5000 }).toContain('Startup complete')
    const first = pid().trim()
    one.reload()
    one.stop()
    expect(await ended).toBe(0)
    expect(existsSync(`/proc/${first}`)).toBe(false)
  })
})

test('bfd_instance: what the bfd process tells reaches those it is for, and one of them that is started anew', async () => {
  const heard = (role: string): string => (existsSync(join(folder, role)) ? readFileSync(join(folder, role), 'utf8') : '')
  const child = `
    const role = process.argv[process.argv.indexOf('--role') + 1]
    const news = (session) => ({ kind: 'bfd', session, up: true, at: 1 })
    process.on('message', (message) => {
      if (message.kind === 'bfd') require('node:fs').appendFileSync(${JSON.stringify(folder)} + '/' + role, message.session + ' ')
      if (message.kind !== 'start') return
      process.send({ kind: 'started' })
      if (role !== 'bfd') return
      process.send({ kind: 'tell', news: news('both'), vrrp: true, checker: true })
      process.send({ kind: 'tell', news: news('one'), vrrp: false, checker: true })
    })
    process.on('SIGTERM', () => process.exit(0))
  `
  const vrrp: Duty = { role: 'vrrp', config: {} as never, globalData: '', jsonVersion: 1 }
  const checker: Duty = { role: 'checker', config: {} as never, globalData: '' }
  const bfd: Duty = { role: 'bfd', config: { sessions: [] }, globalData: '' }
  const duties = new Map([vrrp, checker, bfd].map((duty) => [duty.role, duty]))
  const { family: one, ended } = family(child, { duties })
  await expect.poll(() => [heard('vrrp'), heard('checker')], { timeout: 5000 }).toEqual(['both ', 'both one '])
  process.kill(Number(pid()), 'SIGKILL')
  await expect.poll(() => heard('checker'), { timeout: 5000 }).toBe('both one both one ')
  expect([heard('vrrp'), heard('bfd')]).toEqual(['both ', ''])
  one.stop()
  expect(await ended).toBe(0)
})

test('F01 use_vmac: what the vrrp process has changed on this host, its successor learns', async () => {
  const told = join(folder, 'inherited')
  const child = `
    process.on('message', (message) => {
      if (message.kind !== 'start') return
      process.send({ kind: 'started' })
      const done = () => require('node:fs').appendFileSync(${JSON.stringify(told)}, JSON.stringify(message.inherited) + ' ')
      process.send({ kind: 'keep', settings: ['arp_ignore was 2'] }, done)
    })
    process.on('SIGTERM', () => process.exit(0))
  `
  const heard = (): string => (existsSync(told) ? readFileSync(told, 'utf8') : '')
  const { family: one, ended } = family(child)
  await expect.poll(heard, { timeout: 5000 }).toBe('[] ')
  process.kill(Number(pid()), 'SIGKILL')
  await expect.poll(heard, { timeout: 5000 }).toBe('[] ["arp_ignore was 2"] ')
  one.stop()
  expect(await ended).toBe(0)
})
