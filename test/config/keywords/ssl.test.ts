import { expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

test('SSL has password, ca, certificate and key', () => {
  const read = readCheck('SSL {\npassword x\nca /ca\ncertificate /c\nkey /k\n}')
  expect(read.codes).toEqual([])
  expect(read.parsed.check.ssl).toEqual({ password: 'x', ca: '/ca', certificate: '/c', key: '/k' })
})

test.each(['password', 'ca', 'certificate', 'key'])('SSL %s without an argument is told, twice the last wins', (keyword) => {
  expect(readCheck(`SSL {\n${keyword}\n}`).codes).toEqual(['2 missing-argument'])
  const read = readCheck(`SSL {\n${keyword} a\n${keyword} b\n}`)
  expect(read.codes).toEqual(['3 duplicate'])
  expect(read.parsed.check.ssl).toEqual({ [keyword]: 'b' })
})

test('a second SSL block replaces the first', () => {
  const read = readCheck('SSL {\nca /a\n}\nSSL {\nkey /b\n}')
  expect(read.codes).toEqual(['4 duplicate'])
  expect(read.parsed.check.ssl).toEqual({ key: '/b' })
})
