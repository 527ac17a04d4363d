import { errnoName, ifNameToIndex } from 'linux-syscalls'
import type { Family } from '../base/ip.ts'
import type { Result } from '../base/result.ts'
import type { LinkObject, OperationResult } from '../core/reconcile/kinds.ts'
import type { Connection } from '../netlink/connection.ts'
import { beginBatch, deleteFilter, endBatch } from '../netlink/nftables.ts'
import { listTables, readTable, replaceReports } from '../netlink/nftables-reports.ts'

/**
 * A table of nf_tables for each link with a virtual MAC, which lives and dies with it: reports of group membership leave by the
 * interface below. From the virtual MAC of a backup they would draw the master's traffic to it, for switches learn from every frame.
 */
export class ReportTables {
  readonly #connect: () => Result<Connection, number>

  constructor(connect: () => Result<Connection, number>) {
    this.#connect = connect
  }

  put({ name, base, reportsBelow }: LinkObject): OperationResult {
    const [link, below] = [ifNameToIndex(name), ifNameToIndex(base)]
    const requests = reportsBelow.flatMap((family) => replaceReports({ family, table: tableOf(name), link, below }))
    const connection = this.#connect()
    if (requests.length === 0) return { errno: 0, detail: '' }
    if (!connection.ok) return { errno: connection.error, detail: '' }
    const { errno, detail } = connection.value.transaction(beginBatch, requests, endBatch)
    return errno === 0 ? { errno, detail } : { errno, detail: `nf_tables: ${detail === '' ? errnoName(errno) : detail}` }
  }

  remove({ name }: LinkObject): void {
    const connection = this.#connect()
    // Alone each: the one that is not there spoils no other.
    for (const family of FAMILIES)
      if (connection.ok) connection.value.transaction(beginBatch, [deleteFilter({ family, table: tableOf(name) })], endBatch)
  }

  /** The families that have a table, by link; where that cannot be read all have, for nothing could be done about it. */
  survey(): (link: string) => readonly Family[] {
    const connection = this.#connect()
    const found = FAMILIES.map((family) => {
      const answer = connection.ok ? connection.value.dump(listTables(family)) : connection
      return { family, tables: answer.ok ? new Set(answer.value.map(readTable)) : undefined }
    })
    return (link) => found.flatMap(({ family, tables }) => (tables?.has(tableOf(link)) === false ? [] : [family]))
  }
}

const FAMILIES = [4, 6] as const

const tableOf = (link: string): string => `keepalived_${link}`
