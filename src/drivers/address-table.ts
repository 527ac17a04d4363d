import { errnoName, ifNameToIndex } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import type { IpAddress, Prefix } from '../base/ip.ts'
import type { Result } from '../base/result.ts'
import type { AddressObject, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import type { Connection } from '../netlink/connection.ts'
import { EPERM } from '../netlink/constants.ts'
import type { Request } from '../netlink/message.ts'
import { deleteAddress, listAddresses, newAddress, type RouteAddress, readAddress } from '../netlink/route/address.ts'
import { listLinks, readLink } from '../netlink/route/link.ts'

/** The addresses of this network namespace's interfaces. */
export class AddressTable {
  readonly #connect: () => Result<Connection, number>

  constructor(connect: () => Result<Connection, number>) {
    this.#connect = connect
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const connection = this.#connect()
    if (!connection.ok) return operations.map(() => outcome(connection.error, ''))
    // Looked up anew each time: an interface that was deleted and made again has another index.
    const indexes = new Map<string, number>()
    const indexOf = (name: string): number => {
      const index = indexes.get(name) ?? ifNameToIndex(name)
      indexes.set(name, index)
      return index
    }
    const requests: Request[] = []
    const pending = operations.map((operation): number | OperationResult => {
      assert(operation.kind !== 'flush-services' && operation.object.kind === 'address', 'only addresses are kept here')
      const index = indexOf(operation.object.interface)
      if (index < 0) return outcome(-index, `no interface ${operation.object.interface}`)
      requests.push(toRequest(operation.kind, operation.object, index))
      return requests.length - 1
    })
    const verdicts = connection.value.batch(requests)
    return pending.map((at) => (typeof at === 'number' ? outcome(verdicts[at]?.errno ?? 0, verdicts[at]?.detail ?? '') : at))
  }

  /** Asks for additions and removals that the kernel refuses (ENODEV). */
  warmUp(): void {
    const connection = this.#connect()
    if (!connection.ok) return
    ifNameToIndex('lo')
    for (const prefix of warmUpPrefixes) {
      const object: AddressObject = { ...nowhere, prefix }
      connection.value.batch([newAddress(object, noIndex, 'add'), deleteAddress(object, noIndex)])
    }
  }

  /** Undefined if they could not be read whole. */
  list(): readonly AddressObject[] | undefined {
    const connection = this.#connect()
    const dump = connection.ok ? connection.value.dump(listAddresses) : connection
    const links = connection.ok ? connection.value.dump(listLinks) : connection
    if (!dump.ok || !links.ok) return undefined
    const names = new Map(links.value.flatMap((message) => readLink(message) ?? []).map(({ index, name }) => [index, name]))
    return dump.value.flatMap((message) => {
      const address = readAddress(message)
      const name = address === undefined ? undefined : names.get(address.index)
      // An interface that vanished meanwhile took its addresses along.
      return address === undefined || name === undefined ? [] : [toObject(address, name)]
    })
  }
}

/** The largest index there can be; the kernel counts from 1. */
const noIndex = 0x7fff_ffff
const warmUpPrefixes: readonly Prefix[] = [
  { address: '192.0.2.1' as IpAddress, length: 32 },
  { address: '2001:db8::1' as IpAddress, length: 128 },
]
const nowhere = {
  kind: 'address',
  interface: '',
  scope: 0,
  label: undefined,
  broadcast: undefined,
  peer: undefined,
  flags: 2,
  preferredLft: undefined,
} as const

function toRequest(kind: 'add' | 'replace' | 'remove', object: AddressObject, index: number): Request {
  return kind === 'remove' ? deleteAddress(object, index) : newAddress(object, index, kind)
}

function toObject({ prefix, peer, scope, label, broadcast, flags, preferredLft }: RouteAddress, name: string): AddressObject {
  return { kind: 'address', interface: name, prefix, scope, label, broadcast, peer, flags, preferredLft }
}

function outcome(errno: number, detail: string): OperationResult {
  if (errno === 0) return { errno, detail: '' }
  if (errno === EPERM) return { errno, detail: 'changing addresses needs root or CAP_NET_ADMIN' }
  return { errno, detail: detail === '' ? errnoName(errno) : detail }
}
