import { decodeIpv4, encodeIpv4 } from 'dgram-vrrp/codec'
import fc from 'fast-check'
import { internetChecksum } from 'linux-syscalls/checksum'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

const header = { source: '192.0.2.1', destination: '224.0.0.18', id: 1 }
const v2 = hex('21336401', '0001b8bf', 'c000020a', '0000000000000000')

test('V9 PKT-09 the header of an advert: TOS c0, TTL 255, protocol 112, not fragmented', () => {
  expect(toHex(encodeIpv4(header, v2))).toBe(
    toHex(hex('45', 'c0', '0028', '0001', '0000', 'ff', '70', '1891', 'c0000201', 'e0000012', toHex(v2))),
  )
})

test('PKT-09 the header sums to zero whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.ipV4(),
      fc.ipV4(),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 255 }),
      (source, destination, id, ttl) => {
        expect(internetChecksum(encodeIpv4({ source, destination, id, ttl }, v2).subarray(0, 20))).toBe(0)
      },
    ),
  )
})

test('UNI: unicast_ttl is the TTL of the header', () => {
  expect(encodeIpv4({ ...header, ttl: 64 }, v2)[8]).toBe(64)
})

test('what was built is taken apart again', () => {
  expect(decodeIpv4(encodeIpv4({ ...header, id: 0xfffe, ttl: 7 }, v2))).toEqual({
    ok: true,
    value: {
      header: {
        source: '192.0.2.1',
        destination: '224.0.0.18',
        ttl: 7,
        protocol: 112,
        id: 0xfffe,
        tos: 0xc0,
        headerLength: 20,
        totalLength: 40,
      },
      payload: v2,
    },
  })
})

test('VAL-05 IP options are passed over: the message begins at IHL times 4', () => {
  const bytes = hex('46', 'c0', '002c', '0001', '0000', 'ff', '70', '0000', 'c0000201', 'e0000012', '94040000', toHex(v2))
  expect(decodeIpv4(bytes)).toMatchObject({ ok: true, value: { header: { headerLength: 24 }, payload: v2 } })
})

test('VAL-04 Ethernet padding is cut off: the total length is the truth', () => {
  const message = hex('31336401', '006405cc', 'c000020a')
  const padded = new Uint8Array(46)
  padded.set(encodeIpv4(header, message))
  expect(decodeIpv4(padded)).toMatchObject({ ok: true, value: { header: { totalLength: 32 }, payload: message } })
})

describe('errors', () => {
  const changed = (...edits: readonly (readonly [number, number])[]): Uint8Array => {
    const bytes = encodeIpv4(header, v2)
    for (const [at, value] of edits) bytes[at] = value
    return bytes
  }
  test.each([
    { name: 'nothing', bytes: hex(''), kind: 'truncated' },
    { name: '19 bytes', bytes: changed().subarray(0, 19), kind: 'truncated' },
    { name: 'IP version 6', bytes: changed([0, 0x65]), kind: 'length' },
    { name: 'an IHL below 5', bytes: changed([0, 0x44]), kind: 'length' },
    { name: 'VAL-09 a total length larger than received', bytes: changed([3, 41]), kind: 'length' },
    { name: 'VAL-09 a total length smaller than the header', bytes: changed([3, 19]), kind: 'length' },
    { name: 'VAL-09 a header longer than the datagram', bytes: changed([0, 0x4f]), kind: 'length' },
  ])('$name', ({ bytes, kind }) => {
    expect(decodeIpv4(bytes)).toMatchObject({ ok: false, error: { kind } })
  })

  test('VAL-09 a total length that cuts the message leaves a message that is too short', () => {
    expect(decodeIpv4(changed([3, 30]))).toMatchObject({ ok: true, value: { payload: v2.subarray(0, 10) } })
  })

  test('a payload beyond 64 KiB is our own mistake', () => {
    expect(() => encodeIpv4(header, new Uint8Array(65_516))).toThrow(RangeError)
  })
})
