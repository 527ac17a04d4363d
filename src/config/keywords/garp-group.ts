import type { Micros } from '../../base/units.ts'
import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { block, leaf, seconds, type Table, wordList } from '../schema.ts'

/** `garp_group { }` */
export interface GarpGroupDraft {
  garp_interval?: Micros
  gna_interval?: Micros
  readonly interfaces: string[]
  /** False once a link was named, even one that another group has. */
  empty?: boolean
}

const row = { build: 'VRRP', since: '1.2.21', acted: true } as const

/** `garp_group { }`: spacing of announcements on some links. */
export const garpGroup: Table<GarpGroupDraft> = {
  garp_interval: seconds('between gratuitous ARPs', { ...row, min: 0, max: 4294.967295 }),
  gna_interval: seconds('between unsolicited advertisements', { ...row, min: 0, max: 4294.967295 }),
  interface: leaf('<ifname>', 'one link', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (!context.reader.interfaceExists(word) && context.parsed.global.dynamic_interfaces === undefined) {
      context.report('general', 'interface-missing', `interface ${word} does not exist`, 'an interface of this host', 1)
      return context.report('fatal', 'interface-missing', `interface ${word} does not exist`, undefined, 1)
    }
    add(draft, [word], context)
  }),
  interfaces: wordList('<ifname> ...', 'links that share one spacing', row, (draft, words, _statement, context) =>
    add(draft, words, context),
  ),
}

/** A link is in one group only. */
function add(draft: GarpGroupDraft, names: readonly string[], context: Context): void {
  draft.empty = names.length === 0
  for (const name of names) {
    const named = context.parsed.vrrp.garpInterfaces
    if (named.has(name)) {
      context.report('general', 'duplicate', `${name} is in a garp_group already`, 'one group for each link', 0)
    } else draft.interfaces.push(name)
    named.add(name)
  }
}

export const garpGroupRow = block<Parsed, GarpGroupDraft>('', 'spacing of announcements', row, {
  table: garpGroup,
  open: () => ({ interfaces: [] }),
  close(draft, parsed, context) {
    if (draft.interfaces.length === 0 && draft.empty !== false) {
      return context.report('general', 'no-interface', 'the garp_group names no interface', 'interface or interfaces', 0)
    }
    if (draft.garp_interval === undefined && draft.gna_interval === undefined) {
      return context.report('general', 'no-delay', 'the garp_group sets no delay; it is removed', 'garp_interval or gna_interval', 0)
    }
    parsed.vrrp.garpGroups.push(draft)
  },
})
