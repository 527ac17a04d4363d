import {
  AF_INET,
  AF_INET6,
  bind,
  close,
  errnoName,
  errnoOf,
  IP_PKTINFO,
  IP_RECVTTL,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  type PollHandle,
  parseAncillary,
  parseSockaddr,
  poll,
  recvmmsg,
  SOCK_DGRAM,
  sendmsg,
  setsockopt,
  sockaddrIn,
  sockaddrIn6,
  socket,
} from 'linux-syscalls'
import { type Family, familyOf, type IpAddress, ipFromBytes, ipToBytes } from '../base/ip.ts'
import type { DatagramEvent, Listener, OpenEffect, SendEffect, Sender } from '../core/bfd/events.ts'

/** What went wrong or right again with the sockets. A failure is said once, until it changes or ends. */
export type BfdTrouble =
  | { readonly kind: 'not-listening'; readonly family: Family; readonly port: number; readonly code: string }
  | { readonly kind: 'not-sent'; readonly session: string; readonly destination: IpAddress; readonly code: string }
  | { readonly kind: 'sent-again'; readonly session: string; readonly destination: IpAddress }

export interface BfdSocketsOptions {
  readonly received: (event: DatagramEvent) => void
  readonly trouble: (trouble: BfdTrouble) => void
  /** In [0, 1): where the search for a source port begins. */
  readonly random: () => number
}

interface Ear {
  readonly listener: Listener
  readonly fd: number
  readonly handle: PollHandle
}

/** The UDP sockets of BFD: one to hear for each family and port, and one to send for each session. */
export class BfdSockets {
  readonly #options: BfdSocketsOptions
  #wanted: readonly Listener[] = []
  readonly #ears = new Map<string, Ear>()
  /** Descriptors, by session. */
  readonly #mouths = new Map<string, { readonly sender: Sender; readonly fd: number }>()
  readonly #complaints = new Map<string, string>()

  constructor(options: BfdSocketsOptions) {
    this.#options = options
  }

  perform(effect: OpenEffect | SendEffect): void {
    switch (effect.kind) {
      case 'open':
        this.#open(effect)
        return
      case 'send':
        this.#send(effect)
        return
    }
  }

  /** Reads what waits on every socket; the loop calls it before a tick. */
  drain(): void {
    for (const ear of this.#ears.values()) this.#read(ear)
  }

  close(): void {
    for (const { fd } of [...this.#ears.values(), ...this.#mouths.values()]) close(fd)
    this.#ears.clear()
    this.#mouths.clear()
  }

  #open({ listeners, senders }: OpenEffect): void {
    this.#wanted = listeners
    const wanted = new Set(listeners.map(nameOf))
    for (const [name, { fd, handle }] of this.#ears) {
      if (wanted.has(name)) continue
      handle.close()
      close(fd)
      this.#ears.delete(name)
    }
    for (const [session, { sender, fd }] of this.#mouths) {
      if (senders.some((other) => isSame(other, sender))) continue
      close(fd)
      this.#mouths.delete(session)
    }
    this.#listen()
  }

  /** What could not be opened is tried again with each packet that is sent. */
  #listen(): void {
    for (const listener of this.#wanted) {
      const name = nameOf(listener)
      if (this.#ears.has(name)) continue
      const fd = openListener(listener)
      const handle = fd < 0 ? fd : poll(fd, () => this.#hear(name))
      if (typeof handle !== 'number') {
        this.#complaints.delete(name)
        this.#ears.set(name, { listener, fd, handle })
        continue
      }
      if (fd >= 0) close(fd)
      this.#complain(name, handle, (code) => ({ kind: 'not-listening', ...listener, code }))
    }
  }

  #hear(name: string): void {
    const ear = this.#ears.get(name)
    if (ear !== undefined) this.#read(ear)
  }

  #read({ fd, listener }: Ear): void {
    // Bounded: a flood must not hold up what is due.
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const messages = recvmmsg(fd, BATCH, LARGEST)
      if (typeof messages === 'number') return
      for (const { data, address, control } of messages) {
        const from = parseSockaddr(address)
        const { ttl, destination } = parseAncillary(control)
        if (from === undefined || !('port' in from) || destination === undefined) continue
        this.#options.received({
          kind: 'datagram',
          source: ipFromBytes(from.address),
          sourcePort: from.port,
          destination: ipFromBytes(destination.address),
          port: listener.port,
          ttl,
          data,
        })
      }
      if (messages.length < BATCH) return
    }
  }

  #send({ sender, data }: SendEffect): void {
    this.#listen()
    const { session, destination } = sender
    const about = `send ${session}`
    const fd = this.#mouth(sender)
    const result = fd < 0 ? fd : sendmsg(fd, { data, address: addressOf(destination, sender.port) })
    if (result < 0) {
      // With its source address the socket may have lost its use: the next packet has another.
      this.#shut(session)
      this.#complain(about, result, (code) => ({ kind: 'not-sent', session, destination, code }))
      return
    }
    if (this.#complaints.delete(about)) this.#options.trouble({ kind: 'sent-again', session, destination })
  }

  #mouth(sender: Sender): number {
    const known = this.#mouths.get(sender.session)
    if (known !== undefined && isSame(known.sender, sender)) return known.fd
    this.#shut(sender.session)
    const fd = openSender(sender, this.#options.random())
    if (fd >= 0) this.#mouths.set(sender.session, { sender, fd })
    return fd
  }

  #shut(session: string): void {
    const known = this.#mouths.get(session)
    if (known !== undefined) close(known.fd)
    this.#mouths.delete(session)
  }

  #complain(about: string, errno: number, trouble: (code: string) => BfdTrouble): void {
    const code = errnoName(-errno)
    if (this.#complaints.get(about) === code) return
    this.#complaints.set(about, code)
    this.#options.trouble(trouble(code))
  }
}

const BATCH = 32
const MOST_BATCHES = 8
/** The length of a BFD packet is one byte. */
const LARGEST = 256

/** RFC 5881 §4: the dynamic ports. */
const FIRST_PORT = 49_152
const PORTS = 65_536 - FIRST_PORT
const ATTEMPTS = 256

const nameOf = ({ family, port }: Listener): string => `${family}/${port}`

const isSame = (one: Sender, other: Sender): boolean =>
  one.session === other.session && one.source === other.source && one.destination === other.destination && one.ttl === other.ttl

/** A descriptor, or a negative errno. */
function openListener({ family, port }: Listener): number {
  const switches: readonly (readonly [level: number, option: number])[] =
    family === 4
      ? [
          [IPPROTO_IP, IP_RECVTTL],
          [IPPROTO_IP, IP_PKTINFO],
        ]
      : [
          [IPPROTO_IPV6, IPV6_V6ONLY],
          [IPPROTO_IPV6, IPV6_RECVHOPLIMIT],
          [IPPROTO_IPV6, IPV6_RECVPKTINFO],
        ]
  return prepared(family, (fd) => {
    for (const [level, option] of switches) {
      const result = setsockopt(fd, level, option, 1)
      if (result < 0) return result
    }
    return bind(fd, addressOf(anywhere(family), port))
  })
}

/** Bound to a source port of its own, and that before it sends. */
function openSender({ source, destination, ttl }: Sender, random: number): number {
  const family = familyOf(destination)
  return prepared(family, (fd) => {
    const limited = family === 4 ? setsockopt(fd, IPPROTO_IP, IP_TTL, ttl) : setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
    if (limited < 0) return limited
    const start = Math.floor(random * PORTS)
    let result = 0
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      result = bind(fd, addressOf(source ?? anywhere(family), FIRST_PORT + ((start + attempt) % PORTS)))
      if (result !== IN_USE) return result
    }
    return result
  })
}

const IN_USE = -(errnoOf('EADDRINUSE') ?? 98)

function prepared(family: Family, prepare: (fd: number) => number): number {
  const fd = socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0)
  if (fd < 0) return fd
  const result = prepare(fd)
  if (result >= 0) return fd
  close(fd)
  return result
}

const anywhere = (family: Family): IpAddress => (family === 4 ? '0.0.0.0' : '::') as IpAddress

const addressOf = (address: IpAddress, port: number): Uint8Array =>
  familyOf(address) === 4 ? sockaddrIn(ipToBytes(address), port) : sockaddrIn6(ipToBytes(address), port)
