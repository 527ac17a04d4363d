import {
  createSocket,
  type DecodeError,
  nextId,
  nextStamp,
  type RemoteInfo,
  type SendOptions,
  type Signature,
  type SocketError,
  type Stamp,
  type VrrpSocket,
} from 'dgram-vrrp'
import { monotonicNow } from 'linux-syscalls'
import type { Family, IpAddress } from '../base/ip.ts'
import { fail, ok } from '../base/result.ts'
import { fromMillis, fromSeconds, instant, toMillis } from '../base/units.ts'
import type { Endpoint, ListenEffect, SendAdvertEffect, Signing } from '../core/vrrp/effects.ts'
import type { AdvertEvent } from '../core/vrrp/events.ts'

/** What went wrong or right again with the sockets. A failure is said once, until it changes or ends. */
export type AdvertTrouble =
  | { readonly kind: 'not-listening'; readonly interface: string; readonly family: Family; readonly error: SocketError }
  | { readonly kind: 'not-joined'; readonly interface: string; readonly group: IpAddress; readonly error: SocketError }
  | { readonly kind: 'not-received'; readonly interface: string; readonly family: Family; readonly error: SocketError }
  | {
      readonly kind: 'not-sent'
      readonly instance: string
      readonly interface: string
      readonly destination: IpAddress
      readonly error: SocketError
    }
  | { readonly kind: 'sent-again'; readonly instance: string; readonly interface: string; readonly destination: IpAddress }

export interface AdvertsOptions {
  readonly received: (event: AdvertEvent) => void
  readonly trouble: (trouble: AdvertTrouble) => void
  /** Listens nowhere, and sends through sockets that are not open. For rehearsals. */
  readonly silent?: boolean
}

/** The VRRP sockets of a host: one for each interface and family. */
export interface Adverts {
  perform(effect: SendAdvertEffect | ListenEffect): void
  /** Reads what waits on every socket; the loop calls it before a tick. */
  drain(): void
  /** Datagrams that found the receive buffer of an endpoint full, since its socket was opened. */
  lost(endpoint: Endpoint): number
  close(): void
}

export function createAdverts(options: AdvertsOptions): Adverts {
  return new AdvertSockets(options)
}

interface Listener {
  readonly endpoint: Endpoint
  readonly socket: VrrpSocket
  readonly joined: ReadonlySet<IpAddress>
  /** Bytes, once they were asked for. */
  readonly receiveBuffer: number | undefined
}

/** From the wire to us, on a machine that is awake. An advert that waited longer was held up by a stall of ours, or the wall clock jumped. */
const LONGEST_WAY = fromMillis(20)

/** An endpoint that could not be opened whole is tried again after this. */
const retryAfter = fromSeconds(1)

class AdvertSockets implements Adverts {
  readonly #options: AdvertsOptions
  readonly #listeners = new Map<string, Listener>()
  /** The errno last complained of, by what it concerns. */
  readonly #complaints = new Map<string, number | undefined>()
  /** Of the IPv4 headers: each instance counts its own adverts, and all copies of one have the same. */
  readonly #ids = new Map<string, number>()
  /** The last stamp that each instance signed with; a reload does not turn it back. */
  readonly #stamps = new Map<string, Stamp>()
  #wanted: readonly Endpoint[] = []
  #retryAt: number | undefined

  constructor(options: AdvertsOptions) {
    this.#options = options
  }

  perform(effect: SendAdvertEffect | ListenEffect): void {
    switch (effect.kind) {
      case 'listen':
        if (this.#options.silent === true) return
        this.#wanted = effect.endpoints
        this.#listen()
        return
      case 'send-advert':
        this.#send(effect)
    }
  }

  drain(): void {
    if (this.#retryAt !== undefined && monotonicNow() >= this.#retryAt) this.#listen()
    for (const { socket } of this.#listeners.values()) socket.drain()
  }

  lost(endpoint: Endpoint): number {
    return this.#listeners.get(keyOf(endpoint))?.socket.lostDatagrams() ?? 0
  }

  close(): void {
    this.#wanted = []
    this.#listen()
  }

  #listen(): void {
    const wanted = new Map(this.#wanted.map((endpoint) => [keyOf(endpoint), endpoint]))
    for (const [key, { socket }] of this.#listeners) {
      if (wanted.has(key)) continue
      socket.close()
      this.#listeners.delete(key)
    }
    let whole = true
    for (const [key, endpoint] of wanted) {
      const listener = this.#listeners.get(key) ?? this.#open(endpoint)
      if (listener === undefined) {
        whole = false
        continue
      }
      const { receiveBuffer, leastReceiveBuffer } = endpoint
      if (receiveBuffer !== undefined && receiveBuffer !== listener.receiveBuffer) listener.socket.setRecvBufferSize(receiveBuffer)
      if (leastReceiveBuffer !== undefined) enlarge(listener.socket, leastReceiveBuffer)
      const joined = this.#join(listener, endpoint)
      this.#listeners.set(key, { endpoint, socket: listener.socket, joined, receiveBuffer })
      if (joined.size < endpoint.groups.length) whole = false
    }
    this.#retryAt = whole ? undefined : monotonicNow() + retryAfter
  }

  #open(endpoint: Endpoint): Listener | undefined {
    const { family, ifindex, interface: device, protocol } = endpoint
    const socket = createSocket({
      type: family === 6 ? 'vrrp6' : protocol === 'ah' ? 'vrrp4-ah' : 'vrrp4',
      device,
    })
    const about = `listen ${keyOf(endpoint)}`
    const error = socket.bind() ?? (socket.address().ifindex === ifindex ? undefined : movedAway(device))
    if (error !== undefined) {
      socket.close()
      if (this.#isNews(about, error)) this.#options.trouble({ kind: 'not-listening', interface: device, family, error })
      return undefined
    }
    this.#complaints.delete(about)
    this.#hear(socket, endpoint)
    return { endpoint, socket, joined: new Set(), receiveBuffer: undefined }
  }

  #hear(socket: VrrpSocket, endpoint: Endpoint): void {
    const { ifindex, family, interface: device } = endpoint
    const received = (rinfo: RemoteInfo, packet: AdvertEvent['packet']): void => {
      const { ttl, truncated, receivedAt } = rinfo
      // The socket's addresses are canonical text, as ours are.
      const [source, destination] = [rinfo.address as IpAddress, rinfo.destination as IpAddress]
      const now = monotonicNow()
      const heardAt = instant(now - receivedAt <= LONGEST_WAY ? receivedAt : now)
      this.#options.received({
        kind: 'advert',
        ifindex,
        family,
        source,
        destination,
        ttl,
        truncated,
        heardAt,
        receivedAt: Date.now(),
        packet,
      })
    }
    socket.on('message', (_advert, rinfo, detail) => received(rinfo, ok(detail)))
    socket.on('malformed', (error: DecodeError, _bytes, rinfo) => received(rinfo, fail(error)))
    socket.on('error', (error) => {
      if (this.#isNews(`receive ${keyOf(endpoint)}`, error)) {
        this.#options.trouble({ kind: 'not-received', interface: device, family, error })
      }
    })
  }

  /** Leaves and joins until the socket's groups are those of the endpoint; returns the ones it is in. */
  #join({ socket, joined }: Listener, endpoint: Endpoint): ReadonlySet<IpAddress> {
    const { groups, interface: device } = endpoint
    const now = new Set(joined)
    for (const group of joined) {
      if (groups.includes(group)) continue
      socket.dropMembership(group)
      now.delete(group)
    }
    for (const group of groups) {
      if (now.has(group)) continue
      const about = `join ${keyOf(endpoint)} ${group}`
      const error = socket.addMembership(group)
      if (error === undefined) {
        now.add(group)
        this.#complaints.delete(about)
      } else if (this.#isNews(about, error)) {
        this.#options.trouble({ kind: 'not-joined', interface: device, group, error })
      }
    }
    return now
  }

  #send(effect: SendAdvertEffect): void {
    const { instance, interface: device, ifindex, family, advert, seal, signing } = effect
    const socket = this.#options.silent
      ? unopened(effect)
      : this.#listeners.get(keyOf({ ifindex, family, ...(seal && { protocol: 'ah' }) }))?.socket
    const id = nextId(this.#ids.get(instance) ?? 0)
    this.#ids.set(instance, id)
    // One signature for all copies: it does not cover the destination.
    const options = { ...sendOptions(effect, signing && this.#sign(instance, signing)), id }
    for (const destination of effect.destinations) {
      const about = `send ${instance} ${destination}`
      const error = socket === undefined ? notOpen(device) : socket.send(advert, destination, options)
      if (error === undefined) {
        if (this.#complaints.delete(about)) this.#options.trouble({ kind: 'sent-again', instance, interface: device, destination })
      } else if (this.#isNews(about, error)) {
        this.#options.trouble({ kind: 'not-sent', instance, interface: device, destination, error })
      }
    }
  }

  #sign(instance: string, { key, timeWindow }: Signing): Signature {
    const stamp = nextStamp(this.#stamps.get(instance), Date.now(), toMillis(timeWindow))
    this.#stamps.set(instance, stamp)
    return { keyId: key.id, key: key.secret, stamp }
  }

  #isNews(about: string, error: SocketError): boolean {
    if (this.#complaints.has(about) && this.#complaints.get(about) === error.errno) return false
    this.#complaints.set(about, error.errno)
    return true
  }
}

/** It never shrinks; the kernel says twice what it was asked for. */
function enlarge(socket: VrrpSocket, least: number): void {
  const room = socket.getRecvBufferSize()
  if (typeof room === 'number' && room < least) socket.setRecvBufferSize(Math.ceil(least / 2), true)
}

function sendOptions({ source, ttl, checksum, group, seal }: SendAdvertEffect, signature: Signature | undefined): SendOptions {
  return { source, ttl: ttl ?? 'system', checksum, group, ...(seal && { seal }), ...(signature && { signature }) }
}

const keyOf = ({ ifindex, family, protocol }: Pick<Endpoint, 'ifindex' | 'family' | 'protocol'>): string =>
  `${ifindex}/${family}${protocol === undefined ? '' : `/${protocol}`}`

const unopened = ({ family, interface: device }: SendAdvertEffect): VrrpSocket =>
  createSocket({ type: family === 6 ? 'vrrp6' : 'vrrp4', device })

/** Between core's view and ours the interface was removed and another took its name. */
const movedAway = (device: string): SocketError => refusal('ENODEV', -19, `bind ${device}`)
const notOpen = (device: string): SocketError => refusal('ENOTCONN', -107, `send on ${device}`)

function refusal(code: string, errno: number, syscall: string): SocketError {
  return Object.assign(new Error(`${syscall} ${code}`), { code, errno, syscall })
}
