import { internetChecksum } from 'linux-syscalls/checksum'
import { addressFromBytes, addressToBytes } from './address.ts'
import { VRRP_PROTOCOL } from './advertisement.ts'
import type { DecodeError, Result } from './result.ts'

/** CS6, internetwork control: TOS or traffic class of routing protocols. */
export const INTERNETWORK_CONTROL = 0xc0

/** What of an IPv4 header matters to VRRP. */
export interface Ipv4Header {
  readonly source: string
  readonly destination: string
  readonly ttl: number
  readonly protocol: number
  readonly id: number
  readonly tos: number
  /** With options, in bytes. */
  readonly headerLength: number
  /** Header and payload, in bytes. */
  readonly totalLength: number
}

/** A datagram without options, not fragmented: header and payload in one piece. */
export function encodeIpv4(
  header: { source: string; destination: string; ttl?: number; protocol?: number; id: number; tos?: number },
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(headerSize + payload.length)
  if (bytes.length > 0xffff) throw new RangeError(`${bytes.length} bytes do not fit into a datagram`)
  const view = new DataView(bytes.buffer)
  bytes[0] = 0x45
  bytes[1] = header.tos ?? INTERNETWORK_CONTROL
  view.setUint16(2, bytes.length)
  view.setUint16(4, header.id)
  bytes[8] = header.ttl ?? 255
  bytes[9] = header.protocol ?? VRRP_PROTOCOL
  bytes.set(addressToBytes(header.source, 4), 12)
  bytes.set(addressToBytes(header.destination, 4), 16)
  view.setUint16(10, internetChecksum(bytes.subarray(0, headerSize)))
  bytes.set(payload, headerSize)
  return bytes
}

/**
 * Takes a received datagram apart. Its total length is the truth: what the link appended is cut off, what it promises and does not
 * hold is an error. The header checksum is the kernel's to verify.
 */
export function decodeIpv4(bytes: Uint8Array): Result<{ header: Ipv4Header; payload: Uint8Array }, DecodeError> {
  if (bytes.length < headerSize) return wrong('truncated', `${bytes.length} bytes are too few for an IPv4 header`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first = 0, tos = 0] = bytes
  const headerLength = (first & 15) * 4
  const totalLength = view.getUint16(2)
  if (first >> 4 !== 4 || headerLength < headerSize) return wrong('length', `no IPv4 header begins with ${first.toString(16)}`)
  if (totalLength < headerLength || totalLength > bytes.length)
    return wrong('length', `total length ${totalLength} with a header of ${headerLength} in ${bytes.length} bytes`)
  const header: Ipv4Header = {
    source: addressFromBytes(bytes.subarray(12, 16)),
    destination: addressFromBytes(bytes.subarray(16, 20)),
    ttl: bytes[8] ?? 0,
    protocol: bytes[9] ?? 0,
    id: view.getUint16(4),
    tos,
    headerLength,
    totalLength,
  }
  return { ok: true, value: { header, payload: bytes.subarray(headerLength, totalLength) } }
}

const headerSize = 20

function wrong(kind: DecodeError['kind'], detail: string): { readonly ok: false; readonly error: DecodeError } {
  return { ok: false, error: { kind, detail } }
}
