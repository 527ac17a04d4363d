import { macFromBytes, macToBytes } from '../../base/mac.ts'
import type { LinkObject, LinkType, Setting, SettingName } from '../../core/reconcile/kinds.ts'
import { Attributes, littleEndian, viewOf, type Writer } from '../attribute.ts'
import {
  DEVCONF_ACCEPT_RA,
  DEVCONF_DISABLE_IPV6,
  DEVCONF_RTR_SOLICITS,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_AF_SPEC,
  IFLA_GROUP,
  IFLA_IFNAME,
  IFLA_INET_CONF,
  IFLA_INET6_ADDR_GEN_MODE,
  IFLA_INET6_CONF,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_IPVLAN_FLAGS,
  IFLA_IPVLAN_MODE,
  IFLA_LINK,
  IFLA_LINK_NETNSID,
  IFLA_LINKINFO,
  IFLA_MACVLAN_MODE,
  IPV4_DEVCONF_ACCEPT_LOCAL,
  IPV4_DEVCONF_ARP_IGNORE,
  IPV4_DEVCONF_ARPFILTER,
  IPV4_DEVCONF_PROMOTE_SECONDARIES,
  IPV4_DEVCONF_RP_FILTER,
  IPVLAN_F_PRIVATE,
  IPVLAN_F_VEPA,
  IPVLAN_MODE_L2,
  MACVLAN_MODE_PRIVATE,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELLINK,
  RTM_NEWLINK,
} from '../constants.ts'
import type { Message, Request } from '../message.ts'
import { writeInterfaceInfo } from './link.ts'

/** A link above another, of the sorts that we make, as the kernel has it. */
export interface UpperLink {
  readonly index: number
  /** Index of the interface below. */
  readonly below: number
  readonly name: string
  readonly type: LinkType
  readonly group: number
  readonly up: boolean
}

/** A new link, down: its settings come before its first packet. */
export function newLink({ name, type, group }: LinkObject, below: number): Request {
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    write(writer) {
      writeInterfaceInfo(writer)
      writer.attributeText(IFLA_IFNAME, name)
      writer.attributeU32(IFLA_LINK, below)
      if (group !== 0) writer.attributeU32(IFLA_GROUP, group)
      if (type.kind === 'macvlan') writer.attributeBytes(IFLA_ADDRESS, macToBytes(type.mac))
      writeLinkInfo(writer, type)
    },
  }
}

function writeLinkInfo(writer: Writer, type: LinkType): void {
  const info = writer.open(IFLA_LINKINFO)
  writer.attributeText(IFLA_INFO_KIND, type.kind)
  const data = writer.open(IFLA_INFO_DATA)
  if (type.kind === 'macvlan') writer.attributeU32(IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE)
  else {
    writer.attributeU16(IFLA_IPVLAN_MODE, IPVLAN_MODE_L2)
    writer.attributeU16(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[type.mode])
  }
  writer.close(data)
  writer.close(info)
}

const IPVLAN_FLAGS = { bridge: 0, private: IPVLAN_F_PRIVATE, vepa: IPVLAN_F_VEPA } as const

/** Group and IFF_UP of a link that exists. */
export function changeLink({ name, group, up }: LinkObject): Request {
  return {
    type: RTM_NEWLINK,
    flags: 0,
    write(writer) {
      writeInterfaceInfo(writer, { flags: up ? IFF_UP : 0, change: IFF_UP })
      writer.attributeText(IFLA_IFNAME, name)
      writer.attributeU32(IFLA_GROUP, group)
    },
  }
}

export function deleteLink(index: number): Request {
  return {
    type: RTM_DELLINK,
    flags: 0,
    write(writer) {
      writeInterfaceInfo(writer, { index })
    },
  }
}

/** The link of RTM_NEWLINK if it is a private macvlan, or an ipvlan of layer 2, above an interface of this namespace. */
export function readUpperLink(message: Message): UpperLink | undefined {
  if (message.type !== RTM_NEWLINK || message.payload.length < 16) return undefined
  const view = viewOf(message.payload)
  const attributes = new Attributes(message.payload.subarray(16))
  const type = readType(attributes.nest(IFLA_LINKINFO), attributes.bytes(IFLA_ADDRESS))
  const link = {
    index: view.getInt32(4, littleEndian),
    below: attributes.u32(IFLA_LINK),
    name: attributes.text(IFLA_IFNAME),
    group: attributes.u32(IFLA_GROUP),
    up: (view.getUint32(8, littleEndian) & IFF_UP) !== 0,
  }
  if (type === undefined || attributes.error !== undefined || attributes.has(IFLA_LINK_NETNSID)) return undefined
  return { ...link, type }
}

function readType(info: Attributes, address: Uint8Array): LinkType | undefined {
  const data = info.nest(IFLA_INFO_DATA)
  switch (info.text(IFLA_INFO_KIND)) {
    case 'macvlan':
      if (data.u32(IFLA_MACVLAN_MODE) !== MACVLAN_MODE_PRIVATE || address.length !== 6) return undefined
      return { kind: 'macvlan', mac: macFromBytes(address) }
    case 'ipvlan': {
      const flags = data.u16(IFLA_IPVLAN_FLAGS)
      if (data.u16(IFLA_IPVLAN_MODE) !== IPVLAN_MODE_L2) return undefined
      return { kind: 'ipvlan', mode: (flags & IPVLAN_F_PRIVATE) !== 0 ? 'private' : (flags & IPVLAN_F_VEPA) !== 0 ? 'vepa' : 'bridge' }
    }
    default:
      return undefined
  }
}

/** Where a setting stands among the numbers that the kernel tells of an interface. */
const places: readonly { readonly family: 4 | 6; readonly name: SettingName; readonly at: number }[] = [
  { family: 4, name: 'rp_filter', at: IPV4_DEVCONF_RP_FILTER - 1 },
  { family: 4, name: 'arp_filter', at: IPV4_DEVCONF_ARPFILTER - 1 },
  { family: 4, name: 'arp_ignore', at: IPV4_DEVCONF_ARP_IGNORE - 1 },
  { family: 4, name: 'promote_secondaries', at: IPV4_DEVCONF_PROMOTE_SECONDARIES - 1 },
  { family: 4, name: 'accept_local', at: IPV4_DEVCONF_ACCEPT_LOCAL - 1 },
  { family: 6, name: 'accept_ra', at: DEVCONF_ACCEPT_RA },
  { family: 6, name: 'router_solicitations', at: DEVCONF_RTR_SOLICITS },
  { family: 6, name: 'disable_ipv6', at: DEVCONF_DISABLE_IPV6 },
]

const AF_INET = 2
const AF_INET6 = 10

/** The settings of the interface of RTM_NEWLINK: none of a family that it does not speak. */
export function readSettings(message: Message): readonly Setting[] {
  if (message.type !== RTM_NEWLINK || message.payload.length < 16) return []
  const families = new Attributes(message.payload.subarray(16)).nest(IFLA_AF_SPEC)
  const inet6 = families.nest(AF_INET6)
  const tables = { 4: families.nest(AF_INET).bytes(IFLA_INET_CONF), 6: inet6.bytes(IFLA_INET6_CONF) }
  const settings = places.flatMap(({ family, name, at }): readonly Setting[] => {
    const table = tables[family]
    return table.length < at * 4 + 4 ? [] : [{ family, name, value: viewOf(table).getInt32(at * 4, littleEndian) }]
  })
  if (!inet6.has(IFLA_INET6_ADDR_GEN_MODE)) return settings
  return [...settings, { family: 6, name: 'addr_gen_mode', value: inet6.u8(IFLA_INET6_ADDR_GEN_MODE) }]
}
