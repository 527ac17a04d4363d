import { describe, expect, test } from 'vitest'
import { Attributes, aligned, littleEndian, Writer } from '../../src/netlink/attribute.ts'
import { ip } from '../support/kernel-objects.ts'

const written = (write: (writer: Writer) => void): Uint8Array => {
  const writer = new Writer(1)
  write(writer)
  return writer.take()
}
const read = (write: (writer: Writer) => void): Attributes => new Attributes(written(write))

describe('writing', () => {
  test.runIf(littleEndian)('an attribute is its length, its type, its value and padding to four bytes', () => {
    const bytes = written((writer) => writer.attributeBytes(3, Uint8Array.of(1, 2, 3)))
    expect(Array.from(bytes)).toEqual([7, 0, 3, 0, 1, 2, 3, 0])
  })

  test.runIf(littleEndian)('a nest is marked and its length counts its contents', () => {
    const bytes = written((writer) => {
      const nest = writer.open(2)
      writer.attributeU32(1, 0x01020304)
      writer.close(nest)
    })
    expect(Array.from(bytes)).toEqual([12, 0, 2, 0x80, 8, 0, 1, 0, 4, 3, 2, 1])
  })

  test.each([
    { name: '0.0.0.0', bytes: [0, 0, 0, 0] },
    { name: '255.255.255.255', bytes: [255, 255, 255, 255] },
    { name: '10.200.3.40', bytes: [10, 200, 3, 40] },
  ])('the address $name', ({ name, bytes }) => {
    expect(Array.from(read((writer) => writer.attributeIp(1, ip(name))).bytes(1))).toEqual(bytes)
  })

  test('an IPv6 address has 16 bytes', () => {
    expect(read((writer) => writer.attributeIp(1, ip('2001:db8::1'))).bytes(1)).toHaveLength(16)
  })

  test('every kind of value is read as it was written', () => {
    const attributes = read((writer) => {
      writer.attributeU8(1, 0xfe)
      writer.attributeU16(2, 0xfedc)
      writer.attributeBe16(3, 80)
      writer.attributeU32(4, 0xfedcba98)
      writer.attributeText(5, 'eth0:3')
      writer.attributeU32Pair(6, 7, 0xffff_ffff)
    })
    expect([attributes.u8(1), attributes.u16(2), attributes.be16(3), attributes.u32(4), attributes.text(5)]).toEqual([
      0xfe,
      0xfedc,
      80,
      0xfedcba98,
      'eth0:3',
    ])
    expect([Array.from(attributes.bytes(3)), attributes.u32(6), attributes.u64(6)]).toEqual([[0, 80], 7, 0xffff_ffff_0000_0007n])
    expect(attributes.error).toBeUndefined()
  })
})

describe('reading', () => {
  test('an absent attribute is zero, empty, and no error', () => {
    const nothing = new Attributes(new Uint8Array(0))
    expect([nothing.has(1), nothing.u32(1), nothing.u64(1), nothing.text(1), nothing.bytes(1), nothing.bytes(1, 2)]).toEqual([
      false,
      0,
      0n,
      '',
      new Uint8Array(0),
      new Uint8Array(2),
    ])
    expect(nothing.error).toBeUndefined()
  })

  test('NLA_F_NESTED and NLA_F_NET_BYTEORDER are no part of the type', () => {
    expect(read((writer) => writer.attributeU32(0x8000 | 0x4000 | 5, 9)).u32(5)).toBe(9)
  })

  test('of an attribute that comes twice the last counts', () => {
    const attributes = read((writer) => {
      writer.attributeU32(1, 1)
      writer.attributeU32(1, 2)
    })
    expect(attributes.u32(1)).toBe(2)
  })

  test('text ends at its NUL, or without one at its end', () => {
    expect(read((writer) => writer.attributeBytes(1, Uint8Array.of(97, 0, 98))).text(1)).toBe('a')
    expect(read((writer) => writer.attributeBytes(1, Uint8Array.of(97, 98))).text(1)).toBe('ab')
  })

  test.each([
    { name: 'a length below its own header', bytes: [3, 0, 1, 0], error: 'attribute 1 at byte 0 claims 3 bytes of 4' },
    { name: 'a length of zero', bytes: [0, 0, 1, 0], error: 'attribute 1 at byte 0 claims 0 bytes of 4' },
    { name: 'more bytes than there are', bytes: [9, 0, 1, 0, 1, 2, 3, 4], error: 'attribute 1 at byte 0 claims 9 bytes of 8' },
  ])('$name is an error', ({ bytes, error }) => {
    expect(new Attributes(Uint8Array.from(bytes)).error).toBe(error)
  })

  test('what precedes the malformed attribute is still read', () => {
    const bytes = Uint8Array.from([...written((writer) => writer.attributeU32(1, 7)), 99, 0, 2, 0])
    const attributes = new Attributes(bytes)
    expect([attributes.u32(1), attributes.has(2), attributes.error]).toEqual([7, false, 'attribute 2 at byte 8 claims 99 bytes of 4'])
  })

  test('a value that is too short reads as zero and keeps the first error', () => {
    const attributes = read((writer) => {
      writer.attributeU8(1, 9)
      writer.attributeU16(2, 9)
    })
    expect([attributes.u32(1), attributes.u64(2), attributes.bytes(2, 4)]).toEqual([0, 0n, new Uint8Array(4)])
    expect(attributes.error).toBe('attribute 1 has 1 bytes, not 4')
  })

  test('an error in a nest is an error of the whole message', () => {
    const attributes = read((writer) => writer.attributeBytes(1, Uint8Array.of(2, 0, 0, 0)))
    attributes.nest(1)
    expect(attributes.error).toBe('attribute 0 at byte 0 claims 2 bytes of 4')
  })

  test('S-D4 nests deeper than eight are an error', () => {
    let attributes = new Attributes(new Uint8Array(0))
    const top = attributes
    for (let depth = 0; depth < 8; depth++) attributes = attributes.nest(1)
    expect(top.error).toBeUndefined()
    attributes.nest(1)
    expect(top.error).toBe('attributes are nested deeper than 8')
  })
})

test.each([
  [0, 0],
  [1, 4],
  [4, 4],
  [5, 8],
])('NLMSG_ALIGN(%i) is %i', (length, is) => {
  expect(aligned(length)).toBe(is)
})
