import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromMillis } from '../../../src/base/units.ts'
import type { CheckTarget, UdpReply } from '../../../src/core/check/config.ts'
import { probeUdp, replyFault } from '../../../src/drivers/probes/udp.ts'
import { closedPort, DatagramServer } from './datagrams.ts'
import { never, target } from './support.ts'

const reply = (pattern: string, more: Partial<UdpReply> = {}): UdpReply => ({ pattern, minLength: 0, maxLength: 255, ...more })
const bytes = (digits: string): Uint8Array => Buffer.from(digits, 'hex')

interface Options {
  readonly payload?: string
  readonly reply?: UdpReply
  readonly signal?: AbortSignal
  readonly target?: Partial<CheckTarget>
}

const check = (port: number, options: Options = {}) =>
  probeUdp(
    {
      kind: 'UDP_CHECK',
      target: target(port, { connectTimeout: fromMillis(150), ...options.target }),
      payload: options.payload,
      reply: options.reply,
    },
    options.signal ?? never,
  )

describe('UDP_CHECK', () => {
  test('an answer passes', async () => {
    await using server = await DatagramServer.listen((question) => [question])
    expect(await check(server.port)).toMatchObject({ kind: 'passed' })
    expect(server.received.map(String)).toEqual(['keepalived check - keepalived ch'])
  })

  test('payload is what is sent', async () => {
    await using server = await DatagramServer.listen((question) => [question])
    await check(server.port, { payload: '0011fF' })
    expect(server.received[0]).toEqual(Buffer.from([0, 0x11, 0xff]))
  })

  test('silence until connect_timeout passes', async () => {
    await using server = await DatagramServer.listen(() => [])
    const start = performance.now()
    expect(await check(server.port)).toMatchObject({ kind: 'passed' })
    expect(performance.now() - start).toBeGreaterThan(140)
  })

  test('an ICMP error is a failure, at once', async () => {
    expect(await check(await closedPort())).toEqual({ kind: 'failed', reason: { kind: 'reply', detail: 'ECONNREFUSED' } })
  })

  test('require_reply: silence is a failure', async () => {
    await using server = await DatagramServer.listen(() => [])
    expect(await check(server.port, { reply: reply('') })).toEqual({ kind: 'timed-out', stage: 'reply' })
  })

  test('require_reply with a pattern: another answer is a failure', async () => {
    await using server = await DatagramServer.listen(() => [bytes('abcdef')])
    expect(await check(server.port, { reply: reply('abcd') })).toMatchObject({ kind: 'passed' })
    expect(await check(server.port, { reply: reply('abce') })).toEqual({
      kind: 'failed',
      reason: { kind: 'mismatch', detail: 'byte 1 is cd' },
    })
  })

  test('require_reply alone takes an empty datagram too', async () => {
    await using server = await DatagramServer.listen(() => [new Uint8Array(0)])
    expect(await check(server.port, { reply: reply('') })).toMatchObject({ kind: 'passed' })
  })

  test('what a stranger sends is not heard', async () => {
    await using stranger = await DatagramServer.listen(() => [])
    await using server = await DatagramServer.listen(() => [])
    const waiting = check(server.port, { reply: reply(''), target: { bindto: '127.0.0.1' as IpAddress, bindPort: 45_671 } })
    const { createSocket } = await import('node:dgram')
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.send('hello', 45_671, '127.0.0.1', () => resolve()))
    socket.close()
    expect(await waiting).toEqual({ kind: 'timed-out', stage: 'reply' })
    expect(stranger.received).toEqual([])
  })

  test('IPv6', async () => {
    await using server = await DatagramServer.listen((question) => [question], 'udp6')
    expect(await check(server.port, { reply: reply(''), target: { address: '::1' as IpAddress } })).toMatchObject({ kind: 'passed' })
  })

  test('bindto and bind_port are where it comes from; a source that is not ours is a failure', async () => {
    await using server = await DatagramServer.listen((question) => [question])
    const here = { bindto: '127.0.0.7' as IpAddress, bindPort: 45_672 }
    expect(await check(server.port, { reply: reply(''), target: here })).toMatchObject({ kind: 'passed' })
    expect(await check(server.port, { target: { bindto: '192.0.2.77' as IpAddress } })).toMatchObject({
      kind: 'failed',
      reason: { kind: 'connect', detail: 'bind: EADDRNOTAVAIL' },
    })
  })

  test('an interface that is not there is a failure that names it', async () => {
    expect(await check(9, { target: { bindIf: 'none0' } })).toMatchObject({
      kind: 'failed',
      reason: { detail: expect.stringMatching(/^SO_BINDTODEVICE: (ENODEV|EPERM)$/) },
    })
  })

  test('the signal ends it; silence cut short proves nothing', async () => {
    await using server = await DatagramServer.listen(() => [])
    expect(await check(server.port, { signal: AbortSignal.timeout(20) })).toEqual({ kind: 'timed-out', stage: 'reply' })
    expect(await check(server.port, { signal: AbortSignal.abort() })).toEqual({ kind: 'timed-out', stage: 'reply' })
  })

  test('a flood is bounded and judged by its first datagram', async () => {
    await using server = await DatagramServer.listen(() => Array.from({ length: 200 }, () => bytes('00')))
    expect(await check(server.port, { reply: reply('ff') })).toMatchObject({ kind: 'failed', reason: { kind: 'mismatch' } })
  })

  test('no descriptor is left behind', async () => {
    await using server = await DatagramServer.listen((question) => [question])
    const port = await closedPort()
    await check(server.port)
    const before = readdirSync('/proc/self/fd').length
    for (let i = 0; i < 20; i++) {
      await check(server.port)
      await check(port)
      await check(server.port, { target: { bindto: '192.0.2.77' as IpAddress } })
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2)
  })
})

describe('what require_reply says of a reply, from runs of keepalived', () => {
  test.each([
    ['any reply', '', 'abcdef', undefined],
    ['the same', 'abcdef', 'abcdef', undefined],
    ['upper case', 'ABCDEF', 'abcdef', undefined],
    ['its beginning', 'ab', 'abcdef', undefined],
    ['a shorter reply that agrees as far as it goes', 'abcdefab', 'abcdef', undefined],
    ['x for any digit', 'xbcx', 'abcdef', undefined],
    ['x in upper case', 'Xbcdef', 'abcdef', undefined],
    ['another digit beside an x', 'xc', 'abcdef', 'byte 0 is ab'],
    ['another last byte', 'abcdee', 'abcdef', 'byte 2 is ef'],
  ])('%s', (_name, pattern, received, fault) => {
    expect(replyFault(reply(pattern), bytes(received))).toBe(fault)
  })

  test('min_reply_length and max_reply_length, both inclusive', () => {
    expect(replyFault(reply('ab', { minLength: 4 }), bytes('abcdef'))).toBe('3 bytes, fewer than 4')
    expect(replyFault(reply('ab', { minLength: 3 }), bytes('abcdef'))).toBeUndefined()
    expect(replyFault(reply('ab', { maxLength: 2 }), bytes('abcdef'))).toBe('3 bytes, more than 2')
    expect(replyFault(reply('ab', { maxLength: 3 }), bytes('abcdef'))).toBeUndefined()
  })

  test('without a pattern the lengths do not count', () => {
    expect(replyFault(reply('', { minLength: 4, maxLength: 2 }), bytes('abcdef'))).toBeUndefined()
  })
})
