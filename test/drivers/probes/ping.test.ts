import { internetChecksum } from 'linux-syscalls'
import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromMillis } from '../../../src/base/units.ts'
import { echoRequest, isEchoReply, probePing, withoutIpHeader } from '../../../src/drivers/probes/ping.ts'
import { never, target } from './support.ts'

const check = (address: string, signal = never) =>
  probePing({ kind: 'PING_CHECK', target: target(0, { address: address as IpAddress, connectTimeout: fromMillis(400) }) }, signal)

const echo = { id: 0x1234, sequence: 0x5678, cookie: Uint8Array.of(1, 2, 3, 4) }

describe('PING_CHECK', () => {
  // A ping socket where ping_group_range allows it, a raw one where we are root: one of them is there.
  test.runIf(process.getuid?.() === 0)('an echo request is answered: IPv4 and IPv6', async () => {
    expect(await check('127.0.0.5')).toMatchObject({ kind: 'passed' })
    expect(await check('::1')).toMatchObject({ kind: 'passed' })
  })

  test.runIf(process.getuid?.() === 0)('many at once do not take each other’s answers', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => check(`127.0.1.${i + 1}`)))
    expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 30 }, () => 'passed'))
  })

  test('the signal ends it', async () => {
    expect((await check('127.0.0.5', AbortSignal.abort())).kind).not.toBe('passed')
  })
})

describe('echo messages', () => {
  test('RFC 792: type 8, and a checksum that makes the whole zero', () => {
    const request = echoRequest(4, echo)
    expect([...request.subarray(0, 2)]).toEqual([8, 0])
    expect([...request.subarray(4)]).toEqual([0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4])
    expect(internetChecksum(request)).toBe(0)
  })

  test('RFC 4443: type 128', () => {
    expect([...echoRequest(6, echo)]).toEqual([128, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4])
  })

  const answer = (family: 4 | 6): Uint8Array => {
    const message = echoRequest(family, echo)
    message[0] = family === 4 ? 0 : 129
    return message
  }
  const changed = (family: 4 | 6, at: number): Uint8Array => {
    const message = answer(family)
    message[at] = (message[at] ?? 0) ^ 0xff
    return message
  }

  test.each([
    ['ours', answer(4), true],
    ['with the number that a ping socket put there', changed(4, 4), true],
    ['of another sequence', changed(4, 7), false],
    ['with other data', changed(4, 11), false],
    ['cut short', answer(4).subarray(0, 11), false],
    ['our own request', echoRequest(4, echo), false],
    ['an answer of the other family', answer(6), false],
    ['destination unreachable', Uint8Array.of(3, 1, 0, 0, 0, 0, 0x56, 0x78, 1, 2, 3, 4), false],
    ['nothing', new Uint8Array(0), false],
  ])('a reply: %s', (_name, received, ours) => {
    expect(isEchoReply(4, received, echo)).toBe(ours)
  })

  test('a reply of IPv6', () => {
    expect(isEchoReply(6, answer(6), echo)).toBe(true)
    expect(isEchoReply(6, answer(4), echo)).toBe(false)
  })

  test('a raw packet loses its IP header, options included, and no bytes beyond its end are read', () => {
    expect([...withoutIpHeader(Uint8Array.of(0x46, ...new Array(23).fill(0), 9))]).toEqual([9])
    expect([...withoutIpHeader(Uint8Array.of(0x4f))]).toEqual([])
    expect([...withoutIpHeader(new Uint8Array(0))]).toEqual([])
  })
})
