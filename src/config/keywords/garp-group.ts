import type { Micros } from '../../base/units.ts'
import type { Parsed } from '../parsed.ts'
import { block, leaf, seconds, type Table, wordList } from '../schema.ts'

/** `garp_group { }` */
export interface GarpGroupDraft {
  garp_interval?: Micros
  gna_interval?: Micros
  readonly interfaces: string[]
}

const row = { build: 'VRRP', since: '1.2.21' } as const

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
    draft.interfaces.push(word)
  }),
  interfaces: wordList('<ifname> ...', 'links that share one spacing', row, (draft, words) => {
    draft.interfaces.push(...words)
  }),
}

export const garpGroupRow = block<Parsed, GarpGroupDraft>('', 'spacing of announcements', row, {
  table: garpGroup,
  open: () => ({ interfaces: [] }),
  close(draft, parsed, context) {
    if (draft.interfaces.length === 0) {
      return context.report('general', 'no-interface', 'the garp_group names no interface', 'interface or interfaces', 0)
    }
    parsed.vrrp.garpGroups.push(draft)
  },
})
