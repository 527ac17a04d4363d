import { type Family, familyOf, type IpAddress, ipToBytes } from '../../src/base/ip.ts'
import type { ServiceKey } from '../../src/core/check/config.ts'
import type { InterfaceAddress, LinkEvent } from '../../src/core/links.ts'
import {
  type AddressObject,
  type DestinationObject,
  type FilterObject,
  type KernelKind,
  type KernelObject,
  type KernelPort,
  keyOf,
  type LinkObject,
  type Operation,
  type OperationResult,
  ownerKeyOf,
  type RouteObject,
  type RuleObject,
  type ServiceObject,
  type SettingObject,
  serviceKeyText,
} from '../../src/core/reconcile/kinds.ts'
import { hopsOf } from '../../src/core/reconcile/route.ts'

export const ENOENT = 2
export const ESRCH = 3
export const EBUSY = 16
export const EEXIST = 17
export const ENODEV = 19
export const EINVAL = 22
export const ERANGE = 34
export const EADDRNOTAVAIL = 99

const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'mh', 'sed', 'nq', 'fo', 'ovf']
const descriptions: Readonly<Record<number, string>> = {
  [ENOENT]: 'No such file or directory',
  [ESRCH]: 'No such process',
  [EEXIST]: 'File exists',
  [ENODEV]: 'No such device',
}

type OtherObject = RouteObject | RuleObject | FilterObject

/** A kernel in memory that passes the same contract as the real one, and can be told to misbehave. */
export class FakeKernel implements KernelPort {
  /** Told of every change of an address, by us or behind our back, in order. */
  onEvent: ((event: LinkEvent) => void) | undefined
  /** Every operation ever asked for, refused or not. */
  readonly asked: Operation[] = []
  /** How often a kind was listed. */
  readonly listed: KernelKind[] = []
  /** How many objects these lists had. */
  readonly counts: number[] = []
  readonly #interfaces = new Map<string, number>()
  readonly #links = new Map<string, LinkObject>()
  readonly #settings = new Map<string, SettingObject>()
  #addresses: AddressObject[] = []
  /** Routes, rules and filters, which know nothing of each other here. */
  readonly #others = new Map<string, OtherObject>()
  readonly #services = new Map<string, ServiceObject>()
  readonly #destinations = new Map<string, DestinationObject>()
  readonly #refusals = new Map<number, number>()
  #refuse: ((operation: Operation) => number) | undefined
  #interruptedLists = 0

  constructor(interfaces: readonly string[] = ['eth0']) {
    for (const name of interfaces) this.addInterface(name)
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    return operations.map((operation) => {
      this.asked.push(operation)
      const refused = this.#refusals.get(this.asked.length) ?? this.#refuse?.(operation) ?? 0
      return answer(refused !== 0 ? refused : this.#perform(operation))
    })
  }

  list(kind: KernelKind, of?: readonly ServiceKey[]): readonly KernelObject[] | undefined {
    this.listed.push(kind)
    if (this.#interruptedLists > 0) {
      this.#interruptedLists--
      return undefined
    }
    const found = this.#list(kind, of?.map(serviceKeyText))
    this.counts.push(found?.length ?? 0)
    return found
  }

  #list(kind: KernelKind, of: readonly string[] | undefined): readonly KernelObject[] | undefined {
    switch (kind) {
      case 'link':
        return [...this.#links.values()]
      case 'setting':
        return [...this.#settings.values()]
      case 'address':
        return [...this.#addresses]
      case 'route':
      case 'rule':
      case 'filter':
        return [...this.#others.values()].filter((object) => object.kind === kind)
      case 'service':
        return [...this.#services.values()]
      case 'destination':
        if (of === undefined) return [...this.#destinations.values()]
        if (!of.every((service) => this.#services.has(service))) return undefined
        return [...this.#destinations.values()].filter((destination) => of.includes(ownerKeyOf(destination)))
    }
  }

  /** All there is, as keys, sorted: what a test compares. */
  keys(): readonly string[] {
    return [
      ...[...this.#links.values(), ...this.#settings.values(), ...this.#addresses].map(keyOf),
      ...this.#others.keys(),
      ...this.#services.keys(),
      ...this.#destinations.keys(),
    ].sort()
  }

  has(object: KernelObject): boolean {
    return this.keys().includes(keyOf(object))
  }

  /** Refuses the nth operation from the beginning of time, counted from 1. */
  refuseNth(n: number, errno: number): void {
    this.#refusals.set(n, errno)
  }

  /** Refuses every operation for which this is not 0; undefined ends it. */
  refuseWhere(errno: ((operation: Operation) => number) | undefined): void {
    this.#refuse = errno
  }

  /** The next n lists cannot be read whole. */
  interruptLists(n: number): void {
    this.#interruptedLists = n
  }

  /** What somebody else does: no fault applies and nothing is recorded as asked. */
  behindOurBack(...operations: readonly Operation[]): void {
    for (const operation of operations) this.#perform(operation)
  }

  addInterface(name: string): void {
    this.#interfaces.set(name, this.#interfaces.size + 1)
  }

  /** Its addresses go with it. */
  removeInterface(name: string): void {
    for (const object of this.#addresses.filter((address) => address.interface === name)) this.#dropAddress(object)
    this.#interfaces.delete(name)
    this.#links.delete(name)
    for (const { name: above, base } of this.#links.values()) if (base === name) this.removeInterface(above)
    for (const [key, setting] of this.#settings) if (setting.interface === name) this.#settings.delete(key)
  }

  #perform(operation: Operation): number {
    if (operation.kind === 'flush-services') {
      this.#services.clear()
      this.#destinations.clear()
      return 0
    }
    const { object } = operation
    switch (object.kind) {
      case 'link':
        return this.#performLink(operation.kind, object)
      case 'setting':
        return this.#performSetting(operation.kind, object)
      case 'address':
        return this.#performAddress(operation.kind, object)
      case 'route':
      case 'rule':
      case 'filter':
        return this.#performOther(operation.kind, object)
      case 'service':
        return this.#performService(operation.kind, object)
      case 'destination':
        return this.#performDestination(operation.kind, object)
    }
  }

  #performLink(kind: 'add' | 'replace' | 'remove', object: LinkObject): number {
    const exists = this.#links.has(object.name)
    if (kind === 'remove') {
      if (!exists) return ENODEV
      this.removeInterface(object.name)
      return 0
    }
    if (kind === 'add') {
      if (!this.#interfaces.has(object.base)) return ENODEV
      if (exists) return EEXIST
      if (this.#interfaces.has(object.name)) return EBUSY
      this.addInterface(object.name)
    } else if (!exists) return ENODEV
    this.#links.set(object.name, object)
    return 0
  }

  #performSetting(kind: 'add' | 'replace' | 'remove', object: SettingObject): number {
    if (kind === 'remove') this.#settings.delete(keyOf(object))
    else if (object.interface !== 'all' && !this.#interfaces.has(object.interface)) return ENOENT
    else this.#settings.set(keyOf(object), object)
    return 0
  }

  #performOther(kind: 'add' | 'replace' | 'remove', object: OtherObject): number {
    const key = keyOf(object)
    const exists = this.#others.has(key)
    const devices = object.kind === 'route' ? hopsOf(object).flatMap((hop) => hop.interface ?? []) : []
    if (devices.some((device) => !this.#interfaces.has(device))) return ENODEV
    if (kind === 'remove') {
      this.#others.delete(key)
      return exists ? 0 : object.kind === 'route' ? ESRCH : ENOENT
    }
    // A filter is made anew, whatever was there.
    if (exists && object.kind !== 'filter') return EEXIST
    this.#others.set(key, object)
    return 0
  }

  #performAddress(kind: 'add' | 'replace' | 'remove', object: AddressObject): number {
    if (!this.#interfaces.has(object.interface)) return ENODEV
    const there = this.#addresses.find((address) => keyOf(address) === keyOf(object))
    switch (kind) {
      case 'add': {
        if (there !== undefined) return EEXIST
        const kept: AddressObject =
          familyOf(object.prefix.address) === 4
            ? { ...object, label: object.label ?? object.interface }
            : { ...object, label: undefined, broadcast: undefined }
        this.#addresses.push(kept)
        this.#tell('address-added', kept)
        return 0
      }
      case 'replace':
        if (there === undefined) return ENOENT
        this.#addresses = this.#addresses.map((address) =>
          address === there ? { ...address, preferredLft: object.preferredLft } : address,
        )
        this.#tell('address-added', there)
        return 0
      case 'remove':
        if (there === undefined) return EADDRNOTAVAIL
        for (const gone of this.#fallsWith(there)) this.#dropAddress(gone)
        return 0
    }
  }

  /** The first IPv4 address of a subnet takes the later ones along, as with promote_secondaries 0. */
  #fallsWith(first: AddressObject): readonly AddressObject[] {
    const siblings = this.#addresses.filter((address) => sameSubnet(address, first))
    return familyOf(first.prefix.address) === 4 && siblings[0] === first ? [...siblings.slice(1), first] : [first]
  }

  #dropAddress(object: AddressObject): void {
    this.#tell('address-removed', object)
    this.#addresses = this.#addresses.filter((address) => address !== object)
  }

  #tell(kind: 'address-added' | 'address-removed', object: AddressObject): void {
    const address: InterfaceAddress = {
      index: this.#interfaces.get(object.interface) ?? 0,
      prefix: object.prefix,
      scope: object.scope,
      secondary: familyOf(object.prefix.address) === 4 && this.#addresses.find((other) => sameSubnet(other, object)) !== object,
      tentative: false,
    }
    this.onEvent?.({ kind, address })
  }

  #performService(kind: 'add' | 'replace' | 'remove', object: ServiceObject): number {
    const key = keyOf(object)
    const exists = this.#services.has(key)
    if (kind === 'remove') {
      if (!exists) return ESRCH
      this.#services.delete(key)
      for (const [other, destination] of this.#destinations) if (ownerKeyOf(destination) === key) this.#destinations.delete(other)
      return 0
    }
    if (kind === 'add' && exists) return EEXIST
    if (kind === 'replace' && !exists) return ESRCH
    if (!schedulers.includes(object.scheduler)) return ENOENT
    this.#services.set(key, { ...object, flags: object.flags | 2 })
    return 0
  }

  #performDestination(kind: 'add' | 'replace' | 'remove', object: DestinationObject): number {
    const key = keyOf(object)
    if (!this.#services.has(ownerKeyOf(object))) return ESRCH
    const exists = this.#destinations.has(key)
    if (kind !== 'add' && !exists) return ENOENT
    if (kind === 'remove') {
      this.#destinations.delete(key)
      return 0
    }
    if (object.weight < 0 || object.lthreshold > object.uthreshold) return ERANGE
    if (kind === 'add' && exists) return EEXIST
    this.#destinations.set(key, object)
    return 0
  }
}

function answer(errno: number): OperationResult {
  return { errno, detail: errno === 0 ? '' : (descriptions[errno] ?? `errno ${errno}`) }
}

function sameSubnet(a: AddressObject, b: AddressObject): boolean {
  const family: Family = familyOf(a.prefix.address)
  if (a.interface !== b.interface || family !== familyOf(b.prefix.address) || a.prefix.length !== b.prefix.length) return false
  return network(a.prefix.address, a.prefix.length) === network(b.prefix.address, b.prefix.length)
}

function network(address: IpAddress, length: number): string {
  return Array.from(ipToBytes(address), (byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length)
}
