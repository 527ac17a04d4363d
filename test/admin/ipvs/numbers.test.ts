import { describe, expect, test } from 'vitest'
import { counter } from '../../../src/admin/ipvs/numbers.ts'

describe('counters of --stats and --rate', () => {
  test.each([
    [0n, '        0'],
    [99_999_999n, ' 99999999'],
    [100_000_000n, '  100000K'],
    [999_999_999n, '  999999K'],
    [1_000_000_000n, '    1000M'],
    [99_999_999_999n, '   99999M'],
    [100_000_000_000n, '     100G'],
    [100_000_000_000_000n, '     100T'],
    [18_446_744_073_709_551_615n, '18446744T'],
  ])('%i is shown as %j', (value, shown) => {
    expect(counter(value, false)).toBe(shown)
  })

  test('--exact shows every digit', () => {
    expect([counter(5n, true), counter(123_456_789_012n, true)]).toEqual(['        5', ' 123456789012'])
  })
})
