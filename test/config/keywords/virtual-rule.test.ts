import { describe, expect, test } from 'vitest'
import { readRuleLine } from '../../../src/config/keywords/virtual-rule.ts'
import { emptyParsed } from '../../../src/config/parsed.ts'
import { newContext, readWords } from '../../support/config-text.ts'

const read = (text: string, context = newContext()) =>
  readWords(text, (words, at) => readRuleLine(words, at, { block: 'virtual_rules' }), context)

describe('a virtual_rules line', () => {
  test.each([
    {
      name: 'from and table',
      text: 'from 10.0.0.0/8 table 100 preference 1',
      value: { family: 4, from: { address: '10.0.0.0', length: 8 }, preference: 1, action: { kind: 'table', table: 100 } },
    },
    {
      name: 'lookup is table, order is preference',
      text: 'to 10.0.0.0/8 lookup main order 2',
      value: { action: { kind: 'table', table: 254 }, preference: 2 },
    },
    { name: 'preference in C syntax, priority', text: 'from all table 100 priority 0x10', value: { preference: 16, from: undefined } },
    { name: 'all before an address', text: 'from all to 10.0.0.0/8 table 100 preference 1', value: { family: 4 } },
    { name: 'not inverts, wherever it stands', text: 'from 10.0.0.0/8 not table 100 preference 1', value: { invert: true } },
    { name: 'fwmark with a mask', text: 'fwmark 0x10/0xff table 100 preference 1', value: { fwmark: { mark: 16, mask: 255 } } },
    { name: 'fwmark alone has the full mask', text: 'fwmark 5 table 100 preference 1', value: { fwmark: { mark: 5, mask: 0xffff_ffff } } },
    { name: 'tos and dsfield', text: 'dsfield 0x08 table 100 preference 1', value: { tos: 8 } },
    { name: 'dev is iif; oif', text: 'dev eth0 oif eth1 table 100 preference 1', value: { iif: 'eth0', oif: 'eth1' } },
    {
      name: 'uidrange and tunnel-id',
      text: 'uidrange 5-6 tunnel-id 18446744073709551615 table 100 preference 1',
      value: { uidrange: { low: 5, high: 6 }, tunnelId: 2n ** 64n - 1n },
    },
    {
      name: 'ipproto, sport and dport',
      text: 'ipproto tcp sport 80-80 dport 1-2 table 100 preference 1',
      value: { ipproto: 6, sport: { low: 80, high: 80 }, dport: { low: 1, high: 2 } },
    },
    { name: 'goto a higher preference', text: 'from all goto 200 preference 100', value: { action: { kind: 'goto', target: 200 } } },
    { name: 'type goto', text: 'from all type goto 200 preference 100', value: { action: { kind: 'goto', target: 200 } } },
    ...['nop', 'blackhole', 'unreachable', 'prohibit', 'l3mdev'].map((kind) => ({
      name: kind,
      text: `from all ${kind} preference 1`,
      value: { action: { kind } },
    })),
    {
      name: 'realms, suppress_prefixlength and suppress_ifgroup go with a table',
      text: 'realms 5/6 suppress_prefixlength 0 suppress_ifgroup 3 table 100 preference 1',
      value: { action: { kind: 'table', realms: { from: 5, to: 6 }, suppressPrefixlength: 0, suppressIfgroup: 3 } },
    },
    {
      name: 'l3mdev takes the options of a table',
      text: 'l3mdev sup_pl 5 preference 1',
      value: { action: { kind: 'l3mdev', suppressPrefixlength: 5 } },
    },
    {
      name: 'sup_pl and sup_group',
      text: 'sup_pl 1 sup_group default table 100 preference 1',
      value: { action: { suppressPrefixlength: 1, suppressIfgroup: 0 } },
    },
    { name: 'protocol with no_track', text: 'from all table 100 preference 1 protocol 5 no_track', value: { protocol: 5, noTrack: true } },
    { name: 'inet swallows the word behind it', text: 'inet x from 10.0.0.0/8 table 100 preference 1', value: { family: 4 } },
  ])('$name', ({ text, value }) => {
    const line = read(text)
    expect(line.codes).toEqual([])
    expect(line.value).toMatchObject(value)
  })

  test('without preference it is numbered downwards from 16384, each family alone', () => {
    const context = newContext()
    const preferences = ['from 10.0.0.0/8 table 1', 'from 11.0.0.0/8 table 1', 'from 2001:db8::/32 table 1'].map(
      (text) => read(text, context).value?.preference,
    )
    expect(preferences).toEqual([16_384, 16_383, 16_384])
    expect(context.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(Array(3).fill('rule-preference warning'))
  })

  test.each([
    {
      name: 'a foreign protocol of a tracked rule is replaced',
      text: 'from all table 100 preference 1 protocol 5',
      codes: ['tracked-protocol'],
    },
    { name: 'a single dport is ignored', text: 'dport 80 table 100 preference 1', codes: ['rule-ports'] },
    { name: 'a bad prefix is replaced', text: 'from 10.0.0.0/33 table 100 preference 1', codes: ['prefix-length'] },
  ])('is kept though reported: $name', ({ text, codes }) => {
    const line = read(text)
    expect(line.codes).toEqual(codes)
    expect(line.value).toBeDefined()
  })

  test.each([
    { name: 'all behind an address', text: 'from 10.0.0.0/8 to all table 100 preference 1', codes: ['mixed-family'] },
    { name: 'two families', text: 'from 10.0.0.0/8 to 2001:db8::/32 table 100 preference 1', codes: ['mixed-family'] },
    { name: 'no action', text: 'from 10.0.0.0/8 preference 100', codes: ['rule'] },
    { name: 'two actions', text: 'from 10.0.0.0/8 table 100 blackhole preference 100', codes: ['rule'] },
    { name: 'table twice', text: 'table 100 table 101 preference 1', codes: ['rule'] },
    { name: 'table 0', text: 'from all table 0 preference 100', codes: ['rule'] },
    { name: 'table 2^32 is 0', text: 'from all table 4294967296 preference 100', codes: ['rule'] },
    { name: 'goto without preference', text: 'from all goto 200', codes: ['rule'] },
    { name: 'goto backwards', text: 'from all goto 50 preference 100', codes: ['rule'] },
    { name: 'type of nothing known', text: 'from all type table 100 preference 1', codes: ['rule-option'] },
    { name: 'suppress_prefixlength without a table', text: 'blackhole suppress_prefixlength 0 preference 101', codes: ['rule'] },
    { name: 'realms without a table', text: 'blackhole realms 5 preference 101', codes: ['rule'] },
    { name: 'realms with IPv6', text: 'from 2001:db8::/32 realms 5 table 100 preference 1', codes: ['family-only'] },
    { name: 'the spelling ip_proto of the manual', text: 'ip_proto tcp table 100 preference 1', codes: ['rule-option'] },
    { name: 'ipproto 255', text: 'ipproto 255 table 100 preference 1', codes: ['rule'] },
    { name: 'an unknown ipproto', text: 'ipproto bogus table 100 preference 1', codes: ['rule'] },
    { name: 'a bad preference', text: 'from all table 100 preference x', codes: ['line-number'] },
    { name: 'a bad fwmark mask', text: 'fwmark 5/x table 100 preference 1', codes: ['rule'] },
    { name: 'a single uid', text: 'uidrange 5 table 100 preference 1', codes: ['rule'] },
    { name: 'tunnel-id in hexadecimal', text: 'tunnel-id 0x5 table 100 preference 1', codes: ['rule'] },
    { name: 'a protocol by name', text: 'protocol kernel no_track table 100 preference 1', codes: ['line-number'] },
    { name: 'an unknown interface', text: 'iif nope9 table 100 preference 1', codes: ['interface-missing', 'bad-interface'] },
    { name: 'an unknown word', text: 'from all table 100 preference 100 bogus', codes: ['rule-option'] },
    { name: 'inet swallows from', text: 'inet from 10.0.0.0/8 table 100 preference 1', codes: ['rule-option'] },
    { name: 'inet6 against an IPv4 address', text: 'inet6 x from 10.0.0.0/8 table 100 preference 1', codes: ['mixed-family'] },
    { name: 'track_group in virtual_rules', text: 'track_group g table 100 preference 1', codes: ['rule-option'] },
  ])('is dropped: $name', ({ text, codes }) => {
    const line = read(text)
    expect(line.value).toBeUndefined()
    expect(line.codes).toEqual(codes)
  })

  test('status 2 where a word is missing behind preference', () => {
    expect(read('from all table 100 preference').stopped).toBe(true)
  })
})

test('track_group of static_rules needs iif', () => {
  const parsed = emptyParsed()
  parsed.vrrp.trackGroups.set('g', {} as never)
  const read = (text: string) =>
    readWords(text, (words, context) => readRuleLine(words, context, { block: 'static_rules' }), newContext(parsed))
  expect(read('iif eth0 table 100 preference 1 track_group g').value?.trackGroup).toBe('g')
  expect(read('table 100 preference 1 track_group g').codes).toEqual(['track-group'])
})
