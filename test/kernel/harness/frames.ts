import { createHmac } from 'node:crypto'

/**
 * Frames as a test writes and reads them. Written apart from the daemon's own codec on purpose: what both get wrong nobody would see.
 */

export type Frame =
  | VrrpFrame
  | { readonly kind: 'arp'; readonly operation: number; readonly sender: string; readonly senderMac: string; readonly target: string }
  | { readonly kind: 'neighbour-advertisement'; readonly target: string; readonly flags: number }
  | { readonly kind: 'igmp'; readonly joins: readonly string[]; readonly leaves: readonly string[] }
  | { readonly kind: 'other' }

export interface VrrpFrame {
  readonly kind: 'vrrp'
  readonly ethernetSource: string
  readonly ethernetDestination: string
  readonly source: string
  readonly destination: string
  readonly ttl: number
  readonly tos: number
  readonly id: number
  readonly version: number
  readonly type: number
  readonly vrid: number
  readonly priority: number
  readonly count: number
  /** Seconds for version 2, centiseconds for version 3. */
  readonly interval: number
  /** Of the authentication header, where there is one. */
  readonly sequence: number | undefined
  readonly payload: Uint8Array
}

/** Times are seconds since 1970, as the kernel stamped them. */
export type Captured = Frame & { readonly at: number; readonly outgoing: boolean; readonly bytes: Uint8Array }

export interface AdvertPlan {
  readonly version?: 2 | 3
  readonly vrid?: number
  readonly priority: number
  readonly source?: string
  readonly destination?: string
  readonly addresses?: readonly string[]
  /** Seconds for version 2, centiseconds for version 3. */
  readonly interval?: number
  readonly ttl?: number
  /** Version 2: type and up to eight characters. */
  readonly authentication?: { readonly type: number; readonly data?: string }
  readonly seal?: SealPlan
  /** Added to the right checksum: anything but 0 makes it wrong. */
  readonly spoil?: number
  /** Another message in place of the right one; the checksum is made for it. */
  readonly shape?: (payload: Uint8Array) => Uint8Array
  /** The destination of the pseudo header, if it is not the real one. */
  readonly summedFor?: string
  readonly ethernetSource: string
  readonly ethernetDestination?: string
}

/** An authentication header; what is not said is right. */
export interface SealPlan {
  readonly password: string
  readonly sequence: number
  readonly spi?: string
  readonly nextHeader?: number
}

const ALL_ROUTERS = { 4: '224.0.0.18', 6: 'ff02::12' } as const

/** An advert as a whole Ethernet frame; without more, version 2 from 192.0.2.1 for 192.0.2.10, VRID 51. */
export function advert(plan: AdvertPlan): Uint8Array {
  const source = plan.source ?? '192.0.2.1'
  const family = source.includes(':') ? 6 : 4
  const version = plan.version ?? (family === 6 ? 3 : 2)
  const addresses = plan.addresses ?? ['192.0.2.10']
  const destination = plan.destination ?? ALL_ROUTERS[family]
  const interval = plan.interval ?? (version === 2 ? 1 : 100)
  const { type: authType = plan.seal === undefined ? 0 : 2, data: authData = '' } = plan.authentication ?? {}
  const timing = version === 2 ? [authType, interval] : [interval >> 8, interval & 255]
  const plain = concat(
    [(version << 4) | 1, plan.vrid ?? 51, plan.priority, addresses.length, ...timing, 0, 0],
    ...addresses.map(addressBytes),
    version === 2 && family === 4 ? Buffer.from(authData.padEnd(8, '\0'), 'latin1') : [],
  )
  const payload = plan.shape?.(plain) ?? plain
  const [from, to] = [addressBytes(source), addressBytes(destination)]
  const pseudo =
    version === 2 && family === 4
      ? []
      : concat(from, addressBytes(plan.summedFor ?? destination), [0, 112, payload.length >> 8, payload.length & 255])
  store16(payload, 6, (checksum(concat(pseudo, payload)) + (plan.spoil ?? 0)) & 0xffff)
  const ttl = plan.ttl ?? 255
  const header =
    family === 4
      ? plan.seal === undefined
        ? ipv4Header(payload.length, ttl, from, to)
        : sealedHeaders(plan.seal, { payload, ttl, from, to })
      : concat([0x6c, 0, 0, 0, payload.length >> 8, payload.length & 255, 112, ttl], from, to)
  const multicast = family === 4 ? '01:00:5e:00:00:12' : '33:33:00:00:00:12'
  return concat(
    macBytes(plan.ethernetDestination ?? multicast),
    macBytes(plan.ethernetSource),
    family === 4 ? [0x08, 0x00] : [0x86, 0xdd],
    header,
    payload,
  )
}

/** Bytes 6 and 7 of an IPv4 header: the first piece of a datagram, the last piece of one. */
export const FRAGMENT = { first: 0x2000, last: 0x0001 } as const

/** The same frame as a piece of a larger datagram whose other pieces never come. */
export function asFragment(frame: Uint8Array, piece: keyof typeof FRAGMENT): Uint8Array {
  const copy = frame.slice()
  const header = copy.subarray(14, 34)
  store16(header, 6, FRAGMENT[piece])
  store16(header, 10, 0)
  store16(header, 10, checksum(header))
  return copy
}

/** ICMP destination unreachable (RFC 792) that quotes the beginning of a frame's datagram, sent back to whom the frame is from. */
export function unreachable(frame: Uint8Array, plan: { readonly code: number; readonly source: string }): Uint8Array {
  const datagram = frame.subarray(14)
  const payload = concat([3, plan.code, 0, 0, 0, 0, 0, 0], datagram.subarray(0, 28))
  store16(payload, 2, checksum(payload))
  const header = ipv4Header(payload.length, 64, addressBytes(plan.source), datagram.subarray(12, 16), 1)
  return concat(frame.subarray(6, 12), frame.subarray(0, 6), [0x08, 0x00], header, payload)
}

/** What a querier asks all hosts (RFC 2236 §2): who is in any group? To be answered within half a second. */
export function igmpQuery(from: { readonly mac: string; readonly address: string }): Uint8Array {
  const payload = Uint8Array.of(0x11, 5, 0, 0, 0, 0, 0, 0)
  new DataView(payload.buffer).setUint16(2, checksum(payload))
  const header = ipv4Header(payload.length, 1, addressBytes(from.address), addressBytes('224.0.0.1'), 2)
  return concat(macBytes('01:00:5e:00:00:01'), macBytes(from.mac), [0x08, 0x00], header, payload)
}

/** Reads an Ethernet frame. */
export function parse(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 34) return { kind: 'other' }
  switch (view.getUint16(12)) {
    case 0x0806:
      return {
        kind: 'arp',
        operation: view.getUint16(20),
        senderMac: macText(bytes.subarray(22, 28)),
        sender: addressText(bytes.subarray(28, 32)),
        target: addressText(bytes.subarray(38, 42)),
      }
    case 0x0800: {
      const length = ((bytes[14] ?? 0) & 15) * 4
      const payload = bytes.subarray(14 + length, 14 + view.getUint16(16))
      const [from, to] = [addressText(bytes.subarray(26, 30)), addressText(bytes.subarray(30, 34))]
      if (bytes[23] === 2) return igmp(payload)
      const isSealed = bytes[23] === 51 && payload[0] === 112
      if (bytes[23] !== 112 && !isSealed) return { kind: 'other' }
      const carrier = { source: from, destination: to, ttl: bytes[22] ?? 0, tos: bytes[15] ?? 0, id: view.getUint16(18) }
      return isSealed
        ? vrrp(bytes, payload.subarray(24), { ...carrier, sequence: view.getUint32(14 + length + 8) })
        : vrrp(bytes, payload, { ...carrier, sequence: undefined })
    }
    case 0x86dd: {
      const payload = bytes.subarray(54, 54 + view.getUint16(18))
      if (bytes[20] === 58 && payload[0] === 136) {
        return { kind: 'neighbour-advertisement', target: addressText(payload.subarray(8, 24)), flags: payload[4] ?? 0 }
      }
      if (bytes[20] !== 112) return { kind: 'other' }
      const tos = (view.getUint16(14) >> 4) & 255
      const [from, to] = [addressText(bytes.subarray(22, 38)), addressText(bytes.subarray(38, 54))]
      return vrrp(bytes, payload, { source: from, destination: to, ttl: bytes[21] ?? 0, tos, id: 0, sequence: undefined })
    }
    default:
      return { kind: 'other' }
  }
}

/** The ordinary sum of RFC 1071; of bytes that contain their right checksum it is 0. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

export const macBytes = (mac: string): Uint8Array => Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16))
const macText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')

export function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [left, right] = [groups(head), groups(tail)]
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]))
}

/** IPv6 as the URL parser writes it, which is RFC 5952. */
function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups: string[] = []
  for (let i = 0; i < bytes.length; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function vrrp(
  bytes: Uint8Array,
  payload: Uint8Array,
  carrier: Pick<VrrpFrame, 'source' | 'destination' | 'ttl' | 'tos' | 'id' | 'sequence'>,
): VrrpFrame {
  const [first = 0, vrid = 0, priority = 0, count = 0, high = 0, low = 0] = payload
  const version = first >> 4
  return {
    kind: 'vrrp',
    ethernetDestination: macText(bytes.subarray(0, 6)),
    ethernetSource: macText(bytes.subarray(6, 12)),
    ...carrier,
    version,
    type: first & 15,
    vrid,
    priority,
    count,
    interval: version === 2 ? low : ((high & 15) << 8) | low,
    payload: payload.slice(),
  }
}

/** IGMPv3 reports (RFC 3376 4.2) and the leaves of version 2. */
function igmp(payload: Uint8Array): Frame {
  const joins: string[] = []
  const leaves: string[] = []
  const group = addressText(payload.subarray(4, 8))
  if (payload[0] === 0x16) joins.push(group)
  if (payload[0] === 0x17) leaves.push(group)
  if (payload[0] === 0x22) {
    const records = ((payload[6] ?? 0) << 8) | (payload[7] ?? 0)
    for (let i = 0, at = 8; i < records; i++) {
      const [type, , high = 0, low = 0] = payload.subarray(at)
      const address = addressText(payload.subarray(at + 4, at + 8))
      if (type === 2 || type === 4) joins.push(address)
      if (type === 3) leaves.push(address)
      at += 8 + ((high << 8) | low) * 4
    }
  }
  return { kind: 'igmp', joins, leaves }
}

function ipv4Header(payloadLength: number, ttl: number, from: Uint8Array, to: Uint8Array, protocol = 112): Uint8Array {
  const total = 20 + payloadLength
  const header = concat([0x45, 0xc0, total >> 8, total & 255, 0, 1, 0, 0, ttl, protocol, 0, 0], from, to)
  store16(header, 10, checksum(header))
  return header
}

/** IPv4 header and authentication header; the TTL is in the sum only in multicast, as keepalived has it. */
function sealedHeaders(
  seal: SealPlan,
  { payload, ttl, from, to }: { readonly payload: Uint8Array; readonly ttl: number; readonly from: Uint8Array; readonly to: Uint8Array },
): Uint8Array {
  const sequence = new Uint8Array(4)
  new DataView(sequence.buffer).setUint32(0, seal.sequence)
  const header = ipv4Header(24 + payload.length, ttl, from, to, 51)
  const sealed = concat([seal.nextHeader ?? 112, 4, 0, 0], seal.spi === undefined ? from : addressBytes(seal.spi), sequence)
  const still = header.slice()
  for (const at of [1, 6, 7, 10, 11, ...((to[0] ?? 0) >= 224 ? [] : [8])]) still[at] = 0
  const sum = createHmac('md5', seal.password.padEnd(8, '\0').slice(0, 8)).update(concat(still, sealed, new Uint8Array(12), payload))
  return concat(header, sealed, sum.digest().subarray(0, 12))
}

function store16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value & 255
}
