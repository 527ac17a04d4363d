import { expect, test } from 'vitest'
import type { DestinationObject } from '../../../src/core/reconcile/kinds.ts'
import { isSibling, keyOf, mayFallWith, ownerKeyOf, replaceable, serves } from '../../../src/core/reconcile/kinds.ts'
import { address, destination, filter, ip, route, rule, service } from '../../support/kernel-objects.ts'

const v4 = address('192.0.2.1/24')
const v6 = address('2001:db8::1/64')
const peer = { address: ip('198.51.100.1'), length: 32 }
const web = service('192.0.2.1:80', { timeout: 50, flags: 1 })
const direct = destination('192.0.2.1:80', '10.0.0.1:80')
const gue = { ...direct, forwarding: 2, tunnelType: 1, tunnelPort: 6080, tunnelFlags: 0 } satisfies DestinationObject

test.each([
  { object: v4, key: 'address eth0 192.0.2.1/24', owner: 'address eth0 192.0.2.1/24' },
  { object: { ...v4, peer }, key: 'address eth0 192.0.2.1/32', owner: 'address eth0 192.0.2.1/32' },
  { object: v6, key: 'address eth0 2001:db8::1', owner: 'address eth0 2001:db8::1' },
  { object: web, key: 'service TCP 192.0.2.1 80', owner: 'service TCP 192.0.2.1 80' },
  { object: service('fwmark 5 v6'), key: 'service fwmark 5 ipv6', owner: 'service fwmark 5 ipv6' },
  { object: direct, key: 'service TCP 192.0.2.1 80 > 10.0.0.1 80', owner: 'service TCP 192.0.2.1 80' },
])('the kernel knows $key', ({ object, key, owner }) => {
  expect([keyOf(object), ownerKeyOf(object)]).toEqual([key, owner])
})

test.each([
  { name: 'the default label, where none is asked for', actual: { ...v4, label: 'eth0' }, wanted: v4, is: true },
  { name: 'another label', actual: { ...v4, label: 'eth0' }, wanted: { ...v4, label: 'eth0:3' }, is: false },
  { name: 'a broadcast that nobody asked for', actual: { ...v4, broadcast: ip('192.0.2.255') }, wanted: v4, is: true },
  { name: 'a missing broadcast', actual: v4, wanted: { ...v4, broadcast: ip('192.0.2.255') }, is: false },
  { name: 'another scope', actual: { ...v4, scope: 253 }, wanted: v4, is: false },
  { name: 'another scope of an IPv6 address, which the kernel derives', actual: { ...v6, scope: 253 }, wanted: v6, is: true },
  { name: 'IFA_F_SECONDARY and IFA_F_PERMANENT', actual: { ...v4, flags: 0x81 }, wanted: v4, is: true },
  { name: 'IFA_F_NOPREFIXROUTE', actual: { ...v4, flags: 0x200 }, wanted: v4, is: false },
  { name: 'another length of an IPv6 address', actual: { ...v6, prefix: { ...v6.prefix, length: 128 } }, wanted: v6, is: false },
  { name: 'another peer', actual: { ...v4, peer }, wanted: { ...v4, peer: { ...peer, address: ip('198.51.100.2') } }, is: false },
  { name: 'preferred_lft that counts down', actual: { ...v6, preferredLft: 7 }, wanted: { ...v6, preferredLft: 10 }, is: true },
  { name: 'preferred_lft 0 for a preferred address', actual: { ...v6, preferredLft: 0 }, wanted: v6, is: false },
  { name: 'a preferred address for preferred_lft 0', actual: v6, wanted: { ...v6, preferredLft: 0 }, is: false },
  { name: 'a finite preferred_lft for 0', actual: { ...v6, preferredLft: 9 }, wanted: { ...v6, preferredLft: 0 }, is: false },
  { name: 'the HASHED flag', actual: { ...web, flags: 3 }, wanted: web, is: true },
  { name: 'another scheduler', actual: { ...web, scheduler: 'none' }, wanted: web, is: false },
  { name: 'a scheduler flag', actual: { ...web, flags: 9 }, wanted: web, is: false },
  { name: 'another persistence_timeout', actual: { ...web, timeout: 51 }, wanted: web, is: false },
  { name: 'a timeout without persistence', actual: { ...web, flags: 0 }, wanted: { ...web, flags: 0, timeout: 0 }, is: true },
  { name: 'another persistence_granularity', actual: { ...web, netmask: ip('255.255.255.0') }, wanted: web, is: false },
  { name: 'another persistence_engine', actual: { ...web, persistenceEngine: 'sip' }, wanted: web, is: false },
  { name: 'LOCAL forwarding of a server that is the director', actual: { ...direct, forwarding: 1 as const }, wanted: direct, is: true },
  { name: 'another forwarding', actual: { ...direct, forwarding: 0 as const }, wanted: direct, is: false },
  { name: 'another weight', actual: { ...direct, weight: 0 }, wanted: direct, is: false },
  { name: 'another uthreshold', actual: { ...direct, uthreshold: 5 }, wanted: direct, is: false },
  { name: 'another lthreshold', actual: { ...direct, lthreshold: 5 }, wanted: direct, is: false },
  { name: 'another GUE port', actual: { ...gue, tunnelPort: 1 }, wanted: gue, is: false },
  { name: 'another tunnel checksum', actual: { ...gue, tunnelFlags: 1 as const }, wanted: gue, is: false },
  {
    name: 'a port that GRE does not use',
    actual: { ...gue, tunnelType: 2 as const, tunnelPort: 0 },
    wanted: { ...gue, tunnelType: 2 as const },
    is: true,
  },
  { name: 'another kind', actual: web, wanted: direct, is: false },
])('$name: $is', ({ actual, wanted, is }) => {
  expect(serves(actual, wanted)).toBe(is)
})

test.each([
  { name: 'a lifetime', actual: { ...v6, preferredLft: 5 }, wanted: v6, is: true },
  { name: 'a label', actual: { ...v4, label: 'eth0' }, wanted: { ...v4, label: 'eth0:1' }, is: false },
  { name: 'a scheduler', actual: web, wanted: { ...web, scheduler: 'wlc' }, is: true },
])('$name can be replaced in place: $is', ({ actual, wanted, is }) => {
  expect(replaceable(actual, wanted)).toBe(is)
})

test.each([
  { name: 'the same subnet', other: '192.0.2.9/24', is: true },
  { name: 'another subnet', other: '192.0.3.9/24', is: false },
  { name: 'another length', other: '192.0.2.9/25', is: false },
  { name: 'the other family', other: '2001:db8::9/24', is: false },
])('removing an IPv4 address may take another of $name along: $is', ({ other, is }) => {
  expect(isSibling(address(other), v4)).toBe(is)
})

test('neither itself, nor an address of another interface, nor an IPv6 address is a sibling', () => {
  expect([
    isSibling(v4, v4),
    isSibling(address('192.0.2.9/24', { interface: 'eth1' }), v4),
    isSibling(address('2001:db8::2/64'), v6),
  ]).toEqual([false, false, false])
})

test.each([
  {
    name: 'the metric that IPv6 has without one',
    one: '2001:db8:1::/64 dev eth0',
    other: '2001:db8:1::/64 dev eth0 metric 1024',
    same: true,
  },
  { name: 'no metric and 0', one: '10.0.0.0/8 dev eth0', other: '10.0.0.0/8 dev eth0 metric 0', same: true },
  { name: 'another metric', one: '10.0.0.0/8 dev eth0', other: '10.0.0.0/8 dev eth0 metric 1', same: false },
  { name: 'the link towards a gateway', one: '10.0.0.0/8 via 192.0.2.1', other: '10.0.0.0/8 via 192.0.2.1 dev eth0', same: true },
  { name: 'the link of a link-local gateway', one: 'default via fe80::1 dev eth0', other: 'default via fe80::1 dev eth1', same: false },
  { name: 'another gateway (append)', one: '10.0.0.0/8 via 192.0.2.1', other: '10.0.0.0/8 via 192.0.2.2', same: false },
  { name: 'bits behind the length', one: '2001:db8::7/64 dev eth0', other: '2001:db8::/64 dev eth0', same: true },
  { name: 'default and all', one: 'default dev eth0', other: '0.0.0.0/0 dev eth0', same: true },
  { name: 'another table', one: '10.0.0.0/8 dev eth0', other: '10.0.0.0/8 dev eth0 table 9', same: false },
  { name: 'a table and a vrf', one: '10.0.0.0/8 dev eth0 table 9', other: '10.0.0.0/8 dev eth0 vrf eth1', same: false },
  { name: 'another type', one: 'blackhole 10.0.0.0/8', other: 'prohibit 10.0.0.0/8', same: false },
  { name: 'the link that IPv6 gives a blackhole', one: 'blackhole 2001:db8::/64', other: 'blackhole 2001:db8::/64 dev lo', same: true },
])('two routes with $name are one: $same', ({ one, other, same }) => {
  expect(keyOf(route(one)) === keyOf(route(other))).toBe(same)
})

test.each([
  { name: 'another protocol', actual: '10.0.0.0/8 dev eth0 protocol 9 no_track', wanted: '10.0.0.0/8 dev eth0', is: false },
  { name: 'another scope', actual: '10.0.0.0/8 dev eth0 scope link', wanted: '10.0.0.0/8 dev eth0', is: false },
  { name: 'another src', actual: '10.0.0.0/8 dev eth0 src 192.0.2.1', wanted: '10.0.0.0/8 dev eth0 src 192.0.2.2', is: false },
  { name: 'a src that nobody asked for', actual: '10.0.0.0/8 dev eth0 src 192.0.2.1', wanted: '10.0.0.0/8 dev eth0', is: true },
  { name: 'another mtu', actual: '10.0.0.0/8 dev eth0 mtu 1400', wanted: '10.0.0.0/8 dev eth0 mtu 1300', is: false },
  { name: 'an mtu that is not locked', actual: '10.0.0.0/8 dev eth0 mtu 1400', wanted: '10.0.0.0/8 dev eth0 mtu lock 1400', is: false },
  { name: 'a link towards the gateway', actual: '10.0.0.0/8 via 192.0.2.1 dev eth0', wanted: '10.0.0.0/8 via 192.0.2.1', is: true },
  { name: 'another link', actual: '10.0.0.0/8 via 192.0.2.1 dev eth1', wanted: '10.0.0.0/8 via 192.0.2.1 dev eth0', is: false },
  { name: 'onlink', actual: '10.0.0.0/8 via 192.0.2.1', wanted: '10.0.0.0/8 via 192.0.2.1 onlink', is: false },
  {
    name: 'another weight',
    actual: '10.0.0.0/8 nexthop via 192.0.2.1 weight 2 nexthop via 192.0.2.2',
    wanted: '10.0.0.0/8 nexthop via 192.0.2.1 weight 3 nexthop via 192.0.2.2',
    is: false,
  },
  { name: 'expires that counts down', actual: '2001:db8::/64 dev eth0 expires 7', wanted: '2001:db8::/64 dev eth0 expires 9', is: true },
  { name: 'another pref', actual: '2001:db8::/64 dev eth0 pref low', wanted: '2001:db8::/64 dev eth0 pref high', is: false },
  { name: 'another encap', actual: '10.0.0.0/8 dev eth0 encap ip id 7', wanted: '10.0.0.0/8 dev eth0 encap ip id 8', is: false },
  { name: 'no encap', actual: '10.0.0.0/8 dev eth0', wanted: '10.0.0.0/8 dev eth0 encap mpls 100', is: false },
])('a route with $name serves: $is', ({ actual, wanted, is }) => {
  expect(serves(route(actual), route(wanted))).toBe(is)
})

test.each([
  { name: 'another selector', other: 'from 10.0.0.0/8 iif eth0 table 9 preference 5', same: false },
  { name: 'another preference', other: 'from 10.0.0.0/8 table 9 preference 6', same: false },
  { name: 'another action', other: 'from 10.0.0.0/8 prohibit preference 5', same: false },
  { name: 'the other sense', other: 'not from 10.0.0.0/8 table 9 preference 5', same: false },
  { name: 'another protocol', other: 'from 10.0.0.0/8 table 9 preference 5 protocol 9 no_track', same: true },
])('two rules with $name are one: $same', ({ other, same }) => {
  const one = rule('from 10.0.0.0/8 table 9 preference 5')
  expect(keyOf(rule(other)) === keyOf(one)).toBe(same)
  if (same) expect(serves(rule(other), one)).toBe(false)
})

test.each([
  { name: 'the same addresses in another order', actual: filter(4, ['192.0.2.2', '192.0.2.1']), is: true },
  { name: 'an address less', actual: filter(4, ['192.0.2.1']), is: false },
  { name: 'another priority', actual: filter(4, ['192.0.2.1', '192.0.2.2'], { priority: 3 }), is: false },
  { name: 'counters', actual: filter(4, ['192.0.2.1', '192.0.2.2'], { counters: true }), is: false },
])('a filter with $name serves: $is', ({ actual, is }) => {
  expect(serves(actual, filter(4, ['192.0.2.1', '192.0.2.2']))).toBe(is)
})

test.each([
  { name: 'through a link that nobody named', line: '10.0.0.0/8 via 192.0.2.1', falls: true },
  { name: 'through the same link', line: '10.0.0.0/8 dev eth0', falls: true },
  { name: 'with the address as its source', line: '10.0.0.0/8 dev eth1 src 192.0.2.1', falls: true },
  { name: 'through another link', line: '10.0.0.0/8 dev eth1', falls: false },
  { name: 'of the other family', line: '2001:db8::/64 dev eth0', falls: false },
  { name: 'that leads nowhere', line: 'blackhole 10.0.0.0/8', falls: false },
])('a route $name may go with an IPv4 address: $falls', ({ line, falls }) => {
  expect(mayFallWith(route(line), v4)).toBe(falls)
})
