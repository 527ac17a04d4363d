import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareIp,
  familyOf,
  type IpAddress,
  ipFromBytes,
  ipToBytes,
  isLinkLocal,
  isMulticast,
  parseIp,
  parsePrefix,
} from '../../src/base/ip.ts'

const ip = (text: string): IpAddress => {
  const address = parseIp(text)
  if (address === undefined) throw new Error(`not an address: ${text}`)
  return address
}

describe('parseIp', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['FE80::0001', 'fe80::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('reads %s in its canonical form %s', (text, canonical) => {
    expect(parseIp(text)).toBe(canonical)
  })

  test.each([
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.-4',
    '1.2.3.4 ',
    '0x1.2.3.4',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1.2.3',
    '1.2.3.4::',
    'fe80::1%eth0',
    '::ffff:192.0.2.256',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined()
  })

  test('the canonical text is a fixed point, for every address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })), (bytes) => {
        const address = ipFromBytes(bytes)
        expect(parseIp(address)).toBe(address)
        expect(ipToBytes(address)).toEqual(bytes)
      }),
    )
  })
})

describe('parsePrefix', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1', 32],
    ['10.0.0.1/24', '10.0.0.1', 24],
    ['10.0.0.1/0', '10.0.0.1', 0],
    ['2001:db8::1', '2001:db8::1', 128],
    ['2001:db8::1/64', '2001:db8::1', 64],
  ])('reads %s', (text, address, length) => {
    expect(parsePrefix(text)).toEqual({ address, length })
  })

  test.each(['10.0.0.1/', '10.0.0.1/33', '10.0.0.1/-1', '10.0.0.1/1e1', '::1/129', '/24', '10.0.0/24'])('refuses %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined()
  })
})

describe('compareIp is unsigned and in network order (RFC 9568 §6.4.3)', () => {
  test.each([
    ['192.0.2.9', '192.0.2.10'],
    ['9.255.255.255', '10.0.0.1'],
    ['127.255.255.255', '128.0.0.0'],
    ['fe80::9', 'fe80::10'],
  ])('%s is lower than %s', (low, high) => {
    expect(compareIp(ip(low), ip(high))).toBeLessThan(0)
    expect(compareIp(ip(high), ip(low))).toBeGreaterThan(0)
    expect(compareIp(ip(low), ip(low))).toBe(0)
  })
})

test.each([
  ['fe80::1', true, false],
  ['febf::1', true, false],
  ['fec0::1', false, false],
  ['169.254.0.1', true, false],
  ['224.0.0.18', false, true],
  ['239.255.255.255', false, true],
  ['240.0.0.0', false, false],
  ['ff02::12', false, true],
])('%s: link-local %s, multicast %s', (text, linkLocal, multicast) => {
  expect(isLinkLocal(ip(text))).toBe(linkLocal)
  expect(isMulticast(ip(text))).toBe(multicast)
})

test('familyOf tells the family', () => {
  expect([familyOf(ip('192.0.2.1')), familyOf(ip('::1'))]).toEqual([4, 6])
})
