import { type Advertisement, AUTH_TYPES, type ChecksumForm, type Decoded, equalBytes, passwordField, type Stamp } from 'dgram-vrrp/codec'
import type { IpAddress } from '../../base/ip.ts'
import { isMulticast } from '../../base/ip.ts'
import { type Centiseconds, centiseconds, fromCentiseconds, type Instant, type Micros, toCentiseconds } from '../../base/units.ts'
import { judgeHeader } from './authentication.ts'
import type { InstanceConfig, Transport } from './config.ts'
import { OWNER } from './election.ts'
import type { AdvertEvent } from './events.ts'
import { judgeSignature, type StampMemory } from './signature.ts'

/** Why an advert is rejected: names the counter that moves. In the order of the checks, cheap ones first (RFC 9568 §7.1). */
export const REJECT_REASONS = [
  'truncated',
  'length',
  'mode',
  'ttl',
  'version',
  'type',
  'checksum',
  'auth-type',
  'auth-mismatch',
  'auth-failure',
  'ah-spi',
  'ah-icv',
  'ah-replay',
  'hmac-missing',
  'hmac-malformed',
  'hmac-unknown-key',
  'hmac-invalid',
  'hmac-stale',
  'hmac-replay',
  'interval',
  'own-priority',
  'source',
] as const

export type RejectReason = (typeof REJECT_REASONS)[number]

/** What the checks know of the receiver. */
export interface Receiver {
  readonly config: InstanceConfig
  /** The addresses that we advertise, in their order. */
  readonly advertised: readonly IpAddress[]
  /** The last sequence number of each sender of authentication headers. */
  readonly sequences: ReadonlyMap<IpAddress, number>
  /** The last stamp of each sender of signed adverts. */
  readonly stamps: StampMemory
  /** The master that we follow, whose list `skip_check_adv_addr` trusts. */
  readonly knownMaster: IpAddress | undefined
}

export type Reception =
  | {
      readonly kind: 'rejected'
      readonly reason: RejectReason
      readonly received: number | string | undefined
      readonly expected: number | string | undefined
    }
  | {
      readonly kind: 'accepted'
      readonly source: IpAddress
      /** If the kernel said. */
      readonly heardAt: Instant | undefined
      readonly priority: number
      /** What the sender says it uses (VRRPv3), or what both use (VRRPv2). */
      readonly interval: Micros
      readonly intervalDiffers: boolean
      /** The first address of ours that is not in the advert, or undefined with `differs` if it has more than ours. */
      readonly addressList:
        | { readonly kind: 'same' }
        | { readonly kind: 'differs'; readonly missing: IpAddress | undefined; readonly received: number }
      /** Only the sum over the group address was right, as keepalived up to 1.3.6 sends it in unicast. */
      readonly oldUnicastChecksum: boolean
      /** Of the authentication header, where there is one. */
      readonly sequence: number | undefined
      /** Of a signature that was asked for and is right. */
      readonly stamp: Stamp | undefined
    }

/** Everything that can be wrong with a datagram for an instance that listens. Changes nothing: a rejected advert only counts. */
export function receive(event: AdvertEvent, receiver: Receiver): Reception {
  const { config } = receiver
  if (event.truncated) return reject('truncated')
  if (!event.packet.ok) return reject('length', event.packet.error.detail)
  const { advert, strayBytes, validForms } = event.packet.value
  const { authenticationHeader: header } = event.packet.value
  const sealed = config.authentication.kind === 'AH'
  if (sealed !== (header !== undefined)) return reject('auth-mismatch', sealed ? 'no AH header' : 'AH header')
  const known = advert.version === 2 || advert.version === 3
  const trailer = config.authHmac === undefined ? undefined : event.packet.value.trailer
  if (known && strayBytes > 0 && trailer === undefined) return reject('length', strayBytes, 0)
  if (isMulticast(event.destination) !== (config.transport.kind === 'multicast')) return reject('mode', event.destination)
  if (config.transport.kind === 'multicast' && event.ttl !== 255) return reject('ttl', event.ttl, 255)
  if (advert.version !== config.version) return reject('version', advert.version, config.version)
  if (advert.type !== 1) return reject('type', advert.type, 1)
  // RFC 9568 erratum 8299 for VRRPv3; keepalived takes an empty VRRPv2 advert for one with other addresses.
  if (config.version === 3 && advert.addresses.length === 0) return reject('length', 0)
  const sum = acceptableForm(config, validForms)
  if (sum === undefined) return reject('checksum')
  if (config.authHmac !== undefined) {
    const fault = judgeSignature({ trailer, source: event.source, receivedAt: event.receivedAt }, config.authHmac, receiver.stamps)
    if (fault !== undefined) return reject(`hmac-${fault}`, trailer?.keyId)
  }
  const unauthentic = config.version === 2 ? checkAuthentication(event, event.packet.value, receiver) : undefined
  if (unauthentic !== undefined) return unauthentic
  const own = ownInterval(config)
  if (config.version === 2 ? advert.intervalCs !== own : advert.intervalCs === 0) return reject('interval', advert.intervalCs, own)
  if (config.priority === OWNER && config.ownerIgnoreAdverts) return reject('own-priority', advert.priority, OWNER)
  const peer = checkPeer(event, config.transport)
  if (peer !== undefined) return peer
  return {
    kind: 'accepted',
    source: event.source,
    heardAt: event.heardAt,
    priority: advert.priority,
    interval: fromCentiseconds(advert.intervalCs as Centiseconds),
    intervalDiffers: advert.intervalCs !== own,
    addressList: compareAddresses(advert, event.source, receiver),
    oldUnicastChecksum: sum === 'group-pseudo-header',
    sequence: header?.sequence,
    stamp: trailer?.stamp,
  }
}

/** RFC 2338 §5.3.6. What stands in the eight bytes does not matter where nobody asked for them. */
function checkAuthentication({ source }: AdvertEvent, decoded: Decoded, { config, sequences }: Receiver): Reception | undefined {
  const { advert, authenticationHeader } = decoded
  const own = config.authentication
  const expected = AUTH_TYPES[own.kind]
  if (advert.authType > AUTH_TYPES.AH) return reject('auth-type', advert.authType, expected)
  if (advert.authType !== expected) return reject('auth-mismatch', advert.authType, expected)
  if (own.kind === 'PASS' && config.family === 4 && !equalBytes(advert.authData, passwordField(own.password))) return reject('auth-failure')
  if (own.kind !== 'AH' || authenticationHeader === undefined) return undefined
  const fault = judgeHeader(authenticationHeader, source, own.password, sequences)
  switch (fault?.kind) {
    case 'spi':
      return reject('ah-spi', fault.received, source)
    case 'icv':
      return reject('ah-icv')
    case 'replay':
      return reject('ah-replay', fault.received, fault.last)
    case undefined:
      return undefined
  }
}

/** In centiseconds; VRRPv2 has whole seconds on the wire. */
function ownInterval({ version, advertInt }: InstanceConfig): Centiseconds {
  const own = toCentiseconds(advertInt)
  return version === 2 ? centiseconds(Math.round(own / 100) * 100) : own
}

function reject(reason: RejectReason, received?: number | string, expected?: number | string): Reception {
  return { kind: 'rejected', reason, received, expected }
}

/**
 * The form in which the sum was right. Over IPv4, VRRPv3 is summed with a pseudo header (the installed base) or without (RFC 9568
 * §5.2.8): either is taken, whatever we send, and nothing else.
 */
function acceptableForm(config: InstanceConfig, valid: readonly ChecksumForm[]): ChecksumForm | undefined {
  if (config.family === 6) return valid.find((form) => form === 'pseudo-header')
  if (config.version === 2) return valid.find((form) => form === 'message-only')
  const usual = valid.find((form) => form !== 'group-pseudo-header')
  if (usual !== undefined) return usual
  if (config.transport.kind === 'multicast' || config.checksum.oldUnicastChecksum === 'never') return undefined
  return valid.find((form) => form === 'group-pseudo-header')
}

/** `check_unicast_src`, `min_ttl`, `max_ttl`. */
function checkPeer(event: AdvertEvent, transport: Transport): Reception | undefined {
  if (transport.kind === 'multicast' || !transport.checkSource) return undefined
  const peer = transport.peers.find(({ address }) => address === event.source)
  if (peer === undefined) return reject('source', event.source)
  const { ttl } = event
  if (ttl === undefined || ttl < peer.minTtl) return reject('ttl', ttl, peer.minTtl)
  if (ttl > peer.maxTtl) return reject('ttl', ttl, peer.maxTtl)
  return undefined
}

type AddressList = Extract<Reception, { kind: 'accepted' }>['addressList']

/** The order does not matter. */
function compareAddresses(advert: Advertisement, source: IpAddress, receiver: Receiver): AddressList {
  const { advertised, config, knownMaster } = receiver
  if (config.skipCheckAdvAddr && source === knownMaster) return { kind: 'same' }
  const received = advert.addresses
  if (received.length === advertised.length && advertised.every((address, at) => address === received[at])) return { kind: 'same' }
  const present = new Set(received)
  const missing = advertised.find((address) => !present.has(address))
  if (missing === undefined && received.length === advertised.length) return { kind: 'same' }
  return { kind: 'differs', missing, received: received.length }
}
