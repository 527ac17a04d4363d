/**
 * An IP address in its canonical text: dotted quad, or RFC 5952. Being text it is plain data, a Map key, and equal by `===`;
 * order is by bytes, never by text.
 */
export type IpAddress = string & { readonly is: 'ip' }
export type Family = 4 | 6

/** An address with the length of its network part. */
export interface Prefix {
  readonly address: IpAddress
  readonly length: number
}

export const familyOf = (address: IpAddress): Family => (address.includes(':') ? 6 : 4)
export const bitsOf = (family: Family): 32 | 128 => (family === 4 ? 32 : 128)

/** Reads a numeric address; undefined if it is none. IPv4 has four decimal parts without leading zeros, as inet_pton(3). */
export function parseIp(text: string): IpAddress | undefined {
  // Four decimal parts without leading zeros are the canonical text already.
  if (!text.includes(':')) return isV4(text) ? (text as IpAddress) : undefined
  const bytes = parseV6(text)
  return bytes === undefined ? undefined : ipFromBytes(bytes)
}

/** `address/length`; without a length the whole address. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/')
  const address = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const bits = bitsOf(familyOf(address))
  if (slash < 0) return { address, length: bits }
  const digits = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bits) return undefined
  return { address, length: Number(digits) }
}

export function formatPrefix(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`
}

/** 4 or 16 bytes in network order. */
export function ipToBytes(address: IpAddress): Uint8Array {
  const bytes = address.includes(':') ? parseV6(address) : parseV4(address)
  if (bytes === undefined) throw new Error(`not an address: ${address}`)
  return bytes
}

/** The first address of a prefix: all bits behind its length are zero. */
export function networkOf({ address, length }: Prefix): IpAddress {
  return ipFromBytes(ipToBytes(address).map((byte, i) => byte & ~(0xff >> Math.max(0, Math.min(8, length - i * 8)))))
}

/** From 4 or 16 bytes in network order. */
export function ipFromBytes(bytes: Uint8Array): IpAddress {
  return (bytes.length === 4 ? bytes.join('.') : formatV6(bytes)) as IpAddress
}

/** Unsigned, in network order (RFC 9568 §6.4.3): negative if a is lower. Both of one family. */
export function compareIp(a: IpAddress, b: IpAddress): number {
  const left = ipToBytes(a)
  const right = ipToBytes(b)
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** fe80::/10 */
export function isLinkLocal(address: IpAddress): boolean {
  const [first = 0, second = 0] = ipToBytes(address)
  return familyOf(address) === 6 ? first === 0xfe && (second & 0xc0) === 0x80 : first === 169 && second === 254
}

export function isMulticast(address: IpAddress): boolean {
  const [first = 0] = ipToBytes(address)
  return familyOf(address) === 4 ? first >= 224 && first < 240 : first === 0xff
}

const DOT = 46
const ZERO = 48

function isV4(text: string): boolean {
  let parts = 1
  let value = -1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (value < 0) return false
      parts++
      value = -1
      continue
    }
    const digit = code - ZERO
    // A part that is 0 so far has its only digit.
    if (digit < 0 || digit > 9 || value === 0) return false
    value = value < 0 ? digit : value * 10 + digit
    if (value > 255) return false
  }
  return parts === 4 && value >= 0
}

function parseV4(text: string): Uint8Array | undefined {
  return isV4(text) ? Uint8Array.from(text.split('.'), Number) : undefined
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail])
}

function parseGroups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    if (group.includes('.')) {
      const quad = mayEndInV4 && i === groups.length - 1 ? parseV4(group) : undefined
      if (quad === undefined) return undefined
      bytes.push(...quad)
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    }
  }
  return bytes.length > 16 ? undefined : bytes
}

function formatV6(bytes: Uint8Array): string {
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return `::ffff:${bytes.slice(12).join('.')}`
  const [start, length] = longestZeroRun(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (length < 2) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

function longestZeroRun(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > best[1]) best = [i, length]
  }
  return best
}
