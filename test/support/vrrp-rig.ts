import { type Advertisement, type ChecksumForm, decode, encode, type Signature } from 'dgram-vrrp/codec'
import { type Family, type IpAddress, parsePrefix } from '../../src/base/ip.ts'
import type { MacAddress } from '../../src/base/mac.ts'
import { type Instant, instant } from '../../src/base/units.ts'
import type { InterfaceAddress, Link } from '../../src/core/links.ts'
import { createLoop, type Loop } from '../../src/core/loop.ts'
import type { KernelObject } from '../../src/core/reconcile/kinds.ts'
import type { VrrpConfig } from '../../src/core/vrrp/config.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import type { AdvertEvent, VrrpEvent } from '../../src/core/vrrp/events.ts'
import type { Instance } from '../../src/core/vrrp/instance.ts'
import type { Report } from '../../src/core/vrrp/reports.ts'
import { desired, type RouterState, router } from '../../src/core/vrrp/router.ts'

/** One effect, with the second at which it was performed. */
export interface Performed {
  readonly at: number
  readonly effect: VrrpEffect
}

type Of<Kind extends VrrpEffect['kind']> = Extract<VrrpEffect, { kind: Kind }>

/** An advert from the peer of the wire tests: v2, VRID 51, priority 100, 1 s, 192.0.2.10, from 192.0.2.1 to the group. */
export interface Incoming extends Partial<Omit<Advertisement, 'authData'>> {
  readonly source?: string
  readonly destination?: string
  readonly ttl?: number | undefined
  readonly ifindex?: number
  readonly family?: Family
  readonly checksum?: ChecksumForm
  readonly group?: string
  readonly authData?: Uint8Array
  readonly truncated?: boolean
  readonly signature?: Signature
  /** What happens to the bytes on their way. */
  readonly spoil?: (bytes: Uint8Array) => Uint8Array
}

export function link(name = 'eth0', differing: Partial<Link> = {}): Link {
  const index = differing.index ?? 2
  const mac = `02:00:00:00:00:0${index}` as MacAddress
  return { index, name, mac, mtu: 1500, up: true, running: true, loopback: false, multicast: true, arp: true, ...differing }
}

export function hostAddress(text: string, differing: Partial<InterfaceAddress> = {}): InterfaceAddress {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(`not an address: ${text}`)
  return { index: 2, prefix, scope: 0, secondary: false, tentative: false, ...differing }
}

export function incoming(differing: Incoming = {}): AdvertEvent {
  const { source, destination, ttl, ifindex, family = 4, checksum, group, truncated, signature, spoil, ...fields } = differing
  const version = fields.version ?? (family === 4 ? 2 : 3)
  const advert: Advertisement = {
    version,
    type: 1,
    vrid: 51,
    priority: 100,
    intervalCs: 100,
    authType: 0,
    authData: new Uint8Array(version === 2 && family === 4 ? 8 : 0),
    addresses: [family === 4 ? '192.0.2.10' : 'fe80::10'],
    ...fields,
  }
  const from = (source ?? (family === 4 ? '192.0.2.1' : 'fe80::1')) as IpAddress
  const to = (destination ?? (family === 4 ? '224.0.0.18' : 'ff02::12')) as IpAddress
  const form = checksum ?? (version === 2 && family === 4 ? 'message-only' : 'pseudo-header')
  const bytes = encode(advert, {
    family,
    source: from,
    destination: to,
    checksum: form,
    signature,
    ...(group === undefined ? {} : { group }),
  })
  const packet = decode(spoil === undefined ? bytes : spoil(bytes), { family, source: from, destination: to })
  return {
    kind: 'advert',
    ifindex: ifindex ?? 2,
    family,
    source: from,
    destination: to,
    ttl: 'ttl' in differing ? ttl : 255,
    truncated: truncated ?? false,
    packet,
  }
}

/** The router of one host in its loop, with a clock that is moved by hand. Time is told in seconds since the start. */
export class Rig {
  readonly performed: Performed[] = []
  /** What the sockets hold unread. */
  readonly unread: VrrpEvent[] = []
  readonly #loop: Loop<RouterState, VrrpEvent>
  readonly #kernel: 'prompt' | 'by-hand'
  #now: Instant = instant(7_000_000_000)
  #wakeAt: Instant | undefined
  #settled: readonly KernelObject[] = []

  /** The kernel sets addresses at once, unless it is told to do so `by-hand`. */
  constructor(
    config: VrrpConfig,
    options: { readonly links?: readonly Link[]; readonly addresses?: readonly InterfaceAddress[]; readonly kernel?: 'by-hand' } = {},
  ) {
    this.#kernel = options.kernel ?? 'prompt'
    this.#loop = createLoop<RouterState, VrrpEvent, VrrpEffect>({
      machine: router,
      clock: {
        now: () => this.#now,
        wakeAt: (at) => {
          this.#wakeAt = at
        },
      },
      sources: [
        {
          drain: () => {
            for (let event = this.unread.shift(); event !== undefined; event = this.unread.shift()) this.#loop.dispatch(event)
          },
        },
      ],
      perform: (effect) => {
        this.performed.push({ at: this.now(), effect })
      },
      stepped: (state) => {
        if (desired(state) === this.#settled) return
        this.#settled = desired(state)
        if (this.#kernel === 'prompt') this.settle()
      },
    })
    this.dispatch({ kind: 'configured', config })
    const { links = [link()], addresses = [hostAddress('192.0.2.2/24'), hostAddress('fe80::2/64', { scope: 253 })] } = options
    this.dispatch({ kind: 'links-known', links, addresses })
  }

  now(): number {
    return (this.#now - 7_000_000_000) / 1e6
  }

  clock(): Instant {
    return this.#now
  }

  state(): RouterState {
    return this.#loop.state()
  }

  instance(name = 'VI_1'): Instance {
    const found = this.state().instances.find(({ config }) => config.name === name)
    if (found === undefined) throw new Error(`no instance ${name}`)
    return found
  }

  role(name = 'VI_1'): string {
    return this.instance(name).state.role
  }

  /** Seconds until the loop wants to wake. */
  due(): number | undefined {
    return this.#wakeAt === undefined ? undefined : (this.#wakeAt - 7_000_000_000) / 1e6
  }

  dispatch(event: VrrpEvent): this {
    this.#loop.dispatch(event)
    return this
  }

  hear(advert: Incoming = {}): this {
    return this.dispatch(incoming(advert))
  }

  /** The kernel has done what was desired, or has these addresses. */
  settle(addresses: readonly KernelObject[] = desired(this.state())): this {
    return this.dispatch({ kind: 'settled', objects: addresses })
  }

  /** Lets so many seconds pass, waking at every deadline. */
  pass(seconds: number): this {
    const end = Math.round(this.#now + seconds * 1e6)
    while (this.#wakeAt !== undefined && this.#wakeAt <= end) {
      if (this.#wakeAt > this.#now) this.#now = this.#wakeAt
      this.#wake()
    }
    this.#now = end as Instant
    return this
  }

  /** The process does not run for so many seconds, and the next event is not its own wake-up. */
  sleep(seconds: number): this {
    this.#now = Math.round(this.#now + seconds * 1e6) as Instant
    return this
  }

  /** The process does not run for so many seconds, then wakes. */
  stall(seconds: number): this {
    this.sleep(seconds).#wake()
    return this
  }

  /** Lets time pass until the instance is in this state; says when that was. */
  until(role: string, name = 'VI_1'): number {
    for (let steps = 0; this.role(name) !== role; steps++) {
      const at = this.#wakeAt
      if (at === undefined || steps > 10_000) throw new Error(`${name} stays ${this.role(name)}`)
      if (at > this.#now) this.#now = at
      this.#wake()
    }
    return this.now()
  }

  /** As the clock does: a wake-up is used up by it. */
  #wake(): void {
    this.#wakeAt = undefined
    this.#loop.wake()
  }

  effects<Kind extends VrrpEffect['kind']>(kind: Kind): readonly (Of<Kind> & { readonly at: number })[] {
    return this.performed.flatMap(({ at, effect }) => (effect.kind === kind ? [{ at, ...(effect as Of<Kind>) }] : []))
  }

  adverts(): readonly (Of<'send-advert'> & { readonly at: number })[] {
    return this.effects('send-advert')
  }

  reports(event?: Report['event']): readonly Report[] {
    return this.effects('report')
      .map(({ report }) => report)
      .filter((report) => event === undefined || report.event === event)
  }

  /** Forgets what has been performed so far. */
  forget(): this {
    this.performed.length = 0
    return this
  }
}
