import fc from 'fast-check'
import {
  buildControl,
  controlInt,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_HOPLIMIT,
  packetInfo4,
  packetInfo6,
  parseAncillary,
  parseControl,
} from 'linux-syscalls'
import { expect, test } from 'vitest'

const address = Uint8Array.from({ length: 16 }, (_, i) => i)

test('IPV6_PKTINFO is laid out as cmsg(3) says', () => {
  expect([...buildControl([packetInfo6(address, 5)])]).toEqual([
    ...[36, 0, 0, 0, 0, 0, 0, 0], // length: header and 20 bytes
    ...[41, 0, 0, 0], // IPPROTO_IPV6
    ...[50, 0, 0, 0], // IPV6_PKTINFO
    ...address,
    ...[5, 0, 0, 0],
    ...[0, 0, 0, 0], // to a multiple of eight
  ])
})

test('what is built is read again', () => {
  const message = fc.record({ level: fc.integer(), type: fc.integer(), data: fc.uint8Array({ maxLength: 50 }) })
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      expect(parseControl(buildControl(messages))).toEqual(messages)
    }),
  )
})

test('TTL, hop limit and destination come out as values', () => {
  const control = buildControl([controlInt(IPPROTO_IPV6, IPV6_HOPLIMIT, 254), packetInfo6(address, 5)])
  expect(parseAncillary(control)).toEqual({ ttl: 254, destination: { address, ifindex: 5 }, receivedAt: undefined, lost: undefined })
  expect(parseAncillary(buildControl([controlInt(IPPROTO_IP, IP_TTL, 1)])).ttl).toBe(1)
})

test('the destination of IP_PKTINFO is ipi_addr, not ipi_spec_dst', () => {
  const info = packetInfo4(Uint8Array.of(10, 0, 0, 1), 3)
  info.data.set([224, 0, 0, 18], 8)
  expect(parseAncillary(buildControl([info])).destination).toEqual({ address: Uint8Array.of(224, 0, 0, 18), ifindex: 3 })
})

test.each([
  { name: 'a length below the header', mutate: (bytes: Uint8Array) => bytes.fill(3, 0, 1) },
  { name: 'a length of zero', mutate: (bytes: Uint8Array) => bytes.fill(0, 0, 1) },
  { name: 'a length beyond the end', mutate: (bytes: Uint8Array) => bytes.fill(255, 0, 8) },
])('$name ends the reading', ({ mutate }) => {
  const control = buildControl([controlInt(IPPROTO_IP, IP_TTL, 1)])
  mutate(control)
  expect(parseControl(control)).toEqual([])
})

test('a known message with too little data is passed over', () => {
  expect(parseAncillary(buildControl([{ level: IPPROTO_IP, type: IP_TTL, data: Uint8Array.of(1) }])).ttl).toBeUndefined()
})

test('any bytes are read without an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseAncillary(bytes)))
})
