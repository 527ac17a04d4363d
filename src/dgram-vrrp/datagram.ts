import type { EventEmitter } from 'node:events'
import type { Family } from './address.ts'
import { addressToBytes } from './address.ts'
import { type Advertisement, type Decoded, decode, encode } from './advertisement.ts'
import { AH_PROTOCOL, type AuthenticationHeader, decodeAuthenticationHeader, encodeSealedIpv4 } from './authentication-header.ts'
import { decodeIpv4, encodeIpv4 } from './ipv4.ts'
import type { RemoteInfo, SendOptions, SocketType, VrrpSocketEvents } from './socket-interface.ts'

/** What is known of a received datagram besides its bytes. */
export interface Reception extends Omit<RemoteInfo, 'size'> {
  readonly bytes: Uint8Array
}

/** The VRRP message as it goes out; over IPv4 with its IP header. */
export function pack(
  advert: Advertisement,
  way: { family: Family; source: string; destination: string; ttl: number | undefined; id: number; options: SendOptions },
): Uint8Array {
  const { family, source, destination } = way
  const { checksum = 'pseudo-header', group, signature } = way.options
  const message = encode(advert, { family, source, destination, checksum, signature, ...(group !== undefined && { group }) })
  if (family === 6) return message
  const header = { source, destination, ttl: way.ttl ?? 255, id: way.id }
  const { seal } = way.options
  return seal === undefined ? encodeIpv4(header, message) : encodeSealedIpv4(header, message, seal)
}

/** Emits what a datagram turned out to be. Over IPv4 its bytes begin with the IP header, whose fields win over those given. */
export function emitDatagram(socket: EventEmitter<VrrpSocketEvents>, reception: Reception): void {
  const { bytes, ...known } = reception
  const ip = known.family === 'IPv4' ? decodeIpv4(bytes) : undefined
  const header = ip?.ok ? ip.value.header : undefined
  let rinfo: RemoteInfo = {
    ...known,
    ...(header && { address: header.source, destination: header.destination, ttl: header.ttl }),
    size: header ? header.totalLength - header.headerLength : bytes.length,
  }
  if (known.truncated) {
    socket.emit('malformed', { kind: 'truncated', detail: `only ${bytes.length} bytes were received` }, bytes, rinfo)
    return
  }
  if (ip !== undefined && !ip.ok) {
    socket.emit('malformed', ip.error, bytes, rinfo)
    return
  }
  let message = ip === undefined ? bytes : ip.value.payload
  let authenticationHeader: AuthenticationHeader | undefined
  if (header?.protocol === AH_PROTOCOL) {
    const sealed = decodeAuthenticationHeader(bytes, header)
    if (sealed === undefined) return
    if (!sealed.ok) {
      socket.emit('malformed', sealed.error, message, rinfo)
      return
    }
    rinfo = { ...rinfo, size: sealed.value.payload.length }
    message = sealed.value.payload
    authenticationHeader = sealed.value.header
  }
  const decoded = decode(message, { family: ip === undefined ? 6 : 4, source: rinfo.address, destination: rinfo.destination })
  if (!decoded.ok) {
    socket.emit('malformed', decoded.error, message, rinfo)
    return
  }
  const detail: Decoded = authenticationHeader === undefined ? decoded.value : { ...decoded.value, authenticationHeader }
  socket.emit('message', detail.advert, rinfo, detail)
}

/** Whether an address is a group: 224.0.0.0/4 or ff00::/8. */
export function isGroup(address: string, family: Family): boolean {
  const [first = 0] = addressToBytes(address, family)
  return family === 4 ? first >> 4 === 14 : first === 0xff
}

export const familyOf = (type: SocketType): Family => (type === 'vrrp6' ? 6 : 4)

/** The id of the next IPv4 header: never 0, for which the kernel would choose another. */
export const nextId = (last: number): number => (last === 0xffff ? 1 : last + 1)
