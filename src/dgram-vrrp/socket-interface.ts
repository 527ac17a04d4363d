import type { EventEmitter } from 'node:events'
import type { Advertisement, ChecksumForm, Decoded } from './advertisement.ts'
import type { Seal } from './authentication-header.ts'
import type { DecodeError } from './result.ts'
import type { Signature } from './signature.ts'

/** `vrrp4-ah` hears what comes with an authentication header (protocol 51), and nothing else. */
export type SocketType = 'vrrp4' | 'vrrp4-ah' | 'vrrp6'

export interface SocketOptions {
  readonly type: SocketType
  /** The interface that it hears and sends on (SO_BINDTODEVICE). */
  readonly device: string
  /** Closes the socket when aborted. */
  readonly signal?: AbortSignal
  /** SO_RCVBUF in bytes; else the kernel's default. */
  readonly receiveBufferSize?: number
}

/** Where a datagram came from and how. */
export interface RemoteInfo {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  /** Our own address, or a group. */
  readonly destination: string
  /** TTL or hop limit; undefined if the kernel did not say. */
  readonly ttl: number | undefined
  readonly device: string
  readonly ifindex: number
  /** Of the VRRP message in bytes, what follows it included. */
  readonly size: number
  /** It was larger than the buffer: only its beginning is known. */
  readonly truncated: boolean
  /** When the kernel took it in, by its stamp (SO_TIMESTAMPNS), or else when it was read: microseconds of CLOCK_MONOTONIC, as `process.hrtime` counts. */
  readonly receivedAt: number
}

export interface SendOptions {
  /** Default: the device's first address, over IPv6 its link-local one. */
  readonly source?: string
  /** TTL or hop limit; default as set by `setTTL` or `setMulticastTTL`; `'system'` leaves it to the kernel (IPv6 only, else 255). */
  readonly ttl?: number | 'system'
  /** Of the IPv4 header, 1..65535; default: the socket counts. */
  readonly id?: number
  /** Default: `pseudo-header`. */
  readonly checksum?: ChecksumForm
  /** The address that the form `group-pseudo-header` sums. */
  readonly group?: string
  /** Puts an authentication header in front of the message (IPv4 only). */
  readonly seal?: Seal
  /** Puts a signature behind the message (`auth_hmac`). */
  readonly signature?: Signature
}

/** What a system call answered: `code` is the errno's name, `errno` negative. */
export type SocketError = NodeJS.ErrnoException

export interface VrrpSocketEvents {
  /** A message could be read. The checks are the listener's: `detail` says in which forms the checksum is right. */
  readonly message: [advert: Advertisement, rinfo: RemoteInfo, detail: Decoded]
  /** A datagram of its protocol that is no VRRP message, or only the beginning of one. */
  readonly malformed: [error: DecodeError, bytes: Uint8Array, rinfo: RemoteInfo]
  /** Receiving failed. */
  readonly error: [error: SocketError]
  readonly listening: []
  readonly close: []
}

/**
 * A socket that hears and sends VRRP on one interface. A call that fails returns its error (and gives it to the callback, where there is
 * one); nothing is thrown for what the network or the kernel does. `error` is emitted for receiving alone.
 */
export interface VrrpSocket extends EventEmitter<VrrpSocketEvents>, AsyncDisposable {
  bind(callback?: () => void): SocketError | undefined
  addMembership(group: string): SocketError | undefined
  dropMembership(group: string): SocketError | undefined
  /** The interface that multicast leaves on; default: the device. */
  setMulticastInterface(device: string): SocketError | undefined
  /** Whether this host hears what it sends to a group; default: no. */
  setMulticastLoopback(on: boolean): SocketError | undefined
  /** For groups; default 255. */
  setMulticastTTL(ttl: number): void
  /** For unicast; default 255. */
  setTTL(ttl: number): void
  /**
   * Bytes that the kernel may keep for us, SO_RCVBUF, which it doubles for its own needs. With `force`, beyond net.core.rmem_max too
   * (SO_RCVBUFFORCE) if CAP_NET_ADMIN is there.
   */
  setRecvBufferSize(size: number, force?: boolean): SocketError | undefined
  /** What the kernel made of it: twice as much. */
  getRecvBufferSize(): number | SocketError
  /**
   * Datagrams that the kernel dropped because nobody had read those before them (SO_RXQ_OVFL); over IPv6 those with a wrong checksum as
   * well. It says so with the next one that finds room.
   */
  lostDatagrams(): number
  send(
    advert: Advertisement,
    destination: string,
    options?: SendOptions,
    callback?: (error: SocketError | undefined) => void,
  ): SocketError | undefined
  /** Reads what waits now, at most `limit` datagrams, and emits an event for each before it returns how many they were. */
  drain(limit?: number): number
  address(): { readonly address: string; readonly family: 'IPv4' | 'IPv6'; readonly device: string; readonly ifindex: number }
  ref(): VrrpSocket
  unref(): VrrpSocket
  close(callback?: () => void): void
}
