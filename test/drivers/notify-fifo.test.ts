import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, lstatSync, mkdtempSync, openSync, readSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptUser } from '../../src/core/script-config.ts'
import { NotifyFifo } from '../../src/drivers/notify-fifo.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notify-fifo-'))
  path = join(folder, 'fifo')
})
afterEach(() => rmSync(folder, { recursive: true }))

const asRoot = process.getuid?.() === 0
const open = (owner?: ScriptUser) => NotifyFifo.open({ path, owner })

function opened(owner?: ScriptUser): NotifyFifo {
  const result = open(owner)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** What stands in the pipe now. */
function read(): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(1_000_000)
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } finally {
    closeSync(fd)
  }
}

describe('vrrp_notify_fifo', () => {
  test('is made with 0644 whatever the umask, needs no reader, and goes with us', () => {
    const umask = process.umask(0o077)
    const fifo = opened()
    process.umask(umask)
    expect(lstatSync(path).isFIFO()).toBe(true)
    expect(lstatSync(path).mode & 0o777).toBe(0o644)
    expect(fifo.write('one\n')).toBe(true)
    expect(fifo.write('two\n')).toBe(true)
    expect(read()).toBe('one\ntwo\n')
    fifo.close()
    expect(existsSync(path)).toBe(false)
  })

  test('one that was there before stays', () => {
    execFileSync('mkfifo', [path])
    const fifo = opened()
    fifo.close()
    expect(existsSync(path)).toBe(true)
  })

  test.runIf(asRoot)('belongs to the user and group that are named', () => {
    const fifo = opened({ user: 'nobody', group: 'daemon' })
    const { uid, gid } = lstatSync(path)
    expect([uid, gid]).toEqual([65534, 1])
    fifo.close()
  })

  test('a full pipe loses lines, whole ones, and waits for nobody', () => {
    const fifo = opened()
    const line = `${'x'.repeat(99)}\n`
    let written = 0
    while (fifo.write(line)) written++
    expect(fifo.write(line)).toBe(false)
    expect(read()).toBe(line.repeat(written))
    expect(fifo.write(line)).toBe(true)
    fifo.close()
  })
})

describe('S-X what is no vrrp_notify_fifo', () => {
  test('a symbolic link, even to a FIFO', () => {
    execFileSync('mkfifo', [join(folder, 'other')])
    symlinkSync('other', path)
    expect(open()).toMatchObject({ ok: false, error: expect.stringContaining('ELOOP') })
  })

  test('a file, which keeps its content', () => {
    writeFileSync(path, 'mine')
    expect(open()).toEqual({ ok: false, error: 'it is not a FIFO' })
    expect(read()).toBe('mine')
  })

  test.runIf(asRoot)('a FIFO of somebody else', () => {
    execFileSync('mkfifo', [path])
    execFileSync('chown', ['nobody', path])
    expect(open()).toEqual({ ok: false, error: 'it belongs to somebody else' })
    opened({ user: 'nobody', group: undefined }).close()
  })

  test('one in a folder that is not there, or of a user that is not there', () => {
    expect(NotifyFifo.open({ path: join(folder, 'no', 'fifo'), owner: undefined })).toMatchObject({ ok: false })
    expect(open({ user: 'no-such-user', group: undefined })).toMatchObject({ ok: false })
    expect(existsSync(path)).toBe(false)
  })
})
