import { addressFromBytes, addressToBytes } from 'dgram-vrrp/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ipFromBytes, parseIp } from '../../src/base/ip.ts'
import { hex } from './bytes.ts'

test.each([
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['fe800000000000000000000000000010', 'fe80::10'],
  ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
])('RFC 5952: %s is %s', (bytes, text) => {
  expect(addressFromBytes(hex(bytes))).toBe(text)
})

test('the text is the one that the rest of the program uses', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.array(fc.nat(15)), (bytes, zeros) => {
      for (const at of zeros) bytes[at] = 0
      expect(addressFromBytes(bytes)).toBe(ipFromBytes(bytes))
      expect(addressToBytes(addressFromBytes(bytes), 6)).toEqual(bytes)
    }),
  )
})

test.each(['1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.x', '', '::1', '1.2.3.-4'])('"%s" is no IPv4 address', (text) => {
  expect(() => addressToBytes(text, 4)).toThrow(RangeError)
})

test.each([
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::',
  '1.2.3.4',
  '::1.2.3.256',
  '1:2:3:4:5:6:7::8',
])('"%s" is no IPv6 address, as elsewhere in the program', (text) => {
  expect(() => addressToBytes(text, 6)).toThrow(RangeError)
  expect(parseIp(text)?.includes(':') ?? false).toBe(false)
})
