import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { addressToBytes } from './address.ts'
import type { Envelope } from './advertisement.ts'
import { equalBytes } from './authentication.ts'

/** Bytes of a signature behind the message (draft-cassen-vrrp-auth-hmac, keepalived's `auth_hmac`). */
export const SIGNATURE_SIZE = 28
/** Extension type 1: HMAC-SHA-256 cut to 128 bits. */
export const SIGNATURE_TYPE = 1

/** When it was signed, by the sender's wall clock; the counter tells those of one moment apart. */
export interface Stamp {
  /** Since 1970, 32 bits. */
  readonly seconds: number
  /** Of a second, in 1/65536. */
  readonly fraction: number
  /** 16 bits. */
  readonly counter: number
}

/** 28 bytes behind a message, which may be a signature; not verified. */
export interface Trailer {
  readonly type: number
  readonly keyId: number
  readonly reserved: number
  readonly stamp: Stamp
  /** Sixteen bytes. */
  readonly tag: Uint8Array
  /** What the tag is the sum of. */
  readonly signed: Uint8Array
}

/** What an advert is signed with. */
export interface Signature {
  /** 1..255 */
  readonly keyId: number
  /** 32 to 64 bytes. */
  readonly key: Uint8Array
  readonly stamp: Stamp
}

/** The message with its signature behind it. Whether the checksum covers that is for others. */
export function withSignature(message: Uint8Array, envelope: Envelope, { keyId, key, stamp }: Signature): Uint8Array {
  const bytes = new Uint8Array(message.length + SIGNATURE_SIZE)
  bytes.set(message)
  const view = new DataView(bytes.buffer, message.length)
  view.setUint8(0, SIGNATURE_TYPE)
  view.setUint8(1, keyId)
  view.setUint32(4, stamp.seconds)
  view.setUint16(8, stamp.fraction)
  view.setUint16(10, stamp.counter)
  bytes.set(tagOf(signedPart(bytes, message.length, envelope), key), message.length + tagAt)
  return bytes
}

/** The trailer of a message that is `length` bytes long and has 28 more behind it. */
export function decodeTrailer(bytes: Uint8Array, length: number, envelope: Envelope): Trailer {
  const view = new DataView(bytes.buffer, bytes.byteOffset + length, SIGNATURE_SIZE)
  return {
    type: view.getUint8(0),
    keyId: view.getUint8(1),
    reserved: view.getUint16(2),
    stamp: { seconds: view.getUint32(4), fraction: view.getUint16(8), counter: view.getUint16(10) },
    tag: bytes.slice(length + tagAt, length + SIGNATURE_SIZE),
    signed: signedPart(bytes.subarray(0, length + SIGNATURE_SIZE), length, envelope),
  }
}

/** Whether somebody who knows the key signed it, as it is and with that source. Takes the same time for every wrong one. */
export function isSigned(trailer: Trailer, key: Uint8Array): boolean {
  return equalBytes(trailer.tag, tagOf(trailer.signed, key))
}

/** Negative if the first is older; 0 if they are the same. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.seconds - b.seconds || a.fraction - b.fraction || a.counter - b.counter
}

/** Milliseconds since 1970. */
export const stampMillis = ({ seconds, fraction }: Stamp): number => (seconds + fraction / 65_536) * 1_000

/**
 * The stamp of the next advert: the clock's, or the one after the last, for it must rise. When the clock went back by more than the
 * window, what was sent before is stale to everybody, and the clock counts again.
 */
export function nextStamp(last: Stamp | undefined, wallMillis: number, windowMillis: number): Stamp {
  const seconds = Math.floor(wallMillis / 1_000)
  const now: Stamp = { seconds: seconds % 2 ** 32, fraction: Math.floor((wallMillis / 1_000 - seconds) * 65_536), counter: 0 }
  if (last === undefined || compareStamps(now, last) > 0) return now
  if (stampMillis(last) - wallMillis > windowMillis) return now
  return after(last)
}

const tagAt = 12
const pseudoHeaderSize = 20

function after({ seconds, fraction, counter }: Stamp): Stamp {
  if (counter < 0xffff) return { seconds, fraction, counter: counter + 1 }
  if (fraction < 0xffff) return { seconds, fraction: fraction + 1, counter: 0 }
  return { seconds: (seconds + 1) % 2 ** 32, fraction: 0, counter: 0 }
}

/** Family, version, VRID, 0 and the source, left-aligned in 16 bytes; the message without its checksum; the trailer without its tag. */
function signedPart(bytes: Uint8Array, length: number, { family, source }: Envelope): Uint8Array {
  const signed = new Uint8Array(pseudoHeaderSize + bytes.length)
  signed[0] = family
  signed[1] = (bytes[0] ?? 0) >> 4
  signed[2] = bytes[1] ?? 0
  signed.set(addressToBytes(source, family), 4)
  signed.set(bytes, pseudoHeaderSize)
  signed.fill(0, pseudoHeaderSize + 6, pseudoHeaderSize + 8)
  signed.fill(0, pseudoHeaderSize + length + tagAt)
  return signed
}

function tagOf(signed: Uint8Array, key: Uint8Array): Uint8Array {
  return hmac(sha256, key, signed).subarray(0, SIGNATURE_SIZE - tagAt)
}
