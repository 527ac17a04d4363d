import { openSync } from 'node:fs'
import {
  AF_PACKET,
  bind,
  close,
  ETH_P_ALL,
  ifNameToIndex,
  type PollHandle,
  parseAncillary,
  parseSockaddr,
  poll,
  recvmmsg,
  SO_RCVBUFFORCE,
  SO_TIMESTAMPNS,
  SOCK_RAW,
  SOL_SOCKET,
  sendmsg,
  setns,
  setsockopt,
  sockaddrLl,
  socket,
} from 'linux-syscalls'
import type { Host } from '../../lab/host.ts'
import { type Captured, parse } from './frames.ts'

/** Seconds since 1970: the clock of the kernel's packet stamps. */
export const wallClock = (): number => (performance.timeOrigin + performance.now()) / 1_000

export interface WireOptions {
  /** Bytes. */
  readonly receiveBuffer?: number
  /** Frames wait in the socket until somebody asks; reading costs the measured ones nothing then. */
  readonly asleep?: boolean
  /** Of a longer frame only so many bytes are kept. */
  readonly longest?: number
}

/** A tap on a host's device: every frame in and out with the kernel's time stamp, and a way to send frames of our own making. */
export class Wire {
  readonly frames: Captured[] = []
  readonly #fd: number
  readonly #ifindex: number
  readonly #longest: number
  readonly #poll: PollHandle | undefined
  #waiting: (() => void)[] = []

  constructor(host: Host, device: string, options: WireOptions = {}) {
    const opened = inNamespace(host, () => {
      const ifindex = positive(ifNameToIndex(device), `index of ${device}`)
      const fd = positive(socket(AF_PACKET, SOCK_RAW, 0), 'packet socket')
      positive(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, options.receiveBuffer ?? 4 << 20), 'SO_RCVBUFFORCE')
      positive(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1), 'SO_TIMESTAMPNS')
      positive(bind(fd, sockaddrLl({ protocol: ETH_P_ALL, ifindex })), 'bind')
      return { fd, ifindex }
    })
    this.#fd = opened.fd
    this.#ifindex = opened.ifindex
    this.#longest = options.longest ?? 2_048
    if (options.asleep) return
    const handle = poll(this.#fd, () => this.read())
    if (typeof handle === 'number') throw new Error(`poll: errno ${-handle}`)
    this.#poll = handle
  }

  send(frame: Uint8Array): number {
    const at = wallClock()
    positive(sendmsg(this.#fd, { data: frame, address: sockaddrLl({ protocol: ETH_P_ALL, ifindex: this.#ifindex }) }), 'send')
    return at
  }

  /** The first frame after an instant that fits, now or within so many seconds. */
  async next<Kind extends Captured>(
    fits: (frame: Captured) => frame is Kind,
    limits: { readonly after?: number; readonly seconds: number },
  ): Promise<Kind> {
    const after = limits.after ?? wallClock()
    const deadline = wallClock() + limits.seconds
    for (;;) {
      this.read()
      const found = this.frames.find((frame): frame is Kind => frame.at >= after && fits(frame))
      if (found !== undefined) return found
      const rest = deadline - wallClock()
      if (rest <= 0) throw new Error(`no such frame within ${limits.seconds} s; seen: ${describe(this.frames.slice(-8))}`)
      await this.#frameOr(rest)
    }
  }

  close(): void {
    this.#poll?.close()
    close(this.#fd)
  }

  #frameOr(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1_000)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Takes what waits in the socket. */
  read(): void {
    for (;;) {
      const messages = recvmmsg(this.#fd, 64, this.#longest)
      if (typeof messages === 'number' || messages.length === 0) break
      for (const { data, address, control } of messages) {
        const from = parseSockaddr(address)
        const { receivedAt } = parseAncillary(control)
        const at = receivedAt === undefined ? wallClock() : receivedAt / 1e6
        this.frames.push({ ...parse(data), at, outgoing: from?.family === AF_PACKET && from.pkttype === OUTGOING, bytes: data.slice() })
      }
    }
    const woken = this.#waiting
    this.#waiting = []
    for (const wake of woken) wake()
  }
}

const OUTGOING = 4
const ours = openSync('/proc/thread-self/ns/net', 'r')

/** Runs something in a host's network namespace; sockets stay in the one they were made in. Nothing may wait in between. */
export function inNamespace<Value>(host: Host, act: () => Value): Value {
  positive(setns(`/run/netns/${host.namespace}`), 'setns')
  try {
    return act()
  } finally {
    positive(setns(ours), 'setns back')
  }
}

function positive(result: number, what: string): number {
  if (result < 0) throw new Error(`${what}: errno ${-result}`)
  return result
}

function describe(frames: readonly Captured[]): string {
  return frames.map((frame) => `${frame.kind}@${frame.at.toFixed(3)}${frame.outgoing ? ' (ours)' : ''}`).join(', ') || 'nothing'
}
