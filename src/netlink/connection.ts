import { fail, ok, type Result } from '../base/result.ts'
import { Writer } from './attribute.ts'
import { EAGAIN, EIO, EMSGSIZE, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_NOOP } from './constants.ts'
import { type Message, type Request, readMessages, readVerdict, type Verdict, writeMessage } from './message.ts'

/** A netlink socket that does not block: bytes out, bytes in. Failures are negative errnos. */
export interface Transport {
  send(bytes: Uint8Array): number
  /** -EAGAIN if nothing is there. */
  receive(): Datagram | number
  close(): void
}

export interface Datagram {
  readonly bytes: Uint8Array
  /** Of the sender; the kernel is 0. */
  readonly port: number
  readonly truncated: boolean
}

/** Why a request failed; errno is positive. `interrupted`: the table changed during every attempt to read it. */
export type NetlinkError = { readonly kind: 'refused'; readonly errno: number; readonly detail: string } | { readonly kind: 'interrupted' }

/** So many messages, or bytes, go in one sendmsg: more gain nothing, and 256 verdicts fit any receive buffer. */
const batchMessages = 256
const batchBytes = 64 * 1024
const dumpAttempts = 4

/**
 * Requests and their answers. Synchronous: the kernel works a request off within sendmsg, so its answer waits when that returns.
 * Only the kernel (port 0) is listened to.
 */
export class Connection {
  readonly #transport: Transport
  #sequence: number

  constructor(transport: Transport, firstSequence = 1) {
    this.#transport = transport
    this.#sequence = firstSequence
  }

  close(): void {
    this.#transport.close()
  }

  /** A question for one thing: what came before the acknowledgement. */
  request(request: Request): Result<readonly Message[], NetlinkError> {
    const writer = new Writer(256)
    const sequence = this.#next()
    writeMessage(writer, request, NLM_F_REQUEST | NLM_F_ACK, sequence)
    const sent = this.#transport.send(writer.take())
    if (sent < 0) return fail(refusal(-sent, ''))
    const answer = this.#collect(sequence)
    return answer.verdict.errno === 0 ? ok(answer.messages) : fail(refusal(answer.verdict.errno, answer.verdict.detail))
  }

  /** All of a table. Read anew if it changed meanwhile (NLM_F_DUMP_INTR), so that what comes out is one whole. */
  dump(request: Request): Result<readonly Message[], NetlinkError> {
    for (let attempt = 1; attempt <= dumpAttempts; attempt++) {
      const writer = new Writer(256)
      const sequence = this.#next()
      writeMessage(writer, request, NLM_F_REQUEST | NLM_F_DUMP, sequence)
      const sent = this.#transport.send(writer.take())
      if (sent < 0) return fail(refusal(-sent, ''))
      const { messages, verdict, interrupted } = this.#collect(sequence)
      // The transport reads with a larger buffer after a truncated answer.
      if (interrupted || verdict.errno === EMSGSIZE) continue
      return verdict.errno === 0 ? ok(messages) : fail(refusal(verdict.errno, verdict.detail))
    }
    return fail({ kind: 'interrupted' })
  }

  /**
   * Many changes with few system calls. Only the last message of a sendmsg asks for an acknowledgement; the kernel answers the
   * others only if it refuses them, and works them off in order, so that once the last is answered silence means success.
   */
  batch(requests: readonly Request[]): readonly Verdict[] {
    // Written first and sent then, in one go: a table is half full for as short a time as can be.
    const parcels: Parcel[] = []
    for (let at = 0; at < requests.length; at += parcels.at(-1)?.count ?? 0) parcels.push(this.#pack(requests, at))
    return parcels.flatMap((parcel) => this.#deliver(parcel))
  }

  /**
   * All or nothing, between two messages that mark the beginning and the end (nf_tables). These are not answered, unless the kernel
   * refuses the whole; so it is the last message between them that asks for an acknowledgement. The verdict is the first refusal's.
   */
  transaction(begin: Request, requests: readonly Request[], end: Request): Verdict {
    const writer = new Writer(batchBytes / 2)
    const sequences = [begin, ...requests, end].map((request, at) => {
      const sequence = this.#next()
      writeMessage(writer, request, at === requests.length ? NLM_F_REQUEST | NLM_F_ACK : NLM_F_REQUEST, sequence)
      return sequence
    })
    const last = sequences.at(-2) ?? 0
    const sent = this.#transport.send(writer.take())
    if (sent < 0) return { sequence: last, errno: -sent, detail: '' }
    const { verdicts, verdict } = this.#collect(last)
    return sequences.flatMap((sequence) => verdicts.get(sequence) ?? []).find(({ errno }) => errno !== 0) ?? verdict
  }

  /** As many requests as go in one sendmsg. */
  #pack(requests: readonly Request[], from: number): Parcel {
    const writer = new Writer(batchBytes / 2)
    const first = this.#sequence
    const some = requests.slice(from, from + batchMessages)
    let count = 0
    for (const request of some) {
      const isLast = count === some.length - 1 || writer.length >= batchBytes
      writeMessage(writer, request, isLast ? NLM_F_REQUEST | NLM_F_ACK : NLM_F_REQUEST, this.#next())
      count++
      if (isLast) break
    }
    return { bytes: writer.take(), first, count }
  }

  #deliver({ bytes, first, count }: Parcel): readonly Verdict[] {
    const sent = this.#transport.send(bytes)
    const answer = sent < 0 ? undefined : this.#collect((first + count - 1) >>> 0)
    const silence = answer === undefined ? -sent : answer.lost
    return Array.from({ length: count }, (_, i) => {
      const sequence = (first + i) >>> 0
      return answer?.verdicts.get(sequence) ?? { sequence, errno: silence, detail: '' }
    })
  }

  /** Reads until the verdict on `last` is there. */
  #collect(last: number): Collected {
    const messages: Message[] = []
    const verdicts = new Map<number, Verdict>()
    let interrupted = false
    let truncated = false
    for (;;) {
      const datagram = this.#transport.receive()
      if (typeof datagram === 'number') {
        // Nothing there although the request is worked off, or the answers did not fit (ENOBUFS): what became of it is not known.
        const lost = datagram !== -EAGAIN ? -datagram : truncated ? EMSGSIZE : EIO
        return { messages, verdicts, verdict: { sequence: last, errno: lost, detail: '' }, lost, interrupted }
      }
      if (datagram.port !== 0) continue
      truncated ||= datagram.truncated
      for (const message of readMessages(datagram.bytes).messages) {
        const mine = message.sequence === last
        const verdict = readVerdict(message)
        interrupted ||= mine && (message.flags & NLM_F_DUMP_INTR) !== 0
        if (verdict !== undefined) verdicts.set(verdict.sequence, verdict)
        else if (mine && message.type !== NLMSG_NOOP) messages.push(message)
        if (verdict === undefined || !mine) continue
        const whole = truncated && verdict.errno === 0 ? { ...verdict, errno: EMSGSIZE } : verdict
        return { messages, verdicts, verdict: whole, lost: 0, interrupted }
      }
    }
  }

  #next(): number {
    const sequence = this.#sequence
    this.#sequence = (this.#sequence + 1) >>> 0
    return sequence
  }
}

/** Requests of consecutive sequence numbers, the last of which asks for an acknowledgement. */
interface Parcel {
  readonly bytes: Uint8Array
  readonly first: number
  readonly count: number
}

interface Collected {
  readonly messages: readonly Message[]
  readonly verdicts: ReadonlyMap<number, Verdict>
  readonly verdict: Verdict
  /** Errno for the requests without a verdict: 0, because silence is success, unless answers were lost. */
  readonly lost: number
  readonly interrupted: boolean
}

function refusal(errno: number, detail: string): NetlinkError {
  return { kind: 'refused', errno, detail }
}
