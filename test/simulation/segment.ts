import { decode, encode } from 'dgram-vrrp/codec'
import type { IpAddress } from '../../src/base/ip.ts'
import type { Prng } from '../../src/base/prng.ts'
import { elapsed, type Instant, type Micros, micros } from '../../src/base/units.ts'
import type { SendAdvertEffect } from '../../src/core/vrrp/effects.ts'
import type { AdvertEvent } from '../../src/core/vrrp/events.ts'
import type { World } from './world.ts'

/** What a station on the segment is. */
export interface Station {
  readonly name: string
  readonly address: IpAddress
  /** The interface index that datagrams come in on; undefined while there is none or it is down. */
  ifindex(): number | undefined
  receive(event: AdvertEvent): void
}

/** What the wire does to datagrams; probabilities in 0..1. */
export interface Noise {
  readonly loss: number
  readonly duplication: number
  readonly corruption: number
  /** Each copy takes its own time of up to this: those later sent may arrive earlier. */
  readonly delay: Micros
}

export const QUIET: Noise = { loss: 0, duplication: 0, corruption: 0, delay: micros(200) }

/** A LAN: what is sent is encoded, carried as bytes with all that may happen to them, and decoded again. */
export class Segment {
  readonly #world: World
  readonly #random: Prng
  readonly #stations: Station[] = []
  /** "a>b": what a sends does not reach b. */
  readonly #cut = new Set<string>()
  /** When the latest datagram from one host to another arrives, "a>b". */
  readonly #arrivals = new Map<string, Instant>()
  noise: Noise = QUIET

  constructor(world: World, random: Prng) {
    this.#world = world
    this.#random = random
  }

  attach(station: Station): void {
    this.#stations.push(station)
  }

  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`)
  }

  mend(from: string, to: string): void {
    this.#cut.delete(`${from}>${to}`)
  }

  mendAll(): void {
    this.#cut.clear()
  }

  send(from: Station, effect: SendAdvertEffect): void {
    if (from.ifindex() === undefined) return
    const { family, source, group, checksum, advert, multicast } = effect
    for (const destination of effect.destinations) {
      const bytes = encode(advert, { family, source, destination, group, checksum })
      const packet = decode(bytes, { family, source, destination })
      for (const to of this.#stations) {
        if (to === from || (!multicast && to.address !== destination)) continue
        this.#carry(bytes, { from, to, destination, ttl: effect.ttl ?? 64, family, source, packet })
      }
    }
  }

  #carry(bytes: Uint8Array, way: Way): void {
    const { noise } = this
    const random = this.#random
    if (this.#cut.has(`${way.from.name}>${way.to.name}`) || random.chance(noise.loss)) return
    const copies = random.chance(noise.duplication) ? random.between(2, 4) : 1
    for (let copy = 0; copy < copies; copy++) {
      const delay = this.#inOrder(way, micros(random.between(20, noise.delay)))
      if (random.chance(noise.corruption)) {
        const { family, source, destination } = way
        const packet = decode(corrupt(bytes, random), { family, source, destination })
        this.#world.after(delay, () => deliver({ ...way, packet }))
      } else this.#world.after(delay, () => deliver(way))
    }
  }

  /** A quiet wire does not reorder what one host sends to another. */
  #inOrder({ from, to }: Way, delay: Micros): Micros {
    if (this.noise !== QUIET) return delay
    const key = `${from.name}>${to.name}`
    const now = this.#world.now()
    const arrival = Math.max(now + delay, (this.#arrivals.get(key) ?? now) + 1) as Instant
    this.#arrivals.set(key, arrival)
    return elapsed(now, arrival)
  }
}

interface Way {
  readonly from: Station
  readonly to: Station
  readonly destination: IpAddress
  readonly ttl: number
  readonly family: 4 | 6
  readonly source: IpAddress
  /** What the bytes say: the same to all who get them unharmed. */
  readonly packet: AdvertEvent['packet']
}

function deliver({ to, destination, ttl, family, source, packet }: Way): void {
  const ifindex = to.ifindex()
  if (ifindex === undefined) return
  to.receive({ kind: 'advert', ifindex, family, source, destination, ttl, truncated: false, packet })
}

function corrupt(bytes: Uint8Array, random: Prng): Uint8Array {
  const worse = bytes.slice()
  const at = random.between(0, worse.length - 1)
  worse[at] = (worse[at] ?? 0) ^ (1 << random.between(0, 7))
  return random.chance(0.2) ? worse.subarray(0, random.between(0, worse.length)) : worse
}
