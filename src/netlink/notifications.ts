import type { Transport } from './connection.ts'
import { EAGAIN, ENOBUFS } from './constants.ts'
import { type Message, readMessages } from './message.ts'

/** What a socket that listens to groups brings. */
export interface NotificationHandler {
  readonly message: (message: Message) => void
  /** Some did not fit (ENOBUFS), or the socket fails: what is known may be out of date. */
  readonly lost: () => void
}

/** What is left makes the socket readable again, so that a flood of changes starves nobody. */
const atOnce = 512

/** Hands over what waits in the socket now, from the kernel alone. */
export function drainNotifications(socket: Pick<Transport, 'receive'>, { message, lost }: NotificationHandler): void {
  for (let count = 0; count < atOnce; count++) {
    const datagram = socket.receive()
    if (datagram === -EAGAIN) return
    if (typeof datagram === 'number' || datagram.truncated) {
      lost()
      // Another error than a loss would come again at once.
      if (typeof datagram === 'number' && datagram !== -ENOBUFS) return
      continue
    }
    if (datagram.port === 0) for (const one of readMessages(datagram.bytes).messages) message(one)
  }
}
