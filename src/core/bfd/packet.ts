import { fail, ok, type Result } from '../../base/result.ts'
import { type Micros, micros } from '../../base/units.ts'

/** bfd.SessionState by its number on the wire (RFC 5880 §4.1). */
export const STATES = ['AdminDown', 'Down', 'Init', 'Up'] as const
export type BfdState = (typeof STATES)[number]

/** Why a session changed its state last (RFC 5880 §4.1), as far as we set it ourselves. */
export const DIAGNOSTIC = { none: 0, expired: 1, neighborDown: 3, adminDown: 7 } as const

/** A BFD Control packet without its authentication section (RFC 5880 §4.1). */
export interface ControlPacket {
  /** 0..31 */
  readonly diagnostic: number
  readonly state: BfdState
  readonly poll: boolean
  readonly final: boolean
  readonly controlPlaneIndependent: boolean
  readonly authenticated: boolean
  readonly demand: boolean
  /** 1..255 */
  readonly detectMultiplier: number
  /** 32 bits, never 0. */
  readonly myDiscriminator: number
  /** 32 bits, 0 for none. */
  readonly yourDiscriminator: number
  readonly desiredMinTx: Micros
  readonly requiredMinRx: Micros
  readonly requiredMinEchoRx: Micros
}

/** Why a packet is none, whatever the session (RFC 5880 §6.8.6). */
export type PacketFault =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'too-small'; readonly size: number }
  /** Less than its header needs, or more than there is. */
  | { readonly kind: 'length'; readonly length: number; readonly size: number }
  | { readonly kind: 'poll-and-final' }
  | { readonly kind: 'multiplier' }
  | { readonly kind: 'multipoint' }
  | { readonly kind: 'my-discriminator' }
  /** It speaks of a session without naming it. */
  | { readonly kind: 'your-discriminator' }

const VERSION = 1
const SIZE = 24
/** With an authentication section, however short. */
const AUTHENTICATED_SIZE = 26

const POLL = 0x20
const FINAL = 0x10
const INDEPENDENT = 0x08
const AUTHENTICATION = 0x04
const DEMAND = 0x02
const MULTIPOINT = 0x01

export function encodeControl(packet: ControlPacket): Uint8Array {
  const bytes = new Uint8Array(SIZE)
  const view = new DataView(bytes.buffer)
  const bit = (mask: number, set: boolean): number => (set ? mask : 0)
  view.setUint8(0, (VERSION << 5) | packet.diagnostic)
  view.setUint8(
    1,
    (STATES.indexOf(packet.state) << 6) |
      bit(POLL, packet.poll) |
      bit(FINAL, packet.final) |
      bit(INDEPENDENT, packet.controlPlaneIndependent) |
      bit(AUTHENTICATION, packet.authenticated) |
      bit(DEMAND, packet.demand),
  )
  view.setUint8(2, packet.detectMultiplier)
  view.setUint8(3, SIZE)
  view.setUint32(4, packet.myDiscriminator)
  view.setUint32(8, packet.yourDiscriminator)
  view.setUint32(12, packet.desiredMinTx)
  view.setUint32(16, packet.requiredMinRx)
  view.setUint32(20, packet.requiredMinEchoRx)
  return bytes
}

/** The checks of RFC 5880 §6.8.6 that need no session, in its order; what follows the packet is ignored. */
export function decodeControl(bytes: Uint8Array): Result<ControlPacket, PacketFault> {
  const size = bytes.length
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  if (size < 4) return fail({ kind: 'too-small', size })
  const version = view.getUint8(0) >> 5
  if (version !== VERSION) return fail({ kind: 'version', version })
  if (size < SIZE) return fail({ kind: 'too-small', size })
  const flags = view.getUint8(1)
  const length = view.getUint8(3)
  if (length < ((flags & AUTHENTICATION) === 0 ? SIZE : AUTHENTICATED_SIZE) || length > size) return fail({ kind: 'length', length, size })
  const packet: ControlPacket = {
    diagnostic: view.getUint8(0) & 0x1f,
    state: STATES[flags >> 6] ?? 'Down',
    poll: (flags & POLL) !== 0,
    final: (flags & FINAL) !== 0,
    controlPlaneIndependent: (flags & INDEPENDENT) !== 0,
    authenticated: (flags & AUTHENTICATION) !== 0,
    demand: (flags & DEMAND) !== 0,
    detectMultiplier: view.getUint8(2),
    myDiscriminator: view.getUint32(4),
    yourDiscriminator: view.getUint32(8),
    desiredMinTx: micros(view.getUint32(12)),
    requiredMinRx: micros(view.getUint32(16)),
    requiredMinEchoRx: micros(view.getUint32(20)),
  }
  if (packet.detectMultiplier === 0) return fail({ kind: 'multiplier' })
  if ((flags & MULTIPOINT) !== 0) return fail({ kind: 'multipoint' })
  if (packet.myDiscriminator === 0) return fail({ kind: 'my-discriminator' })
  if (packet.yourDiscriminator === 0 && packet.state !== 'Down' && packet.state !== 'AdminDown') return fail({ kind: 'your-discriminator' })
  // One packet cannot both ask and answer (§6.5).
  return packet.poll && packet.final ? fail({ kind: 'poll-and-final' }) : ok(packet)
}
