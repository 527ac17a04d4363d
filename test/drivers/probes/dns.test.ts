import { describe, expect, test } from 'vitest'
import { fromMillis } from '../../../src/base/units.ts'
import type { DnsType } from '../../../src/core/check/config.ts'
import { dnsQuestion, probeDns, responseCode } from '../../../src/drivers/probes/dns.ts'
import { closedPort, DatagramServer } from './datagrams.ts'
import { never, target } from './support.ts'

const check = (port: number, name = 'www.example.com', type: DnsType = 'A', signal = never) =>
  probeDns({ kind: 'DNS_CHECK', target: target(port, { connectTimeout: fromMillis(150) }), type, name }, signal)

/** The question as a response with these flags. */
const answered = (question: Buffer, flags: number, more: Uint8Array = new Uint8Array(0)): Buffer => {
  const answer = Buffer.concat([question, more])
  answer.writeUInt16BE(flags, 2)
  return answer
}

const silence = { kind: 'timed-out', stage: 'reply' }

describe('DNS_CHECK: the question', () => {
  test('as keepalived asks it: recursion, one question, class IN', () => {
    expect(Buffer.from(dnsQuestion(0x1a22, 'A', 'www.example.com')).toString('hex')).toBe(
      '1a220100000100000000000003777777076578616d706c6503636f6d0000010001',
    )
  })

  test('the root has no label, and a last dot means nothing', () => {
    expect(Buffer.from(dnsQuestion(0x2998, 'SOA', '.')).toString('hex')).toBe('2998010000010000000000000000060001')
    expect(dnsQuestion(1, 'A', 'a.b.')).toEqual(dnsQuestion(1, 'A', 'a.b'))
  })

  test.each([
    ['A', 1],
    ['NS', 2],
    ['CNAME', 5],
    ['SOA', 6],
    ['MX', 15],
    ['TXT', 16],
    ['AAAA', 28],
    ['RRSIG', 46],
    ['DNSKEY', 48],
  ] as const)('type %s is %i', (type, number) => {
    expect([...dnsQuestion(0, type, '.').subarray(-4)]).toEqual([0, number, 0, 1])
  })
})

describe('DNS_CHECK: the answer', () => {
  test.each([
    ['NOERROR without a record', (q: Buffer) => [answered(q, 0x8180)], { kind: 'passed' }],
    ['one that is cut', (q: Buffer) => [answered(q, 0x8380)], { kind: 'passed' }],
    ['SERVFAIL', (q: Buffer) => [answered(q, 0x8182)], { kind: 'failed', reason: { kind: 'dns-code', code: 2 } }],
    ['NXDOMAIN', (q: Buffer) => [answered(q, 0x8183)], { kind: 'failed', reason: { kind: 'dns-code', code: 3 } }],
    ['REFUSED', (q: Buffer) => [answered(q, 0x8185)], { kind: 'failed', reason: { kind: 'dns-code', code: 5 } }],
    ['to another question', (q: Buffer) => [Buffer.concat([Buffer.from([(q[0] ?? 0) ^ 1]), answered(q, 0x8180).subarray(1)])], silence],
    ['that is no answer', (q: Buffer) => [q], silence],
    ['shorter than a header', (q: Buffer) => [answered(q, 0x8180).subarray(0, 11)], silence],
    ['of no bytes', () => [new Uint8Array(0)], silence],
    ['none', () => [], silence],
    ['after rubbish', (q: Buffer) => [Buffer.from('rubbish'), q, answered(q, 0x8180)], { kind: 'passed' }],
  ])('%s', async (_name, answers, expected) => {
    await using server = await DatagramServer.listen(answers)
    expect(await check(server.port)).toMatchObject(expected)
  })

  test.each([
    ['a name that points at itself', [0xc0, 0x0c, 0, 1, 0, 1]],
    ['a name that points before the header', [0xc0, 0x00, 0, 1, 0, 1]],
    ['a label longer than the datagram', [63, 1, 2]],
    ['a record longer than the datagram', [0, 0, 1, 0, 1, 0, 0, 0, 0, 0xff, 0xff]],
  ])('S-P1 %s, and counts of 65535, hold nobody up', async (_name, tail) => {
    await using server = await DatagramServer.listen((question) => {
      const answer = answered(question, 0x8180, Uint8Array.from(tail))
      for (const at of [4, 6, 8, 10]) answer.writeUInt16BE(0xffff, at)
      return [answer]
    })
    expect(await check(server.port)).toMatchObject({ kind: 'passed' })
  })

  test('an ICMP error is a failure, at once', async () => {
    expect(await check(await closedPort())).toEqual({ kind: 'failed', reason: { kind: 'reply', detail: 'errno 111 (Connection refused)' } })
  })

  test('the signal ends it', async () => {
    await using server = await DatagramServer.listen(() => [])
    expect(await check(server.port, 'a', 'A', AbortSignal.timeout(20))).toEqual(silence)
  })

  test('no bytes at all of any shape throw', () => {
    for (let length = 0; length < 40; length++) expect(() => responseCode(new Uint8Array(length).fill(0xc0), 0xc0c0)).not.toThrow()
    expect(responseCode(new Uint8Array(12).fill(0xc0), 0xc0c0)).toBe(0)
  })
})
