import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { fromMillis } from '../../../src/base/units.ts'
import { probeSmtp } from '../../../src/drivers/probes/smtp.ts'
import { Hostile, never, target } from './support.ts'

/** A mail server: its greeting, and what it says to HELO and to QUIT. */
const mail = (greeting: string, helo: string, quit = '221 bye\r\n') =>
  Hostile.listen(
    (socket, request) => {
      if (request.startsWith('HELO')) socket.write(helo)
      else socket.write(quit)
    },
    (socket) => void socket.write(greeting),
  )

const check = (port: number, heloName = 'smtpchecker.keepalived.org', signal = never) =>
  probeSmtp({ kind: 'SMTP_CHECK', target: target(port, { connectTimeout: fromMillis(250) }), heloName }, signal)

const smtp = (stage: string) => ({ kind: 'failed', reason: { kind: 'smtp', stage } })
const silence = { kind: 'timed-out', stage: 'reply' }
const broken = { kind: 'failed', reason: { kind: 'reply' } }

describe('SMTP_CHECK', () => {
  test('greets with its name, says good-bye, and passes', async () => {
    await using server = await mail('220 hello\r\n', '250 pleased\r\n')
    expect(await check(server.port)).toMatchObject({ kind: 'passed' })
    expect(server.received).toEqual(['HELO smtpchecker.keepalived.org\r\n', 'QUIT\r\n'])
    await server.quiet()
  })

  test('helo_name is what it is called', async () => {
    await using server = await mail('220 hello\r\n', '250 pleased\r\n')
    await check(server.port, 'me.example')
    expect(server.received[0]).toBe('HELO me.example\r\n')
  })

  test('a helo_name with line ends adds no command', async () => {
    await using server = await mail('220 hello\r\n', '250 pleased\r\n')
    await check(server.port, 'me\r\nDATA\r\n')
    expect(server.received[0]).toBe('HELO meDATA\r\n')
  })

  test.each([
    ['a reply of several lines', '220-a\r\n220-b\r\n220 c\r\n', '250-d\r\n250 e\r\n', undefined, undefined],
    ['lines that end without CR', '220 a\n', '250 b\n', undefined, undefined],
    ['any answer to QUIT', '220 a\r\n', '250 b\r\n', '500 no\r\n', undefined],
    ['a greeting that refuses', '554 no\r\n', '', undefined, smtp('greeting')],
    ['a greeting of another code that begins alike', '2200 a\r\n', '', undefined, smtp('greeting')],
    ['a greeting of nothing but its code', '220\r\n', '', undefined, smtp('greeting')],
    ['a greeting of several lines that refuses at last', '220-a\r\n554 no\r\n', '', undefined, smtp('greeting')],
    ['an empty line as greeting', '\r\n', '', undefined, smtp('greeting')],
    ['HELO refused', '220 a\r\n', '500 what\r\n', undefined, smtp('helo')],
    ['a greeting whose line never ends', '220 a', '', undefined, silence],
    ['a reply whose last line never comes', '220-a\r\n220-b\r\n', '', undefined, silence],
    ['HELO not answered', '220 a\r\n', '', undefined, silence],
    ['QUIT not answered', '220 a\r\n', '250 b\r\n', '', silence],
    ['answers that come before they are asked for', '220 a\r\n250 b\r\n221 c\r\n', '', undefined, silence],
  ] as const)('%s', async (_name, greeting, helo, quit, expected) => {
    await using server = await mail(greeting, helo, quit ?? '221 bye\r\n')
    expect(await check(server.port)).toMatchObject(expected ?? { kind: 'passed' })
    await server.quiet()
  })

  test('a server that hangs up on QUIT has failed, as with keepalived', async () => {
    await using server = await mail('220 a\r\n', '250 b\r\n')
    await using rude = await Hostile.listen(
      (socket, request) => (request.startsWith('HELO') ? socket.write('250 b\r\n') : socket.end()),
      (socket) => void socket.write('220 a\r\n'),
    )
    expect(await check(rude.port)).toMatchObject(broken)
    expect(await check(server.port)).toMatchObject({ kind: 'passed' })
  })
})

describe('F29 SMTP_CHECK of a hostile server', () => {
  const cases: readonly (readonly [string, (socket: Socket) => void, object])[] = [
    ['closes at once', (socket) => socket.end(), broken],
    ['resets at once', (socket) => socket.resetAndDestroy(), { kind: 'failed' }],
    ['says nothing', () => {}, silence],
    ['sends one line without end', (socket) => flood(socket, 'x'.repeat(16_384)), { kind: 'failed', reason: { kind: 'malformed' } }],
    ['sends lines without end', (socket) => flood(socket, '220-x\r\n'.repeat(2000)), { kind: 'failed', reason: { kind: 'malformed' } }],
    ['sends a byte now and then', (socket) => drip(socket), silence],
    ['sends bytes that are no text', (socket) => socket.write(Buffer.from([0xff, 0, 0xfe, 10])), smtp('greeting')],
  ]
  test.each(cases)('%s', async (_name, serve, expected) => {
    await using server = await Hostile.listen(() => {}, serve)
    expect(await check(server.port)).toMatchObject(expected)
    await server.quiet()
  })

  test('the signal ends it, and its socket', async () => {
    const controller = new AbortController()
    await using server = await Hostile.listen(
      () => {},
      () => controller.abort(),
    )
    expect(await check(server.port, 'x', controller.signal)).toMatchObject({ kind: 'timed-out' })
    await server.quiet()
  })

  test('nobody listens', async () => {
    const { port } = await listenAndClose()
    expect(await check(port)).toMatchObject({ kind: 'failed', reason: { kind: 'connect' } })
  })
})

async function listenAndClose(): Promise<{ port: number }> {
  const server = await Hostile.listen(() => {})
  const { port } = server
  await server[Symbol.asyncDispose]()
  return { port }
}

function flood(socket: Socket, chunk: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', more)
  }
  more()
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('2'), 40)
  socket.once('close', () => clearInterval(timer))
}
