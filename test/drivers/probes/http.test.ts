import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer as createRelay } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { describe, expect, test, vi } from 'vitest'
import { type IpAddress, parseIp } from '../../../src/base/ip.ts'
import type { HttpUrl } from '../../../src/core/check/config.ts'
import { readCredentials } from '../../../src/drivers/probes/credentials.ts'
import { probe } from '../../../src/drivers/probes/index.ts'
import { answering, Hostile, httpGet, localhost, never, target, url, type WebAttempt } from './support.ts'

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const chunks = '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'
const helloDigest = '5d41402abc4b2a76b9719d911017c592'

describe('the bytes of a request', () => {
  const rows: readonly { name: string; more: Partial<WebAttempt>; expected: (port: number) => string }[] = [
    {
      name: 'http_protocol 1.0, the default, without virtualhost: Host is address and port',
      more: {},
      expected: (port) => `GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    },
    {
      name: 'http_protocol 1.0C says Connection: close',
      more: { httpProtocol: '1.0C' },
      expected: (port) => `GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    },
    {
      name: 'http_protocol 1.1 says Connection: close',
      more: { httpProtocol: '1.1' },
      expected: (port) => `GET / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    },
    {
      name: 'virtualhost of the checker goes out without a port',
      more: { virtualhost: 'www.example' },
      expected: () => 'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: www.example\r\n\r\n',
    },
    {
      name: 'virtualhost of the url comes before that of the checker',
      more: { virtualhost: 'www.example', urls: [url({ virtualhost: 'a.example' })] },
      expected: () => 'GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: a.example\r\n\r\n',
    },
    {
      name: 'path is sent as it is written, dots, escapes and query included',
      more: { virtualhost: 'h', urls: [url({ path: '/a/../b//c%2f?x=1&y=a' })] },
      expected: () => 'GET /a/../b//c%2f?x=1&y=a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: h\r\n\r\n',
    },
    {
      name: 'path and virtualhost beyond ASCII go out as the UTF-8 they were',
      more: { virtualhost: 'ü', urls: [url({ path: '/ä' })] },
      expected: () => 'GET /\xc3\xa4 HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: \xc3\xbc\r\n\r\n',
    },
  ]
  test.each(rows)('$name', async ({ more, expected }) => {
    await using server = await answering(hello)
    expect(await probe(httpGet(server.port, more), never)).toMatchObject({ kind: 'passed' })
    expect(server.received).toEqual([expected(server.port)])
  })

  test('http_proxy of the environment is not asked', async () => {
    await using server = await answering(hello)
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1')
    try {
      expect(await probe(httpGet(server.port), never)).toMatchObject({ kind: 'passed' })
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('a path with a line break is refused, never sent', async () => {
    await using server = await answering(hello)
    const attempt = httpGet(server.port, { urls: [url({ path: '/a\r\nX-Evil: 1' })] })
    expect(await probe(attempt, never)).toMatchObject({ kind: 'failed', reason: { kind: 'malformed' } })
    expect(server.received).toEqual([])
  })

  test('bindto of an address that is not ours says nothing of the server', async () => {
    await using server = await answering('HTTP/1.1 200 OK\r\n\r\n')
    const there = target(server.port, { bindto: '192.0.2.77' as IpAddress })
    expect(await probe({ kind: 'TCP_CHECK', target: there }, never)).toMatchObject({
      kind: 'not-made',
      detail: expect.stringContaining('EADDRNOTAVAIL'),
    })
    expect(await probe(httpGet(server.port, { target: there }), never)).toMatchObject({ kind: 'not-made' })
    expect(await probe({ kind: 'SMTP_CHECK', target: there, heloName: 'x' }, never)).toMatchObject({ kind: 'not-made' })
    expect(await probe({ kind: 'DNS_CHECK', target: there, type: 'A', name: 'a' }, never)).toMatchObject({ kind: 'not-made' })
  })

  test('bindto and bind_port are where the connection comes from', async () => {
    const from: string[] = []
    await using server = await Hostile.listen(
      (socket) => socket.end(hello),
      (socket) => from.push(`${socket.remoteAddress}`),
    )
    const bound = target(server.port, { bindto: parseIp('127.0.0.7') })
    expect(await probe(httpGet(server.port, { target: bound }), never)).toMatchObject({ kind: 'passed' })
    expect(await probe({ kind: 'TCP_CHECK', target: bound }, never)).toMatchObject({ kind: 'passed' })
    await server.quiet()
    expect(from).toEqual(['127.0.0.7', '127.0.0.7'])
  })
})

describe('what of a reply passes', () => {
  const rows: readonly { name: string; reply: string; url: Partial<HttpUrl>; expected: object }[] = [
    {
      name: 'status_code 200 without words is 200-299: 204 passes',
      reply: 'HTTP/1.1 204 No Content\r\n\r\n',
      url: {},
      expected: { kind: 'passed' },
    },
    {
      name: 'a length that is not reached is an end',
      reply: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello',
      url: {},
      expected: { kind: 'passed' },
    },
    {
      name: 'an HTTP/1.0 reply ends with its connection',
      reply: 'HTTP/1.0 200 OK\r\n\r\nhello',
      url: { digest: helloDigest },
      expected: { kind: 'passed' },
    },
    {
      name: 'digest of a chunked reply is that of its chunks with their lengths, as keepalived and genhash have it',
      reply: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      url: { digest: createHash('md5').update(chunks).digest('hex') },
      expected: { kind: 'passed' },
    },
    {
      name: 'regex sees the lengths of the chunks too',
      reply: `HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n${chunks}`,
      url: { regex: regex('^2\\r\\nhe\\r\\n3') },
      expected: { kind: 'passed' },
    },
    {
      name: 'digest of a chunked reply that is put together does not pass',
      reply: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      url: { digest: helloDigest },
      expected: { kind: 'failed', reason: { kind: 'digest' } },
    },
    { name: 'digest is the MD5 of the body', reply: hello, url: { digest: helloDigest }, expected: { kind: 'passed' } },
    { name: 'regex finds its pattern', reply: hello, url: { regex: regex('l+o') }, expected: { kind: 'passed' } },
    {
      name: 'regex_options caseless',
      reply: hello,
      url: { regex: regex('HELLO', { options: ['caseless'] }) },
      expected: { kind: 'passed' },
    },
    {
      name: 'regex_options extended',
      reply: hello,
      url: { regex: regex('h e l l o # all of it', { options: ['extended'] }) },
      expected: { kind: 'passed' },
    },
    {
      name: 'regex_no_match passes without a match',
      reply: hello,
      url: { regex: regex('error', { noMatch: true }) },
      expected: { kind: 'passed' },
    },
    { name: 'regex_min_offset within the text', reply: hello, url: { regex: regex('l', { minOffset: 3 }) }, expected: { kind: 'passed' } },
    {
      name: 'status_code 404 is not 200',
      reply: 'HTTP/1.1 404 Not Found\r\n\r\n',
      url: {},
      expected: failed({ kind: 'status-code', url: '/', code: 404 }),
    },
    { name: 'status_code 199 is below the range', reply: 'HTTP/1.1 199 Odd\r\n\r\n', url: {}, expected: { kind: 'failed' } },
    {
      name: 'status_code 300 is above the range',
      reply: 'HTTP/1.1 300 Choose\r\n\r\n',
      url: {},
      expected: failed({ kind: 'status-code', code: 300 }),
    },
    {
      name: 'status_code counts before digest',
      reply: 'HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello',
      url: { digest: helloDigest },
      expected: failed({ kind: 'status-code', code: 500 }),
    },
    { name: 'digest of another body', reply: `${hello.slice(0, -1)}O`, url: { digest: helloDigest }, expected: failed({ kind: 'digest' }) },
    {
      name: 'digest of an empty body',
      reply: 'HTTP/1.1 200 OK\r\n\r\n',
      url: { digest: helloDigest },
      expected: failed({ kind: 'digest', digest: 'd41d8cd98f00b204e9800998ecf8427e' }),
    },
    {
      name: 'regex with letters beyond ASCII',
      reply: 'HTTP/1.1 200 OK\r\n\r\nähnlich',
      url: { regex: regex('^ähn') },
      expected: { kind: 'passed' },
    },
    {
      name: 'regex_options firstline',
      reply: 'HTTP/1.1 200 OK\r\n\r\none\ntwo',
      url: { regex: regex('two', { options: ['firstline'] }) },
      expected: failed({ kind: 'regex' }),
    },
    {
      name: 'regex that JavaScript lacks fails, with regex_no_match too',
      reply: hello,
      url: { regex: regex('(?>l+)o', { noMatch: true }) },
      expected: failed({ kind: 'regex' }),
    },
    { name: 'regex without a match', reply: hello, url: { regex: regex('^ello') }, expected: failed({ kind: 'regex' }) },
    { name: 'regex minds case', reply: hello, url: { regex: regex('HELLO') }, expected: failed({ kind: 'regex' }) },
    {
      name: 'regex_no_match fails on a match',
      reply: hello,
      url: { regex: regex('hell', { noMatch: true }) },
      expected: failed({ kind: 'regex' }),
    },
    {
      name: 'regex_min_offset behind the only match',
      reply: hello,
      url: { regex: regex('h', { minOffset: 1 }) },
      expected: failed({ kind: 'regex' }),
    },
    {
      name: 'regex_max_offset before the only match',
      reply: hello,
      url: { regex: regex('lo', { maxOffset: 2 }) },
      expected: failed({ kind: 'regex' }),
    },
    { name: 'regex that is none', reply: hello, url: { regex: regex('(') }, expected: failed({ kind: 'regex' }) },
  ]
  test.each(rows)('$name', async ({ reply, url: more, expected }) => {
    await using server = await answering(reply)
    expect(await probe(httpGet(server.port, { urls: [url(more)] }), never)).toMatchObject(expected)
    await server.quiet()
  })

  test('a regex that backtracks for ever is ended and fails, with regex_no_match too; the next one is served', async () => {
    await using server = await answering(`HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(5000)}b`)
    const patient = { ...httpGet(server.port) }
    for (const noMatch of [false, true]) {
      const urls = [url({ regex: regex('^(a+)+$', { noMatch }) })]
      expect(await probe({ ...patient, urls }, never)).toMatchObject(failed({ kind: 'regex', detail: 'the pattern took too long' }))
    }
    const urls = [url({ regex: regex('a+b') })]
    expect(await probe({ ...patient, urls }, never)).toMatchObject({ kind: 'passed' })
  })

  test('regex_stack: a pattern that needs a deep stack has it, whatever sizes are written', async () => {
    await using server = await answering(`HTTP/1.1 200 OK\r\n\r\n${'ab'.repeat(20_000)}c`)
    const patient = httpGet(server.port, { target: target(server.port, { connectTimeout: 3_000_000 as never }) })
    expect(await probe({ ...patient, urls: [url({ regex: regex('^(?:a(b|c))+c$') })] }, never)).toMatchObject({ kind: 'passed' })
  })

  test('fast_recovery is how it always is: one attempt asks all urls, one right behind the other', async () => {
    await using server = await answering('HTTP/1.1 200 OK\r\n\r\n')
    const urls = ['/a', '/b', '/c'].map((path) => url({ path }))
    expect(await probe(httpGet(server.port, { urls }), never)).toMatchObject({ kind: 'passed' })
    expect(server.received.map((request) => request.split(' ')[1])).toEqual(['/a', '/b', '/c'])
  })

  test('all urls must pass, in their order, over a connection each; the first that fails ends it', async () => {
    await using server = await Hostile.listen((socket, request) =>
      socket.end(request.startsWith('GET /b ') ? 'HTTP/1.1 503 No\r\n\r\n' : 'HTTP/1.1 200 OK\r\n\r\n'),
    )
    const urls = ['/a', '/b', '/c'].map((path) => url({ path }))
    expect(await probe(httpGet(server.port, { urls }), never)).toMatchObject(failed({ kind: 'status-code', url: '/b', code: 503 }))
    expect(server.received.map((request) => request.split(' ')[1])).toEqual(['/a', '/b'])
  })
})

describe('SSL_GET', () => {
  /** Answers hello to everybody, and tells what it saw of each connection. */
  async function secured(saw: (socket: TLSSocket) => void, options: object = {}) {
    const server = createServer({ ...selfSigned(), ...options }, (socket: TLSSocket) => {
      saw(socket)
      socket.on('error', () => {})
      // The client is the first to end it.
      socket.once('data', () => socket.write(hello))
    })
    await new Promise<void>((resolve) => server.listen(0, localhost, resolve))
    const { port } = server.address() as { port: number }
    const attempt = httpGet(port, { kind: 'SSL_GET', virtualhost: 'www.example', urls: [url({ digest: helloDigest })] })
    return {
      attempt: { ...attempt, target: target(port, { connectTimeout: 3_000_000 as never }) },
      port,
      [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
    }
  }

  test('a certificate of nobody will do; enable_sni sends the virtualhost, sni_name what it says', async () => {
    const names: unknown[] = []
    await using server = await secured((socket) => names.push(socket.servername))
    const { attempt } = server
    const passed = async (more: object) => expect(await probe({ ...attempt, ...more }, never)).toMatchObject({ kind: 'passed' })
    await passed({})
    await passed({ enableSni: true })
    await passed({ enableSni: true, virtualhost: undefined })
    await passed({ enableSni: true, sniName: 'sni.example' })
    await passed({ enableSni: false, sniName: 'sni.example' })
    expect(names).toEqual([false, 'www.example', false, 'sni.example', false])
  })

  test('SSL: certificate, key and its password are shown to a server that asks; ca is read; without them there is nothing to show', async () => {
    const shown: unknown[] = []
    await using server = await secured((socket) => shown.push(socket.getPeerCertificate().subject?.CN), {
      requestCert: true,
      rejectUnauthorized: false,
    })
    const folder = mkdtempSync(join(tmpdir(), 'ssl-block-'))
    const [key, certificate] = [join(folder, 'key'), join(folder, 'cert')]
    const subject = ['-subj', '/CN=director.example', '-days', '1', '-passout', 'pass:secret']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' })
    const credentials = readCredentials({ certificate, key, password: 'secret', ca: certificate })
    const locked = readCredentials({ certificate, key })
    const missing = readCredentials({ ca: '/no/such/file' })
    rmSync(folder, { recursive: true })
    if (!credentials.ok) throw new Error(credentials.error)
    expect(locked).toMatchObject({ ok: false, error: expect.stringContaining(`SSL error : Cant load private key file ${key}`) })
    expect(missing).toMatchObject({ ok: false, error: expect.stringContaining('SSL error : Cant load CA file /no/such/file') })
    expect(await probe(server.attempt, never, undefined, credentials.value)).toMatchObject({ kind: 'passed' })
    expect(await probe(server.attempt, never)).toMatchObject({ kind: 'passed' })
    expect(shown).toEqual(['director.example', undefined])
  })

  test('tls_compliant is how it always is: close_notify is the last record that the server gets', async () => {
    await using server = await secured(() => {}, { maxVersion: 'TLSv1.2' })
    const { promise: end, resolve: ended } = Promise.withResolvers<void>()
    let sent = Buffer.alloc(0)
    const between = createRelay((front) => {
      const back = connect(server.port, localhost)
      front.on('data', (bytes: Buffer) => {
        sent = Buffer.concat([sent, bytes])
        back.write(bytes)
      })
      front.on('close', () => {
        back.destroy()
        ended()
      })
      front.on('error', () => {})
      back.on('data', (bytes) => front.write(bytes)).on('error', () => {})
    })
    await new Promise<void>((resolve) => between.listen(0, localhost, resolve))
    const { port } = between.address() as { port: number }
    const attempt = { ...server.attempt, target: { ...server.attempt.target, port } }
    expect(await probe(attempt, never)).toMatchObject({ kind: 'passed' })
    await end
    between.close()
    const records: (number | undefined)[] = []
    for (let left = sent; left.length >= 5; left = left.subarray(5 + left.readUInt16BE(3))) records.push(left[0])
    const alert = 21
    expect(records.at(-1)).toBe(alert)
  })
})

function regex(pattern: string, more: Partial<NonNullable<HttpUrl['regex']>> = {}): NonNullable<HttpUrl['regex']> {
  return { pattern, options: [], noMatch: false, minOffset: 0, maxOffset: Number.MAX_SAFE_INTEGER, ...more }
}

function failed(reason: object): object {
  return { kind: 'failed', reason }
}

function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'ssl-get-'))
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const subject = ['-subj', '/CN=nobody.example', '-days', '1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  const pair = { key: readFileSync(key), cert: readFileSync(cert) }
  rmSync(folder, { recursive: true })
  return pair
}
