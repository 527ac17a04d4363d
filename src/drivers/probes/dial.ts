import { connect, type Socket } from 'node:net'
import { familyOf, isLinkLocal } from '../../base/ip.ts'
import type { CheckTarget } from '../../core/check/config.ts'
import { dialThroughDevice } from './connect.ts'

/** A connection, or why there is none. The socket is the caller's to destroy. */
export type Dialled = { readonly kind: 'connected'; readonly socket: Socket } | NotConnected

export type NotConnected =
  | { readonly kind: 'refused'; readonly detail: string }
  /** We ran out of something; the server is not to blame. */
  | { readonly kind: 'not-made'; readonly detail: string }
  | { readonly kind: 'aborted' }

/** Opens a TCP connection from where and to where the checker says; ends with the signal, never later. */
export function dial(target: CheckTarget, signal: AbortSignal): Promise<Dialled> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' })
  if (target.fwmark !== 0 || (target.bindIf !== undefined && !isScoped(target))) return dialThroughDevice(target, signal)
  return established(open(target), signal)
}

/** Waits for a socket that connects. */
export function established(socket: Socket, signal: AbortSignal): Promise<Dialled> {
  return new Promise((resolve) => {
    const finish = (dialled: Dialled): void => {
      signal.removeEventListener('abort', aborted)
      socket.removeListener('connect', connected)
      if (dialled.kind === 'connected') {
        socket.removeListener('error', failed)
        // Between this and the next listener an error has nobody else to go to, and an unheard one would end the process.
        socket.on('error', ignore)
      } else {
        socket.destroy()
      }
      resolve(dialled)
    }
    const connected = (): void => finish({ kind: 'connected', socket })
    const failed = (error: NodeJS.ErrnoException): void => {
      finish(error.syscall === 'bind' ? unbound(error.message) : dialFailure(error.code ?? '', error.message))
    }
    const aborted = (): void => finish({ kind: 'aborted' })
    socket.once('connect', connected)
    socket.on('error', failed)
    signal.addEventListener('abort', aborted)
  })
}

/** A source address or device that is not here, as a VIP is on a backup: keepalived tries again and blames nobody. */
export function unbound(detail: string): NotConnected {
  return { kind: 'not-made', detail }
}

/** Sorts an errno: lack of descriptors or memory is our trouble, all else says something of the server or the way to it. */
export function dialFailure(code: string, detail: string): NotConnected {
  return ourShortages.has(code) ? { kind: 'not-made', detail } : { kind: 'refused', detail }
}

const ourShortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

const ignore = (): void => {}

/** A link-local destination takes its interface in the address; that needs no privilege. */
function isScoped({ address, bindIf }: CheckTarget): boolean {
  return bindIf !== undefined && familyOf(address) === 6 && isLinkLocal(address)
}

function open(target: CheckTarget): Socket {
  const { address, port, bindto, bindPort, bindIf } = target
  return connect({
    host: isScoped(target) ? `${address}%${bindIf}` : address,
    port,
    autoSelectFamily: false,
    ...(bindto === undefined ? {} : { localAddress: bindto }),
    ...(bindPort === undefined ? {} : { localPort: bindPort }),
  })
}
