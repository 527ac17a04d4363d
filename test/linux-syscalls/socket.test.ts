import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AF_INET,
  AF_UNIX,
  bind,
  close,
  connect,
  errnoName,
  getsockname,
  getsockopt,
  getsockoptInt,
  IP_PKTINFO,
  IP_RECVTTL,
  IPPROTO_IP,
  ifNameToIndex,
  MSG_TRUNC,
  parseAncillary,
  parseSockaddr,
  poll,
  read,
  recvmmsg,
  recvmsg,
  SO_ERROR,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  sendmmsg,
  sendmsg,
  setsockopt,
  sockaddrIn,
  sockaddrUn,
  socket,
  WRITABLE,
} from 'linux-syscalls'
import { afterEach, describe, expect, test } from 'vitest'
import { type Native, native } from '../../src/linux-syscalls/addon.ts'

const opened: number[] = []
afterEach(() => {
  for (const fd of opened.splice(0)) close(fd)
})

function open(domain = AF_INET, type = SOCK_DGRAM): number {
  const fd = socket(domain, type, 0)
  expect(fd).toBeGreaterThan(2)
  opened.push(fd)
  return fd
}

/** A datagram socket on loopback and its address. */
function receiver(): { fd: number; address: Uint8Array } {
  const fd = open()
  expect(bind(fd, sockaddrIn(Uint8Array.of(127, 0, 0, 1)))).toBe(0)
  return { fd, address: getsockname(fd) as Uint8Array }
}

const payload = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => i)

describe('datagrams', () => {
  test('arrive in order, in one batch, with TTL, destination and sender', () => {
    const to = receiver()
    const from = receiver()
    setsockopt(to.fd, IPPROTO_IP, IP_RECVTTL, 1)
    setsockopt(to.fd, IPPROTO_IP, IP_PKTINFO, 1)
    expect(
      sendmmsg(
        from.fd,
        [1, 2, 3].map((length) => ({ data: payload(length), address: to.address })),
      ),
    ).toBe(3)
    const messages = recvmmsg(to.fd, 8, 100)
    if (typeof messages === 'number') throw new Error(errnoName(messages))
    expect(messages.map(({ data }) => data.length)).toEqual([1, 2, 3])
    expect(messages.map(({ address }) => parseSockaddr(address))).toEqual([1, 2, 3].map(() => parseSockaddr(from.address)))
    expect(parseAncillary(messages[0]?.control ?? payload(0))).toMatchObject({
      ttl: 64,
      destination: { address: Uint8Array.of(127, 0, 0, 1), ifindex: 1 },
    })
  })

  test('a batch takes no more than asked for', () => {
    const { fd, address } = receiver()
    for (let i = 0; i < 5; i++) sendmsg(fd, { data: payload(1), address })
    expect([recvmmsg(fd, 2, 10), recvmmsg(fd, 64, 10)].map((batch) => (typeof batch === 'number' ? batch : batch.length))).toEqual([2, 3])
  })

  test('one larger than the buffer shows MSG_TRUNC and only its beginning', () => {
    const { fd, address } = receiver()
    sendmsg(fd, { data: payload(9), address })
    const message = recvmsg(fd, 4)
    if (typeof message === 'number') throw new Error(errnoName(message))
    expect([...message.data]).toEqual([0, 1, 2, 3])
    expect(message.flags & MSG_TRUNC).toBe(MSG_TRUNC)
    sendmsg(fd, { data: payload(4), address })
    expect(recvmsg(fd, 4)).toMatchObject({ flags: 0 })
  })

  test('with MSG_TRUNC as an argument the buffer is not overrun', () => {
    const { fd, address } = receiver()
    sendmsg(fd, { data: payload(900), address })
    expect(recvmsg(fd, 4, MSG_TRUNC)).toMatchObject({ data: payload(4) })
  })

  test('an empty one is a message too', () => {
    const { fd, address } = receiver()
    expect(sendmsg(fd, { data: payload(0), address })).toBe(0)
    expect(recvmsg(fd, 10)).toMatchObject({ data: payload(0), flags: 0 })
  })

  test('none waiting is EAGAIN', () => {
    expect(errnoName(recvmsg(receiver().fd, 10) as number)).toBe('EAGAIN')
  })

  test('UNIX datagrams carry the name of their sender', () => {
    const [to, from] = [open(AF_UNIX), open(AF_UNIX)]
    const [toName, fromName] = [`\0to${process.pid}`, `\0from${process.pid}`]
    expect([bind(to, sockaddrUn(toName)), bind(from, sockaddrUn(fromName)), connect(from, sockaddrUn(toName))]).toEqual([0, 0, 0])
    expect(sendmsg(from, { data: payload(3) })).toBe(0)
    const message = recvmsg(to, 10)
    if (typeof message === 'number') throw new Error(errnoName(message))
    expect(parseSockaddr(message.address)).toEqual({ family: AF_UNIX, path: fromName })
  })
})

describe('failures are negative errnos', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linux-syscalls-'))
  rmSync(folder, { recursive: true })
  test.each([
    { name: 'an unknown family', call: () => socket(77, SOCK_DGRAM, 0), errno: 'EAFNOSUPPORT' },
    { name: 'a descriptor that is none', call: () => bind(-1, sockaddrIn(payload(4))), errno: 'EBADF' },
    { name: 'an address that is not ours', call: () => bind(open(), sockaddrIn(Uint8Array.of(192, 0, 2, 1))), errno: 'EADDRNOTAVAIL' },
    { name: 'an address of no length', call: () => bind(open(), payload(0)), errno: 'EINVAL' },
    { name: 'a path that is not there', call: () => connect(open(AF_UNIX), sockaddrUn(join(folder, 'no'))), errno: 'ENOENT' },
    { name: 'an unknown option', call: () => setsockopt(open(), 4711, 1, 1), errno: 'ENOPROTOOPT' },
    { name: 'an unknown option read', call: () => getsockopt(open(), SOL_SOCKET, 4711, 4), errno: 'ENOPROTOOPT' },
    { name: 'an option larger than any', call: () => getsockopt(open(), SOL_SOCKET, SO_RCVBUF, 1e6), errno: 'EINVAL' },
    { name: 'a buffer below zero', call: () => recvmmsg(receiver().fd, 1, -1), errno: 'EINVAL' },
    { name: 'a buffer beyond a megabyte', call: () => recvmmsg(receiver().fd, 1, 1 << 21), errno: 'EINVAL' },
    { name: 'a batch of none', call: () => recvmmsg(receiver().fd, 0, 10), errno: 'EINVAL' },
    { name: 'a batch of 65 to send', call: () => sendmmsg(receiver().fd, new Array(65).fill({ data: payload(1) })), errno: 'EMSGSIZE' },
    { name: 'nowhere to send to', call: () => sendmsg(open(), { data: payload(1) }), errno: 'EDESTADDRREQ' },
    { name: 'a descriptor closed twice', call: () => [close(opened.pop() ?? open()), close(4711)][1], errno: 'EBADF' },
    { name: 'an interface that is not there', call: () => ifNameToIndex('no-such-dev'), errno: 'ENODEV' },
    { name: 'a name longer than any interface has', call: () => ifNameToIndex('x'.repeat(16)), errno: 'ENODEV' },
    { name: 'a name with a NUL', call: () => ifNameToIndex('lo\0x'), errno: 'ENODEV' },
    { name: 'reading a descriptor that is none', call: () => read(-1, 10), errno: 'EBADF' },
    { name: 'polling a descriptor that is none', call: () => poll(-1, () => {}), errno: 'EBADF' },
    { name: 'polling for nothing', call: () => poll(open(), () => {}, 0), errno: 'EINVAL' },
    { name: 'polling for an unknown event', call: () => poll(open(), () => {}, 1024), errno: 'EINVAL' },
  ])('$name: $errno', ({ call, errno }) => {
    const result = call()
    expect(typeof result === 'number' ? errnoName(result) : result).toBe(errno)
  })
})

describe('a wrong type of argument is a TypeError', () => {
  const wrong = native() as unknown as Record<keyof Native, (...values: unknown[]) => unknown>
  test.each([
    ['socket', []],
    ['socket', ['2', 1, 0]],
    ['bind', [0, 'address']],
    ['bind', [0, new Uint16Array(8)]],
    ['bind', [0, { length: 3 }]],
    ['bind', [0, new DataView(new ArrayBuffer(8))]],
    ['setsockopt', [0, 0, 0, null]],
    ['send', [0, 'messages', 0]],
    ['send', [0, [1, 2, 3], 0]],
    ['send', [0, [payload(1), 'address', undefined], 0]],
    ['receive', [0, 1, 'many', 0]],
    ['close', [undefined]],
    ['ifNameToIndex', [1]],
    ['pollStart', [0, 1, {}]],
    ['pollChange', ['first', 1]],
    ['signalfd', [36]],
    ['signalfd', [['36']]],
    ['timerfdSettime', [0, '1']],
    ['setns', ['/run/netns/x', 0]],
  ] as const)('%s(%j)', (name, values) => {
    expect(() => wrong[name](...values)).toThrow(TypeError)
  })

  test('a detached buffer counts as empty', () => {
    const { fd, address } = receiver()
    const data = payload(5)
    structuredClone(data, { transfer: [data.buffer] })
    expect(sendmsg(fd, { data, address })).toBe(0)
    expect(recvmsg(fd, 10)).toMatchObject({ data: payload(0) })
  })

  test('an array that detaches one buffer while it is read sends no freed memory', () => {
    const { fd, address } = receiver()
    const data = payload(5)
    const parts: unknown[] = [data, address, undefined]
    Object.defineProperty(parts, 2, { get: () => void structuredClone(data, { transfer: [data.buffer] }) })
    expect(wrong.send(fd, parts, 0)).toBe(1)
    expect(recvmsg(fd, 10)).toMatchObject({ data: payload(0) })
  })
})

describe('options', () => {
  test('a number is a C int, both ways', () => {
    const fd = open()
    expect(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 8192)).toBe(0)
    expect(getsockoptInt(fd, SOL_SOCKET, SO_RCVBUF)).toBe(16384)
  })

  test('a failed int option is told from its value', () => {
    expect(getsockoptInt(-1, SOL_SOCKET, SO_ERROR)).toBe(-9)
  })
})

describe('poll', () => {
  const waited = async (fd: number, events?: number): Promise<number> =>
    new Promise((resolve) => {
      const handle = poll(
        fd,
        (seen) => {
          if (typeof handle !== 'number') handle.close()
          resolve(seen)
        },
        events,
      )
      expect(handle).toBeTypeOf('object')
    })

  test('tells when a datagram waits', async () => {
    const { fd, address } = receiver()
    const seen = waited(fd)
    sendmsg(fd, { data: payload(1), address })
    expect(await seen).toBe(1)
  })

  test('tells when a connection is made; SO_ERROR is then 0', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const fd = open(AF_INET, SOCK_STREAM)
    const { port } = server.address() as { port: number }
    expect(errnoName(connect(fd, sockaddrIn(Uint8Array.of(127, 0, 0, 1), port)))).toBe('EINPROGRESS')
    expect(await waited(fd, WRITABLE)).toBe(WRITABLE)
    expect(getsockoptInt(fd, SOL_SOCKET, SO_ERROR)).toBe(0)
    server.close()
  })

  test('tells of an error, and of what comes after it was read', async () => {
    const { fd, address } = receiver()
    const deaf = receiver()
    expect(connect(fd, deaf.address)).toBe(0)
    close(deaf.fd)
    const seen: (readonly [said: 'error' | 'datagram', received: string])[] = []
    const changed = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise(setImmediate)
    }
    poll(fd, (events) => {
      const message = recvmsg(fd, 100)
      seen.push([events < 0 ? 'error' : 'datagram', typeof message === 'number' ? errnoName(message) : `${message.data}`])
    })
    sendmsg(fd, { data: payload(1) })
    await changed(1)
    const again = open()
    expect(bind(again, deaf.address)).toBe(0)
    sendmsg(again, { data: payload(7), address })
    await changed(2)
    expect(seen).toEqual([
      ['error', 'ECONNREFUSED'],
      ['datagram', `${payload(7)}`],
    ])
  })

  test('a second one on a descriptor is EEXIST, after the first is closed it is not', () => {
    const fd = open()
    const first = poll(fd, () => {})
    expect(poll(fd, () => {})).toBe(-17)
    if (typeof first !== 'number') first.close()
    expect(poll(fd, () => {})).toBeTypeOf('object')
  })

  test('closing the descriptor ends it, and closing it again is harmless', () => {
    const fd = open()
    const handle = poll(fd, () => {})
    expect(close(fd)).toBe(0)
    if (typeof handle === 'number') throw new Error('no poll')
    handle.close()
    handle.close()
    handle.ref().unref()
    // The number is free again: a new socket may be watched under it.
    const next = open()
    expect(next).toBe(fd)
    expect(poll(next, () => {})).toBeTypeOf('object')
  })

  test('may be closed, and its descriptor with it, from its own callback', async () => {
    const { fd, address } = receiver()
    const done = new Promise<number>((resolve) => poll(fd, () => resolve(close(fd))))
    sendmsg(fd, { data: payload(1), address })
    expect(await done).toBe(0)
  })
})
