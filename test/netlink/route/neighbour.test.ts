import { expect, test } from 'vitest'
import { littleEndian } from '../../../src/netlink/attribute.ts'
import { RTM_DELNEIGH, RTM_NEWADDR, RTM_NEWNEIGH } from '../../../src/netlink/constants.ts'
import { readMessages } from '../../../src/netlink/message.ts'
import { readNeighbour } from '../../../src/netlink/route/neighbour.ts'
import { message } from '../../support/scripted-transport.ts'

const header = [2, 0, 0, 0, 3, 0, 0, 0, 0x80, 0, 0, 1]
const destination = [8, 0, 1, 0, 192, 0, 2, 50]
const mac = [10, 0, 2, 0, 2, 0, 0, 0, 0, 0x32, 0, 0]
const known = { index: 3, address: '192.0.2.50', mac: '02:00:00:00:00:32', state: 0x80 }

test.runIf(littleEndian).each([
  { name: 'resolved', type: RTM_NEWNEIGH, bytes: [...header, ...destination, ...mac], is: known },
  { name: 'removed', type: RTM_DELNEIGH, bytes: [...header, ...destination, ...mac], is: known },
  { name: 'not resolved yet', type: RTM_NEWNEIGH, bytes: [...header, ...destination], is: { ...known, mac: undefined } },
  {
    name: 'IPv6',
    type: RTM_NEWNEIGH,
    bytes: [10, ...header.slice(1), 20, 0, 1, 0, 0xfe, 0x80, ...new Array(13).fill(0), 9],
    is: { ...known, address: 'fe80::9', mac: undefined },
  },
  { name: 'without an address', type: RTM_NEWNEIGH, bytes: [...header, ...mac], is: undefined },
  { name: 'of a bridge (AF_BRIDGE)', type: RTM_NEWNEIGH, bytes: [7, ...header.slice(1), ...mac], is: undefined },
  { name: 'with an address of two bytes', type: RTM_NEWNEIGH, bytes: [...header, 6, 0, 1, 0, 1, 2, 0, 0], is: undefined },
  { name: 'cut off', type: RTM_NEWNEIGH, bytes: header.slice(0, 8), is: undefined },
  { name: 'something else', type: RTM_NEWADDR, bytes: [...header, ...destination], is: undefined },
])('a neighbour $name', ({ type, bytes, is }) => {
  expect(readNeighbour(readMessages(message(type, 1, (writer) => writer.bytes(Uint8Array.from(bytes)))).messages[0]!)).toEqual(is)
})
