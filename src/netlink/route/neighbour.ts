import { type IpAddress, ipFromBytes } from '../../base/ip.ts'
import { type MacAddress, macFromBytes } from '../../base/mac.ts'
import { Attributes, littleEndian, viewOf } from '../attribute.ts'
import { AF_INET, AF_INET6, AF_UNSPEC, NDA_DST, NDA_LLADDR, RTM_DELNEIGH, RTM_GETNEIGH, RTM_NEWNEIGH } from '../constants.ts'
import type { Message, Request } from '../message.ts'

/** An entry of the neighbour table (struct ndmsg): who answers for an address on a link. */
export interface Neighbour {
  readonly index: number
  readonly address: IpAddress
  /** Undefined while it is not resolved. */
  readonly mac: MacAddress | undefined
  /** NUD_* bits (linux/neighbour.h). */
  readonly state: number
}

/** Asks for all neighbours of both families; as a dump. */
export const listNeighbours: Request = {
  type: RTM_GETNEIGH,
  flags: 0,
  write(writer) {
    writer.u32(AF_UNSPEC)
    writer.u32(0)
    writer.u32(0)
  },
}

/** The entry of RTM_NEWNEIGH or RTM_DELNEIGH; undefined for any other or a malformed message. */
export function readNeighbour(message: Message): Neighbour | undefined {
  const { type, payload } = message
  if ((type !== RTM_NEWNEIGH && type !== RTM_DELNEIGH) || payload.length < 12) return undefined
  const view = viewOf(payload)
  const family = view.getUint8(0)
  if (family !== AF_INET && family !== AF_INET6) return undefined
  const size = family === AF_INET ? 4 : 16
  const attributes = new Attributes(payload.subarray(12))
  const mac = attributes.bytes(NDA_LLADDR)
  const neighbour: Neighbour = {
    index: view.getInt32(4, littleEndian),
    address: ipFromBytes(attributes.bytes(NDA_DST, size).subarray(0, size)),
    mac: mac.length === 6 ? macFromBytes(mac) : undefined,
    state: view.getUint16(8, littleEndian),
  }
  return attributes.error === undefined && attributes.has(NDA_DST) ? neighbour : undefined
}
