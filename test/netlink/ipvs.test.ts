import { describe, expect, test } from 'vitest'
import type { DestinationObject, ServiceObject } from '../../src/core/reconcile/kinds.ts'
import { littleEndian, type Writer } from '../../src/netlink/attribute.ts'
import {
  deleteDestination,
  deleteService,
  flushServices,
  putDestination,
  putService,
  readDestination,
  readDestinationEntry,
  readInfo,
  readService,
  readServiceEntry,
  readTimeouts,
  setTimeouts,
  zeroCounters,
} from '../../src/netlink/ipvs.ts'
import { type Message, type Request, readMessages } from '../../src/netlink/message.ts'
import { destination, ip, service, serviceKey } from '../support/kernel-objects.ts'
import { message } from '../support/scripted-transport.ts'

type Write = (writer: Writer) => void
const both =
  (...writes: readonly Write[]): Write =>
  (writer) => {
    for (const write of writes) write(writer)
  }

const family = 30
const sent = (request: Request): Message => readMessages(message(request.type, 1, request.write)).messages[0]!
const payload = (request: Request): number[] => Array.from(sent(request).payload)
const reply = (command: number, write: (writer: Writer) => void): Message =>
  sent({ type: family, flags: 0, write: both((writer) => writer.bytes(Uint8Array.of(command, 1, 0, 0)), write) })
const nested = (command: number, type: number, write: (writer: Writer) => void): Message =>
  reply(command, (writer) => {
    const nest = writer.open(type)
    write(writer)
    writer.close(nest)
  })

const web = service('192.0.2.1:80')
const one = destination('192.0.2.1:80', '10.0.0.1:80')

describe.runIf(littleEndian)('bytes', () => {
  const key = [...[6, 0, 1, 0, 2, 0, 0, 0], ...[6, 0, 2, 0, 6, 0, 0, 0], ...[8, 0, 3, 0, 192, 0, 2, 1], ...[6, 0, 4, 0, 0, 80, 0, 0]]

  test('NEW_SERVICE: ports in network order, flags with a mask of all', () => {
    expect(payload(putService(family, 'add', { ...web, flags: 1, timeout: 50 }))).toEqual([
      ...[1, 1, 0, 0],
      ...[72, 0, 1, 0x80],
      ...key,
      ...[7, 0, 6, 0, 0x72, 0x72, 0, 0],
      ...[12, 0, 7, 0, 1, 0, 0, 0, 255, 255, 255, 255],
      ...[8, 0, 8, 0, 50, 0, 0, 0],
      ...[8, 0, 9, 0, 255, 255, 255, 255],
    ])
  })

  test('DEL_SERVICE needs the key only, a mark is in host order', () => {
    expect(payload(deleteService(family, web.key))).toEqual([3, 1, 0, 0, 36, 0, 1, 0x80, ...key])
    expect(payload(deleteService(family, serviceKey('fwmark 5 v6')))).toEqual([
      3, 1, 0, 0, 20, 0, 1, 0x80, 6, 0, 1, 0, 10, 0, 0, 0, 8, 0, 5, 0, 5, 0, 0, 0,
    ])
  })

  test('DEL_DEST has the service’s key and the destination’s, with its family', () => {
    const server = [...[8, 0, 1, 0, 10, 0, 0, 1], ...[6, 0, 2, 0, 0, 80, 0, 0], ...[6, 0, 11, 0, 2, 0, 0, 0]]
    expect(payload(deleteDestination(family, one))).toEqual([7, 1, 0, 0, 36, 0, 1, 0x80, ...key, 28, 0, 2, 0x80, ...server])
  })

  test('FLUSH and ZERO of all have no attributes', () => {
    expect([payload(flushServices(family)), payload(zeroCounters(family, undefined))]).toEqual([
      [17, 1, 0, 0],
      [16, 1, 0, 0],
    ])
  })

  test('lvs_timeouts: 0 is left out, so the kernel keeps its own', () => {
    expect(payload(setTimeouts(family, { tcp: 900, tcpFin: 0, udp: 300 }))).toEqual([
      12, 1, 0, 0, 8, 0, 4, 0, 0x84, 3, 0, 0, 8, 0, 6, 0, 0x2c, 1, 0, 0,
    ])
  })

  test('SET_SERVICE and SET_DEST differ from NEW by their command', () => {
    expect([payload(putService(family, 'replace', web))[0], payload(putDestination(family, 'replace', one))[0]]).toEqual([2, 6])
  })
})

describe('what is written is read as it was', () => {
  test.each<{ name: string; object: ServiceObject }>([
    { name: 'TCP', object: web },
    {
      name: 'UDP, one-packet',
      object: { ...web, key: { kind: 'address', protocol: 'UDP', address: ip('192.0.2.1'), port: 53 }, flags: 4 },
    },
    { name: 'SCTP', object: { ...web, key: { kind: 'address', protocol: 'SCTP', address: ip('192.0.2.1'), port: 65_535 } } },
    { name: 'persistence with a mask', object: { ...web, flags: 1, timeout: 300, netmask: ip('255.255.255.0') } },
    { name: 'persistence_engine', object: { ...web, flags: 1, timeout: 300, persistenceEngine: 'sip' } },
    { name: 'scheduler flags', object: { ...web, scheduler: 'sh', flags: 0x18 } },
    { name: 'IPv6 with a prefix length', object: { ...service('[2001:db8::1]:443'), netmask: 64 } },
    { name: 'a mark', object: service('fwmark 4294967295') },
    { name: 'a mark of IPv6', object: service('fwmark 5 v6') },
  ])('service: $name', ({ object }) => {
    expect(readService(sent(putService(family, 'add', object)))).toEqual(object)
  })

  test.each<{ name: string; object: DestinationObject }>([
    { name: 'DR', object: one },
    { name: 'NAT, another port, weight 0', object: { ...one, port: 8080, forwarding: 0, weight: 0 } },
    { name: 'TUN over IPIP', object: { ...one, forwarding: 2 } },
    { name: 'TUN over GUE', object: { ...one, forwarding: 2, tunnelType: 1, tunnelPort: 6080, tunnelFlags: 1 } },
    { name: 'TUN over GRE', object: { ...one, forwarding: 2, tunnelType: 2, tunnelFlags: 0 } },
    { name: 'thresholds and the largest weight', object: { ...one, weight: 65_535, uthreshold: 100, lthreshold: 50 } },
    { name: 'IPv6', object: destination('[2001:db8::1]:443', '[2001:db8:1::1]:443') },
    { name: 'IPv4 behind IPv6', object: destination('[2001:db8::1]:443', '10.0.0.1:443', { forwarding: 2 }) },
  ])('destination: $name', ({ object }) => {
    expect(readDestination(sent(putDestination(family, 'add', object)), object.service)).toEqual(object)
  })
})

describe('what only the kernel writes', () => {
  const key: Write = (writer) => {
    writer.attributeU16(1, 2)
    writer.attributeU16(2, 6)
    // Always 16 bytes.
    writer.attributeBytes(3, Uint8Array.of(192, 0, 2, 1, ...new Array(12).fill(0xee)))
    writer.attributeBe16(4, 80)
    writer.attributeText(6, 'rr')
    writer.attributeU32Pair(7, 3, 0xffff_ffff)
    writer.attributeU32(8, 0)
    writer.attributeBytes(9, Uint8Array.of(255, 255, 255, 255))
  }
  const wide: Write = (writer) => {
    for (let type = 1; type <= 10; type++) writer.attributeBytes(type, new Uint8Array(BigUint64Array.of(2n ** 40n + BigInt(type)).buffer))
  }
  const narrow: Write = (writer) => {
    for (const type of [1, 2, 3, 6, 7, 8, 9, 10]) writer.attributeU32(type, type)
    for (const type of [4, 5]) writer.attributeBytes(type, new Uint8Array(BigUint64Array.of(2n ** 40n).buffer))
  }
  const u16 =
    (type: number, value: number): Write =>
    (writer) =>
      writer.attributeU16(type, value)
  const u32 =
    (type: number, value: number): Write =>
    (writer) =>
      writer.attributeU32(type, value)
  const bytes =
    (type: number, ...value: readonly number[]): Write =>
    (writer) =>
      writer.attributeBytes(type, Uint8Array.from(value))
  const nest =
    (type: number, write: Write): Write =>
    (writer) => {
      const mark = writer.open(type)
      write(writer)
      writer.close(mark)
    }

  test('an IPv4 address in 16 bytes, the HASHED flag', () => {
    expect(readService(nested(1, 1, key))).toEqual({ ...web, flags: 3 })
  })

  test('counters of 64 bits are preferred', () => {
    const entry = readServiceEntry(nested(1, 1, both(key, nest(10, narrow), nest(12, wide))))
    expect(entry?.statistics).toMatchObject({ connections: 2n ** 40n + 1n, inBytes: 2n ** 40n + 4n, outByteRate: 2n ** 40n + 10n })
  })

  test('counters of 32 bits, of which bytes have 64, serve an older kernel', () => {
    const entry = readServiceEntry(nested(1, 1, both(key, nest(10, narrow))))
    expect(entry?.statistics).toEqual({
      connections: 1n,
      inPackets: 2n,
      outPackets: 3n,
      inBytes: 2n ** 40n,
      outBytes: 2n ** 40n,
      connectionRate: 6n,
      inPacketRate: 7n,
      outPacketRate: 8n,
      inByteRate: 9n,
      outByteRate: 10n,
    })
  })

  test('a destination’s connections; without ADDR_FAMILY (before 3.18) it is of its service’s family', () => {
    const counters = both(u32(7, 11), u32(8, 12), u32(9, 13))
    const server = both(
      bytes(1, 10, 0, 0, 1, ...new Array(12).fill(0)),
      bytes(2, 0, 80),
      u32(3, 3),
      u32(4, 1),
      u32(5, 0),
      u32(6, 0),
      counters,
    )
    const entry = readDestinationEntry(nested(5, 2, server), web.key)
    expect(entry).toMatchObject({ destination: one, activeConnections: 11, inactiveConnections: 12, persistentConnections: 13 })
  })

  test('version, timeouts', () => {
    const info = readInfo(reply(14, both(u32(1, 0x010201), u32(2, 4096))))
    const timeouts = readTimeouts(reply(12, both(u32(4, 400), u32(5, 500), u32(6, 600))))
    expect(info).toEqual({ version: 0x010201, connectionTableSize: 4096 })
    expect(timeouts).toEqual({ tcp: 400, tcpFin: 500, udp: 600 })
  })

  test.each([
    { name: 'of another command', is: readService(nested(5, 1, key)) },
    { name: 'of an unknown family', is: readService(nested(1, 1, both(key, u16(1, 99)))) },
    { name: 'of an unknown protocol', is: readService(nested(1, 1, both(key, u16(2, 99)))) },
    { name: 'without an address', is: readService(nested(1, 1, both(u16(1, 2), u16(2, 6)))) },
    { name: 'with flags cut off', is: readService(nested(1, 1, both(key, u32(7, 3)))) },
    { name: 'with an address cut off', is: readService(nested(1, 1, both(key, u16(3, 3)))) },
    { name: 'with nothing in it', is: readService(reply(1, () => {})) },
    { name: 'that is too short', is: readService(sent({ type: family, flags: 0, write: () => {} })) },
    {
      name: 'of a destination that forwards in an unknown way',
      is: readDestination(nested(5, 2, both(bytes(1, ...new Array(16).fill(1)), u32(3, 4))), web.key),
    },
    { name: 'of a destination without an address', is: readDestination(nested(5, 2, u32(3, 3)), web.key) },
  ])('a message $name is nothing', ({ is }) => {
    expect(is).toBeUndefined()
  })
})
