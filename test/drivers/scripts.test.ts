import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fromMillis } from '../../src/base/units.ts'
import type { ScriptUser } from '../../src/core/script-config.ts'
import { Scripts, scriptEnvironment } from '../../src/drivers/scripts.ts'

const folder = mkdtempSync(join(tmpdir(), 'vipkeeper-scripts-'))
chmodSync(folder, 0o777)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asRoot = process.getuid?.() === 0
const limit = { timeout: fromMillis(20_000) }
const sh = (text: string, runAs?: ScriptUser) => ({ argv: ['/bin/sh', '-c', text], runAs })
let files = 0
const fresh = (): string => join(folder, `out${files++}`)

/** What the script wrote, when it has ended. */
async function written(text: (out: string) => string, runAs?: ScriptUser): Promise<string> {
  const out = fresh()
  writeFileSync(out, '')
  chmodSync(out, 0o666)
  await using scripts = new Scripts()
  expect(await scripts.run(sh(text(out), runAs), limit)).toEqual({ kind: 'exited', code: 0 })
  return readFileSync(out, 'utf8').trim()
}

/** Until the file has a line: scripts tell that they have begun. */
async function told(path: string): Promise<string> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').includes('\n')) await new Promise((resolve) => setImmediate(resolve))
  return readFileSync(path, 'utf8').trim()
}

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Until it is no more: a killed process needs a moment, and a test that waits in vain has a limit. */
async function gone(pid: string): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
}

describe('how a script ends', () => {
  test.each([
    ['0', 'exit 0', { kind: 'exited', code: 0 }],
    ['a status', 'exit 7', { kind: 'exited', code: 7 }],
    ['F27 127', 'exit 127', { kind: 'exited', code: 127 }],
    ['F27 255', 'exit 255', { kind: 'exited', code: 255 }],
    ['F27 by a signal', 'kill -9 $$', { kind: 'signalled', signal: 9 }],
    ['by a signal that shells pass on', 'kill -TERM $$', { kind: 'signalled', signal: 15 }],
  ])('%s', async (_name, text, end) => {
    await using scripts = new Scripts()
    expect(await scripts.run(sh(text), limit)).toEqual(end)
    expect(scripts.running).toBe(0)
  })

  test('a program that is not there never ran, and that is its own fault', async () => {
    await using scripts = new Scripts()
    expect(await scripts.run({ argv: [join(folder, 'none')], runAs: undefined }, limit)).toMatchObject({ kind: 'not-run', ours: false })
  })

  test('a file that nobody may execute never ran', async () => {
    const path = fresh()
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o644 })
    await using scripts = new Scripts()
    expect(await scripts.run({ argv: [path], runAs: undefined }, limit)).toMatchObject({ kind: 'not-run', ours: false })
  })

  test('S-X2 an unknown user runs nothing', async () => {
    await using scripts = new Scripts()
    const runAs = { user: 'no-such-user-here', group: undefined }
    expect(await scripts.run(sh('exit 0', runAs), limit)).toMatchObject({ kind: 'not-run', detail: 'there is no user no-such-user-here' })
  })
})

describe('what a script is given', () => {
  test('S-X1 its words as they are, without a shell', async () => {
    const path = fresh()
    const out = fresh()
    writeFileSync(path, `#!/bin/sh\nprintf '%s|' "$@" > ${out}\n`, { mode: 0o755 })
    await using scripts = new Scripts()
    await scripts.run({ argv: [path, 'a b', '$HOME', '; exit 3', '"'], runAs: undefined }, limit)
    expect(readFileSync(out, 'utf8')).toBe('a b|$HOME|; exit 3|"|')
  })

  test('a text file without #! goes through the shell, as with keepalived', async () => {
    const path = fresh()
    writeFileSync(path, 'exit $1\n', { mode: 0o755 })
    await using scripts = new Scripts()
    expect(await scripts.run({ argv: [path, '9'], runAs: undefined }, limit)).toEqual({ kind: 'exited', code: 9 })
  })

  test('/dev/null for input, output and errors, and nothing else open', async () => {
    const names = await written(
      (out) => `for f in 0 1 2; do readlink /proc/$$/fd/$f; done > ${out}.x; mv ${out}.x ${out}; ls /proc/$$/fd | wc -l >> ${out}`,
    )
    expect(names.split('\n').slice(0, 1)).toEqual(['/dev/null'])
    expect(names).not.toMatch(/socket|anon_inode/)
  })

  test('S-X2 a session and process group of its own', async () => {
    const [pid, group, session] = (await written((out) => `ps -o pid=,pgid=,sid= -p $$ > ${out}`)).split(/\s+/)
    expect(group).toBe(pid)
    expect(session).toBe(pid)
  })

  test('our environment, without IFS, LD_PRELOAD and LD_LIBRARY_PATH', () => {
    expect(scriptEnvironment({ PATH: '/bin', IFS: 'x', LD_PRELOAD: 'y', LD_LIBRARY_PATH: 'z', HOME: '/' })).toEqual({
      PATH: '/bin',
      HOME: '/',
    })
  })

  test.runIf(asRoot)('S-X2 the user that is asked for, with its group and no other', async () => {
    const nobody = { user: 'nobody', group: undefined }
    expect((await written((out) => `id -u > ${out}; id -g >> ${out}; id -G >> ${out}`, nobody)).split('\n')).toEqual([
      '65534',
      '65534',
      '65534',
    ])
    const withGroup = { user: 'nobody', group: 'daemon' }
    expect((await written((out) => `id -u > ${out}; id -G >> ${out}`, withGroup)).split('\n')).toEqual(['65534', '1'])
  })

  test.runIf(asRoot)('a group that begins with a colon brings the other groups of its user', async () => {
    const groups = execFileSync('id', ['-G', 'root'], { encoding: 'utf8' }).trim()
    expect(await written((out) => `id -g > ${out}; id -G >> ${out}`, { user: 'root', group: ':' })).toBe(`0\n${groups}`)
    expect(await written((out) => `id -g > ${out}; id -G >> ${out}`, { user: 'nobody', group: ':daemon' })).toBe('1\n1 65534')
  })

  test.runIf(asRoot)('S-X2 a dropped user has no capability and no way back', async () => {
    const status = await written((out) => `grep -E '^(Uid|CapEff)' /proc/$$/status > ${out}`, { user: '65534', group: '65534' })
    expect(status).toMatch(/Uid:\t65534\t65534\t65534\t65534\nCapEff:\t0+$/)
  })
})

describe('S-X4 a script that does not end', () => {
  test('F27 one that hangs gets SIGTERM at its limit', async () => {
    await using scripts = new Scripts()
    const start = performance.now()
    expect(await scripts.run(sh('sleep 60'), { timeout: fromMillis(100) })).toEqual({ kind: 'timed-out' })
    expect(performance.now() - start).toBeLessThan(1500)
  })

  test('F27 one that ignores SIGTERM is killed 2 s later, with what it started', async () => {
    const out = fresh()
    await using scripts = new Scripts()
    const start = performance.now()
    const text = `trap '' TERM; sleep 61 & echo $$ $! > ${out}; wait; sleep 62`
    expect(await scripts.run(sh(text), { timeout: fromMillis(300) })).toEqual({ kind: 'timed-out' })
    expect(performance.now() - start).toBeGreaterThan(2_200)
    expect(performance.now() - start).toBeLessThan(4_000)
    for (const pid of (await told(out)).split(' ')) await gone(pid)
  })

  test('F27 its children that ignore SIGTERM die when it has obeyed', async () => {
    const out = fresh()
    await using scripts = new Scripts()
    const text = `(trap '' TERM; sleep 63) & echo $! > ${out}; sleep 64`
    expect(await scripts.run(sh(text), { timeout: fromMillis(300) })).toEqual({ kind: 'timed-out' })
    const pid = await told(out)
    await gone(pid)
  })

  test('F27 one that writes without end is only a slow one', async () => {
    await using scripts = new Scripts()
    expect(await scripts.run(sh('head -c 1000000000 /dev/zero'), limit)).toEqual({ kind: 'exited', code: 0 })
  })

  test('one that leaves a process behind on purpose has ended all the same', async () => {
    const out = fresh()
    await using scripts = new Scripts()
    expect(await scripts.run(sh(`sleep 5 & echo $! > ${out}`), limit)).toEqual({ kind: 'exited', code: 0 })
    const pid = await told(out)
    expect(isAlive(pid)).toBe(true)
    process.kill(Number(pid))
  })

  test('the signal ends it early, and nothing is left', async () => {
    const out = fresh()
    const controller = new AbortController()
    await using scripts = new Scripts()
    const ended = scripts.run(sh(`echo $$ > ${out}; sleep 65`), { ...limit, signal: controller.signal })
    const pid = await told(out)
    controller.abort()
    expect(await ended).toEqual({ kind: 'cancelled' })
    expect(isAlive(pid)).toBe(false)
    expect(await scripts.run(sh('exit 0'), { ...limit, signal: controller.signal })).toEqual({ kind: 'cancelled' })
  })

  test('closing ends all, those that wait included, and no new one begins', async () => {
    const scripts = new Scripts(1)
    const running = scripts.run(sh('sleep 66'), limit)
    const waiting = scripts.run(sh('sleep 67'), limit)
    await scripts[Symbol.asyncDispose]()
    expect(await running).toEqual({ kind: 'cancelled' })
    expect(await waiting).toEqual({ kind: 'cancelled' })
    expect(await scripts.run(sh('exit 0'), limit)).toEqual({ kind: 'cancelled' })
  })
})

describe('S-X2 a script whose parent dies', () => {
  test('gets SIGTERM, also as another user', async () => {
    const out = fresh()
    writeFileSync(out, '')
    chmodSync(out, 0o666)
    const driver = new URL('../../src/drivers/scripts.ts', import.meta.url).href
    const user = asRoot ? "{ user: 'nobody', group: undefined }" : 'undefined'
    const command = `{ argv: ['/bin/sh', '-c', 'echo $$ > ${out}; exec sleep 68'], runAs: ${user} }`
    const program = `import { Scripts } from '${driver}'; new Scripts().run(${command}, { timeout: 60000000 })`
    const parent = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', program], { stdio: 'ignore' })
    const pid = await told(out)
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await gone(pid)
  })
})

describe('F28 many scripts', () => {
  test('no more than the limit run at once, and all have their turn', async () => {
    await using scripts = new Scripts(3)
    let most = 0
    const ends = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const end = await scripts.run(sh(`exit ${i}`), limit)
        most = Math.max(most, scripts.running)
        return end.kind === 'exited' ? end.code : -1
      }),
    )
    expect(ends).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(most).toBeLessThanOrEqual(3)
    expect(scripts.running + scripts.waiting).toBe(0)
  })

  test('one that finds no place in its time is told so, and it is not its fault', async () => {
    await using scripts = new Scripts(1)
    const long = scripts.run(sh('sleep 0.5'), limit)
    expect(await scripts.run(sh('exit 0'), { timeout: fromMillis(50) })).toEqual({
      kind: 'not-run',
      ours: true,
      detail: '1 scripts are running already',
    })
    expect(await long).toEqual({ kind: 'exited', code: 0 })
    expect(await scripts.run(sh('exit 4'), limit)).toEqual({ kind: 'exited', code: 4 })
  })
})
