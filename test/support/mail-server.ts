import { createServer, type Server, type Socket } from 'node:net'

/** What one client said, line by line, and of the message all of it. */
export interface Delivery {
  readonly commands: readonly string[]
  readonly text: string
}

/** A mail server that takes everything, or answers as it is told. */
export class MailServer {
  readonly deliveries: Delivery[] = []
  onDelivery: (delivery: Delivery) => void = () => undefined
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  connections = 0

  /** `reply` to a line of the client, instead of the usual; undefined is the usual, null is none at all. */
  constructor(reply: (line: string) => string | null | undefined = () => undefined) {
    this.#server = createServer((socket) => this.#serve(socket, reply))
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(port, host, resolve))
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(socket: Socket, reply: (line: string) => string | null | undefined): void {
    this.connections++
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    const commands: string[] = []
    let text: string | undefined
    let rest = ''
    const say = (line: string, usual: string): void => {
      const answer = reply(line)
      if (answer !== null) socket.write(`${answer ?? usual}\r\n`)
    }
    say('', '220 test')
    socket.on('data', (data) => {
      rest += data.toString('utf8')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (text !== undefined && line !== '.') {
          text += `${line}\r\n`
          continue
        }
        if (text !== undefined) {
          const delivery = { commands: [...commands], text }
          this.deliveries.push(delivery)
          this.onDelivery(delivery)
          text = undefined
          say('.', '250 taken')
          continue
        }
        commands.push(line)
        if (line === 'DATA') text = ''
        say(line, line === 'DATA' ? '354 go on' : line === 'QUIT' ? '221 bye' : '250 yes')
        if (line === 'QUIT') socket.end()
      }
    })
  }
}
