import { expect, test } from 'vitest'
import { assert, unreachable } from '../../src/base/assert.ts'
import { macFromBytes, macToBytes, parseMac, virtualMac } from '../../src/base/mac.ts'
import { prng } from '../../src/base/prng.ts'

test('the virtual MAC carries the family and the VRID (RFC 9568 §7.3)', () => {
  expect(virtualMac(4, 51)).toBe('00:00:5e:00:01:33')
  expect(virtualMac(6, 255)).toBe('00:00:5e:00:02:ff')
})

test('a MAC address is read in any case and written in lower case', () => {
  expect(parseMac('DA:2D:6E:6F:71:91')).toBe('da:2d:6e:6f:71:91')
  expect(macFromBytes(macToBytes(virtualMac(4, 1)))).toBe('00:00:5e:00:01:01')
})

test.each(['', '00:00:5e:00:01', '00:00:5e:00:01:33:44', '0:0:5e:0:1:33', 'gg:00:5e:00:01:33', '00-00-5e-00-01-33'])(
  '%j is no MAC address',
  (text) => {
    expect(parseMac(text)).toBeUndefined()
  },
)

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number): number[] => Array.from({ length: 5 }, prng(seed).next)
  expect(draw(42)).toEqual(draw(42))
  expect(draw(42)).not.toEqual(draw(43))
})

test('numbers stay within their bounds and reach both', () => {
  const random = prng(1)
  const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 6)))
  expect([...drawn].sort()).toEqual([3, 4, 5, 6])
  expect(Array.from({ length: 100 }, () => random.chance(0)).some(Boolean)).toBe(false)
  expect(Array.from({ length: 100 }, () => random.chance(1)).every(Boolean)).toBe(true)
})

test('a broken invariant throws and says which', () => {
  expect(() => assert(false, 'priority in 1..255')).toThrow('priority in 1..255')
  expect(() => unreachable('x' as never)).toThrow('unreachable')
})
