import type { KernelKind, KernelObject, KernelPort, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import { lazyConnection } from '../netlink/socket.ts'
import { AddressTable } from './address-table.ts'
import { IpvsTable } from './ipvs-table.ts'

/** Applies operations and lists what there is: addresses by rtnetlink, services and destinations by generic netlink. */
export class NetlinkKernel implements KernelPort {
  readonly addresses = new AddressTable(lazyConnection('route'))
  /** Also for what the reconciler has no word for: statistics, timeouts, version. */
  readonly ipvs = new IpvsTable(lazyConnection('generic'))

  /** Operations on addresses go first; ip_vs does not depend on them. Within either the order is kept. */
  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const results = new Array<OperationResult>(operations.length)
    const positions = { route: [] as number[], ipvs: [] as number[] }
    for (const [i, operation] of operations.entries()) positions[isOnAddress(operation) ? 'route' : 'ipvs'].push(i)
    const perform = (indexes: readonly number[], table: AddressTable | IpvsTable): void => {
      if (indexes.length === 0) return
      const answers = table.apply(indexes.flatMap((i) => operations[i] ?? []))
      for (const [n, i] of indexes.entries()) results[i] = answers[n] ?? { errno: 0, detail: '' }
    }
    perform(positions.route, this.addresses)
    perform(positions.ipvs, this.ipvs)
    return results
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
      case 'address':
        return this.addresses.list()
      case 'service':
        return this.ipvs.services()
      case 'destination':
        return this.ipvs.destinations()
    }
  }
}

function isOnAddress(operation: Operation): boolean {
  return operation.kind !== 'flush-services' && operation.object.kind === 'address'
}
