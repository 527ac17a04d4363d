import { expect, test } from 'vitest'
import { keyOf } from '../../../src/core/reconcile/kinds.ts'
import { objectText, routeText, ruleText } from '../../../src/core/vrrp/routing-text.ts'
import { address, filter, route, rule } from '../../support/kernel-objects.ts'

/** As keepalived 2.2.7 dumped these lines; `[installed ...]` left out. */
test.each([
  ['10.1.0.0/16 via 192.0.2.77 dev va', 'prepend 10.1.0.0/16 via inet 192.0.2.77 dev va proto 18'],
  [
    '10.2.0.0/16 via 192.0.2.77 dev va metric 50 table 100 mtu lock 1400 advmss 1360 rtt 200ms rttvar 300ms rto_min 200ms hoplimit 64 initcwnd 10 initrwnd 11 quickack 1 congctl cubic features ecn window 1000 reordering 5 cwnd lock 20 ssthresh 20 fastopen_no_cookie 1',
    'prepend 10.2.0.0/16 via inet 192.0.2.77 dev va table 100 proto 18 metric 50 congctl cubic rtt 200ms rttvar 300ms rto_min 200ms features ecn mtu lock 1400 window 1000 ssthresh 20 cwnd lock 20 advmss 1360 reordering 5 hoplimit 64 initcwnd 10 initrwnd 11 quickack 1 fastopen_no_cookie 1',
  ],
  ['unreachable 10.5.0.0/16 metric 7', 'add unreachable 10.5.0.0/16 proto 18 metric 7'],
  ['throw 10.7.0.0/16 table 100', 'add throw 10.7.0.0/16 table 100 proto 18'],
  ['10.8.0.0/16 dev va scope 253 src 192.0.2.250', 'prepend 10.8.0.0/16 src 192.0.2.250 dev va proto 18 scope 253'],
  ['10.9.0.0/16 via 203.0.113.1 dev va onlink', 'prepend 10.9.0.0/16 via inet 203.0.113.1 dev va proto 18 onlink'],
  ['2001:db8:1::/64 via fe80::1 dev va pref high', 'prepend 2001:db8:1::/64 via inet6 fe80::1 dev va proto 18 pref high'],
  ['2001:db8:2::/64 dev va expires 600 metric 9', 'prepend 2001:db8:2::/64 dev va proto 18 metric 9 expires 600sec'],
  ['2001:db8:3::/64 from 2001:db8:4::/64 dev va', 'prepend 2001:db8:3::/64 from 2001:db8:4::/64 dev va proto 18'],
  ['default via 192.0.2.77 table 200 dev va', 'prepend 0.0.0.0/0 via inet 192.0.2.77 dev va table 200 proto 18'],
  ['10.12.0.0/16 dev va encap ip id 7 dst 192.0.2.33 ttl 3', 'prepend 10.12.0.0/16 encap ip id 7 dst 192.0.2.33 ttl 3 dev va proto 18'],
  ['10.14.0.0/16 dev va append', 'append 10.14.0.0/16 dev va proto 18'],
  [
    '10.3.0.0/16 nexthop via 192.0.2.77 dev va weight 1 nexthop via 192.0.2.78 dev va weight 3',
    'prepend 10.3.0.0/16 proto 18 nexthop via inet 192.0.2.77 dev va weight 1 nexthop via inet 192.0.2.78 dev va weight 3',
  ],
])('virtual_routes: %s is dumped as keepalived dumps it', (line, text) => {
  expect(routeText(route(line))).toBe(text)
})

test.each([
  ['10.10.0.0/16 dev va tos 0x10 realms 3/4', {}, 'prepend 10.10.0.0/16 tos 16 dev va realms 3/4 no_track'],
  ['10.99.0.0/16 dev vb', { noTrack: false, trackGroup: 'G' }, 'prepend 10.99.0.0/16 dev vb proto 18 track_group G'],
])('no_track and track_group: %s ends with it', (line, more, text) => {
  expect(routeText({ ...route(line), noTrack: true, ...more })).toBe(text)
})

test.each([
  ['from 192.0.2.250 table 100 preference 1000', 'from 192.0.2.250 priority 1000 tos 0x0 protocol 18 lookup 100'],
  [
    'to 10.0.0.0/8 fwmark 1/0xff iif va oif va lookup 100 priority 1001',
    'from all to 10.0.0.0/8 priority 1001 tos 0x0 fwmark 0x1/0xff iif va oif va protocol 18 lookup 100',
  ],
  [
    'from 2001:db8::/64 table 100 preference 1007 suppress_prefixlength 0 suppress_ifgroup 1',
    'from 2001:db8::/64 priority 1007 tos 0x0 suppress_prefixlen 0 suppress_ifgroup 1 protocol 18 lookup 100',
  ],
  [
    'uidrange 10-20 ipproto tcp sport 1-2 dport 3-4 table 254 preference 1008',
    'from all priority 1008 tos 0x0 uidrange 10-20 protocol 18 ipproto 6 sport 1-2 dport 3-4 lookup 254',
  ],
  ['from 10.1.1.1 table 100 realms 1/2 preference 1009', 'from 10.1.1.1 priority 1009 tos 0x0 protocol 18 realms 1/2 lookup 100'],
  ['from 10.3.3.3 l3mdev preference 1011', 'from 10.3.3.3 priority 1011 tos 0x0 l3mdev protocol 18 lookup 0'],
  ['tunnel-id 7 table 100 preference 1012', 'from all priority 1012 tos 0x0 tunnel-id 7 protocol 18 lookup 100'],
  ['not from 10.0.0.0/8 tos 0x10 blackhole preference 1002', 'not from 10.0.0.0/8 priority 1002 tos 0x10 protocol 18 type blackhole'],
  ['to 10.2.2.2 goto 1010 preference 1005', 'from all to 10.2.2.2 priority 1005 tos 0x0 protocol 18 goto 1010'],
  ['iif va nop preference 1006', 'from all priority 1006 tos 0x0 iif va protocol 18 nop'],
])('virtual_rules: %s is dumped as keepalived dumps it', (line, text) => {
  expect(ruleText(rule(line))).toBe(text)
})

test('every object has a name for messages', () => {
  const table = filter(4, ['192.0.2.1'])
  expect([address('192.0.2.1/24'), table].map(objectText)).toEqual(['192.0.2.1/24 dev eth0', keyOf(table)])
})
