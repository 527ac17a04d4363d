import { describe, expect, test } from 'vitest'
import { parseIp } from '../../../src/base/ip.ts'
import { addressAfter, readGroupLine } from '../../../src/config/keywords/virtual-server-group-line.ts'
import { readWords } from '../../support/config-text.ts'

const read = (text: string) => readWords(text, (words, context) => readGroupLine(words, context, 'G'))

describe('a virtual_server_group line', () => {
  test.each([
    { name: 'an address without port is any port', text: '192.0.2.1', value: { first: '192.0.2.1', count: 1, port: 0 } },
    { name: 'zeros are any port', text: '192.0.2.1 00', value: { port: 0 } },
    { name: 'words behind the port are ignored', text: '192.0.2.1 80 81', value: { port: 80 } },
    { name: 'a last octet', text: '192.0.2.1-9 80', value: { first: '192.0.2.1', count: 9, port: 80 } },
    { name: 'the last 16 bits in hexadecimal', text: '2001:db8::1-ff 80', value: { count: 255 } },
    { name: 'two full addresses', text: '192.0.2.250-192.0.3.4 80', value: { count: 11 } },
    { name: 'two equal full addresses', text: '192.0.2.1-192.0.2.1 80', value: { count: 1 } },
    { name: 'a block', text: '192.0.2.0/29 80', value: { first: '192.0.2.0', count: 8 } },
    { name: 'a block of one', text: '192.0.2.1/32 80', value: { count: 1 } },
    { name: 'a large IPv6 block', text: '2001:db8::/64 80', value: { count: 2 ** 64 } },
    { name: 'fwmark', text: 'fwmark 5', value: { kind: 'fwmark', fwmark: 5, family: undefined } },
    { name: 'fwmark inet6', text: 'fwmark 5 inet6', value: { kind: 'fwmark', family: 6 } },
  ])('$name', ({ text, value }) => {
    const line = read(text)
    expect(line.codes).toEqual([])
    expect(line.value).toMatchObject(value)
  })

  test.each([
    ['a service name', '192.0.2.1 http', 'group-port'],
    ['port 65536', '192.0.2.1 65536', 'group-port'],
    ['a negative port', '192.0.2.1 -1', 'group-port'],
    ['an address that is none', '192.0.2.300 80', 'group-address'],
    ['a range that ends where it begins', '192.0.2.9-9 80', 'group-address'],
    ['a range backwards', '192.0.2.9-8 80', 'group-address'],
    ['a last octet of 256', '192.0.2.1-256 80', 'group-address'],
    ['a last octet in hexadecimal', '192.0.2.1-0x9 80', 'group-address'],
    ['a range without end', '192.0.2.1- 80', 'group-address'],
    ['17 bits', '2001:db8::1-10000 80', 'group-address'],
    ['full addresses backwards', '192.0.2.2-192.0.2.1 80', 'group-address'],
    ['two families', '192.0.2.2-2001:db8::1 80', 'group-address'],
    ['a short IPv6 range with rubbish', '4:5:6::7-10.11.12.2', 'group-address'],
    ['host bits in a block', '192.0.2.1/29 80', 'group-address'],
    ['a range and a block', '192.0.2.1-5/29 80', 'group-address'],
    ['length 0', '192.0.2.0/0 80', 'group-address'],
    ['length 33', '192.0.2.0/33 80', 'group-address'],
    ['fwmark in hexadecimal', 'fwmark 0x5', 'group-fwmark'],
    ['fwmark of 33 bits', 'fwmark 4294967296', 'group-fwmark'],
    ['fwmark of no family', 'fwmark 5 bogus', 'group-fwmark'],
  ])('drops %s', (_name, text, code) => {
    const line = read(text)
    expect(line.value).toBeUndefined()
    expect(line.codes).toEqual([code])
  })

  test('status 2 where fwmark has no number', () => {
    expect(read('fwmark').stopped).toBe(true)
  })
})

test.each([
  ['192.0.2.250', 10, '192.0.3.4'],
  ['2001:db8::fffe', 3, '2001:db8::1:1'],
  ['10.0.0.0', 65_536, '10.1.0.0'],
])('the address behind %s by %d', (first, offset, expected) => {
  const address = parseIp(first)
  expect(address && addressAfter(address, offset)).toBe(expected)
})
