import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { fromMillis, toMillis } from '../../../src/base/units.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { probe } from '../../../src/drivers/probes/index.ts'
import { Hostile, httpGet, never, target, url } from './support.ts'

/** F29: what a checked server may do to us, and what is to come of it. */
interface Case {
  readonly name: string
  readonly serve: (socket: Socket) => void
  readonly expected: object
}

const limit = fromMillis(300)

const cases: readonly Case[] = [
  {
    name: 'accepts and never answers',
    serve: () => {},
    expected: { kind: 'timed-out', stage: 'reply' },
  },
  {
    name: 'drips a byte of its header at a time',
    serve: (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
    expected: { kind: 'timed-out', stage: 'reply' },
  },
  {
    name: 'drips a byte of its body at a time',
    serve: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      drip(socket, 'x'.repeat(1000))
    },
    expected: { kind: 'timed-out', stage: 'body' },
  },
  {
    name: 'sends headers without end',
    serve: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      flood(socket, 'X-Header: value\r\n'.repeat(1000))
    },
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends one header line without end',
    serve: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Header: ')
      flood(socket, 'x'.repeat(16_384))
    },
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a status line without end',
    serve: (socket) => {
      socket.write('HTTP/1.1 200 ')
      flood(socket, 'x'.repeat(16_384))
    },
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a status line of 10 MB',
    serve: (socket) => socket.end(`HTTP/1.1 200 ${'x'.repeat(10_000_000)}\r\n\r\n`),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a chunk shorter than it says',
    serve: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nshort'),
    expected: { kind: 'passed' },
  },
  {
    name: 'sends a chunk whose length is no number',
    serve: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'),
    expected: { kind: 'failed' },
  },
  {
    name: 'sends a Content-Length that no number holds',
    serve: (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\nab`),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a status of ten digits (CVE-2018-19115)',
    serve: (socket) => socket.end('HTTP/1.1 2000000000 OK\r\n\r\n'),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a status of two digits',
    serve: (socket) => socket.end('HTTP/1.1 20 OK\r\n\r\n'),
    expected: { kind: 'failed' },
  },
  {
    name: 'sends two Content-Lengths that differ',
    serve: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'sends a negative Content-Length',
    serve: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab'),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'speaks another protocol',
    serve: (socket) => socket.end('220 mail.example ESMTP\r\n'),
    expected: { kind: 'failed', reason: { kind: 'malformed' } },
  },
  {
    name: 'closes without an answer',
    serve: (socket) => socket.end(),
    expected: { kind: 'failed', reason: { kind: 'closed' } },
  },
  {
    name: 'resets in place of an answer',
    serve: (socket) => socket.resetAndDestroy(),
    expected: { kind: 'failed', reason: { kind: 'reply' } },
  },
  {
    name: 'resets in the middle of its body',
    serve: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel', () => setImmediate(() => socket.resetAndDestroy())),
    expected: { kind: 'failed', reason: { kind: 'reply' } },
  },
  {
    name: 'redirects to itself',
    serve: (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
    expected: { kind: 'failed', reason: { kind: 'status-code', code: 302 } },
  },
  {
    name: 'switches to a protocol that nobody asked for',
    serve: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\nhello'),
    expected: { kind: 'failed', reason: { kind: 'status-code', code: 101 } },
  },
  {
    name: 'sends 100 Continue without end',
    serve: (socket) => flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)),
    expected: { kind: 'timed-out', stage: 'reply' },
  },
]

describe('HTTP_GET to a hostile server (F29, SEC-P13)', () => {
  test.each(cases)('a server that $name fails within its time and leaves no socket', async ({ serve, expected }) => {
    await using server = await Hostile.listen(serve)
    const start = performance.now()
    const result = await probe(httpGet(server.port, { target: target(server.port, { connectTimeout: limit }) }), never)
    expect(result).toMatchObject(expected)
    expect(performance.now() - start).toBeLessThan(toMillis(limit) + 400)
    await server.quiet()
  })

  test('a body without end is read to the cap: its status_code counts, a digest of it does not', async () => {
    await using server = await Hostile.listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      flood(socket, 'x'.repeat(65_536))
    })
    const patient = target(server.port, { connectTimeout: fromMillis(5000) })
    expect(await probe(httpGet(server.port, { target: patient }), never)).toMatchObject({ kind: 'passed' })
    const digest = '0123456789abcdef0123456789abcdef'
    expect(await probe(httpGet(server.port, { target: patient, urls: [url({ digest })] }), never)).toMatchObject({
      kind: 'failed',
      reason: { kind: 'malformed' },
    })
    await server.quiet()
  })

  test('a server that keeps the connection open after its answer finds it closed by us, without a reset', async () => {
    await using server = await Hostile.listen((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok'),
    )
    expect(await probe(httpGet(server.port, { httpProtocol: '1.1' }), never)).toMatchObject({ kind: 'passed' })
    await server.quiet()
    expect(server.ends).toEqual(['closed'])
  })

  test('a header of 48 KiB is within the bounds', async () => {
    const lines = `X-Long: ${'x'.repeat(1000)}\r\n`.repeat(48)
    await using server = await Hostile.listen((socket) => socket.end(`HTTP/1.1 200 OK\r\n${lines}\r\n`))
    expect(await probe(httpGet(server.port), never)).toMatchObject({ kind: 'passed' })
  })

  test('TCP_CHECK is content with a server that accepts and says nothing, and closes without a reset', async () => {
    await using server = await Hostile.listen(() => {})
    expect(await probe({ kind: 'TCP_CHECK', target: target(server.port) }, never)).toMatchObject({ kind: 'passed' })
    await server.quiet()
    expect(server.ends).toEqual(['closed'])
  })

  test('TCP_CHECK of a port where nobody listens fails at once', async () => {
    const server = await Hostile.listen(() => {})
    const { port } = server
    await server[Symbol.asyncDispose]()
    expect(await probe({ kind: 'TCP_CHECK', target: target(port) }, never)).toMatchObject({ kind: 'failed', reason: { kind: 'connect' } })
    expect(await probe(httpGet(port), never)).toMatchObject({ kind: 'failed', reason: { kind: 'connect' } })
  })

  test('a gzip bomb is never decompressed: digest is of the bytes on the wire', async () => {
    await using server = await Hostile.listen((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello'),
    )
    const urls = [url({ digest: '5d41402abc4b2a76b9719d911017c592' })]
    expect(await probe(httpGet(server.port, { urls }), never)).toMatchObject({ kind: 'passed' })
  })
})

describe('SSL_GET to a hostile server (F29)', () => {
  const tlsCases: readonly Case[] = [
    { name: 'never answers the handshake', serve: () => {}, expected: { kind: 'timed-out', stage: 'connect' } },
    { name: 'resets in the handshake', serve: (socket) => socket.resetAndDestroy(), expected: { kind: 'failed', reason: { kind: 'tls' } } },
    { name: 'closes in the handshake', serve: (socket) => socket.end(), expected: { kind: 'failed', reason: { kind: 'tls' } } },
    {
      name: 'speaks no TLS',
      serve: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
      expected: { kind: 'failed', reason: { kind: 'tls' } },
    },
    {
      name: 'resets in the middle of its handshake',
      serve: (socket) => socket.write(Buffer.from('160303007a020000', 'hex'), () => setImmediate(() => socket.resetAndDestroy())),
      expected: { kind: 'failed', reason: { kind: 'tls' } },
    },
    {
      name: 'sends a TLS record with a wrong length',
      serve: (socket) => socket.end(Buffer.from('1603030002020000767676767676', 'hex')),
      expected: { kind: 'failed', reason: { kind: 'tls' } },
    },
    {
      name: 'sends half a handshake',
      serve: (socket) => drip(socket, '\x16\x03\x03\x00\x7a\x02\x00'),
      expected: { kind: 'timed-out', stage: 'connect' },
    },
  ]
  test.each(tlsCases)('a server that $name fails within its time and leaves no socket', async ({ serve, expected }) => {
    await using server = await Hostile.listen(serve)
    const start = performance.now()
    const result = await probe(httpGet(server.port, { kind: 'SSL_GET', target: target(server.port, { connectTimeout: limit }) }), never)
    expect(result).toMatchObject(expected)
    expect(performance.now() - start).toBeLessThan(toMillis(limit) + 400)
    await server.quiet()
  })
})

describe('an attempt that is abandoned', () => {
  test.each(['HTTP_GET', 'SSL_GET'] as const)('%s closes its socket at once', async (kind) => {
    const controller = new AbortController()
    await using server = await Hostile.listen(() => controller.abort())
    const patient = target(server.port, { connectTimeout: fromMillis(60_000) })
    const result: ProbeResult = await probe(httpGet(server.port, { kind, target: patient }), controller.signal)
    expect(result).toMatchObject({ kind: 'timed-out' })
    await server.quiet()
    expect(server.ends).toEqual(['closed'])
  })

  test.each(['HTTP_GET', 'SSL_GET'] as const)('%s whose signal has ended never connects', async (kind) => {
    await using server = await Hostile.listen(() => {})
    expect(await probe(httpGet(server.port, { kind }), AbortSignal.abort())).toMatchObject({ kind: 'timed-out' })
    expect(await probe({ kind: 'TCP_CHECK', target: target(server.port) }, AbortSignal.abort())).toMatchObject({ kind: 'timed-out' })
    expect(server.ends).toEqual([])
  })
})

function drip(socket: Socket, text: string): void {
  void (async () => {
    for (const byte of text) {
      if (socket.destroyed) return
      socket.write(byte, 'latin1')
      await wait(20)
    }
  })()
}

function flood(socket: Socket, chunk: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', more)
  more()
}
