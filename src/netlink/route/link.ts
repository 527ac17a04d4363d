import { type MacAddress, macFromBytes } from '../../base/mac.ts'
import type { Link } from '../../core/links.ts'
import { Attributes, littleEndian, viewOf, type Writer } from '../attribute.ts'
import {
  AF_UNSPEC,
  ARPHRD_ETHER,
  IFF_LOOPBACK,
  IFF_MULTICAST,
  IFF_NOARP,
  IFF_RUNNING,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_EXT_MASK,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  IFLA_MTU,
  IFLA_VRF_TABLE,
  RTEXT_FILTER_SKIP_STATS,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
} from '../constants.ts'
import type { Message, Request } from '../message.ts'

/** Asks for all links; as a dump. */
export const listLinks: Request = {
  type: RTM_GETLINK,
  flags: 0,
  write(writer) {
    writeInterfaceInfo(writer)
    writer.attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
  },
}

/** The link of RTM_NEWLINK or RTM_DELLINK; undefined for any other or a malformed message. */
export function readLink(message: Message): Link | undefined {
  if ((message.type !== RTM_NEWLINK && message.type !== RTM_DELLINK) || message.payload.length < 16) return undefined
  const view = viewOf(message.payload)
  // AF_BRIDGE messages tell of a port's bridging, not of the link.
  if (view.getUint8(0) !== AF_UNSPEC) return undefined
  const attributes = new Attributes(message.payload.subarray(16))
  const flags = view.getUint32(8, littleEndian)
  const link: Link = {
    index: view.getInt32(4, littleEndian),
    name: attributes.text(IFLA_IFNAME),
    mac: readMac(view.getUint16(2, littleEndian), attributes.bytes(IFLA_ADDRESS)),
    mtu: attributes.u32(IFLA_MTU),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    multicast: (flags & IFF_MULTICAST) !== 0,
    arp: (flags & IFF_NOARP) === 0,
  }
  return attributes.error === undefined && link.name !== '' ? link : undefined
}

/** The table of a link that is a routing domain (VRF); undefined for every other one. */
export function readVrfTable(message: Message): { readonly name: string; readonly table: number } | undefined {
  if (message.type !== RTM_NEWLINK || message.payload.length < 16) return undefined
  const attributes = new Attributes(message.payload.subarray(16))
  const info = attributes.nest(IFLA_LINKINFO)
  if (info.text(IFLA_INFO_KIND) !== 'vrf') return undefined
  const table = info.nest(IFLA_INFO_DATA).u32(IFLA_VRF_TABLE)
  return attributes.error === undefined ? { name: attributes.text(IFLA_IFNAME), table } : undefined
}

/** struct ifinfomsg; an interface without a number is told by its name. */
export function writeInterfaceInfo(writer: Writer, { index = 0, flags = 0, change = 0 } = {}): void {
  writer.u8(AF_UNSPEC)
  writer.u8(0)
  writer.u16(0)
  writer.u32(index)
  writer.u32(flags)
  writer.u32(change)
}

function readMac(hardware: number, bytes: Uint8Array): MacAddress | undefined {
  return hardware === ARPHRD_ETHER && bytes.length === 6 ? macFromBytes(bytes) : undefined
}
