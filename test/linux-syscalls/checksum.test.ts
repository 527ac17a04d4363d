import fc from 'fast-check'
import { internetChecksum, onesComplementSum } from 'linux-syscalls/checksum'
import { expect, test } from 'vitest'

test('RFC 1071 §3: the example sums to ddf2', () => {
  expect(onesComplementSum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0xddf2)
})

test.each([
  { name: 'no bytes', bytes: [], checksum: 0xffff },
  { name: 'an odd tail counts as if a zero followed', bytes: [0x12], checksum: 0xedff },
  { name: 'carries are folded back', bytes: [0xff, 0xff, 0x00, 0x02], checksum: 0xfffd },
  { name: 'all ones stay zero: no ffff as in UDP', bytes: [0xff, 0xff], checksum: 0 },
])('$name', ({ bytes, checksum }) => {
  expect(internetChecksum(Uint8Array.from(bytes))).toBe(checksum)
})

test('parts of even length sum as one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (first, second) => {
      const even = first.subarray(0, first.length & ~1)
      expect(internetChecksum(even, second)).toBe(internetChecksum(Uint8Array.from([...even, ...second])))
    }),
  )
})

test('a megabyte of ff does not overflow', () => {
  expect(internetChecksum(new Uint8Array(1 << 20).fill(0xff))).toBe(0)
})
