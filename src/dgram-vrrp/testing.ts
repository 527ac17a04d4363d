import { EventEmitter } from 'node:events'
import type { Advertisement } from './advertisement.ts'
import { emitDatagram, familyOf, isGroup, nextId, pack, type Reception } from './datagram.ts'
import type { RemoteInfo, SendOptions, SocketError, SocketType, VrrpSocket, VrrpSocketEvents } from './socket-interface.ts'

/** A LAN in memory. What is sent is encoded, carried as bytes and decoded, as on a wire. */
export interface Segment {
  /** A socket of a host with this address; it hears the others, of the same family, once it is bound. */
  createSocket(options: { readonly type: SocketType; readonly address: string; readonly device?: string }): VrrpSocket
}

/** A datagram on its way, for hooks. */
export interface Transit {
  readonly from: string
  /** The address of the host that would hear it. */
  readonly to: string
  readonly destination: string
  readonly bytes: Uint8Array
}

export interface SegmentOptions {
  /** Says of each copy whether it is lost; default: none is. */
  readonly loses?: (transit: Transit) => boolean
}

/** Opens a segment. Copies arrive when the sender's turn of the event loop ends, or with the receiver's `drain`. */
export function createSegment({ loses = () => false }: SegmentOptions = {}): Segment {
  const sockets = new Set<SegmentSocket>()
  return { createSocket: (options) => new SegmentSocket({ device: 'segment', ...options }, sockets, loses) }
}

class SegmentSocket extends EventEmitter<VrrpSocketEvents> implements VrrpSocket {
  readonly #own: { readonly type: SocketType; readonly address: string; readonly device: string }
  readonly #neighbours: Set<SegmentSocket>
  readonly #loses: (transit: Transit) => boolean
  readonly #groups = new Set<string>()
  readonly #waiting: Reception[] = []
  #closed = false
  #loopback = false
  #multicastTtl = 255
  /** As the kernel counts where nobody says otherwise. */
  #receiveBuffer = 212_992
  #unicastTtl = 255
  #lastId = 0

  constructor(
    own: { readonly type: SocketType; readonly address: string; readonly device: string },
    neighbours: Set<SegmentSocket>,
    loses: (transit: Transit) => boolean,
  ) {
    super()
    this.#own = own
    this.#neighbours = neighbours
    this.#loses = loses
  }

  bind(callback?: () => void): SocketError | undefined {
    if (this.#closed || this.#neighbours.has(this)) return refusal('EINVAL', -22, 'bind')
    this.#neighbours.add(this)
    if (callback !== undefined) this.once('listening', callback)
    process.nextTick(() => {
      if (!this.#closed) this.emit('listening')
    })
    return undefined
  }

  addMembership(group: string): SocketError | undefined {
    if (this.#groups.has(group)) return refusal('EADDRINUSE', -98, 'setsockopt')
    this.#groups.add(group)
    return undefined
  }

  dropMembership(group: string): SocketError | undefined {
    return this.#groups.delete(group) ? undefined : refusal('EADDRNOTAVAIL', -99, 'setsockopt')
  }

  setMulticastInterface(device: string): SocketError | undefined {
    return device === this.#own.device ? undefined : refusal('ENODEV', -19, 'setsockopt')
  }

  setMulticastLoopback(on: boolean): SocketError | undefined {
    this.#loopback = on
    return undefined
  }

  setMulticastTTL(ttl: number): void {
    this.#multicastTtl = ttl
  }

  setTTL(ttl: number): void {
    this.#unicastTtl = ttl
  }

  setRecvBufferSize(size: number): SocketError | undefined {
    if (size < 0) return refusal('EINVAL', -22, 'setsockopt')
    this.#receiveBuffer = size * 2
    return undefined
  }

  getRecvBufferSize(): number {
    return this.#receiveBuffer
  }

  /** A LAN in memory has no queue. */
  lostDatagrams(): number {
    return 0
  }

  send(
    advert: Advertisement,
    destination: string,
    options: SendOptions = {},
    callback?: (error: SocketError | undefined) => void,
  ): SocketError | undefined {
    const error = this.#neighbours.has(this) ? undefined : refusal('EBADF', -9, 'sendmsg')
    if (error === undefined) this.#carry(advert, destination, options)
    if (callback !== undefined) process.nextTick(callback, error)
    return error
  }

  drain(limit = Number.POSITIVE_INFINITY): number {
    let count = 0
    while (count < limit && !this.#closed) {
      const reception = this.#waiting.shift()
      if (reception === undefined) break
      count++
      emitDatagram(this, reception)
    }
    return count
  }

  address(): ReturnType<VrrpSocket['address']> {
    return { address: this.#own.address, family: this.#familyName(), device: this.#own.device, ifindex: 1 }
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  close(callback?: () => void): void {
    if (callback !== undefined) this.once('close', callback)
    if (this.#closed) return
    this.#closed = true
    this.#neighbours.delete(this)
    process.nextTick(() => this.emit('close'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    await new Promise<void>((resolve) => this.close(resolve))
  }

  #carry(advert: Advertisement, destination: string, options: SendOptions): void {
    const family = familyOf(this.#own.type)
    const source = options.source ?? this.#own.address
    const group = isGroup(destination, family)
    const ttl =
      typeof options.ttl === 'number' ? options.ttl : options.ttl === 'system' ? 64 : group ? this.#multicastTtl : this.#unicastTtl
    if (options.id === undefined) this.#lastId = nextId(this.#lastId)
    const bytes = pack(advert, { family, source, destination, ttl, id: options.id ?? this.#lastId, options })
    const type: SocketType = options.seal === undefined ? this.#own.type : 'vrrp4-ah'
    for (const neighbour of this.#neighbours) {
      if (neighbour === this && !(group && this.#loopback)) continue
      if (!neighbour.#hears(type, destination)) continue
      if (this.#loses({ from: source, to: neighbour.#own.address, destination, bytes })) continue
      neighbour.#take(bytes, { address: source, destination, ttl })
    }
  }

  #hears(type: SocketType, destination: string): boolean {
    return type === this.#own.type && (destination === this.#own.address || this.#groups.has(destination))
  }

  #take(bytes: Uint8Array, way: Pick<RemoteInfo, 'address' | 'destination' | 'ttl'>): void {
    const { device } = this.#own
    this.#waiting.push({
      ...way,
      bytes: bytes.slice(),
      family: this.#familyName(),
      device,
      ifindex: 1,
      truncated: false,
      receivedAt: monotonicNow(),
    })
    process.nextTick(() => this.drain())
  }

  #familyName(): 'IPv4' | 'IPv6' {
    return familyOf(this.#own.type) === 4 ? 'IPv4' : 'IPv6'
  }
}

const monotonicNow = (): number => Math.floor(Number(process.hrtime.bigint()) / 1_000)

function refusal(code: string, errno: number, syscall: string): SocketError {
  return Object.assign(new Error(`${syscall} ${code}`), { code, errno, syscall })
}
