import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AF_UNIX, bind, close, recvmsg, SOCK_DGRAM, sockaddrUn, socket } from 'linux-syscalls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serviceManager, watchdogInterval } from '../../src/process/service-manager.ts'

let folder: string
let listener: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-notify-'))
  listener = socket(AF_UNIX, SOCK_DGRAM, 0)
})
afterEach(() => {
  close(listener)
  rmSync(folder, { recursive: true })
})

function received(): string | undefined {
  const message = recvmsg(listener, 4096)
  return typeof message === 'number' ? undefined : Buffer.from(message.data).toString()
}

describe('sd_notify', () => {
  test.each([
    { name: 'ready', say: 'READY=1\nSTATUS=running', call: (manager: ReturnType<typeof serviceManager>) => manager.ready('running') },
    { name: 'stopping', say: 'STOPPING=1', call: (manager: ReturnType<typeof serviceManager>) => manager.stopping() },
    { name: 'watchdog', say: 'WATCHDOG=1', call: (manager: ReturnType<typeof serviceManager>) => manager.watchdog() },
  ])('$name', ({ say, call }) => {
    const path = join(folder, 'notify')
    expect(bind(listener, sockaddrUn(path))).toBe(0)
    call(serviceManager({ NOTIFY_SOCKET: path }))
    expect(received()).toBe(say)
  })

  test('reloading carries the monotonic time that systemd asks for with Type=notify-reload', () => {
    const path = join(folder, 'notify')
    bind(listener, sockaddrUn(path))
    serviceManager({ NOTIFY_SOCKET: path }).reloading()
    expect(received()).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/)
  })

  test('an abstract socket begins with @', () => {
    const name = `vipkeeper-test-${process.pid}`
    expect(bind(listener, sockaddrUn(`\0${name}`))).toBe(0)
    serviceManager({ NOTIFY_SOCKET: `@${name}` }).stopping()
    expect(received()).toBe('STOPPING=1')
  })

  test('nobody listens, nothing happens', () => {
    serviceManager({}).ready('running')
    serviceManager({ NOTIFY_SOCKET: join(folder, 'none') }).ready('running')
    expect(received()).toBeUndefined()
  })
})

describe('the watchdog', () => {
  test.each([
    { name: 'half of WATCHDOG_USEC, in milliseconds', environment: { WATCHDOG_USEC: '10000000' }, ms: 5000 },
    { name: 'for this process', environment: { WATCHDOG_USEC: '10000000', WATCHDOG_PID: String(process.pid) }, ms: 5000 },
    { name: 'not for another process', environment: { WATCHDOG_USEC: '10000000', WATCHDOG_PID: '1' }, ms: undefined },
    { name: 'not without a limit', environment: {}, ms: undefined },
    { name: 'not with noise', environment: { WATCHDOG_USEC: 'soon' }, ms: undefined },
    { name: 'not with 0', environment: { WATCHDOG_USEC: '0' }, ms: undefined },
  ])('$name', ({ environment, ms }) => {
    expect(watchdogInterval(environment)).toBe(ms)
  })
})
