import type { EventEmitter } from 'node:events'
import type { Family } from './address.ts'
import { addressToBytes } from './address.ts'
import { type Advertisement, decode, encode } from './advertisement.ts'
import { decodeIpv4, encodeIpv4 } from './ipv4.ts'
import type { RemoteInfo, SendOptions, VrrpSocketEvents } from './socket-interface.ts'

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
  const group = way.options.group === undefined ? {} : { group: way.options.group }
  const message = encode(advert, { family, source, destination, checksum: way.options.checksum ?? 'pseudo-header', ...group })
  return family === 6 ? message : encodeIpv4({ source, destination, ttl: way.ttl ?? 255, id: way.id }, message)
}

/** Emits what a datagram turned out to be. Over IPv4 its bytes begin with the IP header, whose fields win over those given. */
export function emitDatagram(socket: EventEmitter<VrrpSocketEvents>, reception: Reception): void {
  const { bytes, ...known } = reception
  const ip = known.family === 'IPv4' ? decodeIpv4(bytes) : undefined
  const header = ip?.ok ? ip.value.header : undefined
  const rinfo: RemoteInfo = {
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
  const message = ip === undefined ? bytes : ip.value.payload
  const decoded = decode(message, { family: ip === undefined ? 6 : 4, source: rinfo.address, destination: rinfo.destination })
  if (decoded.ok) socket.emit('message', decoded.value.advert, rinfo, decoded.value)
  else socket.emit('malformed', decoded.error, message, rinfo)
}

/** Whether an address is a group: 224.0.0.0/4 or ff00::/8. */
export function isGroup(address: string, family: Family): boolean {
  const [first = 0] = addressToBytes(address, family)
  return family === 4 ? first >> 4 === 14 : first === 0xff
}
