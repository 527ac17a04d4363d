import { expect, test } from 'vitest'
import type { DestinationObject } from '../../../src/core/reconcile/kinds.ts'
import { isSibling, keyOf, ownerKeyOf, replaceable, serves } from '../../../src/core/reconcile/kinds.ts'
import { address, destination, ip, service } from '../../support/kernel-objects.ts'

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
