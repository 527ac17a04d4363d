import { type IpAddress, ipToBytes } from '../base/ip.ts'
import { NLA_F_NESTED, NLA_TYPE_MASK } from './constants.ts'

/** Whether this machine stores the low byte first; netlink speaks the machine's order. */
export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Deeper nests than any message we read has are an attack, not an answer. */
const deepest = 8

const dot = 46
const zero = 48

/** What the first malformed attribute of a message was; shared by a message's nests. */
interface Trouble {
  first: string | undefined
}

/**
 * The attributes of a message or nest. A reading that fails answers zero, and the first failure is kept: read all, then look at
 * `error` once. Of an attribute that comes twice the last counts, as in the kernel.
 */
export class Attributes {
  readonly #values = new Map<number, Uint8Array>()
  readonly #trouble: Trouble
  readonly #depth: number

  constructor(bytes: Uint8Array, trouble: Trouble = { first: undefined }, depth = 0) {
    this.#trouble = trouble
    this.#depth = depth
    const view = viewOf(bytes)
    let offset = 0
    // Up to three bytes of padding may end a message.
    while (bytes.length - offset >= 4) {
      const length = view.getUint16(offset, littleEndian)
      const type = view.getUint16(offset + 2, littleEndian) & NLA_TYPE_MASK
      if (length < 4 || length > bytes.length - offset) {
        this.#fail(`attribute ${type} at byte ${offset} claims ${length} bytes of ${bytes.length - offset}`)
        return
      }
      this.#values.set(type, bytes.subarray(offset + 4, offset + length))
      offset += aligned(length)
    }
  }

  /** The first thing that was wrong, here or in any nest of the same message. */
  get error(): string | undefined {
    return this.#trouble.first
  }

  has(type: number): boolean {
    return this.#values.has(type)
  }

  /** Zero if it is absent. */
  u8(type: number): number {
    return this.#sized(type, 1)?.getUint8(0) ?? 0
  }

  u16(type: number): number {
    return this.#sized(type, 2)?.getUint16(0, littleEndian) ?? 0
  }

  /** In network order. */
  be16(type: number): number {
    return this.#sized(type, 2)?.getUint16(0) ?? 0
  }

  u32(type: number): number {
    return this.#sized(type, 4)?.getUint32(0, littleEndian) ?? 0
  }

  u64(type: number): bigint {
    return this.#sized(type, 8)?.getBigUint64(0, littleEndian) ?? 0n
  }

  /** In network order. */
  be32(type: number): number {
    return this.#sized(type, 4)?.getUint32(0) ?? 0
  }

  /** In network order. */
  be64(type: number): bigint {
    return this.#sized(type, 8)?.getBigUint64(0) ?? 0n
  }

  /** Those that are there, each once. */
  types(): readonly number[] {
    return [...this.#values.keys()]
  }

  /** At least so many bytes, zeros if there are fewer. */
  bytes(type: number, atLeast = 0): Uint8Array {
    const value = this.#values.get(type)
    if (value !== undefined && value.length >= atLeast) return value
    if (value !== undefined) this.#fail(`attribute ${type} has ${value.length} bytes, not ${atLeast}`)
    return new Uint8Array(atLeast)
  }

  /** Up to the first NUL. */
  text(type: number): string {
    const value = this.#values.get(type)
    if (value === undefined) return ''
    const end = value.indexOf(0)
    return String.fromCharCode(...value.subarray(0, Math.min(end < 0 ? value.length : end, 256)))
  }

  /** Empty if it is absent. */
  nest(type: number): Attributes {
    if (this.#depth >= deepest) {
      this.#fail(`attributes are nested deeper than ${deepest}`)
      return new Attributes(new Uint8Array(0), this.#trouble, this.#depth)
    }
    return new Attributes(this.#values.get(type) ?? new Uint8Array(0), this.#trouble, this.#depth + 1)
  }

  #sized(type: number, size: number): DataView | undefined {
    const value = this.#values.get(type)
    if (value === undefined) return undefined
    if (value.length >= size) return viewOf(value)
    this.#fail(`attribute ${type} has ${value.length} bytes, not ${size}`)
    return undefined
  }

  #fail(reason: string): void {
    this.#trouble.first ??= reason
  }
}

/**
 * Writes messages one behind the other into one buffer that grows. A class for speed: a thousand services are eleven thousand
 * messages of a dozen attributes each.
 */
export class Writer {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = viewOf(this.#bytes)
  }

  get length(): number {
    return this.#length
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  u8(value: number): void {
    const at = this.#grow(1)
    this.#bytes[at] = value
  }

  u16(value: number): void {
    const at = this.#grow(2)
    this.#view.setUint16(at, value, littleEndian)
  }

  u32(value: number): void {
    const at = this.#grow(4)
    this.#view.setUint32(at, value, littleEndian)
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length)
    this.#bytes.set(value, at)
  }

  /** Overwrites a u16 written before. */
  patchU16(at: number, value: number): void {
    this.#view.setUint16(at, value, littleEndian)
  }

  /** Overwrites a u32 written before. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value, littleEndian)
  }

  align(): void {
    this.#grow(aligned(this.#length) - this.#length)
  }

  attributeU8(type: number, value: number): void {
    this.#header(type, 1)
    this.u8(value)
    this.align()
  }

  attributeU16(type: number, value: number): void {
    this.#header(type, 2)
    this.u16(value)
    this.align()
  }

  /** In network order. */
  attributeBe16(type: number, value: number): void {
    this.#header(type, 2)
    const at = this.#grow(2)
    this.#view.setUint16(at, value)
    this.align()
  }

  attributeU32(type: number, value: number): void {
    this.#header(type, 4)
    this.u32(value)
  }

  /** In network order. */
  attributeBe32(type: number, value: number): void {
    this.#header(type, 4)
    const at = this.#grow(4)
    this.#view.setUint32(at, value)
  }

  /** In network order. */
  attributeBe64(type: number, value: bigint): void {
    this.#header(type, 8)
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value)
  }

  attributeBytes(type: number, value: Uint8Array): void {
    this.#header(type, value.length)
    this.bytes(value)
    this.align()
  }

  /** Two u32 one behind the other, as a structure of flags and mask has them. */
  attributeU32Pair(type: number, first: number, second: number): void {
    this.#header(type, 8)
    this.u32(first)
    this.u32(second)
  }

  /** 4 or 16 bytes in network order. */
  attributeIp(type: number, address: IpAddress): void {
    if (address.includes(':')) {
      this.attributeBytes(type, ipToBytes(address))
      return
    }
    this.#header(type, 4)
    let at = this.#grow(4)
    let value = 0
    // Canonical text needs no checks, and this is done ten thousand times in a row.
    for (let i = 0; i < address.length; i++) {
      const code = address.charCodeAt(i)
      if (code === dot) {
        this.#bytes[at++] = value
        value = 0
      } else {
        value = value * 10 + code - zero
      }
    }
    this.#bytes[at] = value
  }

  /** With its NUL. The names of the kernel are ASCII. */
  attributeText(type: number, value: string): void {
    this.#header(type, value.length + 1)
    const at = this.#grow(value.length + 1)
    for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value.charCodeAt(i)
    this.#bytes[at + value.length] = 0
    this.align()
  }

  /** Begins a nest; give the answer to `close`. */
  open(type: number): number {
    const mark = this.#length
    this.#header(type | NLA_F_NESTED, 0)
    return mark
  }

  close(mark: number): void {
    this.#view.setUint16(mark, this.#length - mark, littleEndian)
  }

  #header(type: number, size: number): void {
    const at = this.#grow(4)
    this.#view.setUint16(at, size + 4, littleEndian)
    this.#view.setUint16(at + 2, type, littleEndian)
  }

  /** Makes room and answers where it begins. Buffer and view may be others afterwards: call it before using either. */
  #grow(size: number): number {
    const at = this.#length
    this.#length += size
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = viewOf(larger)
    }
    return at
  }
}

/** NLMSG_ALIGN, NLA_ALIGN: up to a multiple of four. */
export function aligned(length: number): number {
  return (length + 3) & ~3
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
