import { randomInt } from 'node:crypto'
import { errnoName, IPPROTO_ICMP, IPPROTO_ICMPV6, internetChecksum, SOCK_DGRAM, SOCK_RAW } from 'linux-syscalls'
import { type Family, familyOf } from '../../base/ip.ts'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt, CheckTarget } from '../../core/check/config.ts'
import type { ProbeFailure, ProbeResult } from '../../core/check/probe.ts'
import { ConnectedSocket, errnoResult } from './datagram.ts'
import { within } from './within.ts'

/** PING_CHECK: an echo request is answered in time. */
export async function probePing({ target }: Extract<CheckAttempt, { kind: 'PING_CHECK' }>, signal: AbortSignal): Promise<ProbeResult> {
  const start = performance.now()
  const family = familyOf(target.address)
  const opened = openEcho(target, family)
  if (!('socket' in opened)) return errnoResult(opened.errno, opened.what)
  const { socket, raw } = opened
  const echo = { id: randomInt(0x10000), sequence: randomInt(0x10000), cookie: Uint8Array.from({ length: 16 }, () => randomInt(256)) }
  const sent = socket.send(echoRequest(family, echo))
  if (sent !== 0) {
    socket.close()
    return errnoResult(sent, 'send')
  }
  const answer = await within(target.connectTimeout, signal, (time) =>
    socket.answer<'well' | ProbeFailure>(time, (received) => {
      if (typeof received === 'number') return { kind: 'reply', detail: errnoName(received) }
      return isEchoReply(family, raw && family === 4 ? withoutIpHeader(received) : received, echo) ? 'well' : undefined
    }),
  )
  if (answer === 'silence') return { kind: 'timed-out', stage: 'reply' }
  return answer === 'well' ? { kind: 'passed', latency: fromMillis(performance.now() - start) } : { kind: 'failed', reason: answer }
}

/** A ping socket needs no privilege where `ping_group_range` has our group; else a raw one, which needs CAP_NET_RAW. */
function openEcho(target: CheckTarget, family: Family) {
  const protocol = family === 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6
  const datagram = ConnectedSocket.open(target, { type: SOCK_DGRAM, protocol, ports: false })
  if (datagram instanceof ConnectedSocket) return { socket: datagram, raw: false }
  if (datagram.what !== 'socket') return datagram
  const rawSocket = ConnectedSocket.open(target, { type: SOCK_RAW, protocol, ports: false })
  return rawSocket instanceof ConnectedSocket ? { socket: rawSocket, raw: true } : rawSocket
}

export interface Echo {
  /** A ping socket puts its own in its place. */
  readonly id: number
  readonly sequence: number
  readonly cookie: Uint8Array
}

const requestType = { 4: 8, 6: 128 } as const
const replyType = { 4: 0, 6: 129 } as const
const headerLength = 8

/** RFC 792, RFC 4443 §4.1. The kernel fills in the checksum of IPv6, which covers a pseudo-header. */
export function echoRequest(family: Family, { id, sequence, cookie }: Echo): Uint8Array {
  const message = Uint8Array.of(requestType[family], 0, 0, 0, id >> 8, id & 0xff, sequence >> 8, sequence & 0xff, ...cookie)
  if (family === 4) new DataView(message.buffer).setUint16(2, internetChecksum(message))
  return message
}

/** Ours has our sequence number and all of our data; raw sockets hear also what others are sent. */
export function isEchoReply(family: Family, received: Uint8Array, { sequence, cookie }: Echo): boolean {
  if (received.length < headerLength + cookie.length || received[0] !== replyType[family]) return false
  if ((((received[6] ?? 0) << 8) | (received[7] ?? 0)) !== sequence) return false
  return cookie.every((byte, i) => received[headerLength + i] === byte)
}

/** A raw socket of IPv4 gives the IP header too, whose length is in its first byte. */
export function withoutIpHeader(packet: Uint8Array): Uint8Array {
  return packet.subarray(((packet[0] ?? 0) & 0x0f) * 4)
}
