import type { IpAddress } from '../../src/base/ip.ts'
import { type Prng, prng } from '../../src/base/prng.ts'
import { fromMillis, fromSeconds, type Micros, micros } from '../../src/base/units.ts'
import type { SessionConfig } from '../../src/core/bfd/config.ts'
import type { BfdEffect, BfdEvent, DatagramEvent } from '../../src/core/bfd/events.ts'
import type { Session } from '../../src/core/bfd/session.ts'
import { type BfdState, bfdSessions } from '../../src/core/bfd/sessions.ts'
import { createLoop, type Loop } from '../../src/core/loop.ts'
import { sessionConfig } from '../support/bfd-rig.ts'
import { type Cancel, World } from './world.ts'

/** What the path between the two does to packets, in both directions. */
export interface Path {
  /** 0..1 */
  loss: number
  duplication: number
  /** Each copy takes its own time of up to this. */
  delay: Micros
}

/** The bfd process of one end: the real loop and machine, with a wire of the simulation. */
export class End {
  readonly address: IpAddress
  #loop: Loop<BfdState, BfdEvent> | undefined
  #wakeUp: Cancel | undefined
  readonly #pair: BfdPair
  readonly #config: SessionConfig
  /** While it stalls, what arrives waits. */
  #stalled = false
  readonly #unread: DatagramEvent[] = []
  /** When it said that it is up or down. */
  readonly news: { readonly at: number; readonly up: boolean }[] = []
  sent = 0

  constructor(pair: BfdPair, address: IpAddress, config: SessionConfig) {
    this.#pair = pair
    this.address = address
    this.#config = config
    this.start()
  }

  get session(): Session | undefined {
    return this.#loop?.state().sessions[0]
  }

  get isUp(): boolean {
    return this.session?.state === 'Up'
  }

  start(): void {
    const { world } = this.#pair
    this.#loop = createLoop<BfdState, BfdEvent, BfdEffect>({
      machine: bfdSessions,
      clock: {
        now: () => world.now(),
        wakeAt: (at) => {
          this.#wakeUp?.()
          this.#wakeUp = at === undefined ? undefined : world.at(at, () => this.#wake())
        },
      },
      sources: [
        {
          drain: () => {
            for (const event of this.#unread.splice(0)) this.#loop?.dispatch(event)
          },
        },
      ],
      perform: (effect) => this.#perform(effect),
    })
    this.#loop.dispatch({ kind: 'configured', config: { sessions: [this.#config] }, seed: this.#pair.random.between(0, 2 ** 31) })
  }

  /** Without a word. */
  crash(): void {
    this.#wakeUp?.()
    this.#loop = undefined
    this.#unread.length = 0
  }

  stop(): void {
    this.#loop?.dispatch({ kind: 'stop' })
    this.crash()
  }

  stall(duration: Micros): void {
    this.#stalled = true
    this.#pair.world.after(duration, () => {
      this.#stalled = false
      this.#loop?.wake()
    })
  }

  receive(event: DatagramEvent): void {
    if (this.#loop === undefined) return
    if (this.#stalled) this.#unread.push(event)
    else this.#loop.dispatch(event)
  }

  #wake(): void {
    if (!this.#stalled) this.#loop?.wake()
  }

  #perform(effect: BfdEffect): void {
    if (effect.kind === 'tell') this.news.push({ at: this.#pair.world.now(), up: effect.news.up })
    if (effect.kind !== 'send') return
    this.sent++
    this.#pair.carry(this, effect.data)
  }
}

/** Two ends of one session. */
export class BfdPair {
  readonly world = new World()
  readonly random: Prng
  readonly path: Path
  readonly first: End
  readonly second: End
  /** The end whose packets are lost, all of them. */
  readonly mute = new Set<End>()

  /** Their sessions differ from a plain one in this. */
  constructor(seed: number, path: Partial<Path> = {}, ...[ofFirst, ofSecond]: readonly Partial<SessionConfig>[]) {
    this.random = prng(seed)
    this.path = { loss: 0, duplication: 0, delay: micros(500), ...path }
    const ends = ['192.0.2.1', '192.0.2.2'] as const
    const end = (own: 0 | 1, other: 0 | 1, more: Partial<SessionConfig> = {}): End =>
      new End(this, ends[own] as IpAddress, { ...PLAIN, neighborIp: ends[other] as IpAddress, sourceIp: ends[own] as IpAddress, ...more })
    this.first = end(0, 1, ofFirst)
    this.second = end(1, 0, ofSecond)
  }

  get bothUp(): boolean {
    return this.first.isUp && this.second.isUp
  }

  carry(from: End, data: Uint8Array): void {
    const to = this.first === from ? this.second : this.first
    const { loss, duplication, delay } = this.path
    if (this.mute.has(from)) return
    for (let copies = this.random.chance(duplication) ? 2 : 1; copies > 0; copies--) {
      if (this.random.chance(loss)) continue
      const arrival = micros(this.random.next() * delay)
      const event: DatagramEvent = {
        kind: 'datagram',
        source: from.address,
        sourcePort: 49_152,
        destination: to.address,
        port: 3784,
        ttl: 255,
        data,
      }
      this.world.after(arrival, () => to.receive(event))
    }
  }

  /** Seconds until it is so; undefined if not within the limit. */
  until(isSo: () => boolean, limit: number): number | undefined {
    for (let passed = 0; passed <= limit; passed += 0.01) {
      if (isSo()) return passed
      this.world.run(fromSeconds(0.01))
    }
    return undefined
  }
}

const PLAIN = sessionConfig({ sourceIp: undefined, minTx: fromMillis(100), multiplier: 5 })
