import { describe, expect, test } from 'vitest'
import { type AddressBlock, readAddressLine } from '../../../src/config/keywords/virtual-address.ts'
import { emptyParsed } from '../../../src/config/parsed.ts'
import { newContext, readWords } from '../../support/config-text.ts'

const read = (text: string, block: AddressBlock = 'virtual_ipaddress', hasDefaultInterface = true) =>
  readWords(text, (words, context) => readAddressLine(words, context, { block, hasDefaultInterface }))

describe('a virtual_ipaddress line that is kept', () => {
  test.each([
    {
      name: 'a bare IPv4 address is /32',
      text: '192.0.2.10',
      value: { prefix: { address: '192.0.2.10', length: 32 }, interface: undefined, scope: 0 },
    },
    {
      name: 'a bare IPv6 address is /128 and deprecated from the start',
      text: '2001:db8::1',
      value: { prefix: { address: '2001:db8::1', length: 128 }, preferredLft: 0 },
    },
    { name: 'an IPv6 address with a shorter prefix lives forever', text: '2001:db8::1/64', value: { preferredLft: undefined } },
    { name: 'preferred_lft 0 deprecates', text: '2001:db8::1/64 preferred_lft 0', value: { preferredLft: 0 } },
    { name: 'preferred_lft forever spares a /128', text: '2001:db8::1 preferred_lft forever', value: { preferredLft: undefined } },
    { name: 'preferred_lft means nothing to IPv4', text: '192.0.2.1 preferred_lft 0', value: { preferredLft: undefined } },
    { name: 'upper case is written small', text: 'FE80::AB/64', value: { prefix: { address: 'fe80::ab', length: 64 } } },
    { name: 'a prefix may be 0 or have leading zeros', text: '192.0.2.10/024', value: { prefix: { address: '192.0.2.10', length: 24 } } },
    { name: 'scope global says nothing of IPv6', text: '2001:db8::1/64 scope global', value: { scope: 0 } },
    { name: 'dev names the interface', text: '192.0.2.10 dev eth1', value: { interface: 'eth1' } },
    { name: 'scope by name', text: '192.0.2.10 scope link', value: { scope: 253 } },
    { name: 'scope 255, the largest', text: '192.0.2.10 scope 255', value: { scope: 255 } },
    { name: 'scope by number in C syntax', text: '192.0.2.10 scope 0x10', value: { scope: 16 } },
    { name: 'broadcast + sets the host bits', text: '192.0.2.10/26 broadcast +', value: { broadcast: '192.0.2.63' } },
    { name: 'brd - clears them', text: '192.0.2.10/26 brd -', value: { broadcast: '192.0.2.0' } },
    { name: 'brd takes an address', text: '192.0.2.10/24 brd 192.0.2.99', value: { broadcast: '192.0.2.99' } },
    { name: 'label of 15 bytes', text: '192.0.2.10 label eth0:1234567890', value: { label: 'eth0:1234567890' } },
    { name: 'the last label counts', text: '192.0.2.10 label eth0:1 label eth0:2', value: { label: 'eth0:2' } },
    { name: 'peer is a whole address', text: '192.0.2.10 peer 192.0.2.20', value: { peer: { address: '192.0.2.20', length: 32 } } },
    { name: 'no_track', text: '192.0.2.10 no_track', value: { noTrack: true } },
    { name: 'use_vmac', text: '192.0.2.10 use_vmac', value: { useVmac: true } },
    {
      name: 'home, -nodad, mngtmpaddr, noprefixroute and autojoin set flags; IPv6 has nodad unless told',
      text: '2001:db8::1/64 home mngtmpaddr noprefixroute autojoin',
      value: { flags: { home: true, nodad: true, mngtmpaddr: true, noprefixroute: true, autojoin: true } },
    },
    {
      name: '-nodad clears nodad',
      text: '2001:db8::1/64 -nodad',
      value: { flags: { home: false, nodad: false, mngtmpaddr: false, noprefixroute: false, autojoin: false } },
    },
  ])('$name', ({ text, value }) => {
    const line = read(text)
    expect(line.codes).toEqual([])
    expect(line.value).toMatchObject(value)
  })
})

describe('a virtual_ipaddress line with a fault that leaves the address', () => {
  test.each([
    {
      name: 'a prefix above 32 becomes 32',
      text: '192.0.2.10/33',
      codes: ['prefix-length'],
      value: { prefix: { address: '192.0.2.10', length: 32 } },
    },
    {
      name: 'a netmask is no prefix',
      text: '192.0.2.10/255.255.255.0',
      codes: ['prefix-length'],
      value: { prefix: { address: '192.0.2.10', length: 32 } },
    },
    { name: 'an unknown scope is ignored', text: '192.0.2.10 scope bogus', codes: ['address-scope'], value: { scope: 0 } },
    { name: 'scope 256 is ignored', text: '192.0.2.10 scope 256', codes: ['address-scope'], value: { scope: 0 } },
    { name: 'IPv6 has no scope', text: '2001:db8::1/64 scope link', codes: ['address-scope-ipv6'], value: { scope: 0 } },
    {
      name: 'an unknown scope of IPv6 is unknown first',
      text: '2001:db8::1/64 scope bogus',
      codes: ['address-scope'],
      value: { scope: 0 },
    },
    { name: 'IPv6 has no label', text: '2001:db8::1/64 label a', codes: ['address-label-ipv6'], value: { label: undefined } },
    { name: 'brd + needs host bits', text: '192.0.2.10/31 brd +', codes: ['address-broadcast-prefix'], value: { broadcast: undefined } },
    {
      name: 'peer and broadcast exclude each other',
      text: '192.0.2.10 brd 192.0.2.255 peer 192.0.2.11',
      codes: ['address-broadcast-peer'],
      value: { broadcast: undefined },
    },
    {
      name: 'a prefix beside peer is ignored',
      text: '192.0.2.10/24 peer 192.0.2.11',
      codes: ['address-peer-prefix'],
      value: { prefix: { address: '192.0.2.10', length: 32 } },
    },
    {
      name: 'a second peer is ignored, and its word unknown',
      text: '192.0.2.10 peer 192.0.2.11 peer 192.0.2.12',
      codes: ['address-peer-twice', 'address-option'],
      value: { peer: { address: '192.0.2.11', length: 32 } },
    },
    {
      name: 'a bad preferred_lft leaves the default',
      text: '2001:db8::1 preferred_lft x',
      codes: ['address-preferred-lft'],
      value: { preferredLft: 0 },
    },
    { name: 'nodad without a dash is unknown', text: '2001:db8::1 nodad', codes: ['address-option'], value: { flags: { nodad: true } } },
    {
      name: 'each unknown word is told',
      text: '192.0.2.10 bogus 1 2',
      codes: ['address-option', 'address-option', 'address-option'],
      value: {},
    },
    {
      name: 'track_group is for static_ipaddress',
      text: '192.0.2.10 track_group g',
      codes: ['address-option', 'address-option'],
      value: { trackGroup: undefined },
    },
  ])('$name', ({ text, codes, value }) => {
    const line = read(text)
    expect(line.codes).toEqual(codes)
    expect(line.value).toMatchObject(value)
  })
})

describe('a virtual_ipaddress line that is dropped', () => {
  test.each([
    { name: 'a host name', text: 'vip.example.com', codes: ['address'] },
    { name: 'leading zeros', text: '192.000.002.010/24', codes: ['address'] },
    { name: 'a range', text: '192.0.2.10-12', codes: ['address'] },
    { name: 'a zone', text: 'fe80::1%eth0/64', codes: ['address'] },
    { name: 'default', text: 'default', codes: ['address'] },
    { name: 'a label of 16 bytes', text: '192.0.2.10 label eth0:12345678901', codes: ['address-label'] },
    { name: 'a label of 16 bytes, of IPv6 too', text: '2001:db8::1 label eth0:12345678901', codes: ['address-label'] },
    { name: 'dev twice', text: '192.0.2.10 dev eth0 dev eth1', codes: ['address-dev-twice'] },
    {
      name: 'dev of an unknown interface, which stops the validation',
      text: '192.0.2.10 dev nope9',
      codes: ['interface-missing', 'bad-interface'],
    },
    { name: 'brd that is no IPv4 address', text: '192.0.2.10/24 brd 2001:db8::1', codes: ['address-broadcast'] },
    { name: 'brd on IPv6', text: '2001:db8::1/64 brd +', codes: ['address-broadcast'] },
    { name: 'peer with a prefix', text: '192.0.2.10 peer 192.0.2.20/24', codes: ['address-peer'] },
    { name: 'peer of the other family', text: '192.0.2.10 peer 2001:db8::1', codes: ['address-peer'] },
    ...['dev', 'scope', 'brd', 'broadcast', 'label', 'peer', 'preferred_lft'].map((word) => ({
      name: `${word} without its argument, which is not status 2`,
      text: `192.0.2.10 ${word}`,
      codes: ['address-argument'],
    })),
  ])('$name', ({ text, codes }) => {
    const line = read(text)
    expect(line.value).toBeUndefined()
    expect(line.codes).toEqual(codes)
    expect(line.stopped).toBe(false)
  })
})

test('a finding stands at the column of its word', () => {
  expect(read('192.0.2.10 scope bogus').columns).toEqual([18])
})

describe('static_ipaddress', () => {
  test('needs dev where there is no default_interface: fatal, with a missing interface', () => {
    const line = read('192.0.2.1/24', 'static_ipaddress', false)
    expect(line.value).toBeUndefined()
    expect(line.codes).toEqual(['static-interface', 'bad-interface'])
  })

  test('does not know use_vmac', () => {
    expect(read('192.0.2.1/24 use_vmac', 'static_ipaddress').codes).toEqual(['address-option'])
  })

  test('takes a track_group that is defined before', () => {
    const parsed = emptyParsed()
    parsed.vrrp.trackGroups.set('g', {} as never)
    const use = { block: 'static_ipaddress', hasDefaultInterface: true } as const
    const line = readWords('192.0.2.1/24 track_group g', (words, context) => readAddressLine(words, context, use), newContext(parsed))
    expect(line.codes).toEqual([])
    expect(line.value?.trackGroup).toBe('g')
  })

  test('forgets a track_group that is not', () => {
    const line = read('192.0.2.1/24 track_group g', 'static_ipaddress')
    expect(line.codes).toEqual(['track-group'])
    expect(line.value?.trackGroup).toBeUndefined()
  })
})

test('dynamic_interfaces lets dev name what is not there yet', () => {
  const parsed = emptyParsed()
  parsed.global.dynamic_interfaces = 'yes'
  const use = { block: 'virtual_ipaddress', hasDefaultInterface: true } as const
  expect(readWords('192.0.2.1 dev nope9', (words, context) => readAddressLine(words, context, use), newContext(parsed)).codes).toEqual([])
})
