import { errnoName, ifNameToIndex } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import type { Result } from '../base/result.ts'
import type { FilterObject, KernelObject, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import type { Connection } from '../netlink/connection.ts'
import { ENOENT } from '../netlink/constants.ts'
import type { Message, Request } from '../netlink/message.ts'
import {
  addressOfKey,
  beginBatch,
  deleteFilter,
  endBatch,
  type FilterChain,
  linkLocalOfKey,
  listChains,
  listElements,
  listFilterRules,
  RULES_OF,
  readChain,
  readElements,
  readFilterRule,
  replaceFilter,
} from '../netlink/nftables.ts'

/** Tables of nf_tables that are ours by their names; each changes as a whole, in one transaction. */
export class FilterTable {
  readonly #connect: () => Result<Connection, number>
  /** The names that a configuration gives ours, and their sets; by family and table. */
  readonly #names = new Map<string, Pick<FilterObject, 'family' | 'table' | 'sets'>>()
  /** The links of their link-local addresses. */
  readonly #devices = new Set<string>()

  constructor(connect: () => Result<Connection, number>) {
    this.#connect = connect
  }

  /** These may have been made in an earlier life, and are to be found. */
  expect(objects: readonly KernelObject[]): void {
    for (const object of objects) {
      if (object.kind !== 'filter') continue
      this.#names.set(`${object.family} ${object.table}`, object)
      for (const one of object.linkLocal) this.#devices.add(one.interface)
    }
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    return operations.map((operation) => {
      assert(operation.kind !== 'flush-services' && operation.object.kind === 'filter', 'only filters are kept here')
      this.expect([operation.object])
      const connection = this.#connect()
      if (!connection.ok) return outcome(connection.error, '')
      const { object } = operation
      const requests = operation.kind === 'remove' ? [deleteFilter(object)] : replaceFilter(object, ifNameToIndex)
      const { errno, detail } = connection.value.transaction(beginBatch, requests, endBatch)
      return outcome(errno, detail)
    })
  }

  /** Undefined if they could not be read whole; a kernel without nf_tables has none. */
  list(): readonly FilterObject[] | undefined {
    const connection = this.#connect()
    if (!connection.ok) return NO_NF_TABLES.has(connection.error) ? [] : undefined
    const filters: FilterObject[] = []
    const devices = new Map([...this.#devices].map((name) => [ifNameToIndex(name), name]))
    for (const family of [4, 6] as const) {
      const answer = connection.value.dump(listChains(family))
      if (!answer.ok && answer.error.kind === 'refused' && NO_NF_TABLES.has(answer.error.errno)) continue
      if (!answer.ok) return undefined
      const chains = answer.value.flatMap((message) => readChain(message) ?? [])
      for (const { family: of, table, sets } of this.#names.values()) {
        if (of !== family) continue
        const own = chains.filter((chain) => chain.table === table)
        const filter = own.length === 0 ? 'none' : readFilter(connection.value, { family, table, sets, chains: own, devices })
        if (filter === undefined) return undefined
        if (filter !== 'none') filters.push(filter)
      }
    }
    return filters
  }
}

interface Found extends Pick<FilterObject, 'family' | 'table' | 'sets'> {
  readonly chains: readonly FilterChain[]
  /** Names by number. */
  readonly devices: ReadonlyMap<number, string>
}

/** A table that somebody has taken rules from guards nothing: as if there were no addresses in it. */
function readFilter(connection: Connection, { family, table, sets, chains, devices }: Found): FilterObject | undefined {
  const rules = dump(connection, listFilterRules(family, table))?.flatMap((message) => readFilterRule(message) ?? [])
  const addresses = elements(connection, listElements(family, table, sets.addresses))
  const linkLocal = family === 4 ? [] : elements(connection, listElements(family, table, sets.linkLocal))
  if (rules === undefined || addresses === undefined || linkLocal === undefined) return undefined
  const isWhole = rules.length === RULES_OF[family]
  return {
    kind: 'filter',
    family,
    table,
    priority: chains.find(({ name }) => name === 'in')?.priority ?? 0,
    counters: rules.every(({ expressions }) => expressions.includes('counter')),
    sets,
    byIndex: linkLocal.some((key) => key.length === KEY_BY_INDEX),
    addresses: isWhole ? addresses.flatMap((key) => addressOfKey(key) ?? []) : [],
    linkLocal: isWhole ? linkLocal.flatMap((key) => linkLocalOfKey(key, (index) => devices.get(index)) ?? []) : [],
  }
}

/** No nfnetlink (EPROTONOSUPPORT), nobody there who knows nf_tables (EINVAL, EOPNOTSUPP), not this family (EAFNOSUPPORT). */
const NO_NF_TABLES: ReadonlySet<number> = new Set([93, 22, 95, 97])

/** An address and the number of its link. */
const KEY_BY_INDEX = 20

/** A set that somebody has removed is empty. */
function elements(connection: Connection, request: Request): readonly Uint8Array[] | undefined {
  const answer = connection.dump(request)
  if (!answer.ok) return answer.error.kind === 'refused' && answer.error.errno === ENOENT ? [] : undefined
  return answer.value.flatMap(readElements)
}

function dump(connection: Connection, request: Request): readonly Message[] | undefined {
  const answer = connection.dump(request)
  return answer.ok ? answer.value : undefined
}

function outcome(errno: number, detail: string): OperationResult {
  if (errno === 0) return { errno, detail: '' }
  return { errno, detail: detail === '' ? errnoName(errno) : detail }
}
