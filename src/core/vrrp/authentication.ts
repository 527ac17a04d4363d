import { type AuthenticationHeader, isAuthentic } from 'dgram-vrrp/codec'
import type { IpAddress } from '../../base/ip.ts'

/**
 * What an instance remembers of sequence numbers, over reloads too. keepalived has one counter for what it sends and what it hears; so
 * ours must be above all that was heard, or it would take nothing from us. What we hear we compare with the same sender's last.
 */
export interface SequenceMemory {
  /** The highest one sent or heard; the next advert has one more. */
  readonly highest: number
  readonly heard: ReadonlyMap<IpAddress, number>
}

export const NO_SEQUENCES: SequenceMemory = { highest: 0, heard: new Map() }

/** Senders that are remembered; the one that was silent for longest is forgotten. Only who knows the password gets here. */
const MOST_SENDERS = 16

export function withSequence({ highest, heard }: SequenceMemory, source: IpAddress, sequence: number): SequenceMemory {
  const next = new Map(heard)
  next.delete(source)
  next.set(source, sequence)
  const [oldest] = next.keys()
  if (next.size > MOST_SENDERS && oldest !== undefined) next.delete(oldest)
  return { highest: Math.max(highest, sequence), heard: next }
}

export type HeaderFault =
  | { readonly kind: 'spi'; readonly received: string }
  | { readonly kind: 'icv' }
  | { readonly kind: 'replay'; readonly received: number; readonly last: number }

/** What is wrong with the authentication header of an advert from this source. */
export function judgeHeader(
  header: AuthenticationHeader,
  source: IpAddress,
  password: Uint8Array,
  heard: ReadonlyMap<IpAddress, number>,
): HeaderFault | undefined {
  if (header.spi !== source) return { kind: 'spi', received: header.spi }
  if (!isAuthentic(header, password)) return { kind: 'icv' }
  const last = heard.get(source) ?? 0
  if (header.sequence <= last) return { kind: 'replay', received: header.sequence, last }
  return undefined
}
