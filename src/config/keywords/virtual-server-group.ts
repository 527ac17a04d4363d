import { familyOf } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { lines, type Row } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import { type GroupEntry, readGroupLine } from './virtual-server-group-line.ts'

/** virtual_server_group NAME { lines of addresses and marks }. */
export interface VirtualServerGroupDraft {
  readonly name: string
  readonly line: LogicalLine
  entries: GroupEntry[]
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
      if (group === undefined) return
      dropFamilylessMarks(group, context)
      if (group.entries.length > 0) return
      context.report('general', 'group-empty', `virtual server group ${group.name} has no entries - removing`, GRAMMAR)
      check.virtualServerGroups.delete(group.name)
    },
  })

const groupOf = (check: Parsed['check'], { words }: Statement): VirtualServerGroupDraft | undefined =>
  check.virtualServerGroups.get(words[1] ?? '')

// A mark without family serves the family of the other entries; with both of them it has none.
function dropFamilylessMarks(group: VirtualServerGroupDraft, context: Context): void {
  const has = (family: 4 | 6): boolean =>
    group.entries.some((entry) => (entry.kind === 'range' ? familyOf(entry.first) : entry.family) === family)
  const kept = group.entries.filter((entry) => entry.kind === 'range' || entry.family !== undefined)
  if (kept.length === group.entries.length || !has(4) || !has(6)) return
  const message = `virtual server group ${group.name} cannot have IPv4, IPv6 and fwmark without family - removing`
  context.report('general', 'group-mark-family', message, 'fwmark N inet|inet6')
  group.entries = kept
}
