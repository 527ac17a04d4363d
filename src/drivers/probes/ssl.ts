import { isIP, type Socket } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { ProbeResult } from '../../core/check/probe.ts'
import { oldest } from './credentials.ts'

export type Secured = { readonly kind: 'open'; readonly stream: TLSSocket } | Extract<ProbeResult, { kind: 'failed' | 'timed-out' }>

/**
 * TLS over a connection that stands. As with keepalived the certificate is not verified, old versions and ciphers will do: the
 * question is whether the server answers. A name is sent only with `enable_sni`.
 */
export function handshake(
  socket: Socket,
  serverName: string | undefined,
  signal: AbortSignal,
  credentials?: SecureContext,
): Promise<Secured> {
  return new Promise((resolve) => {
    const stream = connect({
      socket,
      rejectUnauthorized: false,
      ...oldest,
      ...(credentials !== undefined && { secureContext: credentials }),
      ...(serverName === undefined || isIP(serverName) !== 0 ? {} : { servername: serverName }),
    })
    const finish = (secured: Secured): void => {
      signal.removeEventListener('abort', aborted)
      stream.removeListener('secureConnect', secure)
      stream.removeListener('close', closed)
      if (secured.kind !== 'open') {
        stream.destroy()
        socket.destroy()
      }
      resolve(secured)
    }
    const secure = (): void => finish({ kind: 'open', stream })
    const failed = (detail: string): void => finish({ kind: 'failed', reason: { kind: 'tls', detail } })
    const closed = (): void => failed('closed during the handshake')
    const aborted = (): void => finish({ kind: 'timed-out', stage: 'connect' })
    stream.once('secureConnect', secure)
    stream.once('close', closed)
    // Stays: an error after the verdict must not end the process.
    stream.on('error', (error) => failed(error.message.slice(0, 200)))
    signal.addEventListener('abort', aborted)
    if (signal.aborted) aborted()
  })
}
