import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A UDP server on the loopback that answers each datagram with what it is told, for as long as the block that holds it. */
export class DatagramServer {
  readonly #socket: Socket
  readonly received: Buffer[] = []

  private constructor(socket: Socket, answers: (question: Buffer) => readonly Uint8Array[]) {
    this.#socket = socket
    socket.on('message', (message, { port, address }) => {
      this.received.push(message)
      for (const answer of answers(message)) socket.send(answer, port, address)
    })
  }

  static async listen(answers: (question: Buffer) => readonly Uint8Array[], type: 'udp4' | 'udp6' = 'udp4'): Promise<DatagramServer> {
    const socket = createSocket(type)
    const server = new DatagramServer(socket, answers)
    socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1')
    await once(socket, 'listening')
    return server
  }

  get port(): number {
    return this.#socket.address().port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}

/** A port that nobody listens on any more. */
export async function closedPort(): Promise<number> {
  const server = await DatagramServer.listen(() => [])
  const { port } = server
  await server[Symbol.asyncDispose]()
  return port
}
