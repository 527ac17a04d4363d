import { Socket } from 'node:net'
import {
  AF_INET,
  AF_INET6,
  bind,
  close,
  connect,
  errnoName,
  getsockoptInt,
  type PollHandle,
  poll,
  SO_BINDTODEVICE,
  SO_ERROR,
  SO_MARK,
  SO_REUSEADDR,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
  WRITABLE,
} from 'linux-syscalls'
import { familyOf } from '../../base/ip.ts'
import type { CheckTarget } from '../../core/check/config.ts'
import { anyAddress, isScoped, socketAddress } from './datagram.ts'
import { type Dialled, dialFailure, type NotConnected, unbound } from './dial.ts'

/** A descriptor whose connection stands, or why there is none. It is the caller's to close. */
export type Connected = { readonly kind: 'connected'; readonly fd: number } | NotConnected

/**
 * A connection by system calls, without any of Node's objects, at half their price. `bind_if` (SO_BINDTODEVICE) and `fwmark` (SO_MARK)
 * must stand before the first packet, which net.Socket cannot do.
 */
export async function connectDescriptor(target: CheckTarget, signal: AbortSignal): Promise<Connected> {
  if (signal.aborted) return { kind: 'aborted' }
  const fd = socket(familyOf(target.address) === 4 ? AF_INET : AF_INET6, SOCK_STREAM, 0)
  if (fd < 0) return failure(fd, 'socket')
  const refused = prepare(fd, target)
  if (refused !== undefined) {
    close(fd)
    return refused
  }
  const address = socketAddress(target.address, target.port, target.bindIf)
  const started = connect(fd, address)
  const glanced = started === -EINPROGRESS ? await glance(fd, address) : started
  const settled = glanced === -EALREADY ? await settlement(fd, signal) : glanced
  if (settled === 0) return { kind: 'connected', fd }
  close(fd)
  return settled === 'aborted' ? { kind: 'aborted' } : failure(settled, 'connect')
}

/** The same as a stream: net.Socket adopts the descriptor when the connection stands. */
export async function dialThroughDevice(target: CheckTarget, signal: AbortSignal): Promise<Dialled> {
  const connected = await connectDescriptor(target, signal)
  return connected.kind === 'connected' ? adopt(connected.fd) : connected
}

interface Glance {
  readonly fd: number
  readonly address: Uint8Array
  readonly tell: (result: number) => void
}

/** Most servers are near and have answered by then. */
const GLANCE_MS = 5
let glances: Glance[] = []

/**
 * What has become of a connection a moment later: 0 when it stands, -EALREADY while nothing is known, another negative errno when it is
 * refused. One timer serves all that began within the moment, and a second connect(2) is cheaper than to watch a descriptor.
 */
function glance(fd: number, address: Uint8Array): Promise<number> {
  return new Promise((tell) => {
    if (glances.push({ fd, address, tell }) === 1) setTimeout(look, GLANCE_MS)
  })
}

function look(): void {
  const waiting = glances
  glances = []
  for (const { fd, address, tell } of waiting) tell(connect(fd, address))
}

const EINPROGRESS = 115
const EALREADY = 114

function prepare(fd: number, { bindIf, fwmark, bindto, bindPort, address }: CheckTarget): NotConnected | undefined {
  if (bindIf === undefined && fwmark === 0 && bindto === undefined && bindPort === undefined) return undefined
  const steps: readonly (readonly [what: string, done: () => number])[] = [
    ['SO_BINDTODEVICE', () => (bindIf === undefined || isScoped(address) ? 0 : setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bindIf))],
    ['SO_MARK', () => (fwmark === 0 ? 0 : setsockopt(fd, SOL_SOCKET, SO_MARK, fwmark | 0))],
    ['SO_REUSEADDR', () => setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)],
    [
      'bind',
      () =>
        bindto === undefined && bindPort === undefined ? 0 : bind(fd, socketAddress(bindto ?? anyAddress(address), bindPort ?? 0, bindIf)),
    ],
  ]
  for (const [what, done] of steps) {
    const result = done()
    if (result < 0) return unbound(`${what}: ${errnoName(result)}`)
  }
  return undefined
}

/** 0 when connected, a negative errno when refused. */
function settlement(fd: number, signal: AbortSignal): Promise<number | 'aborted'> {
  return new Promise((resolve) => {
    let watch: PollHandle | number = -1
    const finish = (result: number | 'aborted'): void => {
      signal.removeEventListener('abort', aborted)
      if (typeof watch !== 'number') watch.close()
      resolve(result)
    }
    const aborted = (): void => finish('aborted')
    signal.addEventListener('abort', aborted)
    if (signal.aborted) return aborted()
    // A refusal comes as POLLERR, which libuv reports as EBADF: only SO_ERROR knows the reason.
    watch = poll(fd, () => finish(-getsockoptInt(fd, SOL_SOCKET, SO_ERROR)), WRITABLE)
    if (typeof watch === 'number') finish(watch)
  })
}

function adopt(fd: number): Dialled {
  const adopted = new Socket({ fd, readable: true, writable: true })
  adopted.on('error', () => {})
  return { kind: 'connected', socket: adopted }
}

function failure(errno: number, what: string): NotConnected {
  const code = errnoName(errno)
  return dialFailure(code, `${what}: ${code}`)
}
