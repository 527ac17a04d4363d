import { AUTH_TYPES, equalBytes, passwordField } from 'dgram-vrrp/codec'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

describe('passwords and comparisons', () => {
  test('the types of RFC 2338 §5.3.6', () => {
    expect(AUTH_TYPES).toEqual({ none: 0, PASS: 1, AH: 2 })
  })

  test.each([
    ['', '0000000000000000'],
    ['736563726574', '7365637265740000'],
    ['7365637265746c6f', '7365637265746c6f'],
    ['7365637265746c6f6e67', '7365637265746c6f'],
  ])('AUT-01 V3 the password %s stands as %s', (password, field) => {
    expect(toHex(passwordField(hex(password)))).toBe(field)
  })

  test.each([
    ['', ''],
    ['00', '00'],
    ['0102', '0102'],
  ])('AUT-22 %j is %j', (a, b) => {
    expect(equalBytes(hex(a), hex(b))).toBe(true)
  })

  test.each([
    ['00', ''],
    ['', '00'],
    ['0102', '0103'],
    ['8102', '0102'],
    ['0102', '010200'],
    ['010200', '0102'],
  ])('AUT-22 %j is not %j', (a, b) => {
    expect(equalBytes(hex(a), hex(b))).toBe(false)
  })
})
