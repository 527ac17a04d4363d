import { errnoName, ifNameToIndex } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import type { Result } from '../base/result.ts'
import type { AddressObject, KernelObject, Operation, OperationResult, RouteObject, RuleObject } from '../core/reconcile/kinds.ts'
import type { Connection } from '../netlink/connection.ts'
import { ENODEV, EPERM, RTPROT_KEEPALIVED } from '../netlink/constants.ts'
import type { Message, Request } from '../netlink/message.ts'
import { deleteAddress, listAddresses, newAddress, type RouteAddress, readAddress } from '../netlink/route/address.ts'
import { listLinks, readLink, readVrfTable } from '../netlink/route/link.ts'
import { deleteRoute, listRoutes, newRoute, type RouteNames, readRoute } from '../netlink/route/route.ts'
import { deleteRule, listRules, newRule, readRule } from '../netlink/route/rule.ts'

/** What this table keeps. */
export type RtnetlinkObject = AddressObject | RouteObject | RuleObject

export function isRtnetlink(object: KernelObject): object is RtnetlinkObject {
  return object.kind === 'address' || object.kind === 'route' || object.kind === 'rule'
}

/** The addresses, routes and rules of this network namespace. */
export class RtnetlinkTable {
  readonly #connect: () => Result<Connection, number>
  /** Reads less: the kernel looks at what a dump asks for (NETLINK_GET_STRICT_CHK). */
  readonly #connectToRead: () => Result<Connection, number>
  /** Every interface is one that does not exist: the kernel is asked, refuses (ENODEV), and nothing changes. */
  readonly #nowhere: boolean
  /** Who may have made routes of ours; a table is read for them alone, since it may hold a million of others. */
  readonly #protocols = new Set([RTPROT_KEEPALIVED])

  constructor(connect: () => Result<Connection, number>, connectToRead = connect, nowhere = false) {
    this.#connect = connect
    this.#connectToRead = connectToRead
    this.#nowhere = nowhere
  }

  /** These may have been made in an earlier life, and are to be found. */
  expect(objects: readonly KernelObject[]): void {
    for (const object of objects) if (object.kind === 'route') this.#protocols.add(object.protocol)
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const connection = this.#connect()
    if (!connection.ok) return operations.map(() => outcome(connection.error, ''))
    const names = new Names(connection.value, this.#nowhere)
    const requests: Request[] = []
    const pending = operations.map((operation): number | OperationResult => {
      assert(operation.kind !== 'flush-services' && isRtnetlink(operation.object), 'only addresses, routes and rules are kept here')
      const { object } = operation
      const missing = devicesOf(object).find((device) => names.indexOf(device) < 0)
      if (missing !== undefined) return outcome(ENODEV, `no interface ${missing}`)
      if (object.kind === 'route' && object.vrf !== undefined && names.tableOf(object.vrf) === undefined)
        return outcome(ENODEV, `no routing domain ${object.vrf}`)
      requests.push(toRequest(operation.kind, object, names))
      return requests.length - 1
    })
    this.expect(operations.flatMap((operation) => (operation.kind === 'flush-services' ? [] : operation.object)))
    const verdicts = connection.value.batch(requests)
    return pending.map((at) => (typeof at === 'number' ? outcome(verdicts[at]?.errno ?? 0, verdicts[at]?.detail ?? '') : at))
  }

  /** Undefined if they could not be read whole. */
  list(kind: RtnetlinkObject['kind']): readonly RtnetlinkObject[] | undefined {
    switch (kind) {
      case 'address':
        return this.#addresses()
      case 'route':
        return this.#routes()
      case 'rule':
        return this.#dump([listRules(4), listRules(6)])?.flatMap((message) => readRule(message) ?? [])
    }
  }

  #addresses(): readonly AddressObject[] | undefined {
    const dump = this.#dump([listAddresses])
    const names = this.#linkNames()
    return (
      names &&
      dump?.flatMap((message) => {
        const address = readAddress(message)
        const name = address === undefined ? undefined : names.get(address.index)
        // An interface that vanished meanwhile took its addresses along.
        return address === undefined || name === undefined ? [] : [toObject(address, name)]
      })
    )
  }

  #routes(): readonly RouteObject[] | undefined {
    const protocols = [...this.#protocols]
    const dump = this.#dump(protocols.flatMap((protocol) => [listRoutes(4, protocol), listRoutes(6, protocol)]))
    const links = dump && this.#dump([listLinks])
    if (links === undefined) return undefined
    const names = new Map(links.flatMap((message) => readLink(message) ?? []).map(({ index, name }) => [index, name]))
    const domains = new Map(links.flatMap((message) => readVrfTable(message) ?? []).map(({ name, table }) => [table, name]))
    return dump
      ?.flatMap((message) => readRoute(message, { nameOf: (index) => names.get(index) }) ?? [])
      .flatMap((route) => readings(route, domains.get(route.table)))
  }

  #linkNames(): ReadonlyMap<number, string> | undefined {
    const links = this.#dump([listLinks])
    return links && new Map(links.flatMap((message) => readLink(message) ?? []).map(({ index, name }) => [index, name]))
  }

  /** Undefined if one of them could not be read whole. */
  #dump(requests: readonly Request[]): readonly Message[] | undefined {
    const connection = this.#connectToRead()
    if (!connection.ok) return undefined
    const messages: Message[] = []
    for (const request of requests) {
      const dump = connection.value.dump(request)
      if (!dump.ok) return undefined
      messages.push(...dump.value)
    }
    return messages
  }
}

/**
 * One route may be written in several ways: by its table or by the routing domain that the table belongs to; and what IPv6 shows as
 * one route of several hops may have been added hop by hop. Whoever looks for one of them finds it.
 */
function readings(route: RouteObject, domain: string | undefined): readonly RouteObject[] {
  const apart =
    route.family === 6
      ? route.nexthops.map(({ via, interface: device, onlink, encap }) => ({
          ...route,
          via,
          interface: device,
          onlink,
          encap,
          nexthops: [],
        }))
      : []
  const all = [route, ...apart]
  return domain === undefined ? all : [...all, ...all.map((one) => ({ ...one, vrf: domain }))]
}

/** Looked up anew for each batch: an interface that was deleted and made again has another index. */
class Names implements RouteNames {
  readonly #connection: Connection
  readonly #nowhere: boolean
  readonly #indexes = new Map<string, number>()
  #tables: ReadonlyMap<string, number> | undefined

  constructor(connection: Connection, nowhere: boolean) {
    this.#connection = connection
    this.#nowhere = nowhere
  }

  indexOf(device: string): number {
    const index = this.#indexes.get(device) ?? ifNameToIndex(device)
    this.#indexes.set(device, index)
    return this.#nowhere ? noIndex : index
  }

  nameOf(): undefined {
    return undefined
  }

  tableOf(vrf: string): number | undefined {
    if (this.#tables === undefined) {
      const links = this.#connection.dump(listLinks)
      const domains = links.ok ? links.value.flatMap((message) => readVrfTable(message) ?? []) : []
      this.#tables = new Map(domains.map(({ name, table }) => [name, table]))
    }
    return this.#tables.get(vrf)
  }
}

function devicesOf(object: RtnetlinkObject): readonly string[] {
  switch (object.kind) {
    case 'address':
      return [object.interface]
    case 'route':
      return [object.interface, ...object.nexthops.map((hop) => hop.interface)].filter((device) => device !== undefined)
    case 'rule':
      // The kernel waits for the link of a rule.
      return []
  }
}

/** The largest index there can be; the kernel counts from 1. */
const noIndex = 0x7fff_ffff

function toRequest(kind: 'add' | 'replace' | 'remove', object: RtnetlinkObject, names: Names): Request {
  switch (object.kind) {
    case 'address': {
      const index = names.indexOf(object.interface)
      return kind === 'remove' ? deleteAddress(object, index) : newAddress(object, index, kind)
    }
    case 'route':
      return kind === 'remove' ? deleteRoute(object, names) : newRoute(object, names)
    case 'rule':
      return kind === 'remove' ? deleteRule(object) : newRule(object)
  }
}

function toObject({ prefix, peer, scope, label, broadcast, flags, preferredLft }: RouteAddress, name: string): AddressObject {
  return { kind: 'address', interface: name, prefix, scope, label, broadcast, peer, flags, preferredLft }
}

function outcome(errno: number, detail: string): OperationResult {
  if (errno === 0) return { errno, detail: '' }
  if (errno === EPERM) return { errno, detail: 'changing addresses and routes needs root or CAP_NET_ADMIN' }
  return { errno, detail: detail === '' ? errnoName(errno) : detail }
}
