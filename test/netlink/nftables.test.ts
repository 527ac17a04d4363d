import { describe, expect, test } from 'vitest'
import { viewOf } from '../../src/netlink/attribute.ts'
import { type Message, type Request, readMessages } from '../../src/netlink/message.ts'
import {
  addressOfKey,
  beginBatch,
  endBatch,
  linkLocalOfKey,
  readChain,
  readElements,
  readFilterRule,
  replaceFilter,
} from '../../src/netlink/nftables.ts'
import { filter } from '../support/kernel-objects.ts'
import { message } from '../support/scripted-transport.ts'

const messageOf = (request: Request): Message => readMessages(message(request.type, 1, request.write)).messages[0]!
const written = (family: 4 | 6, texts: readonly string[], more = {}): readonly Message[] =>
  replaceFilter(filter(family, texts, more), (name) => (name === 'eth0' ? 2 : -19)).map(messageOf)
/** nf_tables' own number of a message. */
const kinds = (messages: readonly Message[]): readonly number[] => messages.map(({ type }) => type & 255)

test('no_accept: a table is made, removed and made again before anything is in it', () => {
  expect(kinds(written(4, ['192.0.2.1']))).toEqual([0, 2, 0, 9, 12, 3, 3, 6, 6])
})

test('no_accept: a batch begins and ends with marks for nf_tables, in network order', () => {
  expect([beginBatch, endBatch].map((mark) => [mark.type, ...messageOf(mark).payload])).toEqual([
    [0x10, 0, 0, 0, 10],
    [0x11, 0, 0, 0, 10],
  ])
})

test('no_accept: IPv4 drops what is from or for the addresses', () => {
  const rules = written(4, ['192.0.2.1']).flatMap((one) => readFilterRule(one) ?? [])
  expect(rules).toEqual([
    { chain: 'out', expressions: ['payload', 'lookup', 'immediate'] },
    { chain: 'in', expressions: ['payload', 'lookup', 'immediate'] },
  ])
})

test('no_accept: IPv6 lets neighbour discovery through first, and knows link-local addresses by their link', () => {
  const rules = written(6, ['2001:db8::1']).flatMap((one) => readFilterRule(one) ?? [])
  expect(rules.filter(({ chain }) => chain.startsWith('in')).map(({ expressions }) => expressions.join(' '))).toEqual([
    'payload cmp payload lookup immediate',
    'payload bitwise cmp immediate',
    'payload lookup immediate',
    'payload meta lookup immediate',
  ])
})

test('nftables_counters: each rule counts before its verdict', () => {
  const rules = written(6, [], { counters: true }).flatMap((one) => readFilterRule(one) ?? [])
  expect(rules.every(({ expressions }) => expressions.at(-2) === 'counter')).toBe(true)
})

test('nftables_priority is that of both hooks', () => {
  const chains = written(4, [], { priority: -7 }).flatMap((one) => readChain(one) ?? [])
  expect(chains).toEqual([
    { table: 'keepalived', name: 'out', priority: -7 },
    { table: 'keepalived', name: 'in', priority: -7 },
  ])
})

describe('elements', () => {
  const keys = (texts: readonly string[], more = {}) => written(6, texts, more).flatMap(readElements)
  const isLink = ({ length }: Uint8Array): boolean => length > 16
  const nameOf = (index: number) => (index === 2 ? 'eth0' : undefined)

  test('are read as they were written', () => {
    expect(keys(['2001:db8::1']).flatMap((key) => addressOfKey(key) ?? [])).toEqual(['2001:db8::1'])
    for (const byIndex of [false, true]) {
      const [key] = keys(['fe80::1%eth0'], { byIndex }).filter(isLink)
      expect(key && linkLocalOfKey(key, nameOf)).toEqual({ address: 'fe80::1', interface: 'eth0' })
    }
  })

  test('nftables_ifindex: the link is its number, else its name', () => {
    const lengths = [true, false].map((byIndex) => keys(['fe80::1%eth0'], { byIndex }).find(isLink)?.length)
    expect(lengths).toEqual([20, 32])
  })

  test('a number that no link has is nobody', () => {
    const key = Uint8Array.from([...new Array(16).fill(0), 9, 0, 0, 0])
    expect([linkLocalOfKey(key, nameOf), linkLocalOfKey(key.subarray(1), nameOf), addressOfKey(key)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('two thousand are three messages of at most a thousand', () => {
    const many = Array.from({ length: 2_500 }, (_, at) => `10.0.${at >> 8}.${at & 255}`)
    expect(
      written(4, many)
        .filter(({ type }) => (type & 255) === 12)
        .map((one) => readElements(one).length),
    ).toEqual([1000, 1000, 500])
  })
})

test.each([
  { name: 'a cut header', cut: (bytes: Uint8Array) => bytes.subarray(0, 3) },
  { name: 'a cut attribute', cut: (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 4) },
  {
    name: 'an attribute that claims too much',
    cut(bytes: Uint8Array) {
      const copy = bytes.slice()
      viewOf(copy).setUint16(4, 0xffff)
      return copy
    },
  },
])('$name is neither chain nor rule', ({ cut }) => {
  const spoilt = written(6, ['2001:db8::1']).map((one) => ({ ...one, payload: cut(one.payload) }))
  expect(spoilt.flatMap((one) => [readChain(one), readFilterRule(one)]).filter((one) => one !== undefined)).toEqual([])
})
