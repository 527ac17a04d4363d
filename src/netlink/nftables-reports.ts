import type { Family } from '../base/ip.ts'
import { Attributes } from './attribute.ts'
import { NF_DROP, NF_INET_LOCAL_OUT, NFT_META_L4PROTO, NFT_META_OIF, NFT_MSG_GETTABLE, NFT_REG_1, NFTA_TABLE_NAME } from './constants.ts'
import type { Message, Request } from './message.ts'
import { deleteFilter, newChain, newRule, newTable, request, type TableShape } from './nftables.ts'
import { duplicate, type Expression, equals, meta, number, payload, verdict } from './nftables-rule.ts'

/** Reports of group membership that would leave by one link, and the interface below it that they take instead. */
export interface Redirection {
  readonly family: Family
  readonly table: string
  /** Numbers of the interfaces. */
  readonly link: number
  readonly below: number
}

/** Before the host's own filters. */
const PRIORITY = -1

/** A table anew, whatever was in it. */
export function replaceReports({ family, table, link, below }: Redirection): readonly Request[] {
  const shape: TableShape = { family, table, priority: PRIORITY, counters: false }
  const rules = family === 4 ? [isIgmp] : LISTENER_REPORTS.map(isListenerReport)
  return [
    newTable(shape),
    deleteFilter(shape),
    newTable(shape),
    newChain(shape, 'out', NF_INET_LOCAL_OUT),
    ...rules.map((isReport) =>
      newRule(shape, 'out', [
        ...isReport,
        meta(NFT_META_OIF, NFT_REG_1),
        equals(index(link)),
        family === 4 ? payload('network', DESTINATION_4, 4) : payload('network', DESTINATION_6, 16),
        number(index(below)),
        duplicate,
        verdict(NF_DROP),
      ]),
    ),
  ]
}

/** Asks for the tables of a family; as a dump. */
export const listTables = (family: Family): Request => request(NFT_MSG_GETTABLE, family, 0, () => {})

/** The name of a table; empty for any other message. */
export const readTable = ({ payload: bytes }: Message): string => new Attributes(bytes.subarray(4)).text(NFTA_TABLE_NAME)

const PROTOCOL_4 = 9
const DESTINATION_4 = 16
const DESTINATION_6 = 24
const IGMP = 2
const ICMPV6 = 58
/** RFC 2710 and RFC 3810: report and done of the first version, report of the second. */
const LISTENER_REPORTS = [131, 132, 143] as const

const isIgmp: readonly Expression[] = [payload('network', PROTOCOL_4, 1), equals(Uint8Array.of(IGMP))]

/** They come behind a hop-by-hop header, so the protocol is not in the first one. */
const isListenerReport = (type: number): readonly Expression[] => [
  meta(NFT_META_L4PROTO, NFT_REG_1),
  equals(Uint8Array.of(ICMPV6)),
  payload('transport', 0, 1),
  equals(Uint8Array.of(type)),
]

const index = (number: number): Uint8Array => new Uint8Array(Uint32Array.of(number).buffer)
