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
  sockaddrIn,
  sockaddrIn6,
  socket,
  WRITABLE,
} from 'linux-syscalls'
import { familyOf, type IpAddress, ipToBytes } from '../../base/ip.ts'
import type { CheckTarget } from '../../core/check/config.ts'
import { type Dialled, dialFailure, unbound } from './dial.ts'

/**
 * A connection with `bind_if` (SO_BINDTODEVICE) or `fwmark` (SO_MARK): both must stand before the first packet, which net.Socket
 * cannot do, so it adopts the descriptor when the connection stands.
 */
export async function dialThroughDevice(target: CheckTarget, signal: AbortSignal): Promise<Dialled> {
  const fd = socket(familyOf(target.address) === 4 ? AF_INET : AF_INET6, SOCK_STREAM, 0)
  if (fd < 0) return failure(fd, 'socket')
  const refused = prepare(fd, target)
  if (refused !== undefined) {
    close(fd)
    return refused
  }
  const started = connect(fd, socketAddress(target.address, target.port))
  const settled = started === 0 ? 0 : started === -EINPROGRESS ? await settlement(fd, signal) : started
  if (settled === 0) return adopt(fd)
  close(fd)
  return settled === 'aborted' ? { kind: 'aborted' } : failure(settled, 'connect')
}

const EINPROGRESS = 115

function prepare(fd: number, { bindIf, fwmark, bindto, bindPort, address }: CheckTarget): Dialled | undefined {
  const steps: readonly (readonly [what: string, done: () => number])[] = [
    ['SO_BINDTODEVICE', () => (bindIf === undefined ? 0 : setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bindIf))],
    ['SO_MARK', () => (fwmark === 0 ? 0 : setsockopt(fd, SOL_SOCKET, SO_MARK, fwmark | 0))],
    ['SO_REUSEADDR', () => setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)],
    [
      'bind',
      () => (bindto === undefined && bindPort === undefined ? 0 : bind(fd, socketAddress(bindto ?? anyAddress(address), bindPort ?? 0))),
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

function failure(errno: number, what: string): Dialled {
  const code = errnoName(errno)
  return dialFailure(code, `${what}: ${code}`)
}

function socketAddress(address: IpAddress, port: number): Uint8Array {
  return familyOf(address) === 4 ? sockaddrIn(ipToBytes(address), port) : sockaddrIn6(ipToBytes(address), port)
}

function anyAddress(address: IpAddress): IpAddress {
  return (familyOf(address) === 4 ? '0.0.0.0' : '::') as IpAddress
}
