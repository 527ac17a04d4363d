import type { KernelKind, KernelObject, KernelPort, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import { lazyConnection } from '../netlink/socket.ts'
import { AddressTable } from './address-table.ts'
import { IpvsTable } from './ipvs-table.ts'
import { LinkTable } from './link-table.ts'
import { SettingTable } from './setting-table.ts'

/** Applies operations and lists what there is: links and addresses by rtnetlink, services and destinations by generic netlink. */
export class NetlinkKernel implements KernelPort {
  readonly links = new LinkTable(lazyConnection('route'))
  readonly settings = new SettingTable()
  readonly addresses = new AddressTable(lazyConnection('route'))
  /** Also for what the reconciler has no word for: statistics, timeouts, version. */
  readonly ipvs = new IpvsTable(lazyConnection('generic'))

  /** Each run of operations for one table goes to it at once; the order is kept. */
  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const results: OperationResult[] = []
    for (let at = 0; at < operations.length; ) {
      const table = this.#tableFor(operations[at])
      let end = at + 1
      while (end < operations.length && this.#tableFor(operations[end]) === table) end++
      results.push(...table.apply(operations.slice(at, end)))
      at = end
    }
    return results
  }

  #tableFor(operation: Operation | undefined): LinkTable | SettingTable | AddressTable | IpvsTable {
    if (operation === undefined || operation.kind === 'flush-services') return this.ipvs
    switch (operation.object.kind) {
      case 'link':
        return this.links
      case 'setting':
        return this.settings
      case 'address':
        return this.addresses
      case 'service':
      case 'destination':
        return this.ipvs
    }
  }

  /**
   * Walks the path of a failover once, to an interface that does not exist: the first time through costs a millisecond, and is
   * better spent at the start. Changes nothing.
   */
  warmUp(): void {
    this.addresses.warmUp()
  }

  list(kind: KernelKind): readonly KernelObject[] | undefined {
    switch (kind) {
      case 'link':
        return this.links.list()
      case 'setting':
        return this.settings.list()
      case 'address':
        return this.addresses.list()
      case 'service':
        return this.ipvs.services()
      case 'destination':
        return this.ipvs.destinations()
    }
  }
}
