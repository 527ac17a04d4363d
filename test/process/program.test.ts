import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const LIMIT = 20_000

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program to its end. */
function run(...words: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', main, ...words], {
    encoding: 'utf8',
    timeout: LIMIT,
  })
  return { status, stdout, stderr }
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-program-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)
const configuration = (text: string): string => {
  writeFileSync(path('k.conf'), text)
  return path('k.conf')
}
const pidFiles = (): readonly string[] => ['-p', path('p.pid'), '-r', path('r.pid'), '-c', path('c.pid')]

describe('exit codes of keepalived', { timeout: LIMIT }, () => {
  test.each([
    { name: 'a bad option is 1', words: ['--bogus'], status: 1, stderr: /^Unknown option --bogus$/m },
    { name: '-v is 0', words: ['-v'], status: 0, stderr: /^Vipkeeper v\d/ },
    { name: '-h is 0', words: ['-h'], status: 0, stderr: /^Usage: / },
    { name: 'an unknown --signum is 1', words: ['--signum=X'], status: 1, stderr: /^Unknown sigfunc X$/m },
  ])('$name', ({ words, status, stderr }) => {
    const outcome = run(...words)
    expect(outcome.status).toBe(status)
    expect(outcome.stderr).toMatch(stderr)
    expect(outcome.stdout).toBe('')
  })

  test('--signum=JSON prints 36 on stdout', () => {
    expect(run('--signum=JSON')).toEqual({ status: 0, stdout: '36\n', stderr: '' })
  })

  test('--as-keepalived -v has the version where exporters look for it, and --enable-json', () => {
    const { stderr } = run('--as-keepalived', '-v')
    expect(stderr.split(' ')[1]?.slice(1)).toMatch(/^\d+\.\d+\.\d+$/)
    expect(stderr).toContain('--enable-json')
  })

  test('a missing configuration file is 6 for the daemon, with one sentence', () => {
    const { status, stderr } = run('-n', '-l', '-G', '-f', path('none.conf'), ...pidFiles())
    expect(status).toBe(6)
    expect(stderr).toContain('none.conf')
  })

  test('a busy machine, on which the logging thread begins late, costs no sentence', () => {
    const late = `import { isMainThread } from 'node:worker_threads'
      if (!isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)`
    writeFileSync(path('late.mjs'), late)
    vi.stubEnv('NODE_OPTIONS', `--import=${path('late.mjs')}`)
    const { status, stderr } = run('-n', '-l', '-G', '-f', path('none.conf'), ...pidFiles())
    vi.unstubAllEnvs()
    expect(status).toBe(6)
    expect(stderr).toContain('none.conf')
  })

  test('a directory as configuration file is 6 for the daemon', () => {
    expect(run('-n', '-l', '-G', '-f', folder, ...pidFiles()).status).toBe(6)
  })

  test('leftover words are listed on stdout and ignored', () => {
    const { status, stdout } = run('-t', '-f', configuration(''), 'foo', 'bar')
    expect(stdout).toBe('Unexpected argument(s): foo bar\n')
    expect(status).toBe(0)
  })
})

describe('-t', { timeout: LIMIT }, () => {
  test('an unknown keyword is 5, with file, line and column', () => {
    const { status, stderr } = run('-t', '-f', configuration('global_defs {\n  bogus\n}\n'))
    expect(status).toBe(5)
    expect(stderr).toMatch(/k\.conf:2:3: .*bogus/)
  })

  test('a missing file is 0, and 4 with -e', () => {
    expect(run('-t', '-f', path('none.conf')).status).toBe(0)
    expect(run('-t', '-e', '-f', path('none.conf')).status).toBe(4)
  })

  test('--config-test=FILE appends to the file', () => {
    writeFileSync(path('findings'), 'before\n')
    const { status, stderr } = run(`--config-test=${path('findings')}`, '-f', configuration('bogus\n'))
    expect({ status, stderr }).toEqual({ status: 5, stderr: '' })
    expect(readFileSync(path('findings'), 'utf8')).toMatch(/^before\n.*k\.conf:1:1: .*bogus/s)
  })

  test('--config-test=FILE refuses a link, and says so with 1', () => {
    writeFileSync(path('target'), '')
    symlinkSync(path('target'), path('link'))
    const { status, stderr } = run(`--config-test=${path('link')}`, '-f', configuration('bogus\n'))
    expect(status).toBe(1)
    expect(stderr).toContain('ELOOP')
    expect(readFileSync(path('target'), 'utf8')).toBe('')
  })
})

describe('a supervisor without anything to run', { timeout: LIMIT }, () => {
  /** Starts it in the foreground and resolves once it says that it is ready. */
  async function start(...more: readonly string[]) {
    const child = spawn(
      process.execPath,
      ['--conditions=source', main, '-n', '-l', '-G', '-f', configuration(''), ...pidFiles(), ...more],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
    await expect.poll(() => log, { timeout: LIMIT }).toContain('Startup complete')
    return { child, ended, log: () => log }
  }

  test('writes its pid file, ends with 0 on SIGTERM and takes the file away', async () => {
    const { child, ended, log } = await start()
    expect(readFileSync(path('p.pid'), 'utf8')).toBe(`${child.pid}\n`)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(() => readFileSync(path('p.pid'))).toThrow('ENOENT')
    expect(log()).toMatch(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}: Starting Vipkeeper v/)
    expect(log()).toMatch(/: Stopped Vipkeeper v[^\n]*\n$/)
  })

  test('startup_script ends before anything starts, shutdown_script runs when all has ended and the pid file still stands', async () => {
    writeFileSync(path('tell'), `#!/bin/sh\nsleep 0.2; echo "$1 $(cat ${path('p.pid')})" >> ${path('told')}\n`, { mode: 0o755 })
    const script = (when: string): string => `${when}_script "${path('tell')} ${when}" root\n`
    writeFileSync(path('own.conf'), `global_defs {\n${script('startup')}${script('shutdown')}}\n`)
    const { child, ended, log } = await start('-f', path('own.conf'))
    expect(readFileSync(path('told'), 'utf8')).toBe(`startup ${child.pid}\n`)
    expect(log().indexOf('startup script succeeded')).toBeGreaterThan(0)
    expect(log().indexOf('startup script succeeded')).toBeLessThan(log().indexOf('Startup complete'))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(readFileSync(path('told'), 'utf8')).toBe(`startup ${child.pid}\nshutdown ${child.pid}\n`)
  })

  test('that breaks an invariant of its own ends with 70, which a service manager starts anew, and not with 1', async () => {
    writeFileSync(path('break.mjs'), `process.on('SIGWINCH', () => { throw new Error('broken') })`)
    vi.stubEnv('NODE_OPTIONS', `--import=${path('break.mjs')}`)
    const { child, ended, log } = await start()
    child.kill('SIGWINCH')
    expect(await ended).toBe(70)
    expect(log()).toMatch(/internal error: Error: broken/)
    vi.unstubAllEnvs()
  })

  test('a second one says that a daemon is already running, and ends with 0', async () => {
    const first = await start()
    const second = run('-n', '-l', '-G', '-f', path('k.conf'), ...pidFiles())
    expect(second.status).toBe(0)
    expect(second.stderr).toContain(': daemon is already running\n')
    expect(readFileSync(path('p.pid'), 'utf8')).toBe(`${first.child.pid}\n`)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
  })

  test('lives through every signal that exporters send, 36 and 63 too, and a storm of SIGTERM ends it once', async () => {
    const { child, ended, log } = await start()
    for (const signal of [10, 12, 36, 63, 64, 13]) process.kill(child.pid ?? 0, signal)
    await expect.poll(log, { timeout: LIMIT }).toContain('Printing parent data for process(')
    for (let i = 0; i < 20; i++) child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(log().match(/: Stopping\n/g)).toHaveLength(1)
  })

  test('a reload with an error keeps the running configuration and says so', async () => {
    const { child, ended, log } = await start()
    configuration('vrrp_instance A {\n')
    child.kill('SIGHUP')
    await expect.poll(log, { timeout: LIMIT }).toContain('keeping the running configuration')
    expect(log()).toMatch(/k\.conf:1:/)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  test('--as-keepalived is called keepalived by ps, pidof and killall', async () => {
    const { child, ended, log } = await start('--as-keepalived')
    expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('keepalived\n')
    expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').split('\0')[0]).toBe('keepalived')
    expect(log()).toContain(': Starting Keepalived v2.4.3 (')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  test('agent.toml with format "json" makes every line an object', async () => {
    writeFileSync(path('agent.toml'), '[log]\nformat = "json"\n')
    const { child, ended, log } = await start('--settings', path('agent.toml'))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    const lines = log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({ level: 'info', role: 'supervisor', event: 'starting', pid: child.pid })
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', code: 0 })
  })
})

describe('vipkeeper explain from outside', { timeout: LIMIT }, () => {
  test('explain nopreempt is 0, with an example; a typo is 1 and names the nearest; nothing is 2 with the usage', () => {
    expect(run('explain', 'nopreempt')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('example   nopreempt') })
    expect(run('explain', 'noprempt')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('did you mean nopreempt?') })
    expect(run('explain')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('usage: vipkeeper explain') })
  })

  test('explain --pair of one file with itself tells of equal priorities, which is 1; without a file it is 2', () => {
    const file = configuration('vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.1/24\n}\n}\n')
    expect(run('explain', '--pair', file, file)).toMatchObject({
      status: 1,
      stderr: '',
      stdout: expect.stringContaining('priority: 100 in both'),
    })
    expect(run('explain', '--pair', file, path('none.conf'))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('none.conf'),
    })
  })

  test('explain --pair --ids reads one file as two hosts do', () => {
    const file = configuration(
      'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n@lb1 priority 150\n@lb2 priority 100\nvirtual_ipaddress {\n192.0.2.1/24\n}\n}\n',
    )
    const { status, stdout } = run('explain', '--pair', file, file, '--ids', 'lb1', 'lb2')
    expect([status, stdout.includes('lb1 is master: priority 150 against 100.')]).toEqual([0, true])
  })

  test('under the name of keepalived explain is a word like any other', () => {
    const file = configuration('')
    const { stdout } = run('explain', 'nopreempt', '--as-keepalived', '-t', '-f', file)
    expect(stdout).toBe('Unexpected argument(s): explain nopreempt\n')
  })
})

describe('vipkeeper -t with --lint, --format and -d', { timeout: LIMIT }, () => {
  const trap =
    'global_defs { dynamic_interfaces }\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nno_virtual_ipaddress\nunicast_peer {\n192.0.2.2\n}\n}\n'

  test('a trap is nothing to -t, and 3 with --lint, with the line and a caret', () => {
    const file = configuration(trap)
    const plain = run('-t', '-f', file)
    const linted = run('-t', '--lint', '-f', file)
    expect([plain.status, plain.stderr.includes('lint-')]).toEqual([0, false])
    expect(linted.status).toBe(3)
    expect(linted.stderr).toContain('warning[lint-unicast-source]')
    expect(linted.stderr).toContain(' 6 | unicast_peer {\n   | ^^^^^^^^^^^^\n')
  })

  test('what is worse than a trap keeps its status with --lint', () => {
    expect(run('-t', '--lint', '-f', configuration(`${trap}bogus\n`)).status).toBe(run('-t', '-f', configuration(`${trap}bogus\n`)).status)
  })

  test('--format json is an array of findings, --format github one annotation each, --format xml is refused', () => {
    const file = configuration('bogus\n')
    expect(JSON.parse(run('-t', '--format', 'json', '-f', file).stderr)).toMatchObject([
      { code: 'unknown-keyword', at: { line: 1, column: 1 } },
    ])
    expect(run('-t', '--format=github', '-f', file).stderr).toMatch(
      /^::error file=.*k\.conf,line=1,col=1,title=unknown-keyword::unknown keyword/,
    )
    expect(run('-t', '--format', 'xml', '-f', file)).toMatchObject({ status: 1, stderr: expect.stringContaining('text, json or github') })
  })

  test('-t -d prints the configuration as understood, and nothing of one that ends in the middle', () => {
    expect(run('-t', '-d', '-f', configuration('$N=web # name\ninstance $N\n'))).toMatchObject({ status: 0, stdout: 'instance web\n' })
    expect(run('-t', '-d', '-f', configuration('child_wait_time\n'))).toMatchObject({ status: 2, stdout: '' })
  })
})
