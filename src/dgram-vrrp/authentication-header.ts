import { hmac } from '@noble/hashes/hmac.js'
import { md5 } from '@noble/hashes/legacy.js'
import { addressFromBytes, addressToBytes } from './address.ts'
import { VRRP_PROTOCOL } from './advertisement.ts'
import { equalBytes, passwordField } from './authentication.ts'
import { encodeIpv4, type Ipv4Header } from './ipv4.ts'
import type { DecodeError, Result } from './result.ts'

/** IP protocol number of the authentication header. */
export const AH_PROTOCOL = 51

/** An authentication header (RFC 2402 §2) between the IPv4 header and the message. */
export interface AuthenticationHeader {
  /** As an address, for keepalived sends its source here. */
  readonly spi: string
  readonly sequence: number
  /** Twelve bytes: HMAC-MD5 cut to 96 bits. */
  readonly icv: Uint8Array
  /** A copy of the datagram with zeros where routers or the sum itself write. */
  readonly covered: Uint8Array
}

/** What makes a datagram authentic. */
export interface Seal {
  /** The first eight bytes count. */
  readonly password: Uint8Array
  /** Must rise from datagram to datagram. */
  readonly sequence: number
}

/** A datagram with an authentication header, as keepalived sends it. */
export function encodeSealedIpv4(
  header: { readonly source: string; readonly destination: string; readonly ttl?: number; readonly id: number },
  message: Uint8Array,
  { password, sequence }: Seal,
): Uint8Array {
  const payload = new Uint8Array(headerSize + message.length)
  payload[0] = VRRP_PROTOCOL
  payload[1] = headerSize / 4 - 2
  payload.set(addressToBytes(header.source, 4), spiAt)
  new DataView(payload.buffer).setUint32(sequenceAt, sequence)
  payload.set(message, headerSize)
  const datagram = encodeIpv4({ ...header, protocol: AH_PROTOCOL }, payload)
  datagram.set(integrityCheck(coveredPart(datagram, 20), password), 20 + icvAt)
  return datagram
}

/**
 * Takes the authentication header off a datagram of protocol 51; undefined if it is of another kind than VRRP uses, and so nothing to do
 * with us. Whether it is authentic is for `isAuthentic` to say.
 */
export function decodeAuthenticationHeader(
  datagram: Uint8Array,
  { headerLength, totalLength }: Pick<Ipv4Header, 'headerLength' | 'totalLength'>,
): Result<{ readonly header: AuthenticationHeader; readonly payload: Uint8Array }, DecodeError> | undefined {
  const bytes = datagram.subarray(headerLength, totalLength)
  if (bytes[0] !== VRRP_PROTOCOL) return undefined
  if (bytes.length < headerSize || bytes[1] !== headerSize / 4 - 2) {
    return { ok: false, error: { kind: 'length', detail: `no authentication header of ${headerSize} bytes in ${bytes.length}` } }
  }
  const header: AuthenticationHeader = {
    spi: addressFromBytes(bytes.subarray(spiAt, spiAt + 4)),
    sequence: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(sequenceAt),
    icv: bytes.slice(icvAt, headerSize),
    covered: coveredPart(datagram.subarray(0, totalLength), headerLength),
  }
  return { ok: true, value: { header, payload: bytes.subarray(headerSize) } }
}

/** Whether somebody who knows the password sent it, as it is. Takes the same time for every wrong one. */
export function isAuthentic(header: AuthenticationHeader, password: Uint8Array): boolean {
  return equalBytes(header.icv, integrityCheck(header.covered, password))
}

const headerSize = 24
const spiAt = 4
const sequenceAt = 8
const icvAt = 12
const icvSize = 12

/**
 * TOS, fragment field and header checksum are zero; so is the TTL, but only in unicast. RFC 2402 §3.3.3.1.1 has it zero in any case:
 * keepalived does not, and nobody else is there to agree with.
 */
function coveredPart(datagram: Uint8Array, headerLength: number): Uint8Array {
  const bytes = datagram.slice()
  const isMulticast = (bytes[16] ?? 0) >> 4 === 14
  bytes[1] = 0
  bytes.fill(0, 6, 8)
  if (!isMulticast) bytes[8] = 0
  bytes.fill(0, 10, 12)
  bytes.fill(0, headerLength + icvAt, headerLength + icvAt + icvSize)
  return bytes
}

function integrityCheck(covered: Uint8Array, password: Uint8Array): Uint8Array {
  return hmac(md5, passwordField(password), covered).subarray(0, icvSize)
}
