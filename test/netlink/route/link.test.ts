import { expect, test } from 'vitest'
import { littleEndian } from '../../../src/netlink/attribute.ts'
import { RTM_DELLINK, RTM_GETLINK, RTM_NEWADDR, RTM_NEWLINK } from '../../../src/netlink/constants.ts'
import { readMessages } from '../../../src/netlink/message.ts'
import { listLinks, readLink } from '../../../src/netlink/route/link.ts'
import { message } from '../../support/scripted-transport.ts'

/** struct ifinfomsg, cut by field, and its attributes. */
const veth = {
  family: [0, 0],
  type: [1, 0],
  index: [7, 0, 0, 0],
  flags: [0x43, 0x10, 0, 0],
  change: [0, 0, 0, 0],
  name: [9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0],
  mtu: [8, 0, 4, 0, 0xdc, 0x05, 0, 0],
  mac: [10, 0, 1, 0, 2, 0, 0, 0, 0, 0x2a, 0, 0],
}
const link = (fields: Partial<typeof veth> = {}, type = RTM_NEWLINK) =>
  readLink(
    readMessages(message(type, 1, (writer) => writer.bytes(Uint8Array.from(Object.values({ ...veth, ...fields }).flat())))).messages[0]!,
  )
const eth0 = {
  index: 7,
  name: 'eth0',
  mac: '02:00:00:00:00:2a',
  mtu: 1500,
  up: true,
  running: true,
  loopback: false,
  multicast: true,
  arp: true,
}

test.runIf(littleEndian).each([
  { name: 'an interface that carries', fields: {}, is: eth0 },
  { name: 'IFF_UP without IFF_RUNNING', fields: { flags: [3, 0x10, 0, 0] }, is: { ...eth0, running: false } },
  { name: 'neither', fields: { flags: [2, 0x10, 0, 0] }, is: { ...eth0, up: false, running: false } },
  { name: 'IFF_NOARP', fields: { flags: [0xc3, 0x10, 0, 0] }, is: { ...eth0, arp: false } },
  { name: 'without IFF_MULTICAST', fields: { flags: [0x43, 0, 0, 0] }, is: { ...eth0, multicast: false } },
  {
    name: 'the loopback, which is no Ethernet',
    fields: { type: [4, 3], flags: [0x49, 0, 0, 0] },
    is: { ...eth0, mac: undefined, loopback: true, multicast: false },
  },
  { name: 'a link address of another length', fields: { mac: [8, 0, 1, 0, 1, 2, 3, 4] }, is: { ...eth0, mac: undefined } },
  { name: 'a bridge port (AF_BRIDGE)', fields: { family: [7, 0] }, is: undefined },
  { name: 'no name', fields: { name: [] }, is: undefined },
  { name: 'a malformed attribute', fields: { mac: [99, 0, 1, 0] }, is: undefined },
  { name: 'a short MTU', fields: { mtu: [6, 0, 4, 0, 1, 2, 0, 0] }, is: undefined },
])('$name', ({ fields, is }) => {
  expect(link(fields)).toEqual(is)
})

test.runIf(littleEndian)('RTM_DELLINK names the link that went, another message none', () => {
  expect([link({}, RTM_DELLINK)?.name, link({}, RTM_NEWADDR)]).toEqual(['eth0', undefined])
})

test('a message shorter than struct ifinfomsg is none', () => {
  expect(readLink(readMessages(message(RTM_NEWLINK, 1, (writer) => writer.bytes(new Uint8Array(12)))).messages[0]!)).toBeUndefined()
})

test.runIf(littleEndian)('all links are asked for without their statistics', () => {
  const [request] = readMessages(message(RTM_GETLINK, 1, listLinks.write)).messages
  expect(Array.from(request?.payload ?? [])).toEqual([...new Array(16).fill(0), 8, 0, 29, 0, 8, 0, 0, 0])
})
