import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import {
  close,
  monotonicNow,
  poll,
  prctl,
  realtimeNow,
  schedSetscheduler,
  setns,
  timerfdCreate,
  timerfdRead,
  timerfdSettime,
} from 'linux-syscalls'
import { afterEach, describe, expect, test } from 'vitest'

const opened: number[] = []
afterEach(() => {
  for (const fd of opened.splice(0)) close(fd)
})

function timer(): number {
  const fd = timerfdCreate()
  opened.push(fd)
  return fd
}

const fired = async (fd: number): Promise<number> =>
  new Promise((resolve) => {
    poll(fd, () => {
      const at = monotonicNow()
      close(fd)
      resolve(at)
    })
  })

describe('timerfd', () => {
  test.each([0, 1, 333, 1_000, 12_345])('fires %i µs from now, not a microsecond early', async (delay) => {
    const fd = timer()
    const at = monotonicNow() + delay
    expect(timerfdSettime(fd, at)).toBe(0)
    expect(await fired(fd)).toBeGreaterThanOrEqual(at)
  })

  test.each([-1, 0, 1])('an instant of the past (%i µs) fires at once', async (at) => {
    const fd = timer()
    timerfdSettime(fd, at)
    await fired(fd)
  })

  test('counts how often it fired since it was read', async () => {
    const fd = timer()
    timerfdSettime(fd, monotonicNow())
    await new Promise<void>((resolve) => {
      const handle = poll(fd, () => {
        if (typeof handle !== 'number') handle.close()
        resolve()
      })
    })
    expect([timerfdRead(fd), timerfdRead(fd)]).toEqual([1, 0])
  })

  test('undefined disarms it', async () => {
    const [disarmed, later] = [timer(), timer()]
    timerfdSettime(disarmed, monotonicNow() + 2_000)
    timerfdSettime(disarmed, undefined)
    timerfdSettime(later, monotonicNow() + 5_000)
    await fired(later)
    expect(timerfdRead(disarmed)).toBe(0)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e17])('%d is EINVAL', (at) => {
    expect(timerfdSettime(timer(), at)).toBe(-22)
  })
})

test('monotonicNow is the clock of process.hrtime, in whole microseconds', () => {
  const before = process.hrtime.bigint() / 1_000n
  const now = monotonicNow()
  expect(Number.isInteger(now)).toBe(true)
  expect(BigInt(now)).toBeGreaterThanOrEqual(before)
  expect(BigInt(now)).toBeLessThanOrEqual(process.hrtime.bigint() / 1_000n)
})

test('realtimeNow is the wall clock in whole microseconds', () => {
  const before = Date.now()
  const now = realtimeNow()
  expect(Number.isInteger(now)).toBe(true)
  expect(now / 1_000).toBeGreaterThanOrEqual(before)
  expect(now / 1_000).toBeLessThan(Date.now() + 1)
})

/** Runs a script in a process of its own; its output. */
async function run(script: string): Promise<string> {
  const imports = "import * as linux from 'linux-syscalls'\n"
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--input-type=module', '-e', imports + script], {
    timeout: 20_000,
  })
  return stdout.trim()
}

describe('signalfd', () => {
  test('real-time signals 36 and 63 are read and do not kill the process, however many come', async () => {
    const output = await run(`
      const fd = linux.signalfd([36, 63])
      const seen = []
      const handle = linux.poll(fd, () => {
        seen.push(...linux.readSignals(fd))
        if (seen.length === 202) { handle.close(); console.log(seen.filter((n) => n === 36).length, seen.filter((n) => n === 63).length) }
      })
      for (let i = 0; i < 201; i++) process.kill(process.pid, 36)
      process.kill(process.pid, 63)
    `)
    expect(output).toBe('201 1')
  })

  test('a spawned child starts with none of them blocked', async () => {
    const output = await run(`
      import { execFileSync } from 'node:child_process'
      linux.signalfd([15, 36, 63])
      console.log(execFileSync('grep', ['SigBlk', '/proc/self/status']).toString())
    `)
    expect(output).toBe('SigBlk:\t0000000000000000')
  })

  test('nothing to read is an empty list', async () => {
    expect(await run('console.log(linux.readSignals(linux.signalfd([36])))')).toBe('[]')
  })

  test.each(['0', '65', '-1'])('%s is no signal: EINVAL', async (number) => {
    expect(await run(`console.log(linux.signalfd([${number}]))`)).toBe('-22')
  })

  test('SIGKILL cannot be taken: EINVAL', async () => {
    expect(await run('console.log(linux.signalfd([9]))')).toBe('-22')
  })
})

test('an exception in a poll callback is uncaught as any other', async () => {
  const output = await run(`
    process.on('uncaughtException', (error) => { console.log(error.message); process.exit(0) })
    const fd = linux.timerfdCreate()
    linux.timerfdSettime(fd, 1)
    linux.poll(fd, () => { throw new Error('from the callback') })
  `)
  expect(output).toBe('from the callback')
})

test('promises and ticks of a poll callback run before the next event', async () => {
  const output = await run(`
    const fd = linux.timerfdCreate()
    linux.timerfdSettime(fd, 1)
    linux.poll(fd, () => {
      linux.close(fd)
      setImmediate(() => console.log('immediate'))
      Promise.resolve().then(() => console.log('promise'))
      process.nextTick(() => console.log('tick'))
    })
  `)
  expect(output).toBe('tick\npromise\nimmediate')
})

test('an unreferenced poll does not keep the process alive', async () => {
  expect(await run("const handle = linux.poll(linux.timerfdCreate(), () => {}); handle.unref(); console.log('end')")).toBe('end')
})

test('a worker thread that ends with a poll open takes it along', async () => {
  const worker = new Worker(
    `import * as linux from 'linux-syscalls'
     linux.poll(linux.timerfdCreate(), () => {})
     linux.poll(linux.timerfdCreate(), () => {})
     process.exit(7)`,
    { eval: true, execArgv: ['--conditions=source', '--input-type=module'] },
  )
  expect(await once(worker, 'exit')).toEqual([7])
})

test.each([
  { name: 'setns to a path that is not there', call: () => setns('/nonexistent'), errno: -2 },
  { name: 'setns to a descriptor that is no namespace', call: () => setns(0), errno: -22 },
  { name: 'an unknown prctl', call: () => prctl(4711, 0), errno: -22 },
  { name: 'an unknown scheduling policy', call: () => schedSetscheduler(0, 4711, 0), errno: -22 },
])('$name is a negative errno', ({ call, errno }) => {
  expect(call()).toBe(errno)
})

test('PR_SET_PDEATHSIG: a child dies with its parent', async () => {
  const output = await run(`
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e',
      "import { setParentDeathSignal } from 'linux-syscalls'; console.log(setParentDeathSignal(9)); setInterval(() => {}, 1000)"],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    child.stdout.once('data', (data) => { console.log(child.pid, data.toString().trim()); process.exit(0) })
  `)
  const [pid, result] = output.split(' ').map(Number)
  expect(result).toBe(0)
  await expect.poll(() => isAlive(pid ?? 0), { timeout: 5_000 }).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
