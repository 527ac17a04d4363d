import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  parseSockaddr,
  sockaddrIn,
  sockaddrIn6,
  sockaddrLl,
  sockaddrNl,
  sockaddrUn,
} from 'linux-syscalls'
import { expect, test } from 'vitest'

const v6 = Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])

test.each([
  {
    name: 'sockaddr_in',
    bytes: sockaddrIn(Uint8Array.of(192, 0, 2, 1), 8080),
    wire: [2, 0, 0x1f, 0x90, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    value: { family: AF_INET, address: Uint8Array.of(192, 0, 2, 1), port: 8080 },
  },
  {
    name: 'sockaddr_in6 with the interface of a link-local address',
    bytes: sockaddrIn6(v6, 80, 7, 0x12345),
    wire: [10, 0, 0, 80, 0, 1, 0x23, 0x45, ...v6, 7, 0, 0, 0],
    value: { family: AF_INET6, address: v6, port: 80, flowinfo: 0x12345, scopeId: 7 },
  },
  {
    name: 'sockaddr_ll',
    bytes: sockaddrLl({ protocol: 0x0806, ifindex: 3, address: Uint8Array.of(0, 0, 0x5e, 0, 1, 51) }),
    wire: [17, 0, 0x08, 0x06, 3, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0x5e, 0, 1, 51, 0, 0],
    value: { family: AF_PACKET, protocol: 0x0806, ifindex: 3, hatype: 0, pkttype: 0, address: Uint8Array.of(0, 0, 0x5e, 0, 1, 51) },
  },
  {
    name: 'sockaddr_nl',
    bytes: sockaddrNl(4711, 0x11),
    wire: [16, 0, 0, 0, 0x67, 0x12, 0, 0, 0x11, 0, 0, 0],
    value: { family: AF_NETLINK, pid: 4711, groups: 0x11 },
  },
  { name: 'sockaddr_un', bytes: sockaddrUn('/a'), wire: [1, 0, 0x2f, 0x61, 0], value: { family: AF_UNIX, path: '/a' } },
  { name: 'an abstract sockaddr_un', bytes: sockaddrUn('\0a'), wire: [1, 0, 0, 0x61], value: { family: AF_UNIX, path: '\0a' } },
])('$name is built and read', ({ bytes, wire, value }) => {
  expect([...bytes]).toEqual(wire)
  expect(parseSockaddr(bytes)).toEqual(value)
})

test.each([
  { name: 'nothing', bytes: [] },
  { name: 'half a family', bytes: [2] },
  { name: 'a family without its address', bytes: [10, 0, 0, 80] },
  { name: 'too few bytes of a sockaddr_in', bytes: [2, 0, 0, 80, 1, 2, 3] },
  { name: 'too few bytes of a sockaddr_ll', bytes: [17, 0, 8, 6, 1, 0, 0, 0] },
  { name: 'too few bytes of a sockaddr_nl', bytes: [16, 0, 0, 0] },
  { name: 'an unknown family', bytes: [99, 0, 0, 0] },
])('$name is no address', ({ bytes }) => {
  expect(parseSockaddr(Uint8Array.from(bytes))).toBeUndefined()
})

test('a link address that claims 255 bytes is cut to the eight there are', () => {
  const bytes = sockaddrLl({ protocol: 0, ifindex: 1 })
  bytes[11] = 255
  expect(parseSockaddr(bytes)).toMatchObject({ address: new Uint8Array(8) })
})

test.each([
  { name: 'an IPv4 address of 16 bytes', build: () => sockaddrIn(v6) },
  { name: 'an IPv6 address of 4 bytes', build: () => sockaddrIn6(Uint8Array.of(1, 2, 3, 4)) },
  { name: 'a link address of 9 bytes', build: () => sockaddrLl({ protocol: 0, ifindex: 1, address: new Uint8Array(9) }) },
  { name: 'a path of 108 bytes', build: () => sockaddrUn('x'.repeat(108)) },
])('$name is refused', ({ build }) => {
  expect(build).toThrow(RangeError)
})
