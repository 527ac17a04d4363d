import {
  AF_INET,
  AF_INET6,
  bind,
  close,
  connect,
  errnoName,
  errnoOf,
  getsockoptInt,
  ifNameToIndex,
  poll,
  READABLE,
  recvmsg,
  SO_BINDTODEVICE,
  SO_ERROR,
  SO_MARK,
  SOL_SOCKET,
  sendmsg,
  setsockopt,
  sockaddrIn,
  sockaddrIn6,
  socket,
} from 'linux-syscalls'
import { familyOf, type IpAddress, ipToBytes, isLinkLocal } from '../../base/ip.ts'
import type { CheckTarget } from '../../core/check/config.ts'
import type { ProbeResult } from '../../core/check/probe.ts'

export type NotOpened = Exclude<ProbeResult, { kind: 'passed' | 'weighed' }>

/** The kind of datagram socket: SOCK_DGRAM or SOCK_RAW, and a protocol, 0 for UDP. */
export interface SocketKind {
  readonly type: number
  readonly protocol: number
  /** A port means something to it. */
  readonly ports: boolean
}

/**
 * A connected datagram socket, which node:dgram cannot mark or bind to a device: only what the server sends reaches it, and the ICMP
 * error that a datagram of ours causes comes back as an errno.
 */
export class ConnectedSocket {
  readonly #fd: number

  private constructor(fd: number) {
    this.#fd = fd
  }

  static open(target: CheckTarget, kind: SocketKind): ConnectedSocket | { readonly errno: number; readonly what: string } {
    const fd = socket(familyOf(target.address) === 4 ? AF_INET : AF_INET6, kind.type, kind.protocol)
    if (fd < 0) return { errno: -fd, what: 'socket' }
    const { bindIf, fwmark, bindto, bindPort, address, port } = target
    const local = (): Uint8Array => socketAddress(bindto ?? anyAddress(address), kind.ports ? (bindPort ?? 0) : 0, bindIf)
    const steps: readonly (readonly [what: string, wanted: boolean, done: () => number])[] = [
      ['SO_BINDTODEVICE', bindIf !== undefined && !isScoped(address), () => setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bindIf ?? '')],
      ['SO_MARK', fwmark !== 0, () => setsockopt(fd, SOL_SOCKET, SO_MARK, fwmark | 0)],
      ['bind', bindto !== undefined || (kind.ports && bindPort !== undefined), () => bind(fd, local())],
      ['connect', true, () => connect(fd, socketAddress(address, kind.ports ? port : 0, bindIf))],
    ]
    for (const [what, wanted, done] of steps) {
      const result = wanted ? done() : 0
      if (result >= 0) continue
      close(fd)
      return { errno: -result, what }
    }
    return new ConnectedSocket(fd)
  }

  get fd(): number {
    return this.#fd
  }

  /** 0, or a positive errno. */
  send(data: Uint8Array): number {
    return -sendmsg(this.#fd, { data })
  }

  /**
   * Calls with each datagram, or the positive errno of an ICMP error, until the reader has an answer or the signal ends it; then the
   * socket is closed.
   */
  async answer<Answer>(signal: AbortSignal, read: (received: Uint8Array | number) => Answer | undefined): Promise<Answer | 'silence'> {
    try {
      return await new Promise((resolve) => this.#listen(signal, read, resolve))
    } finally {
      close(this.#fd)
    }
  }

  #listen<Answer>(
    signal: AbortSignal,
    read: (received: Uint8Array | number) => Answer | undefined,
    resolve: (answer: Answer | 'silence') => void,
  ): void {
    const finish = (answer: Answer | 'silence'): void => {
      signal.removeEventListener('abort', silence)
      if (typeof watch !== 'number') watch.close()
      resolve(answer)
    }
    const silence = (): void => finish('silence')
    const drain = (): void => {
      // Bounded: a server that floods us must not hold the others up.
      for (let i = 0; i < 16; i++) {
        const received = this.#receive()
        if (received === undefined) return
        const answer = read(received)
        if (answer !== undefined) {
          finish(answer)
          return
        }
      }
    }
    const watch = poll(this.#fd, drain, READABLE)
    signal.addEventListener('abort', silence)
    if (signal.aborted || typeof watch === 'number') silence()
  }

  /** A datagram, a positive errno, or undefined when there is nothing. */
  #receive(): Uint8Array | number | undefined {
    const message = recvmsg(this.#fd, largestDatagram)
    if (typeof message !== 'number') return message.data
    if (message === -EAGAIN) {
      // libuv hides POLLERR; the error itself is kept for us to ask.
      const errno = getsockoptInt(this.#fd, SOL_SOCKET, SO_ERROR)
      return errno > 0 ? errno : undefined
    }
    return -message
  }

  close(): void {
    close(this.#fd)
  }
}

/**
 * What an errno of opening or sending says: our own lack, no way to the server, or its refusal. A source address or device that is not
 * here, as a VIP is on a backup, says nothing of the server; keepalived tries again, except with UDP_CHECK.
 */
export function errnoResult(errno: number, what: string, bindingFails = false): NotOpened {
  const code = errnoName(errno)
  const detail = `${what}: ${code}`
  const ours = what === 'socket' || (!bindingFails && what !== 'connect' && what !== 'send')
  if (ours || ourShortages.has(code)) return { kind: 'not-made', detail }
  return { kind: 'failed', reason: { kind: unreachables.has(code) ? 'unreachable' : 'connect', detail } }
}

export const ourShortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAGAIN'])
export const unreachables: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'])

const EAGAIN = errnoOf('EAGAIN') ?? 11
const largestDatagram = 65_535

/** A link-local address takes its interface along; that needs no privilege. */
export function isScoped(address: IpAddress): boolean {
  return familyOf(address) === 6 && isLinkLocal(address)
}

export function socketAddress(address: IpAddress, port: number, bindIf: string | undefined): Uint8Array {
  if (familyOf(address) === 4) return sockaddrIn(ipToBytes(address), port)
  const scope = bindIf !== undefined && isScoped(address) ? Math.max(ifNameToIndex(bindIf), 0) : 0
  return sockaddrIn6(ipToBytes(address), port, scope)
}

export function anyAddress(address: IpAddress): IpAddress {
  return (familyOf(address) === 4 ? '0.0.0.0' : '::') as IpAddress
}
