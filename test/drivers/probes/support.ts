import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromMillis } from '../../../src/base/units.ts'
import type { CheckAttempt, CheckTarget, HttpUrl } from '../../../src/core/check/config.ts'

export type WebAttempt = Extract<CheckAttempt, { kind: 'HTTP_GET' | 'SSL_GET' }>

export const localhost = '127.0.0.1' as IpAddress
export const never: AbortSignal = new AbortController().signal

export function target(port: number, more: Partial<CheckTarget> = {}): CheckTarget {
  return {
    address: localhost,
    port,
    bindto: undefined,
    bindPort: undefined,
    bindIf: undefined,
    fwmark: 0,
    connectTimeout: fromMillis(300),
    ...more,
  }
}

export function url(more: Partial<HttpUrl> = {}): HttpUrl {
  return {
    path: '/',
    virtualhost: undefined,
    statusCodes: [{ low: 200, high: 299 }],
    digest: undefined,
    regex: undefined,
    tlsCompliant: false,
    ...more,
  }
}

export function httpGet(port: number, more: Partial<WebAttempt> = {}): WebAttempt {
  return { kind: 'HTTP_GET', target: target(port), urls: [url()], httpProtocol: '1.0', virtualhost: undefined, enableSni: false, ...more }
}

/** A server that does to each connection what it is told, for as long as the block that holds it. */
export class Hostile {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** How each connection ended, in the order of their ends. */
  readonly ends: ('closed' | 'reset')[] = []
  readonly received: string[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async listen(serve: (socket: Socket, request: string) => void, onConnect: (socket: Socket) => void = () => {}): Promise<Hostile> {
    const server = createServer()
    const hostile = new Hostile(server)
    server.on('connection', (socket) => hostile.#accept(socket, serve, onConnect))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return hostile
  }

  #accept(socket: Socket, serve: (socket: Socket, request: string) => void, onConnect: (socket: Socket) => void): void {
    let end: 'closed' | 'reset' = 'closed'
    this.#sockets.add(socket)
    socket.on('error', () => {
      end = 'reset'
    })
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.ends.push(end)
    })
    socket.on('data', (data) => {
      this.received.push(data.toString('latin1'))
      serve(socket, data.toString('latin1'))
    })
    onConnect(socket)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get open(): number {
    return this.#sockets.size
  }

  /** Until every connection was ended by the other side. */
  async quiet(): Promise<void> {
    while (this.#sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Answers every request with this text and closes. */
export function answering(reply: string | Buffer): Promise<Hostile> {
  return Hostile.listen((socket) => socket.end(reply))
}
