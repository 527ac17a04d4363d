import {
  IP_PKTINFO,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_HOPLIMIT,
  IPV6_PKTINFO,
  SO_RXQ_OVFL,
  SO_TIMESTAMPNS,
  SOL_SOCKET,
} from './constants.ts'

/** One ancillary object of a message (cmsg(3)). */
export interface ControlMessage {
  readonly level: number
  readonly type: number
  readonly data: Uint8Array
}

/** What this package understands of the control messages of a datagram; undefined where the option was not switched on. */
export interface Ancillary {
  /** IP_RECVTTL or IPV6_RECVHOPLIMIT */
  readonly ttl: number | undefined
  /** IP_PKTINFO or IPV6_RECVPKTINFO: where it was sent to and where it came in. */
  readonly destination: { readonly address: Uint8Array; readonly ifindex: number } | undefined
  /** SO_TIMESTAMPNS: wall clock at receipt in microseconds since 1970. */
  readonly receivedAt: number | undefined
  /** SO_RXQ_OVFL: datagrams this socket has lost so far. */
  readonly lost: number | undefined
}

/** Lays control messages out as the kernel wants them in `control`. */
export function buildControl(messages: readonly ControlMessage[]): Uint8Array {
  const bytes = new Uint8Array(messages.reduce((total, message) => total + align(headerSize + message.data.length), 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { level, type, data } of messages) {
    writeLength(view, at, headerSize + data.length)
    view.setInt32(at + wordSize, level, littleEndian)
    view.setInt32(at + wordSize + 4, type, littleEndian)
    bytes.set(data, at + headerSize)
    at += align(headerSize + data.length)
  }
  return bytes
}

/** Takes `control` apart; stops at the first message whose length cannot be. */
export function parseControl(control: Uint8Array): readonly ControlMessage[] {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength)
  const messages: ControlMessage[] = []
  let at = 0
  while (at + headerSize <= control.length) {
    const length = readLength(view, at)
    if (length < headerSize || at + length > control.length) break
    messages.push({
      level: view.getInt32(at + wordSize, littleEndian),
      type: view.getInt32(at + wordSize + 4, littleEndian),
      data: control.slice(at + headerSize, at + length),
    })
    at += align(length)
  }
  return messages
}

/** The known control messages of a datagram as values. */
export function parseAncillary(control: Uint8Array): Ancillary {
  let ttl: number | undefined
  let destination: Ancillary['destination']
  let receivedAt: number | undefined
  let lost: number | undefined
  for (const { level, type, data } of parseControl(control)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    if (level === IPPROTO_IP && type === IP_TTL && data.length >= 4) ttl = view.getInt32(0, littleEndian)
    else if (level === IPPROTO_IPV6 && type === IPV6_HOPLIMIT && data.length >= 4) ttl = view.getInt32(0, littleEndian)
    else if (level === IPPROTO_IP && type === IP_PKTINFO && data.length >= 12)
      destination = { address: data.slice(8, 12), ifindex: view.getInt32(0, littleEndian) }
    else if (level === IPPROTO_IPV6 && type === IPV6_PKTINFO && data.length >= 20)
      destination = { address: data.slice(0, 16), ifindex: view.getInt32(16, littleEndian) }
    else if (level === SOL_SOCKET && type === SO_TIMESTAMPNS && data.length >= 16)
      receivedAt = Number(view.getBigInt64(0, littleEndian)) * 1_000_000 + Math.floor(Number(view.getBigInt64(8, littleEndian)) / 1_000)
    else if (level === SOL_SOCKET && type === SO_RXQ_OVFL && data.length >= 4) lost = view.getUint32(0, littleEndian)
  }
  return { ttl, destination, receivedAt, lost }
}

/** IPV6_PKTINFO: the source address to send from, and the interface (0: any). */
export function packetInfo6(source: Uint8Array, ifindex = 0): ControlMessage {
  const data = new Uint8Array(20)
  data.set(source, 0)
  new DataView(data.buffer).setInt32(16, ifindex, littleEndian)
  return { level: IPPROTO_IPV6, type: IPV6_PKTINFO, data }
}

/** IP_PKTINFO: the source address to send from, and the interface (0: any). */
export function packetInfo4(source: Uint8Array, ifindex = 0): ControlMessage {
  const data = new Uint8Array(12)
  data.set(source, 4)
  new DataView(data.buffer).setInt32(0, ifindex, littleEndian)
  return { level: IPPROTO_IP, type: IP_PKTINFO, data }
}

/** A control message whose payload is a C int, such as IPV6_HOPLIMIT or IPV6_TCLASS. */
export function controlInt(level: number, type: number, value: number): ControlMessage {
  return { level, type, data: new Uint8Array(Int32Array.of(value).buffer) }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
// cmsghdr is a size_t and two ints, aligned to the size_t; only 32-bit ARM of Node's platforms has one of four bytes.
const wordSize = process.arch === 'arm' || process.arch === 'ia32' ? 4 : 8
const headerSize = wordSize + 8

function align(length: number): number {
  return (length + wordSize - 1) & ~(wordSize - 1)
}

function writeLength(view: DataView, at: number, length: number): void {
  if (wordSize === 8) view.setBigUint64(at, BigInt(length), littleEndian)
  else view.setUint32(at, length, littleEndian)
}

function readLength(view: DataView, at: number): number {
  return wordSize === 8 ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian)
}
