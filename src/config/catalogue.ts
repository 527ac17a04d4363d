import { addressOptions } from './keywords/address-options.ts'
import { directives } from './keywords/directives.ts'
import { groupOptions } from './keywords/group-options.ts'
import { rootTable } from './keywords/root.ts'
import { routeOptions } from './keywords/route-options.ts'
import { ruleOptions } from './keywords/rule-options.ts'
import type { OptionTable } from './line-option.ts'
import type { About, Keyword, Table } from './schema.ts'

/** One word that a configuration file may hold, in one place where it may stand. */
export interface Entry {
  readonly keyword: string
  /** Names of the enclosing blocks, outermost first; empty at the root. */
  readonly path: readonly string[]
  /** A keyword of a table, a word of a line of data, or what is done before any keyword, in any block. */
  readonly kind: Keyword<object>['kind'] | 'line option' | 'directive'
  readonly about: About
  /** Known, but this build has no such feature: to the file it is an unknown keyword. */
  readonly missing: boolean
}

/** Where the words of a data block's lines are listed. */
const LINE_OPTIONS: Readonly<Record<string, OptionTable>> = {
  virtual_ipaddress: addressOptions,
  virtual_ipaddress_excluded: addressOptions,
  static_ipaddress: addressOptions,
  virtual_routes: routeOptions,
  static_routes: routeOptions,
  virtual_rules: ruleOptions,
  static_rules: ruleOptions,
  virtual_server_group: groupOptions,
}

let entries: readonly Entry[] | undefined

/** Everything the tables know: the one source of explain, the manual page, completion and the compatibility table. */
export function catalogue(): readonly Entry[] {
  entries ??= [...directiveEntries(), ...below(rootTable as Table<object>, [])]
  return entries
}

/** `vrrp_instance virtual_ipaddress`; the root has no name of its own. */
export const placeOf = ({ kind, path }: Pick<Entry, 'kind' | 'path'>): string =>
  kind === 'directive' ? 'anywhere' : path.length === 0 ? 'at the root' : `in ${path.join(' ')}`

/** The numbers that a grammar names, as `1..255`; undefined where it names none. */
export const rangeOf = ({ grammar }: About): string | undefined => {
  const ranges = [...grammar.matchAll(/-?[\d.]*\d\.\.-?\d[\d.]*/g)].map(([range]) => range)
  return ranges.length === 0 ? undefined : ranges.join(', ')
}

const directiveEntries = (): readonly Entry[] =>
  Object.entries(directives).map(([keyword, about]) => ({ keyword, path: [], kind: 'directive', about, missing: false }))

function below(table: Table<object>, path: readonly string[]): readonly Entry[] {
  const found: Entry[] = []
  for (const [keyword, row] of Object.entries(table)) {
    if (row === undefined) continue
    found.push({ keyword, path, kind: row.kind, about: row.about, missing: row.missing === true })
    // A host inside a checker is a table of the same words; no table holds itself.
    if (row.kind === 'block') found.push(...below(row.table, [...path, keyword]))
    else found.push(...optionsOf(keyword, row.about, path))
  }
  return found
}

/** Options have the release of their block, where none is known of their own, and act only if it does. */
function optionsOf(block: string, about: About, path: readonly string[]): readonly Entry[] {
  const place = path.length === 0 ? 'static' : 'virtual'
  return Object.entries(LINE_OPTIONS[block] ?? {}).flatMap(([keyword, option]) => {
    if (option.only !== undefined && option.only !== place) return []
    const { only: _only, ...rest } = option
    return [
      {
        keyword,
        path: [...path, block],
        kind: 'line option',
        about: { ...rest, since: rest.since ?? about.since, build: rest.build ?? about.build, acted: rest.acted && about.acted },
        missing: false,
      } satisfies Entry,
    ]
  })
}
