import type { IpAddress } from '../../src/base/ip.ts'
import type { MacAddress } from '../../src/base/mac.ts'
import type { InterfaceAddress, Link, LinkEvent } from '../../src/core/links.ts'
import {
  type AddressObject,
  addressKey,
  type KernelKind,
  type KernelObject,
  type KernelPort,
  keyOf,
  type Operation,
  type OperationResult,
} from '../../src/core/reconcile/kinds.ts'
import { FakeKernel } from '../support/fake-kernel.ts'

/** A host's kernel: one interface eth0 that can go down, vanish and come back with another index, and its addresses. */
export class SimulatedKernel implements KernelPort {
  /** Notifications as rtnetlink would send them, in order. */
  onEvent: ((event: LinkEvent) => void) | undefined
  readonly #mac: MacAddress
  readonly #own: readonly AddressObject[]
  #fake = new FakeKernel([])
  /** What is there, by key: asked for after every event of the world. */
  readonly #present = new Set<string>()
  #index = 1
  #state: 'up' | 'down' | 'missing' = 'missing'

  constructor(number: number, addresses: readonly { readonly address: IpAddress; readonly length: number }[]) {
    this.#mac = `02:00:00:00:00:0${number}` as MacAddress
    this.#own = addresses.map((prefix) => ({
      kind: 'address',
      interface: 'eth0',
      prefix,
      scope: 0,
      label: undefined,
      broadcast: undefined,
      peer: undefined,
      flags: 0,
      preferredLft: undefined,
    }))
    this.powerOn()
  }

  /** A machine without a memory. */
  powerOn(): void {
    this.#fake = new FakeKernel([])
    this.#present.clear()
    this.#fake.onEvent = (event) => this.#tell(event)
    this.#state = 'missing'
    this.plugIn()
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    return this.#fake.apply(operations)
  }

  list(kind: KernelKind): readonly KernelObject[] | undefined {
    return this.#fake.list(kind)
  }

  has(object: KernelObject): boolean {
    return this.#present.has(keyOf(object))
  }

  /** Its own, not virtual, addresses: nobody may touch them. */
  isIntact(): boolean {
    return this.#state === 'missing' || this.#own.every((address) => this.has(address))
  }

  refuseWhere(errno: ((operation: Operation) => number) | undefined): void {
    this.#fake.refuseWhere(errno)
  }

  removeBehindOurBack(object: AddressObject): void {
    if (this.has(object)) this.#fake.behindOurBack({ kind: 'remove', object })
  }

  /** Undefined while nothing can be sent or heard. */
  ifindex(): number | undefined {
    return this.#state === 'up' ? this.#index : undefined
  }

  exists(): boolean {
    return this.#state !== 'missing'
  }

  setRunning(running: boolean): void {
    if (this.#state === 'missing') return
    this.#state = running ? 'up' : 'down'
    this.#tell({ kind: 'link', link: this.#link() })
  }

  unplug(): void {
    if (this.#state === 'missing') return
    this.#state = 'missing'
    this.#fake.removeInterface('eth0')
    this.#tell({ kind: 'link-removed', index: this.#index, name: 'eth0' })
  }

  plugIn(): void {
    if (this.#state !== 'missing') return
    this.#index++
    this.#state = 'up'
    this.#fake.addInterface('eth0')
    this.#tell({ kind: 'link', link: this.#link() })
    this.#fake.behindOurBack(...this.#own.map((object): Operation => ({ kind: 'add', object })))
  }

  /** The answer to a dump. */
  picture(): LinkEvent {
    const addresses = (this.#fake.list('address') ?? []).filter((object) => object.kind === 'address')
    return {
      kind: 'links-known',
      links: this.#state === 'missing' ? [] : [this.#link()],
      addresses: addresses.map(
        ({ prefix, scope }): InterfaceAddress => ({ index: this.#index, prefix, scope, secondary: false, tentative: false }),
      ),
    }
  }

  #tell(event: LinkEvent): void {
    if (event.kind === 'address-added' || event.kind === 'address-removed') {
      const key = addressKey('eth0', event.address.prefix)
      if (event.kind === 'address-added') this.#present.add(key)
      else this.#present.delete(key)
      this.onEvent?.({ kind: event.kind, address: { ...event.address, index: this.#index } })
    } else this.onEvent?.(event)
  }

  #link(): Link {
    const running = this.#state === 'up'
    return { index: this.#index, name: 'eth0', mac: this.#mac, mtu: 1500, up: true, running, loopback: false, multicast: true, arp: true }
  }
}
