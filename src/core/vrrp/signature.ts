import { compareStamps, isSigned, SIGNATURE_TYPE, type Stamp, stampMillis, type Trailer } from 'dgram-vrrp/codec'
import type { IpAddress } from '../../base/ip.ts'
import type { AuthHmac } from './config.ts'

/** The last stamp of each sender whose signature was right, the one heard last at the end. */
export type StampMemory = ReadonlyMap<IpAddress, Stamp>

export const NO_STAMPS: StampMemory = new Map()

/** How many senders are remembered in multicast; in unicast there are as many as peers. */
const MOST_SENDERS = 4

export type SignatureFault = 'missing' | 'malformed' | 'unknown-key' | 'invalid' | 'stale' | 'replay'

/** An advert, as far as its signature goes. */
export interface SignedAdvert {
  readonly trailer: Trailer | undefined
  readonly source: IpAddress
  /** By our wall clock, in milliseconds since 1970; undefined if that is not known. */
  readonly receivedAt: number | undefined
}

/**
 * What is wrong with the signature of an advert. Nothing is told of time before the tag is known to be right: only who has the key can
 * move what we remember.
 */
export function judgeSignature(
  { trailer, source, receivedAt }: SignedAdvert,
  own: AuthHmac,
  heard: StampMemory,
): SignatureFault | undefined {
  if (trailer === undefined) return own.mode === 'enforce' ? 'missing' : undefined
  if (trailer.type !== SIGNATURE_TYPE || trailer.reserved !== 0) return 'malformed'
  const key = own.keys.find(({ id }) => id === trailer.keyId)
  if (key === undefined) return 'unknown-key'
  if (!isSigned(trailer, key.secret)) return 'invalid'
  const isFresh = (stamp: Stamp): boolean => receivedAt !== undefined && Math.abs(stampMillis(stamp) - receivedAt) <= own.timeWindow / 1_000
  if (own.antiReplay === 'time' && !isFresh(trailer.stamp)) return 'stale'
  const last = heard.get(source)
  // What was remembered before a clock went back says nothing any more.
  if (last === undefined || (own.antiReplay === 'time' && !isFresh(last))) return undefined
  return compareStamps(trailer.stamp, last) > 0 ? undefined : 'replay'
}

export function withStamp(heard: StampMemory, source: IpAddress, stamp: Stamp, peers: number): StampMemory {
  const next = new Map(heard)
  next.delete(source)
  next.set(source, stamp)
  const [oldest] = next.keys()
  if (next.size > Math.max(peers, MOST_SENDERS) && oldest !== undefined) next.delete(oldest)
  return next
}
