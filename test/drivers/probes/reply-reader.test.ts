import { describe, expect, test } from 'vitest'
import { prng } from '../../../src/base/prng.ts'
import { type Reply, ReplyReader } from '../../../src/drivers/probes/reply-reader.ts'

/** What a server said and then closed, in pieces of so many bytes. */
function read(text: string, size = text.length): Reply {
  const reader = new ReplyReader()
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) {
    const reply = reader.take(bytes.subarray(at, at + size))
    if (reply !== undefined) return reply
  }
  return reader.end()
}

const said = (reply: Reply): string =>
  reply.kind === 'reply' ? `${reply.status} ${Buffer.concat(reply.body).toString('latin1')}` : reply.kind

describe('a reply of HTTP/1 (RFC 9112), whole and byte by byte', () => {
  test.each([
    ['Content-Length ends it, whatever follows', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n', '200 ok'],
    ['Content-Length 0', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', '200 '],
    ['without a length the end is the end', 'HTTP/1.0 404 No\r\n\r\nnothing', '404 nothing'],
    ['a reason may be absent', 'HTTP/1.1 200\r\n\r\n', '200 '],
    ['a body that stops short is a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort', '200 short'],
    [
      'chunks stay as they are',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore',
      '200 2\r\nok\r\n0\r\n\r\n',
    ],
    ['a trailer belongs to them', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n', '200 0\r\nA: b\r\n\r\n'],
    ['chunk extensions', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n', '200 2;a=b\r\nok\r\n0\r\n\r\n'],
    ['204 has no body', 'HTTP/1.1 204 None\r\n\r\nnoise', '204 '],
    ['100 Continue is passed over', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok', '200 ok'],
    ['101 is a status', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', '101 '],
    ['nothing', '', 'closed'],
    ['half a header', 'HTTP/1.1 200 OK\r\nA: b\r\n', 'malformed'],
    ['another protocol', '220 mail ESMTP\r\n', 'malformed'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'malformed'],
    ['a status of ten digits', 'HTTP/1.1 2000000000 OK\r\n\r\n', 'malformed'],
    ['a line that continues the one before', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 'malformed'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na', 'malformed'],
    ['a NUL in a value', 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n', 'malformed'],
    ['a bare CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n', 'malformed'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 'malformed'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na', 'malformed'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na', 'malformed'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'malformed'],
    ['a chunk without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nok', 'malformed'],
    ['a chunk of negative length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok', 'malformed'],
  ])('%s', (_name, text, expected) => {
    expect(said(read(text))).toBe(expected)
    expect(said(read(text, 1))).toBe(expected)
  })

  test('a header and a chunk line are bounded', () => {
    const start = 'HTTP/1.1 200 OK\r\n'
    expect(read(`${start}A: ${'x'.repeat(70_000)}`, 1_000).kind).toBe('malformed')
    expect(read(`${start}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(5_000)}`, 1_000).kind).toBe('malformed')
  })

  test('garbage that grew from good replies is never more than malformed, however it is cut', () => {
    const random = prng(7)
    const good = [
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ]
    for (let i = 0; i < 3_000; i++) {
      const bytes = Buffer.from(good[i % 2] ?? '', 'latin1')
      for (let n = random.between(1, 4); n > 0; n--) bytes[random.between(0, bytes.length - 1)] = random.between(0, 255)
      const text = bytes.toString('latin1')
      expect(said(read(text, random.between(1, 9)))).toBe(said(read(text)))
    }
  })
})
