import { describe, expect, test } from 'vitest'
import type { AddressObject } from '../../../src/core/reconcile/kinds.ts'
import { littleEndian } from '../../../src/netlink/attribute.ts'
import { RTM_DELADDR, RTM_NEWADDR, RTM_NEWLINK } from '../../../src/netlink/constants.ts'
import { type Request, readMessages } from '../../../src/netlink/message.ts'
import { deleteAddress, newAddress, readAddress } from '../../../src/netlink/route/address.ts'
import { address, ip } from '../../support/kernel-objects.ts'
import { message } from '../../support/scripted-transport.ts'

const payload = (request: Request): number[] => Array.from(readMessages(message(request.type, 1, request.write)).messages[0]?.payload ?? [])
const parsed = (bytes: readonly number[], type = RTM_NEWADDR) =>
  readAddress(readMessages(message(type, 1, (writer) => writer.bytes(Uint8Array.from(bytes)))).messages[0]!)

const local = [8, 0, 2, 0, 192, 0, 2, 1]
const far = [8, 0, 1, 0, 192, 0, 2, 1]
const ours = [5, 0, 11, 0, 18, 0, 0, 0]

describe.runIf(littleEndian)('written', () => {
  test.each<{ name: string; object: AddressObject; bytes: number[] }>([
    { name: 'IPv4', object: address('192.0.2.1/24'), bytes: [2, 24, 0, 0, 3, 0, 0, 0, ...local, ...far, ...ours] },
    {
      name: 'scope, label, broadcast and flags',
      object: address('192.0.2.1/24', { scope: 253, label: 'eth0:3', broadcast: ip('192.0.2.255'), flags: 0x200 }),
      bytes: [
        ...[2, 24, 0, 253, 3, 0, 0, 0, ...local, ...far],
        ...[11, 0, 3, 0, ...Buffer.from('eth0:3'), 0, 0],
        ...[8, 0, 4, 0, 192, 0, 2, 255],
        ...[8, 0, 8, 0, 0, 2, 0, 0],
        ...ours,
      ],
    },
    {
      name: 'a peer, whose length counts',
      object: address('192.0.2.1/32', { peer: { address: ip('198.51.100.9'), length: 30 } }),
      bytes: [2, 30, 0, 0, 3, 0, 0, 0, ...local, 8, 0, 1, 0, 198, 51, 100, 9, ...ours],
    },
    {
      name: 'preferred_lft 0, valid for ever',
      object: address('192.0.2.1/24', { preferredLft: 0 }),
      bytes: [
        ...[2, 24, 0, 0, 3, 0, 0, 0, ...local, ...far],
        ...[20, 0, 6, 0, 0, 0, 0, 0, 255, 255, 255, 255],
        ...new Array(8).fill(0),
        ...ours,
      ],
    },
  ])('$name', ({ object, bytes }) => {
    expect(payload(newAddress(object, 3, 'add'))).toEqual(bytes)
  })

  test('IPv6 has neither label nor broadcast; nodad is set', () => {
    const bytes = payload(newAddress(address('2001:db8::1/64', { label: 'x', broadcast: ip('192.0.2.255') }), 3, 'add'))
    expect([bytes.slice(0, 8), bytes.length]).toEqual([[10, 64, 0, 0, 3, 0, 0, 0], 8 + 20 + 20 + 8 + 8])
    expect(bytes.slice(48, 56)).toEqual([8, 0, 8, 0, 2, 0, 0, 0])
  })

  test('a replacement always says the lifetime, a new one may not exist', () => {
    const object = address('192.0.2.1/24')
    expect(payload(newAddress(object, 3, 'replace')).slice(24, 36)).toEqual([20, 0, 6, 0, 255, 255, 255, 255, 255, 255, 255, 255])
    expect([newAddress(object, 3, 'add').flags, newAddress(object, 3, 'replace').flags]).toEqual([0x600, 0x100])
  })

  test('a removal tells only what the kernel tells addresses apart by', () => {
    const object = address('192.0.2.1/24', { label: 'eth0:3', broadcast: ip('192.0.2.255') })
    expect(payload(deleteAddress(object, 3))).toEqual([2, 24, 0, 0, 3, 0, 0, 0, ...local, ...far])
  })
})

describe.runIf(littleEndian)('read', () => {
  const plain = {
    index: 3,
    prefix: { address: '192.0.2.1', length: 24 },
    peer: undefined,
    scope: 0,
    label: undefined,
    broadcast: undefined,
    flags: 0x80,
    preferredLft: undefined,
    protocol: 0,
  }
  const v6 = [20, 0, 1, 0, 0x20, 1, 0x0d, 0xb8, ...new Array(11).fill(0), 1]

  test.each([
    { name: 'IPv4', bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, ...local], is: plain },
    {
      name: 'IFA_FLAGS, which has more bits than the header',
      bytes: [2, 24, 0, 0, 3, 0, 0, 0, ...far, ...local, 8, 0, 8, 0, 0x80, 2, 0, 0],
      is: { ...plain, flags: 0x280 },
    },
    {
      name: 'a peer',
      bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, 8, 0, 1, 0, 198, 51, 100, 9, ...local],
      is: { ...plain, peer: { address: '198.51.100.9', length: 24 } },
    },
    { name: 'IFA_PROTO', bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, ...local, ...ours], is: { ...plain, protocol: 18 } },
    {
      name: 'IPv6, without IFA_LOCAL',
      bytes: [10, 64, 0x80, 253, 3, 0, 0, 0, ...v6],
      is: { ...plain, prefix: { address: '2001:db8::1', length: 64 }, scope: 253 },
    },
    {
      name: 'preferred for 7 s',
      bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, ...local, 20, 0, 6, 0, 7, ...new Array(15).fill(0)],
      is: { ...plain, preferredLft: 7 },
    },
    {
      name: 'preferred for ever',
      bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, ...local, 20, 0, 6, 0, ...new Array(4).fill(255), ...new Array(12).fill(0)],
      is: plain,
    },
    { name: 'another family', bytes: [5, 24, 0x80, 0, 3, 0, 0, 0, ...far], is: undefined },
    { name: 'a length beyond the family’s', bytes: [2, 33, 0x80, 0, 3, 0, 0, 0, ...far], is: undefined },
    { name: 'no address', bytes: [2, 24, 0x80, 0, 3, 0, 0, 0], is: undefined },
    { name: 'an address of three bytes', bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, 7, 0, 1, 0, 1, 2, 3, 0], is: undefined },
    { name: 'an IPv4 address for IPv6', bytes: [10, 64, 0x80, 0, 3, 0, 0, 0, ...far], is: undefined },
    { name: 'a malformed attribute behind a good address', bytes: [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, 99, 0, 3, 0], is: undefined },
    { name: 'less than struct ifaddrmsg', bytes: [2, 24, 0, 0], is: undefined },
  ])('$name', ({ bytes, is }) => {
    expect(parsed(bytes)).toEqual(is)
  })

  test('RTM_DELADDR is read alike, other messages are not', () => {
    const bytes = [2, 24, 0x80, 0, 3, 0, 0, 0, ...far, ...local]
    expect([parsed(bytes, RTM_DELADDR), parsed(bytes, RTM_NEWLINK)]).toEqual([plain, undefined])
  })
})
