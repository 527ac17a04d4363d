import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AF_UNIX, bind, close, recvmsg, SOCK_DGRAM, sockaddrUn, socket } from 'linux-syscalls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { consoleSink, syslogSink } from '../../src/process/log-sinks.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-sink-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const written = (sink: ReturnType<typeof consoleSink>, text: string): { readonly done: boolean } => {
  const state = { done: false }
  sink.write(text, () => {
    state.done = true
  })
  return state
}

describe('the console', () => {
  test('a file has the text when write returns', () => {
    const fd = openSync(join(folder, 'log'), 'w')
    expect(written(consoleSink(fd), 'line\n').done).toBe(true)
    closeSync(fd)
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('line\n')
  })

  test('a pipe that nobody reads does not block, and has everything once somebody does', async () => {
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
    const large = 'x'.repeat(300_000)
    const state = written(consoleSink(pipe), large)
    expect(state.done).toBe(false)
    let read = 0
    const buffer = Buffer.alloc(65_536)
    await expect
      .poll(
        () => {
          try {
            read += readSync(pipe, buffer)
          } catch (error) {
            expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN')
          }
          return read
        },
        { timeout: 5000, interval: 10 },
      )
      .toBe(large.length)
    expect(state.done).toBe(true)
    closeSync(pipe)
  })

  test('a pipe whose reader is gone loses the line and goes on', () => {
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const both = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
    const end = openSync(join(folder, 'pipe'), constants.O_WRONLY | constants.O_NONBLOCK)
    const sink = consoleSink(end)
    closeSync(both)
    expect(written(sink, 'line\n').done).toBe(true)
    closeSync(end)
  })

  test('a closed descriptor takes everything and keeps nothing', () => {
    expect(written(consoleSink(9999), 'line\n').done).toBe(true)
  })
})

describe('syslog', () => {
  test('each line is a datagram; a log daemon that starts anew gets the next one', () => {
    const path = join(folder, 'log')
    const first = socket(AF_UNIX, SOCK_DGRAM, 0)
    bind(first, sockaddrUn(path))
    const sink = syslogSink(path)
    expect(written(sink, 'one').done).toBe(true)
    const message = recvmsg(first, 4096)
    expect(typeof message === 'number' ? message : Buffer.from(message.data).toString()).toBe('one')

    close(first)
    rmSync(path)
    expect(written(sink, 'lost').done).toBe(true)

    const second = socket(AF_UNIX, SOCK_DGRAM, 0)
    bind(second, sockaddrUn(path))
    expect(written(sink, 'two').done).toBe(true)
    const next = recvmsg(second, 4096)
    expect(typeof next === 'number' ? next : Buffer.from(next.data).toString()).toBe('two')
    close(second)
  })

  test('without /dev/log lines are dropped at once', () => {
    expect(written(syslogSink(join(folder, 'none')), 'line').done).toBe(true)
  })
})
