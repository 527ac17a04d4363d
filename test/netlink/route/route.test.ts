import { describe, expect, test } from 'vitest'
import { keyOf, serves } from '../../../src/core/reconcile/kinds.ts'
import { littleEndian } from '../../../src/netlink/attribute.ts'
import { RTM_DELROUTE, RTM_NEWADDR, RTM_NEWROUTE } from '../../../src/netlink/constants.ts'
import { type Message, type Request, readMessages } from '../../../src/netlink/message.ts'
import { deleteRoute, listRoutes, newRoute, readRoute, routeProtocol } from '../../../src/netlink/route/route.ts'
import { route } from '../../support/kernel-objects.ts'
import { message } from '../../support/scripted-transport.ts'

const links = ['', 'lo', 'eth0', 'eth1']
const names = {
  indexOf: (device: string) => links.indexOf(device),
  nameOf: (index: number) => links[index],
  tableOf: (vrf: string) => (vrf === 'red' ? 1_001 : undefined),
}
const messageOf = (request: Request): Message => readMessages(message(request.type, 1, request.write)).messages[0]!
const payload = (request: Request): number[] => Array.from(messageOf(request).payload)

describe.runIf(littleEndian)('written', () => {
  test('virtual_routes: a gateway, a link, a metric', () => {
    expect(payload(newRoute(route('10.1.0.0/16 via 192.0.2.1 dev eth0 metric 5'), names))).toEqual([
      ...[2, 16, 0, 0, 254, 18, 0, 1, 0, 0, 0, 0],
      ...[8, 0, 1, 0, 10, 1, 0, 0],
      ...[8, 0, 15, 0, 254, 0, 0, 0],
      ...[8, 0, 6, 0, 5, 0, 0, 0],
      ...[8, 0, 4, 0, 2, 0, 0, 0],
      ...[8, 0, 5, 0, 192, 0, 2, 1],
    ])
  })

  test('nexthop: each with its weight less one, and a length that counts its attributes', () => {
    const bytes = payload(newRoute(route('default nexthop via 192.0.2.1 dev eth0 weight 3 nexthop dev eth1 onlink'), names))
    expect(bytes.slice(12 + 8)).toEqual([
      ...[28, 0, 9, 128],
      ...[16, 0, 0, 2, 2, 0, 0, 0, 8, 0, 5, 0, 192, 0, 2, 1],
      ...[8, 0, 4, 0, 3, 0, 0, 0],
    ])
  })

  test('via of the other family goes into struct rtvia', () => {
    const object = { ...route('10.1.0.0/16 dev eth0'), via: route('2001:db8::/64 via fe80::1').via }
    expect(payload(newRoute(object, names)).slice(-24, -16)).toEqual([22, 0, 18, 0, 10, 0, 0xfe, 0x80])
  })

  test('a table above 255 and that of a vrf stand in the attribute alone', () => {
    for (const [line, table] of [
      ['10.1.0.0/16 dev eth0 table 1000', 1_000],
      ['10.1.0.0/16 dev eth0 vrf red', 1_001],
    ] as const) {
      const bytes = payload(newRoute(route(line), names))
      expect([bytes[4], bytes.slice(20, 28)]).toEqual([0, [8, 0, 15, 0, table & 255, table >> 8, 0, 0]])
    }
  })

  test('locked metrics are a mask in front of them', () => {
    const bytes = payload(newRoute(route('10.1.0.0/16 dev eth0 mtu lock 1400 window 9'), names))
    expect(bytes.slice(-28)).toEqual([28, 0, 8, 128, 8, 0, 1, 0, 4, 0, 0, 0, 8, 0, 2, 0, 0x78, 5, 0, 0, 8, 0, 3, 0, 9, 0, 0, 0])
  })

  test.each([
    { mode: 'add', flags: 0x600 },
    { mode: 'prepend', flags: 0x400 },
    { mode: 'append', flags: 0xc00 },
  ])('$mode is $flags', ({ mode, flags }) => {
    expect(newRoute(route(`10.1.0.0/16 dev eth0 ${mode}`), names).flags).toBe(flags)
  })

  test.each([
    { word: 'unicast', type: 1 },
    { word: 'local', type: 2 },
    { word: 'broadcast', type: 3 },
    { word: 'anycast', type: 4 },
    { word: 'multicast', type: 5 },
    { word: 'blackhole', type: 6 },
    { word: 'unreachable', type: 7 },
    { word: 'prohibit', type: 8 },
    { word: 'throw', type: 9 },
    { word: 'nat', type: 10 },
    { word: 'xresolve', type: 11 },
  ])('$word is type $type in the header', ({ word, type }) => {
    expect(payload(newRoute(route(`${word} 10.1.0.0/16`), names))[7]).toBe(type)
  })

  test('a removal takes the route whatever scope the kernel gave it', () => {
    expect(payload(deleteRoute(route('10.1.0.0/16 dev eth0'), names))[6]).toBe(255)
  })

  test('a list asks for one family and one protocol', () => {
    expect(payload(listRoutes(6, 18))).toEqual([10, 0, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0])
  })
})

describe('read', () => {
  test.each([
    '10.1.0.0/16 via 192.0.2.1 dev eth0 metric 5 src 192.0.2.9',
    '10.1.0.0/16 dev eth0 mtu lock 1400 advmss 1360 rtt 200ms congctl reno features ecn',
    '10.1.0.0/16 nexthop via 192.0.2.1 dev eth0 weight 3 nexthop via 192.0.2.2 dev eth1 realms 1/2 encap mpls 100/200',
    '10.1.0.0/16 dev eth0 encap ip id 7 dst 192.0.2.33 src 192.0.2.34 tos 4 ttl 3 flags 1',
    '2001:db8:1::/64 from 2001:db8:2::/64 via fe80::1 dev eth0 pref high',
    '2001:db8:1::/64 dev eth0 encap ip6 id 7 dst 2001:db8::9 tc 4 hoplimit 3',
    '2001:db8:1::/64 dev eth0 encap ila 1:2:3:4',
    'blackhole default table 1000 tos 0x10',
  ])('what was written is read again: %s', (line) => {
    const object = route(line)
    const read = readRoute(messageOf(newRoute(object, names)), names)
    expect(read && [keyOf(read), serves(read, object)]).toEqual([keyOf(object), true])
  })

  test('a removed route is read as well', () => {
    const object = route('10.1.0.0/16 dev eth0')
    expect(readRoute({ ...messageOf(newRoute(object, names)), type: RTM_DELROUTE }, names)?.destination).toEqual(object.destination)
  })

  test('the protocol is known without reading the rest', () => {
    expect(routeProtocol(messageOf(newRoute(route('10.1.0.0/16 dev eth0 protocol bgp no_track'), names)))).toBe(186)
  })

  const whole = messageOf(newRoute(route('10.1.0.0/16 via 192.0.2.1 dev eth0'), names)).payload
  const changed = (at: number, value: number): Uint8Array => Uint8Array.from(whole, (byte, i) => (i === at ? value : byte))
  test.each<{ name: string; type?: number; bytes: Uint8Array }>([
    { name: 'another message', type: RTM_NEWADDR, bytes: whole },
    { name: 'a header that is cut', bytes: whole.subarray(0, 11) },
    { name: 'another family (MPLS)', bytes: changed(0, 28) },
    { name: 'an attribute that is cut', bytes: whole.subarray(0, whole.length - 2) },
    { name: 'an address that is too short', bytes: changed(12, 6) },
    { name: 'a cached copy (RTM_F_CLONED)', bytes: changed(9, 2) },
  ])('$name is no route', ({ type = RTM_NEWROUTE, bytes }) => {
    expect(readRoute({ type, flags: 0, sequence: 1, payload: bytes }, names)).toBeUndefined()
  })
})
