import { type Family, familyOf } from '../../base/ip.ts'
import type { Parsed } from '../parsed.ts'
import { lines, type Row } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import { type GroupEntry, readGroupLine } from './virtual-server-group-line.ts'

/** virtual_server_group NAME { lines of addresses and marks }. */
export interface VirtualServerGroupDraft {
  readonly name: string
  readonly line: LogicalLine
  readonly entries: GroupEntry[]
}

const GRAMMAR = '<ip>[-<last octet or full ip>][/<prefix>] [<port>] | fwmark <uint 0..4294967295> [inet|inet6]'

/** The root keyword. A second group of a name is skipped. */
export const virtualServerGroup = (row: Row) =>
  lines<Parsed['check']>(GRAMMAR, 'addresses, ranges and marks that share one pool of servers', row, {
    named: true,
    open(check, statement, context) {
      const name = context.word(statement, 1)
      if (name === undefined) return false
      if (statement.words.length > 2) {
        context.missing(statement.words.length)
        return false
      }
      if (check.virtualServerGroups.has(name)) return false
      check.virtualServerGroups.set(name, { name, line: statement.line, entries: [] })
      return true
    },
    line(check, words, context, statement) {
      const group = groupOf(check, statement)
      const entry = group && readGroupLine(words, context, group.name)
      if (entry !== undefined) group?.entries.push(entry)
    },
    close(check, statement, context) {
      const group = groupOf(check, statement)
      const fault = group && groupFault(group)
      if (group === undefined || fault === undefined) return
      context.report('general', fault.code, `virtual server group ${group.name} ${fault.text} - removing`, fault.expected)
      check.virtualServerGroups.delete(group.name)
    },
  })

const groupOf = (check: Parsed['check'], { words }: Statement): VirtualServerGroupDraft | undefined =>
  check.virtualServerGroups.get(words[1] ?? '')

/** Of an entry; a mark may leave it to the servers. */
export const entryFamily = (entry: GroupEntry): Family | undefined => (entry.kind === 'range' ? familyOf(entry.first) : entry.family)

function groupFault({
  entries,
}: VirtualServerGroupDraft): { readonly code: string; readonly text: string; readonly expected: string } | undefined {
  if (entries.length === 0) return { code: 'group-empty', text: 'has no entries', expected: GRAMMAR }
  const families = new Set(entries.map(entryFamily))
  if (families.size < 3) return undefined
  return { code: 'group-mark-family', text: 'cannot have IPv4, IPv6 and fwmark without family', expected: 'fwmark N inet|inet6' }
}
