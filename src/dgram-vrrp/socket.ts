import { EventEmitter } from 'node:events'
import { networkInterfaces } from 'node:os'
import {
  AF_INET,
  AF_INET6,
  bind,
  buildControl,
  close,
  controlInt,
  errnoOf,
  getsockoptInt,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_VRRP,
  IPV6_ADD_MEMBERSHIP,
  IPV6_CHECKSUM,
  IPV6_DROP_MEMBERSHIP,
  IPV6_HOPLIMIT,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_TCLASS,
  ifNameToIndex,
  MSG_TRUNC,
  monotonicNow,
  type PollHandle,
  packetInfo6,
  parseAncillary,
  parseSockaddr,
  poll,
  realtimeNow,
  recvmmsg,
  SO_BINDTODEVICE,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_RXQ_OVFL,
  SO_TIMESTAMPNS,
  SOCK_RAW,
  SOL_SOCKET,
  sendmsg,
  setsockopt,
  sockaddrIn,
  sockaddrIn6,
  socket,
  systemError,
} from 'linux-syscalls'
import { addressFromBytes, addressToBytes, type Family } from './address.ts'
import type { Advertisement } from './advertisement.ts'
import { AH_PROTOCOL } from './authentication-header.ts'
import { emitDatagram, familyOf, isGroup, nextId, pack } from './datagram.ts'
import { INTERNETWORK_CONTROL } from './ipv4.ts'
import type { SendOptions, SocketError, SocketOptions, VrrpSocket, VrrpSocketEvents } from './socket-interface.ts'

/** A raw socket for protocol 112 (or 51) on one interface; opened by `bind`. Needs CAP_NET_RAW. */
export function createSocket(options: SocketOptions): VrrpSocket {
  return new RawVrrpSocket(options)
}

// The largest message has 255 IPv6 addresses (4,088 bytes) and may carry a trailer; over IPv4 a header of up to 60 comes first.
const bufferSize = 4608
const batchSize = 16
/** Per event of the descriptor, so that a flood leaves the event loop time for others. */
const turnLimit = 64
/** More than a receive buffer of the kernel's default size holds; of a larger one as many as it may hold. */
const drainLimit = 512
/** Bytes of a receive buffer that the shortest datagram takes up. */
const leastCharge = 512

/** At one moment, microseconds. */
interface Clocks {
  readonly now: number
  readonly wallClock: number
}

class RawVrrpSocket extends EventEmitter<VrrpSocketEvents> implements VrrpSocket {
  readonly #options: SocketOptions
  readonly #family: Family
  // A raw IPv6 socket hears every group that any socket of this host is in; IPV6_MULTICAST_ALL does not change that.
  readonly #groups = new Set<string>()
  #fd = -1
  #ifindex = 0
  #poll: PollHandle | undefined
  #closed = false
  #multicastTtl = 255
  #unicastTtl = 255
  #drainLimit = drainLimit
  // Of the IPv4 header.
  #lastId = 0
  #lost = 0

  constructor(options: SocketOptions) {
    super()
    this.#options = options
    this.#family = familyOf(options.type)
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  bind(callback?: () => void): SocketError | undefined {
    if (this.#closed || this.#fd >= 0) return systemError(-(errnoOf('EINVAL') ?? 22), 'bind')
    const error = this.#open()
    if (error !== undefined) {
      this.#release()
      return error
    }
    if (callback !== undefined) this.once('listening', callback)
    process.nextTick(() => {
      if (!this.#closed) this.emit('listening')
    })
    return undefined
  }

  addMembership(group: string): SocketError | undefined {
    return this.#membership(group, IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP)
  }

  dropMembership(group: string): SocketError | undefined {
    return this.#membership(group, IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP)
  }

  setMulticastInterface(device: string): SocketError | undefined {
    const index = ifNameToIndex(device)
    if (index < 0) return systemError(index, `if_nametoindex ${device}`)
    if (this.#family === 6) return this.#set(IPPROTO_IPV6, IPV6_MULTICAST_IF, index)
    return this.#set(IPPROTO_IP, IP_MULTICAST_IF, requestOnInterface('0.0.0.0', index))
  }

  setMulticastLoopback(on: boolean): SocketError | undefined {
    if (this.#family === 6) return this.#set(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, on ? 1 : 0)
    return this.#set(IPPROTO_IP, IP_MULTICAST_LOOP, on ? 1 : 0)
  }

  setMulticastTTL(ttl: number): void {
    this.#multicastTtl = ttl
  }

  setTTL(ttl: number): void {
    this.#unicastTtl = ttl
  }

  setRecvBufferSize(size: number, force = false): SocketError | undefined {
    const bytes = Math.min(size, 0x7fff_ffff)
    const forced = force && this.#set(SOL_SOCKET, SO_RCVBUFFORCE, bytes) === undefined
    const error = forced ? undefined : this.#set(SOL_SOCKET, SO_RCVBUF, bytes)
    const room = this.getRecvBufferSize()
    if (typeof room === 'number') this.#drainLimit = Math.max(drainLimit, Math.ceil(room / leastCharge))
    return error
  }

  getRecvBufferSize(): number | SocketError {
    const size = getsockoptInt(this.#fd, SOL_SOCKET, SO_RCVBUF)
    return size < 0 ? systemError(size, 'getsockopt') : size
  }

  lostDatagrams(): number {
    return this.#lost
  }

  send(
    advert: Advertisement,
    destination: string,
    options: SendOptions = {},
    callback?: (error: SocketError | undefined) => void,
  ): SocketError | undefined {
    const error = this.#send(advert, destination, options)
    if (callback !== undefined) process.nextTick(callback, error)
    return error
  }

  drain(limit: number = this.#drainLimit): number {
    let count = 0
    while (count < limit && this.#fd >= 0) {
      const wanted = Math.min(batchSize, limit - count)
      const messages = recvmmsg(this.#fd, wanted, bufferSize)
      if (typeof messages === 'number') {
        if (messages === EINTR) continue
        if (messages !== EAGAIN) this.emit('error', systemError(messages, 'recvmmsg'))
        return count
      }
      // Both clocks at once: what follows takes its time, above all the first time.
      const [now, wallClock] = [monotonicNow(), realtimeNow()]
      for (const { data, address, control, flags } of messages) {
        if (this.#closed) return count
        count++
        this.#receive(data, address, control, flags, { now, wallClock })
      }
      if (messages.length < wanted) return count
    }
    return count
  }

  address(): ReturnType<VrrpSocket['address']> {
    const family = this.#family === 4 ? 'IPv4' : 'IPv6'
    return { address: unspecified(this.#family), family, device: this.#options.device, ifindex: this.#ifindex }
  }

  ref(): this {
    this.#poll?.ref()
    return this
  }

  unref(): this {
    this.#poll?.unref()
    return this
  }

  close(callback?: () => void): void {
    if (callback !== undefined) this.once('close', callback)
    if (this.#closed) return
    this.#closed = true
    this.#release()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    process.nextTick(() => this.emit('close'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    await new Promise<void>((resolve) => this.close(resolve))
  }

  readonly #onAbort = (): void => this.close()

  #open(): SocketError | undefined {
    const { device, receiveBufferSize } = this.#options
    this.#ifindex = ifNameToIndex(device)
    if (this.#ifindex < 0) return systemError(this.#ifindex, `if_nametoindex ${device}`)
    const v4 = this.#family === 4
    this.#fd = socket(v4 ? AF_INET : AF_INET6, SOCK_RAW, this.#options.type === 'vrrp4-ah' ? AH_PROTOCOL : IPPROTO_VRRP)
    if (this.#fd < 0) return systemError(this.#fd, 'socket')
    const error =
      this.#set(SOL_SOCKET, SO_BINDTODEVICE, device) ??
      (receiveBufferSize === undefined ? undefined : this.setRecvBufferSize(receiveBufferSize)) ??
      (v4 ? this.#prepare4() : this.#prepare6()) ??
      this.setMulticastInterface(device) ??
      this.setMulticastLoopback(false)
    if (error !== undefined) return error
    // Without them is not known how long what is received has waited, or how many were lost, and that is all.
    this.#set(SOL_SOCKET, SO_TIMESTAMPNS, 1)
    this.#set(SOL_SOCKET, SO_RXQ_OVFL, 1)
    const bound = bind(this.#fd, v4 ? sockaddrIn(new Uint8Array(4)) : sockaddrIn6(new Uint8Array(16)))
    if (bound < 0) return systemError(bound, 'bind')
    // An error that waits in the socket is read like a datagram, and said then.
    const watching = poll(this.#fd, () => this.drain(turnLimit))
    if (typeof watching === 'number') return systemError(watching, 'poll')
    this.#poll = watching
    return undefined
  }

  #prepare4(): SocketError | undefined {
    // Without IP_MULTICAST_ALL a socket hears only the groups that it joined itself, not those of its neighbours on this host.
    return this.#set(IPPROTO_IP, IP_HDRINCL, 1) ?? this.#set(IPPROTO_IP, IP_MULTICAST_ALL, 0)
  }

  #prepare6(): SocketError | undefined {
    return (
      this.#set(IPPROTO_IPV6, IPV6_CHECKSUM, 6) ??
      this.#set(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) ??
      this.#set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) ??
      this.#set(IPPROTO_IPV6, IPV6_TCLASS, INTERNETWORK_CONTROL)
    )
  }

  #receive(bytes: Uint8Array, from: Uint8Array, control: Uint8Array, flags: number, { now, wallClock }: Clocks): void {
    const v4 = this.#family === 4
    const { ttl, destination, receivedAt: stamp = wallClock, lost = this.#lost } = parseAncillary(control)
    this.#lost = lost
    const to = destination === undefined ? unspecified(this.#family) : addressFromBytes(destination.address)
    if (!v4 && isGroup(to, 6) && !this.#groups.has(to)) return
    emitDatagram(this, {
      bytes,
      address: sourceOf(from),
      family: v4 ? 'IPv4' : 'IPv6',
      destination: to,
      ttl,
      device: this.#options.device,
      ifindex: destination?.ifindex ?? this.#ifindex,
      truncated: (flags & MSG_TRUNC) !== 0,
      receivedAt: now - Math.max(0, wallClock - stamp),
    })
  }

  #membership(group: string, option4: number, option6: number): SocketError | undefined {
    if (this.#family === 4) return this.#set(IPPROTO_IP, option4, requestOnInterface(group, this.#ifindex))
    const bytes = addressToBytes(group, 6)
    const request = new Uint8Array(20)
    request.set(bytes)
    new DataView(request.buffer).setInt32(16, this.#ifindex, littleEndian)
    const error = this.#set(IPPROTO_IPV6, option6, request)
    if (error !== undefined) return error
    if (option6 === IPV6_ADD_MEMBERSHIP) this.#groups.add(addressFromBytes(bytes))
    else this.#groups.delete(addressFromBytes(bytes))
    return undefined
  }

  #send(advert: Advertisement, destination: string, options: SendOptions): SocketError | undefined {
    const family = this.#family
    const source = options.source ?? firstAddress(this.#options.device, family)
    if (source === undefined) return systemError(-(errnoOf('EADDRNOTAVAIL') ?? 99), `send from ${this.#options.device}`)
    const own = isGroup(destination, family) ? this.#multicastTtl : this.#unicastTtl
    const ttl = options.ttl === 'system' ? undefined : (options.ttl ?? own)
    const data = pack(advert, { family, source, destination, ttl, id: options.id ?? this.#nextId(), options })
    const to = addressToBytes(destination, family)
    const sent =
      family === 4
        ? sendmsg(this.#fd, { data, address: sockaddrIn(to) })
        : sendmsg(this.#fd, { data, address: sockaddrIn6(to, 0, this.#ifindex), control: this.#control6(source, ttl) })
    return sent < 0 ? systemError(sent, 'sendmsg') : undefined
  }

  #control6(source: string, ttl: number | undefined): Uint8Array {
    const from = packetInfo6(addressToBytes(source, 6), this.#ifindex)
    return buildControl(ttl === undefined ? [from] : [from, controlInt(IPPROTO_IPV6, IPV6_HOPLIMIT, ttl)])
  }

  #nextId(): number {
    this.#lastId = nextId(this.#lastId)
    return this.#lastId
  }

  #set(level: number, name: number, value: Uint8Array | number | string): SocketError | undefined {
    const result = setsockopt(this.#fd, level, name, value)
    return result < 0 ? systemError(result, 'setsockopt') : undefined
  }

  #release(): void {
    this.#poll?.close()
    this.#poll = undefined
    if (this.#fd >= 0) close(this.#fd)
    this.#fd = -1
  }
}

const EINTR = -4
const EAGAIN = -11
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const unspecified = (family: Family): string => (family === 4 ? '0.0.0.0' : '::')

/** struct ip_mreqn */
function requestOnInterface(group: string, ifindex: number): Uint8Array {
  const request = new Uint8Array(12)
  request.set(addressToBytes(group, 4))
  new DataView(request.buffer).setInt32(8, ifindex, littleEndian)
  return request
}

function sourceOf(sockaddr: Uint8Array): string {
  const from = parseSockaddr(sockaddr)
  return from !== undefined && (from.family === AF_INET || from.family === AF_INET6) ? addressFromBytes(from.address) : '::'
}

function firstAddress(device: string, family: Family): string | undefined {
  const addresses = networkInterfaces()[device] ?? []
  if (family === 4) return addresses.find((address) => address.family === 'IPv4')?.address
  return addresses.find((address) => address.family === 'IPv6' && address.address.startsWith('fe80:'))?.address
}
