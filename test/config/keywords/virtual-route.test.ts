import { describe, expect, test } from 'vitest'
import { readRouteLine } from '../../../src/config/keywords/virtual-route.ts'
import { emptyParsed } from '../../../src/config/parsed.ts'
import { newContext, readWords } from '../../support/config-text.ts'

const read = (text: string) => readWords(text, (words, context) => readRouteLine(words, context, { block: 'virtual_routes' }))
const v4 = (address: string, length = 32) => ({ address, length })

describe('a virtual_routes line', () => {
  test.each([
    {
      name: 'a bare destination',
      text: '10.0.0.0/8',
      value: { family: 4, type: 1, destination: v4('10.0.0.0', 8), table: 254, protocol: 18, mode: 'prepend' },
    },
    { name: 'to names the destination', text: 'to 10.0.0.0/8', value: { destination: v4('10.0.0.0', 8) } },
    { name: 'the last destination counts', text: '10.0.0.0/8 11.0.0.0/8', value: { destination: v4('11.0.0.0', 8) } },
    {
      name: 'default has no family and takes that of via',
      text: 'default via 2001:db8::1',
      value: { family: 6, destination: undefined, via: '2001:db8::1' },
    },
    { name: 'any and all are default', text: 'any via 192.0.2.1', value: { family: 4, destination: undefined } },
    { name: 'a type before the destination', text: 'blackhole 10.0.0.0/8', value: { type: 6 } },
    { name: 'a bare number is a type', text: '7 10.0.0.0/8', value: { type: 7 } },
    { name: 'via inet6 says the family', text: 'default via inet6 2001:db8::1', value: { family: 6 } },
    {
      name: 'src, dev and onlink',
      text: '10.0.0.0/8 src 192.0.2.1 dev eth0 onlink',
      value: { source: '192.0.2.1', interface: 'eth0', onlink: true },
    },
    { name: 'oif is dev', text: '10.0.0.0/8 oif eth1', value: { interface: 'eth1' } },
    { name: 'from, IPv6 only', text: '2001:db8::/32 from 2001:db8:1::/48', value: { from: { address: '2001:db8:1::', length: 48 } } },
    { name: 'table by name and scope by name', text: '10.0.0.0/8 table local scope link', value: { table: 255, scope: 253 } },
    { name: 'table in C syntax', text: '10.0.0.0/8 table 0x10', value: { table: 16 } },
    { name: 'tos and dsfield by name', text: '10.0.0.0/8 dsfield AF11', value: { tos: 40 } },
    { name: 'tos wraps at 2^32', text: '10.0.0.0/8 tos 4294967304', value: { tos: 8 } },
    { name: 'metric, priority and preference are one', text: '10.0.0.0/8 metric 1 priority 2 preference 010', value: { metric: 10 } },
    { name: 'realms', text: '10.0.0.0/8 realms 5/6', value: { realms: { from: 5, to: 6 } } },
    { name: 'expires and pref for IPv6', text: '2001:db8::/32 expires 60 pref high', value: { expires: 60, pref: 1 } },
    { name: 'protocol with no_track', text: '10.0.0.0/8 protocol bird no_track', value: { protocol: 12, noTrack: true } },
    { name: 'prepend, add and append: the last counts', text: '10.0.0.0/8 prepend add append', value: { mode: 'append' } },
    { name: 'ttl-propagate', text: '10.0.0.0/8 ttl-propagate disabled', value: { ttlPropagate: false } },
    {
      name: 'metrics with lock: mtu advmss reordering cwnd ssthresh congctl',
      text: '10.0.0.0/8 mtu lock 1400 advmss 1360 reordering lock 3 cwnd 4 ssthresh 5 congctl lock cubic',
      value: {
        metrics: [
          { name: 'mtu', value: 1400, lock: true },
          { name: 'advmss', value: 1360, lock: false },
          { name: 'reordering', value: 3, lock: true },
          { name: 'cwnd', value: 4, lock: false },
          { name: 'ssthresh', value: 5, lock: false },
          { name: 'congctl', value: 'cubic', lock: true },
        ],
      },
    },
    {
      name: 'metrics without lock: window initcwnd initrwnd hoplimit quickack fastopen_no_cookie features',
      text: '10.0.0.0/8 window 1 initcwnd 2 initrwnd 3 hoplimit 255 quickack 1 fastopen_no_cookie 0 features ecn',
      value: { metrics: [1, 2, 3, 255, 1, 0, 1].map((value) => ({ value, lock: false })) },
    },
    {
      name: 'rtt in seconds, rttvar in ms, rto_min raw',
      text: '10.0.0.0/8 rtt 1.5s rttvar 300ms rto_min 250',
      value: { metrics: [{ value: 12_000 }, { value: 1_200 }, { value: 250 }] },
    },
    {
      name: 'encap ip',
      text: '10.0.0.0/8 encap ip id 5 dst 192.0.2.9 ttl 9 dev eth0',
      value: { encap: { kind: 'ip', id: 5n, destination: '192.0.2.9', ttl: 9 }, interface: 'eth0' },
    },
    {
      name: 'encap ip6',
      text: '10.0.0.0/8 encap ip6 src 2001:db8::1 tc 1 hoplimit 2 flags 3',
      value: { encap: { kind: 'ip6', source: '2001:db8::1', tos: 1, ttl: 2, flags: 3 } },
    },
    { name: 'encap mpls', text: '10.0.0.0/8 encap mpls 100/200', value: { encap: { kind: 'mpls', labels: [100, 200] } } },
    { name: 'encap ila', text: '10.0.0.0/8 encap ila 1:2:3:4', value: { encap: { kind: 'ila', locator: 0x1_0002_0003_0004n } } },
    {
      name: 'nexthop groups end the line',
      text: 'default nexthop via 192.0.2.1 weight 256 nexthop dev eth0 onlink realms 5',
      value: {
        nexthops: [
          { via: '192.0.2.1', weight: 256 },
          { interface: 'eth0', onlink: true, weight: 1, realms: { from: 0, to: 5 } },
        ],
      },
    },
    { name: 'inet swallows the word behind it', text: '10.0.0.0/8 inet anything dev eth0', value: { interface: 'eth0' } },
    { name: 'a route without dev is tracked', text: '10.0.0.0/8 via 192.0.2.1', value: { noTrack: false } },
  ])('$name', ({ text, value }) => {
    const line = read(text)
    expect(line.codes).toEqual([])
    expect(line.value).toMatchObject(value)
  })

  test.each([
    { name: 'a bad prefix is replaced', text: '10.0.0.0/33', codes: ['prefix-length'] },
    { name: 'gw is an old word', text: '10.0.0.0/8 gw 192.0.2.1', codes: ['deprecated'] },
    { name: 'or is an old word', text: '10.0.0.0/8 gw 192.0.2.1 or 192.0.2.2', codes: ['deprecated', 'deprecated'] },
    { name: 'a foreign protocol of a tracked route is replaced', text: '10.0.0.0/8 protocol 99', codes: ['tracked-protocol'] },
    { name: 'unknown features are ignored', text: '10.0.0.0/8 features bogus', codes: ['route-features'] },
    { name: 'a bad ttl-propagate is ignored', text: '10.0.0.0/8 ttl-propagate maybe', codes: ['ttl-propagate'] },
    { name: 'as is for MPLS', text: '10.0.0.0/8 as to 10.1.1.1', codes: ['route-as'] },
    { name: 'an unknown encap is ignored', text: '10.0.0.0/8 encap bogus 1 dev eth0', codes: ['encap'] },
    { name: 'an encap ip without address is ignored', text: '10.0.0.0/8 encap ip', codes: ['encap'] },
    { name: 'an encap ila of three groups is ignored', text: '10.0.0.0/8 encap ila 1:2:3', codes: ['encap'] },
    { name: 'labels above 20 bits are ignored', text: '10.0.0.0/8 encap mpls 1048576', codes: ['encap'] },
    { name: 'words behind nexthop are ignored', text: 'default nexthop via 192.0.2.1 metric 5', codes: ['route-trailing'] },
    { name: 'realms of an IPv6 nexthop', text: '2001:db8::/32 nexthop dev eth0 realms 5', codes: ['family-only'] },
    { name: 'a weight of a nexthop above 256', text: 'default nexthop via 192.0.2.1 weight 257', codes: ['line-number'] },
    { name: 'rtt with four decimals of a second is rounded', text: '10.0.0.0/8 rtt 1.000125s', codes: ['route-time'] },
    { name: 'rtt above 120 s with a unit is reduced', text: '10.0.0.0/8 rtt 200s', codes: ['route-time'] },
    { name: 'rtt below 200 ms is raised', text: '10.0.0.0/8 rtt 102', codes: ['route-time'] },
  ])('is kept though reported: $name', ({ text, codes }) => {
    const line = read(text)
    expect(line.codes).toEqual(codes)
    expect(line.value).toBeDefined()
  })

  test.each([
    { name: 'to blackhole', text: 'to blackhole 10.0.0.0/8', codes: ['route-keyword'] },
    { name: 'blackhole to', text: 'blackhole to 10.0.0.0/8', codes: ['route-keyword'] },
    { name: 'two types', text: 'unicast local 10.0.0.0/8', codes: ['route-keyword'] },
    { name: 'no destination', text: 'via 192.0.2.1', codes: ['route-destination'] },
    { name: 'an unknown word', text: '10.0.0.0/8 via 192.0.2.1 track', codes: ['route-keyword'] },
    { name: '256 is neither type nor address', text: '256 10.0.0.0/8', codes: ['route-keyword'] },
    { name: 'via before default', text: 'via 192.0.2.1 default', codes: ['mixed-family'] },
    { name: 'src before default', text: 'src 192.0.2.1 default', codes: ['mixed-family'] },
    { name: 'via of the other family', text: '10.0.0.0/8 via inet6 fe80::1 dev eth0', codes: ['mixed-family'] },
    { name: 'via inet with an IPv6 address', text: 'default via inet 2001:db8::1', codes: ['mixed-family'] },
    { name: 'via with a prefix', text: 'default via 192.0.2.1/24', codes: ['route-address'] },
    { name: 'inet6 swallows default', text: 'inet6 default via 2001:db8::1', codes: ['route-destination'] },
    { name: 'inet fixes the family, and default has none', text: 'inet x default via 192.0.2.1', codes: ['mixed-family'] },
    { name: 'from with IPv4', text: '2001:db8::/32 from 10.0.0.0/8', codes: ['family-only'] },
    { name: 'expires with IPv4', text: '10.0.0.0/8 expires 60', codes: ['family-only'] },
    { name: 'realms with IPv6', text: '2001:db8::/32 realms 5', codes: ['family-only'] },
    { name: 'metric in hexadecimal', text: '10.0.0.0/8 metric 0x10', codes: ['line-number'] },
    { name: 'metric beyond 32 bits', text: '10.0.0.0/8 metric 4294967296', codes: ['line-number'] },
    { name: 'hoplimit 256', text: '10.0.0.0/8 hoplimit 256', codes: ['line-number'] },
    { name: 'quickack 2', text: '10.0.0.0/8 quickack 2', codes: ['line-number'] },
    { name: 'fastopen_no_cookie does not take lock', text: '10.0.0.0/8 fastopen_no_cookie lock 1', codes: ['line-number'] },
    { name: 'window does not take lock', text: '10.0.0.0/8 window lock 5', codes: ['line-number'] },
    { name: 'a raw rtt above 120 s', text: '10.0.0.0/8 rtt 4294967295', codes: ['route-time'] },
    { name: 'rtt in minutes', text: '10.0.0.0/8 rtt 5m', codes: ['route-time'] },
    { name: 'an unknown table', text: '10.0.0.0/8 table bogus', codes: ['routing-name'] },
    { name: 'protocol 256', text: '10.0.0.0/8 protocol 256', codes: ['routing-name'] },
    { name: 'an unknown interface', text: '10.0.0.0/8 dev nope9', codes: ['interface-missing', 'bad-interface'] },
    { name: 'track_group in virtual_routes', text: '10.0.0.0/8 track_group g', codes: ['route-keyword'] },
    { name: 'an unknown vrf', text: '10.0.0.0/8 vrf nope9', codes: ['route-vrf'] },
  ])('is dropped: $name', ({ text, codes }) => {
    const line = read(text)
    expect(line.value).toBeUndefined()
    expect(line.codes).toEqual(codes)
  })

  test.each(['via', 'dev', 'table', 'metric', 'mtu lock', 'features', 'blackhole', 'nexthop via'])(
    'status 2 where a word is missing behind %s',
    (word) => {
      const line = read(word === 'blackhole' ? word : `10.0.0.0/8 ${word}`)
      expect(line.codes).toEqual(['missing-parameter'])
      expect(line.stopped).toBe(true)
    },
  )

  test('to stands without its argument: status 2', () => {
    expect(read('to').stopped).toBe(true)
  })
})

test('track_group of static_routes needs dev', () => {
  const parsed = emptyParsed()
  parsed.vrrp.trackGroups.set('g', {} as never)
  const read = (text: string) =>
    readWords(text, (words, context) => readRouteLine(words, context, { block: 'static_routes' }), newContext(parsed))
  expect(read('10.0.0.0/8 dev eth0 track_group g').value?.trackGroup).toBe('g')
  expect(read('10.0.0.0/8 track_group g').codes).toEqual(['track-group'])
})
