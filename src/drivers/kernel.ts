import type { ServiceKey } from '../core/check/config.ts'
import type { Departure, KernelKind, KernelObject, KernelPort, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import { lazyConnection, type ReceiveBuffer } from '../netlink/socket.ts'
import { FilterTable } from './filter-table.ts'
import { IpvsTable } from './ipvs-table.ts'
import { LinkTable } from './link-table.ts'
import { isRtnetlink, RtnetlinkTable } from './rtnetlink-table.ts'
import { SettingTable } from './setting-table.ts'

export interface KernelOptions {
  readonly nowhere?: boolean
  /** Of the answers to commands. */
  readonly ipvsBuffer?: ReceiveBuffer
  readonly routeBuffer?: ReceiveBuffer
  /** `net_namespace_ipvs`: where ip_vs is, by its path. */
  readonly ipvsNamespace?: string
  /** See LinkTable. */
  readonly handOver?: (departure: Departure) => boolean
  /** Where settings are kept for a successor. */
  readonly settings?: SettingTable
}

/** Applies operations and lists what there is: links, addresses, routes and rules by rtnetlink, filters by nf_tables, ip_vs by generic netlink. */
export class NetlinkKernel implements KernelPort {
  readonly links: LinkTable
  readonly settings: SettingTable
  readonly rtnetlink: RtnetlinkTable
  readonly filters = new FilterTable(lazyConnection('netfilter'))
  /** Also for what the reconciler has no word for: statistics, timeouts, version. */
  readonly ipvs: IpvsTable
  readonly #nowhere: boolean

  /** Of `nowhere`, addresses are asked for on an interface that does not exist, and all else is passed over: for rehearsals. */
  constructor(options: KernelOptions = {}) {
    const { nowhere = false, ipvsBuffer, routeBuffer, ipvsNamespace, settings = new SettingTable(), handOver } = options
    this.#nowhere = nowhere
    this.settings = settings
    this.links = new LinkTable(lazyConnection('route'), lazyConnection('netfilter'), handOver)
    this.ipvs = new IpvsTable(
      lazyConnection('generic', { ...(ipvsBuffer && { receiveBuffer: ipvsBuffer }), ...(ipvsNamespace && { namespace: ipvsNamespace }) }),
    )
    const buffer = routeBuffer === undefined ? {} : { receiveBuffer: routeBuffer }
    this.rtnetlink = new RtnetlinkTable(lazyConnection('route', buffer), lazyConnection('route', { strict: true, ...buffer }), nowhere)
  }

  /** Each run of operations for one table goes to it at once; the order is kept. */
  apply(all: readonly Operation[]): readonly OperationResult[] {
    const operations = this.#nowhere ? all.filter(isOnAddress) : all
    const results: OperationResult[] = []
    for (let at = 0; at < operations.length; ) {
      const table = this.#tableFor(operations[at])
      let end = at + 1
      while (end < operations.length && this.#tableFor(operations[end]) === table) end++
      for (const result of table.apply(operations.slice(at, end))) results.push(result)
      at = end
    }
    return results
  }

  #tableFor(operation: Operation | undefined): LinkTable | SettingTable | RtnetlinkTable | FilterTable | IpvsTable {
    if (operation === undefined || operation.kind === 'flush-services') return this.ipvs
    if (isRtnetlink(operation.object)) return this.rtnetlink
    switch (operation.object.kind) {
      case 'link':
        return this.links
      case 'setting':
        return this.settings
      case 'filter':
        return this.filters
      case 'service':
      case 'destination':
        return this.ipvs
    }
  }

  /** What a configuration names may have been made in an earlier life of this process, and is to be found. */
  expect(objects: readonly KernelObject[]): void {
    this.rtnetlink.expect(objects)
    this.filters.expect(objects)
  }

  list(kind: KernelKind, of?: readonly ServiceKey[]): readonly KernelObject[] | undefined {
    switch (kind) {
      case 'link':
        return this.links.list()
      case 'setting':
        return this.settings.list()
      case 'address':
      case 'route':
      case 'rule':
        return this.rtnetlink.list(kind)
      case 'filter':
        return this.filters.list()
      case 'service':
        return this.ipvs.services()
      case 'destination':
        return this.ipvs.destinations(of)
    }
  }
}

function isOnAddress(operation: Operation): boolean {
  return operation.kind !== 'flush-services' && operation.object.kind === 'address'
}
