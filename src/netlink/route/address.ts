import { familyOf, type IpAddress, ipFromBytes, type Prefix } from '../../base/ip.ts'
import type { AddressObject } from '../../core/reconcile/kinds.ts'
import { Attributes, littleEndian, viewOf, type Writer } from '../attribute.ts'
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_CACHEINFO,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  IFA_PROTO,
  INFINITY_LIFE_TIME,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  RTPROT_KEEPALIVED,
} from '../constants.ts'
import type { Message, Request } from '../message.ts'

/** An address as the kernel has it (struct ifaddrmsg and its attributes). */
export interface RouteAddress {
  readonly index: number
  readonly prefix: Prefix
  /** The other end of a point-to-point address, with the length, which then is the peer's. */
  readonly peer: Prefix | undefined
  readonly scope: number
  readonly label: string | undefined
  readonly broadcast: IpAddress | undefined
  /** IFA_F_* */
  readonly flags: number
  /** Seconds left; undefined is forever. */
  readonly preferredLft: number | undefined
  /** Who added it (IFA_PROTO, since Linux 5.18); 0 if nobody said. */
  readonly protocol: number
}

/** Asks for all addresses of both families; as a dump. */
export const listAddresses: Request = { type: RTM_GETADDR, flags: 0, write: (writer) => writeHeader(writer, AF_UNSPEC, 0, 0, 0) }

/** A new address, or with `replace` the lifetime and flags of one that exists. */
export function newAddress(object: AddressObject, index: number, how: 'add' | 'replace'): Request {
  return {
    type: RTM_NEWADDR,
    flags: how === 'add' ? NLM_F_CREATE | NLM_F_EXCL : NLM_F_REPLACE,
    write(writer) {
      writeIdentity(writer, object, index)
      const { label, broadcast, flags, preferredLft } = object
      if (familyOf(object.prefix.address) === 4) {
        if (label !== undefined) writer.attributeText(IFA_LABEL, label)
        if (broadcast !== undefined) writer.attributeIp(IFA_BROADCAST, broadcast)
      }
      if (flags !== 0) writer.attributeU32(IFA_FLAGS, flags)
      if (preferredLft !== undefined || how === 'replace') writeCacheInfo(writer, preferredLft)
      // An older kernel ignores what it does not know.
      writer.attributeU8(IFA_PROTO, RTPROT_KEEPALIVED)
    },
  }
}

export function deleteAddress(object: AddressObject, index: number): Request {
  return { type: RTM_DELADDR, flags: 0, write: (writer) => writeIdentity(writer, object, index) }
}

/** The address of RTM_NEWADDR or RTM_DELADDR; undefined for any other or a malformed message. */
export function readAddress(message: Message): RouteAddress | undefined {
  const { type, payload } = message
  if ((type !== RTM_NEWADDR && type !== RTM_DELADDR) || payload.length < 8) return undefined
  const view = viewOf(payload)
  const family = view.getUint8(0)
  if (family !== AF_INET && family !== AF_INET6) return undefined
  const size = family === AF_INET ? 4 : 16
  const length = view.getUint8(1)
  if (length > size * 8) return undefined

  const attributes = new Attributes(payload.subarray(8))
  const ip = (attribute: number): IpAddress => ipFromBytes(attributes.bytes(attribute, size).subarray(0, size))
  const far = ip(IFA_ADDRESS)
  // Without IFA_LOCAL there is no peer, and IFA_ADDRESS is the address itself (IPv6).
  const near = attributes.has(IFA_LOCAL) ? ip(IFA_LOCAL) : far
  const address: RouteAddress = {
    index: view.getUint32(4, littleEndian),
    prefix: { address: near, length },
    peer: near === far || !attributes.has(IFA_ADDRESS) ? undefined : { address: far, length },
    scope: view.getUint8(3),
    label: attributes.has(IFA_LABEL) ? attributes.text(IFA_LABEL) : undefined,
    broadcast: attributes.has(IFA_BROADCAST) ? ip(IFA_BROADCAST) : undefined,
    flags: attributes.has(IFA_FLAGS) ? attributes.u32(IFA_FLAGS) : view.getUint8(2),
    preferredLft: readPreferredLft(attributes),
    protocol: attributes.u8(IFA_PROTO),
  }
  const named = attributes.has(IFA_LOCAL) || attributes.has(IFA_ADDRESS)
  return attributes.error === undefined && named ? address : undefined
}

/** What tells the address apart: all that RTM_DELADDR needs. A label would have to match too, so it is not part of it. */
function writeIdentity(writer: Writer, object: AddressObject, index: number): void {
  const { prefix, peer, scope } = object
  const family = familyOf(prefix.address) === 4 ? AF_INET : AF_INET6
  writeHeader(writer, family, (peer ?? prefix).length, scope, index)
  writer.attributeIp(IFA_LOCAL, prefix.address)
  writer.attributeIp(IFA_ADDRESS, (peer ?? prefix).address)
}

/** struct ifaddrmsg */
function writeHeader(writer: Writer, family: number, length: number, scope: number, index: number): void {
  writer.u8(family)
  writer.u8(length)
  writer.u8(0)
  writer.u8(scope)
  writer.u32(index)
}

/** struct ifa_cacheinfo: preferred, valid, and two time stamps that only the kernel writes. */
function writeCacheInfo(writer: Writer, preferredLft: number | undefined): void {
  const bytes = new Uint8Array(16)
  const view = viewOf(bytes)
  view.setUint32(0, preferredLft ?? INFINITY_LIFE_TIME, littleEndian)
  view.setUint32(4, INFINITY_LIFE_TIME, littleEndian)
  writer.attributeBytes(IFA_CACHEINFO, bytes)
}

function readPreferredLft(attributes: Attributes): number | undefined {
  if (!attributes.has(IFA_CACHEINFO)) return undefined
  const seconds = viewOf(attributes.bytes(IFA_CACHEINFO, 8)).getUint32(0, littleEndian)
  return seconds === INFINITY_LIFE_TIME ? undefined : seconds
}
