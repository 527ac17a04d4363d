import { internetChecksum } from 'linux-syscalls/checksum'
import { addressFromBytes, addressToBytes, type Family } from './address.ts'
import type { AuthenticationHeader } from './authentication-header.ts'
import type { DecodeError, Result } from './result.ts'
import { decodeTrailer, SIGNATURE_SIZE, type Signature, type Trailer, withSignature } from './signature.ts'

/** IP protocol number of VRRP. */
export const VRRP_PROTOCOL = 112
/** Where adverts go unless configured otherwise (RFC 9568 §5.1.1.2, §5.1.2.2). */
export const VRRP_GROUP4 = '224.0.0.18'
export const VRRP_GROUP6 = 'ff02::12'

/** A VRRP message as a value, of version 2 (RFC 3768) or 3 (RFC 9568), whatever its fields hold. */
export interface Advertisement {
  /** 0..15 as received; only 2 and 3 can be encoded. */
  readonly version: number
  /** 1 is ADVERTISEMENT, the only one there is. */
  readonly type: number
  readonly vrid: number
  readonly priority: number
  /** Centiseconds in both versions; version 2 has whole seconds on the wire, version 3 twelve bits. */
  readonly intervalCs: number
  /** Version 2 only, else 0: 0 none, 1 simple text, 2 AH (RFC 2338 §5.3.6). */
  readonly authType: number
  /** Version 2 over IPv4 only: eight bytes, else empty. */
  readonly authData: Uint8Array
  /** Canonical text, in the order of the wire. */
  readonly addresses: readonly string[]
}

/**
 * What the checksum covers, over IPv4 in version 3: the message alone (RFC 9568 §5.2.8), the message and a pseudo header (the
 * installed base's reading of RFC 5798), or that with the group in place of the unicast destination (keepalived up to 1.3.6).
 * Version 2 over IPv4 always has `message-only`, IPv6 always `pseudo-header`.
 */
export type ChecksumForm = 'message-only' | 'pseudo-header' | 'group-pseudo-header'

/** The addresses of the datagram around the message. */
export interface Envelope {
  readonly family: Family
  readonly source: string
  readonly destination: string
  /** The address of the `group-pseudo-header` form; default 224.0.0.18. */
  readonly group?: string
}

/** A message that could be read. It may still be wrong in version, type, interval, count or checksum: that is for its reader to judge. */
export interface Decoded {
  readonly advert: Advertisement
  /** The forms in which its checksum is right; none if it is wrong in all, or if the version is neither 2 nor 3. */
  readonly validForms: readonly ChecksumForm[]
  /** Bytes after the message, inside the datagram. */
  readonly strayBytes: number
  /** The authentication header in front of the message, where there is one; not verified. */
  readonly authenticationHeader?: AuthenticationHeader
  /** The stray bytes as a signature, where there are as many as one has; not verified. */
  readonly trailer?: Trailer
}

/** The bytes of a message; throws a RangeError if a field does not fit (our own mistake, never the network's). */
export function encode(
  advert: Advertisement,
  envelope: Envelope & { readonly checksum: ChecksumForm; readonly signature?: Signature | undefined },
): Uint8Array {
  const { version, addresses } = advert
  if (version !== 2 && version !== 3) throw new RangeError(`VRRP version ${version} cannot be sent`)
  const bytes = new Uint8Array(messageLength(version, envelope.family, addresses.length))
  const view = new DataView(bytes.buffer)
  bytes[0] = (version << 4) | within('type', advert.type, 15)
  bytes[1] = within('VRID', advert.vrid, 255)
  bytes[2] = within('priority', advert.priority, 255)
  bytes[3] = within('number of addresses', addresses.length, 255)
  if (version === 2) {
    bytes[4] = within('authentication type', advert.authType, 255)
    bytes[5] = within('interval in seconds', Math.round(advert.intervalCs / 100), 255)
  } else {
    view.setUint16(4, within('interval in centiseconds', advert.intervalCs, 0xfff))
  }
  const size = addressSize(envelope.family)
  for (const [i, address] of addresses.entries()) bytes.set(addressToBytes(address, envelope.family), headerSize + i * size)
  if (version === 2 && envelope.family === 4) {
    within('length of the authentication data', advert.authData.length, authSize)
    bytes.set(advert.authData, bytes.length - authSize)
  }
  const form = formsOf(version, envelope).includes(envelope.checksum) ? envelope.checksum : formsOf(version, envelope)[0]
  view.setUint16(6, checksumOver(bytes, form ?? 'message-only', envelope))
  return envelope.signature === undefined ? bytes : signed(bytes, envelope, envelope.signature)
}

/** Reads a VRRP message, the IP header stripped. Never throws, whatever the bytes. */
export function decode(bytes: Uint8Array, envelope: Envelope): Result<Decoded, DecodeError> {
  if (bytes.length < headerSize) return short(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [head = 0, vrid = 0, priority = 0, count = 0, authType = 0, seconds = 0] = bytes
  const version = head >> 4
  const header = { version, type: head & 15, vrid, priority }
  if (version !== 2 && version !== 3) {
    const advert: Advertisement = { ...header, intervalCs: 0, authType: 0, authData: nothing, addresses: [] }
    return { ok: true, value: { advert, validForms: [], strayBytes: bytes.length - headerSize } }
  }
  const length = messageLength(version, envelope.family, count)
  if (bytes.length < length) {
    const detail = `${bytes.length} bytes, but ${count} addresses make it ${length}`
    return { ok: false, error: { kind: 'length', vrid, detail } }
  }
  const size = addressSize(envelope.family)
  const addresses: string[] = []
  for (let i = 0; i < count; i++) addresses.push(addressFromBytes(bytes.subarray(headerSize + i * size, headerSize + (i + 1) * size)))
  const advert: Advertisement = {
    ...header,
    intervalCs: version === 2 ? seconds * 100 : view.getUint16(4) & 0xfff,
    authType: version === 2 ? authType : 0,
    authData: version === 2 && envelope.family === 4 ? bytes.slice(length - authSize, length) : nothing,
    addresses,
  }
  // A trailer is outside the sum over IPv4; over IPv6 the kernel sums all there is.
  const covered = envelope.family === 4 ? bytes.subarray(0, length) : bytes
  const validForms = formsOf(version, envelope).filter((form) => checksumOver(covered, form, envelope) === 0)
  const strayBytes = bytes.length - length
  const value: Decoded = { advert, validForms, strayBytes }
  if (strayBytes !== SIGNATURE_SIZE) return { ok: true, value }
  return { ok: true, value: { ...value, trailer: decodeTrailer(bytes, length, envelope) } }
}

/** Over IPv4 the checksum ends where the signature begins; over IPv6 the kernel sums all there is. */
function signed(message: Uint8Array, envelope: Envelope, signature: Signature): Uint8Array {
  const bytes = withSignature(message, envelope, signature)
  if (envelope.family === 4) return bytes
  const view = new DataView(bytes.buffer)
  view.setUint16(6, 0)
  view.setUint16(6, checksumOver(bytes, 'pseudo-header', envelope))
  return bytes
}

const headerSize = 8
const authSize = 8
const nothing = new Uint8Array(0)

const addressSize = (family: Family): number => (family === 4 ? 4 : 16)

function messageLength(version: 2 | 3, family: Family, count: number): number {
  return headerSize + count * addressSize(family) + (version === 2 && family === 4 ? authSize : 0)
}

/** The forms that exist, the one to fall back on first. */
function formsOf(version: 2 | 3, envelope: Envelope): readonly ChecksumForm[] {
  if (envelope.family === 6) return ['pseudo-header']
  if (version === 2) return ['message-only']
  const group = envelope.group ?? VRRP_GROUP4
  return envelope.destination === group ? ['pseudo-header', 'message-only'] : ['pseudo-header', 'message-only', 'group-pseudo-header']
}

/** The checksum to write where its field is 0; 0 where the field holds the right one. */
function checksumOver(message: Uint8Array, form: ChecksumForm, envelope: Envelope): number {
  switch (form) {
    case 'message-only':
      return internetChecksum(message)
    case 'pseudo-header':
      return internetChecksum(pseudoHeader(envelope, envelope.destination, message.length), message)
    case 'group-pseudo-header':
      return internetChecksum(pseudoHeader(envelope, envelope.group ?? VRRP_GROUP4, message.length), message)
  }
}

/** IPv4: source, destination, 0, 112, 16-bit length. IPv6 (RFC 8200 §8.1): source, destination, 32-bit length, 0, 0, 0, 112. */
function pseudoHeader({ family, source }: Envelope, destination: string, length: number): Uint8Array {
  const size = addressSize(family)
  const bytes = new Uint8Array(size * 2 + (family === 4 ? 4 : 8))
  bytes.set(addressToBytes(source, family), 0)
  bytes.set(addressToBytes(destination, family), size)
  const view = new DataView(bytes.buffer, size * 2)
  if (family === 4) {
    view.setUint8(1, VRRP_PROTOCOL)
    view.setUint16(2, length)
  } else {
    view.setUint32(0, length)
    view.setUint8(7, VRRP_PROTOCOL)
  }
  return bytes
}

function within(what: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 0 || value > most) throw new RangeError(`${what} ${value} is not in 0..${most}`)
  return value
}

function short(bytes: Uint8Array): { readonly ok: false; readonly error: DecodeError } {
  const detail = `${bytes.length} bytes are too few for a VRRP header`
  const vrid = bytes[1]
  return { ok: false, error: vrid === undefined ? { kind: 'truncated', detail } : { kind: 'truncated', vrid, detail } }
}
