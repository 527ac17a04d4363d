import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Genhash, genhashUsage, parseGenhash, runGenhash } from '../../src/process/genhash.ts'
import { hexDump } from '../../src/process/hex-dump.ts'
import { Hostile } from '../drivers/probes/support.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const base = ['-s', '127.0.0.1', '-p', '80', '-u', '/']
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

describe('genhash: the command line', () => {
  const options: Genhash = {
    server: '127.0.0.1' as Genhash['server'],
    port: 80,
    url: '/',
    useSsl: false,
    useSni: false,
    virtualhost: undefined,
    fwmark: 0,
    protocol: '1.0',
    timeout: 120,
    verbose: false,
  }
  test.each([
    ['short', base, {}],
    ['long', ['--server', '127.0.0.1', '--port=80', '--url', '/'], {}],
    ['values that follow at once, flags in one word', ['-s127.0.0.1', '-p80', '-SIu/'], { useSsl: true, useSni: true }],
    [
      '-v -V -m -t',
      [...base, '-v', '-V', 'www.example', '-m', '7', '-t', '3'],
      { verbose: true, virtualhost: 'www.example', fwmark: 7, timeout: 3 },
    ],
    ['-P 1.0c', [...base, '-P', '1.0c'], { protocol: '1.0c' }],
    ['-P 1.0C', [...base, '-P', '1.0C'], { protocol: '1.0c' }],
    ['--protocol 1.1', [...base, '--protocol', '1.1'], { protocol: '1.1' }],
    [
      '--use-ssl --use-sni --use-virtualhost --verbose',
      [...base, '--use-ssl', '--use-sni', '--use-virtualhost', 'x', '--verbose'],
      {
        useSsl: true,
        useSni: true,
        virtualhost: 'x',
        verbose: true,
      },
    ],
    ['an address of IPv6', ['-s', '::1', '-p', '80', '-u', '/'], { server: '::1' }],
  ] as const)('%s', (_name, words, more) => {
    expect(parseGenhash(words)).toEqual({ kind: 'run', options: { ...options, ...more } })
  })

  test.each([
    ['nothing', [], []],
    ['-h', [...base, '-h'], []],
    ['no url', base.slice(0, 4), []],
    ['no port', ['-s', '127.0.0.1', '-u', '/'], []],
    ['a name as server', ['-s', 'localhost', ...base.slice(2)], ['server should be an IP, not localhost']],
    ['port 0', [...base, '-p', '0'], ["invalid port number '0'"]],
    ['port 99999', [...base, '-p', '99999'], ["invalid port number '99999'"]],
    ['a mark that is no number', [...base, '-m', 'x'], ["invalid fwmark 'x'"]],
    ['a limit that is no number', [...base, '-t', 'x'], ["invalid timeout 'x'"]],
    ['another version', [...base, '-P', '2'], ["invalid HTTP protocol version '2'"]],
    ['an unknown option', [...base, '-Z'], ['Unknown option -Z']],
    ['an unknown long option', [...base, '--bogus'], ['Unknown option --bogus']],
    ['a word too many', [...base, 'extra'], ['Unexpected argument(s): extra']],
    ['an option without its value', [...base.slice(0, 4), '-u'], ['Missing option argument for -u']],
  ])('%s is refused', (_name, words, messages) => {
    expect(parseGenhash(words)).toEqual({ kind: 'refused', messages })
  })

  test('the usage names every option', () => {
    const text = genhashUsage('genhash')
    for (const word of ['--use-ssl', '-S', '--use-sni', '-I', '--fwmark', '-m', '--timeout', '-t', '--protocol', '-P'])
      expect(text).toContain(word)
  })
})

/** What genhash prints of a server. */
async function said(reply: string | Buffer | undefined, more: Partial<Genhash> = {}) {
  await using server = await Hostile.listen((socket) => {
    if (reply === undefined) return
    if (typeof reply === 'string' && reply.endsWith('...')) socket.write(reply)
    else socket.end(reply)
  })
  const options: Genhash = {
    server: '127.0.0.1' as Genhash['server'],
    port: server.port,
    url: '/',
    useSsl: false,
    useSni: false,
    virtualhost: undefined,
    fwmark: 0,
    protocol: '1.0',
    timeout: 0.2,
    verbose: false,
    ...more,
  }
  let [out, complaint] = ['', '']
  await runGenhash(
    options,
    (text) => {
      out += text
    },
    (text) => {
      complaint += text
    },
  )
  await server.quiet()
  return { out, complaint, request: server.received.join('').replaceAll(`:${server.port}`, ':PORT') }
}

describe('genhash: the digest, from runs of keepalived’s', () => {
  test.each([
    ['the whole body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello', 'hello'],
    ['without Content-Length', 'HTTP/1.1 200 OK\r\n\r\nhello world\n', 'hello world\n'],
    ['whatever the status', 'HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nnot', 'not'],
    ['of nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
    ['of no more than Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world', 'hello'],
    ['of less, if the server closes', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello', 'hello'],
    [
      'of chunks as they are on the wire',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      '5\r\nhello\r\n0\r\n\r\n',
    ],
    ['of a large body', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(300_000)}`, 'x'.repeat(300_000)],
  ])('%s', async (_name, reply, body) => {
    expect(await said(reply)).toMatchObject({ out: `${md5(body)}\n`, complaint: '' })
  })

  test.each([
    ['no HTTP', 'garbage\r\n', '', 'no data received from remote webserver\n'],
    ['closed at once', '', '', 'no data received from remote webserver\n'],
    ['silence', undefined, 'Timeout WEB read\n', ''],
    ['a body that does not end', 'HTTP/1.1 200 OK\r\n\r\nhel...', 'Timeout HTTP read\n', ''],
    ['a header that does not end', 'X'.repeat(200_000), '', 'no data received from remote webserver\n'],
  ])('%s', async (_name, reply, out, complaint) => {
    expect(await said(reply)).toMatchObject({ out, complaint })
  })

  test('nobody listens', async () => {
    expect((await said('', { port: 1 })).out).toBe('Connection failed\n')
  })

  test('a server without TLS', async () => {
    expect((await said('garbage', { useSsl: true })).out).toBe('SSL handshake error\n')
  })

  test('the request, by version and virtual host', async () => {
    const body = 'HTTP/1.1 200 OK\r\n\r\n'
    const user = 'User-Agent: KeepAliveClient\r\n'
    expect((await said(body)).request).toBe(`GET / HTTP/1.0\r\n${user}Host: 127.0.0.1:PORT\r\n\r\n`)
    expect((await said(body, { protocol: '1.0c' })).request).toBe(
      `GET / HTTP/1.0\r\n${user}Connection: close\r\nHost: 127.0.0.1:PORT\r\n\r\n`,
    )
    expect((await said(body, { protocol: '1.1', virtualhost: 'www.x' })).request).toBe(
      `GET / HTTP/1.1\r\n${user}Connection: close\r\nHost: www.x\r\n\r\n`,
    )
  })

  test('--verbose shows the reply', async () => {
    const { out } = await said('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello', { verbose: true })
    expect(out.replace(/= \d+ usecs/, '= N usecs')).toBe(
      [
        '-----------------------[    HTTP Header Buffer    ]-----------------------',
        '0000  48 54 54 50 2f 31 2e 31 - 20 32 30 30 20 4f 4b 0d   HTTP/1.1 200 OK.',
        '0016  0a 43 6f 6e 74 65 6e 74 - 2d 4c 65 6e 67 74 68 3a   .Content-Length:',
        '0032  20 35 0d 0a 58 3a 20 79 - 0d 0a 0d 0a                5..X: y....    ',
        '-----------------------[ HTTP Header Ascii Buffer ]-----------------------',
        'HTTP/1.1 200 OK\r',
        'Content-Length: 5\r',
        'X: y\r',
        '\r',
        '',
        '-----------------------[        HTML Buffer        ]-----------------------',
        '0000  68 65 6c 6c 6f          -                           hello           ',
        '',
        '-----------------------[    HTML hash resulting    ]-----------------------',
        '0000  5d 41 40 2a bc 4b 2a 76 - b9 71 9d 91 10 17 c5 92   ]A@*.K*v.q......',
        '-----------------------[ HTML hash final resulting ]-----------------------',
        '5d41402abc4b2a76b9719d911017c592',
        '',
        'Global response time for [/] = N usecs',
        '',
      ].join('\n'),
    )
  })

  test('the dump of nothing is nothing', () => {
    expect(hexDump(new Uint8Array(0))).toBe('')
  })
})

describe('genhash: the program', () => {
  const run = (words: readonly string[], name?: string): Promise<{ status: unknown; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, ...(name === undefined ? {} : { VIPKEEPER_CALLED_AS: name }) }
      execFile(process.execPath, ['--conditions=source', main, ...words], { env }, (error, out, err) =>
        resolve({ status: error === null ? 0 : error.code, out, err }),
      )
    })

  test('-T and --genhash as the first word, and the name genhash', async () => {
    await using server = await Hostile.listen((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'))
    const words = ['-s', '127.0.0.1', '-p', `${server.port}`, '-u', '/']
    const expected = { status: 0, out: `${md5('hello')}\n`, err: '' }
    expect(await run(['--genhash', ...words])).toEqual(expected)
    expect(await run(['-T', ...words])).toEqual(expected)
    expect(await run(words, '/usr/bin/genhash')).toEqual(expected)
  })

  test('a wrong call ends with 1 and the usage', async () => {
    const { status, out, err } = await run(['-s', 'localhost'], 'genhash')
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(/^server should be an IP, not localhost\nUsage: genhash COMMAND/)
    expect((await run(['--genhash', '-h'], 'keepalived')).err).toMatch(/^Usage: keepalived --genhash COMMAND/)
  })
})
