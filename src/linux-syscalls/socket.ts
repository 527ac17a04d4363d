import { native } from './addon.ts'
import { READABLE } from './constants.ts'

/** A datagram to send. `address` is a sockaddr (sockaddr.ts), `control` a row of cmsghdr (control.ts). */
export interface OutgoingMessage {
  readonly data: Uint8Array
  readonly address?: Uint8Array | undefined
  readonly control?: Uint8Array | undefined
}

/** A datagram received. `flags` has MSG_TRUNC if `data` is only its beginning, MSG_CTRUNC if `control` is. */
export interface IncomingMessage {
  readonly data: Uint8Array
  readonly address: Uint8Array
  readonly control: Uint8Array
  readonly flags: number
}

/** A watched descriptor. While it is referenced it keeps the process alive. */
export interface PollHandle {
  /** Ends the watching; the descriptor stays open. May be called again. */
  close(): void
  ref(): PollHandle
  unref(): PollHandle
}

/** A descriptor, always close-on-exec and non-blocking. */
export function socket(domain: number, type: number, protocol: number): number {
  return native().socket(domain, type, protocol)
}

export function bind(fd: number, address: Uint8Array): number {
  return native().bind(fd, address)
}

/** -EINPROGRESS on a stream socket: writable once it is settled; then read SO_ERROR. */
export function connect(fd: number, address: Uint8Array): number {
  return native().connect(fd, address)
}

/** A number is passed as a C int, text as its bytes (device names). */
export function setsockopt(fd: number, level: number, name: number, value: Uint8Array | number | string): number {
  return native().setsockopt(fd, level, name, optionBytes(value))
}

/** At most `size` bytes of the option's value. */
export function getsockopt(fd: number, level: number, name: number, size: number): Uint8Array | number {
  return native().getsockopt(fd, level, name, size)
}

/** An option that is a C int, such as SO_ERROR or SO_RCVBUF; a failed call is a negative errno. */
export function getsockoptInt(fd: number, level: number, name: number): number {
  const value = native().getsockopt(fd, level, name, 4)
  if (typeof value === 'number') return value
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getInt32(0, littleEndian)
}

/** The sockaddr the socket is bound to. */
export function getsockname(fd: number): Uint8Array | number {
  return native().getsockname(fd)
}

/** Sends one datagram: 0, or a negative errno. */
export function sendmsg(fd: number, message: OutgoingMessage, flags = 0): number {
  const sent = native().send(fd, [message.data, message.address, message.control], flags)
  return Math.min(sent, 0)
}

/** Sends up to 64 datagrams in one call: how many went out, or the negative errno of the first. */
export function sendmmsg(fd: number, messages: readonly OutgoingMessage[], flags = 0): number {
  return native().send(
    fd,
    messages.flatMap((message) => [message.data, message.address, message.control]),
    flags,
  )
}

/** Receives one datagram without waiting; -EAGAIN if none is there. */
export function recvmsg(fd: number, bufferSize: number, flags = 0): IncomingMessage | number {
  const messages = recvmmsg(fd, 1, bufferSize, flags)
  return typeof messages === 'number' ? messages : (messages[0] ?? EAGAIN)
}

/** Receives what is there, up to `maxMessages` (at most 64), without waiting; -EAGAIN if nothing is. */
export function recvmmsg(fd: number, maxMessages: number, bufferSize: number, flags = 0): IncomingMessage[] | number {
  const parts = native().receive(fd, maxMessages, bufferSize, flags)
  if (typeof parts === 'number') return parts
  const messages: IncomingMessage[] = []
  for (let i = 0; i < parts.length; i += 4) {
    const [data, address, control, flags] = parts.slice(i, i + 4) as [Uint8Array, Uint8Array, Uint8Array, number]
    messages.push({ data, address, control, flags })
  }
  return messages
}

/** Reads at most `size` bytes (64 KiB at most) from a descriptor that does not block. */
export function read(fd: number, size: number): Uint8Array | number {
  return native().read(fd, size)
}

/** Closes the descriptor and ends every poll on it first. */
export function close(fd: number): number {
  return native().close(fd)
}

/**
 * Calls back with the events that hold (READABLE, WRITABLE, DISCONNECT), or with a negative errno: an error waits in the socket, and
 * comes again until it is read (by receiving, or as SO_ERROR) or the poll is ended. One poll for each descriptor.
 * End it, or close the descriptor with `close` of this package, before anything else closes it.
 */
export function poll(fd: number, callback: (events: number) => void, events: number = READABLE): PollHandle | number {
  const id = native().pollStart(fd, events, callback)
  if (id < 0) return id
  const handle: PollHandle = {
    close: () => void native().pollChange(id, 0),
    ref: () => {
      native().pollChange(id, 1)
      return handle
    },
    unref: () => {
      native().pollChange(id, 2)
      return handle
    },
  }
  return handle
}

/** The index of an interface in this network namespace; -ENODEV if there is none of that name. */
export function ifNameToIndex(name: string): number {
  return native().ifNameToIndex(name)
}

const EAGAIN = -11
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function optionBytes(value: Uint8Array | number | string): Uint8Array {
  if (typeof value === 'number') return new Uint8Array(Int32Array.of(value).buffer)
  return typeof value === 'string' ? new TextEncoder().encode(value) : value
}
