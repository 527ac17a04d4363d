import { Writer } from '../../src/netlink/attribute.ts'
import type { Datagram, Transport } from '../../src/netlink/connection.ts'
import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_ERROR, NLMSGERR_ATTR_MSG } from '../../src/netlink/constants.ts'
import { type Message, readMessages, writeMessage } from '../../src/netlink/message.ts'

/** What a scripted kernel lays into the queue: a datagram, or a negative errno that one receive answers. */
export type Answer = Datagram | number

/** A netlink socket whose kernel is a function from what was sent to what is then to be received. */
export class ScriptedTransport implements Transport {
  /** The messages of each sendmsg. */
  readonly sent: (readonly Message[])[] = []
  closed = false
  readonly #queue: Answer[] = []
  readonly #kernel: (messages: readonly Message[]) => readonly Answer[] | number

  constructor(kernel: (messages: readonly Message[]) => readonly Answer[] | number) {
    this.#kernel = kernel
  }

  send(bytes: Uint8Array): number {
    const { messages } = readMessages(bytes)
    this.sent.push(messages)
    const answers = this.#kernel(messages)
    if (typeof answers === 'number') return answers
    this.#queue.push(...answers)
    return 0
  }

  receive(): Answer {
    return this.#queue.shift() ?? -11
  }

  close(): void {
    this.closed = true
  }
}

export function datagram(...messages: readonly Uint8Array[]): Datagram {
  return { bytes: Buffer.concat(messages), port: 0, truncated: false }
}

export function message(type: number, sequence: number, write: (writer: Writer) => void = () => {}, flags = 0): Uint8Array {
  const writer = new Writer()
  writeMessage(writer, { type, flags: 0, write }, flags, sequence)
  return writer.take()
}

/** NLMSG_ERROR with the request's header only; errno 0 acknowledges. */
export function verdict(sequence: number, errno: number, sentence?: string): Uint8Array {
  const write = (writer: Writer): void => {
    writer.u32(-errno)
    writer.bytes(new Uint8Array(16))
    if (sentence !== undefined) writer.attributeText(NLMSGERR_ATTR_MSG, sentence)
  }
  return message(NLMSG_ERROR, sequence, write, NLM_F_CAPPED | (sentence === undefined ? 0 : NLM_F_ACK_TLVS))
}

export function done(sequence: number, errno = 0, flags = 0): Uint8Array {
  return message(NLMSG_DONE, sequence, (writer) => writer.u32(-errno), flags)
}
