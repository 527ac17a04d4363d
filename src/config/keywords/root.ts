import type { RootTable } from '../interpreter.ts'
import type { Parsed } from '../parsed.ts'
import { type Block, block, flag, type Keyword, type Lines, leaf, lines, type Process, type Row, type Table, whole } from '../schema.ts'
import { bfdInstanceRow } from './bfd-instance.ts'
import { garpGroupRow } from './garp-group.ts'
import { type GlobalDraft, globalDefs } from './global-defs.ts'
import { sslBlock } from './ssl.ts'
import { trackFileRow } from './track-file.ts'
import { trackGroupRow } from './track-group.ts'
import { readAddressLine } from './virtual-address.ts'
import { readRouteLine } from './virtual-route.ts'
import { readRuleLine } from './virtual-rule.ts'
import { virtualServerBlock } from './virtual-server.ts'
import { virtualServerGroup } from './virtual-server-group.ts'
import { vrrpInstanceRow } from './vrrp-instance.ts'
import { vrrpScriptRow } from './vrrp-script.ts'
import { vrrpSyncGroupRow } from './vrrp-sync-group.ts'
import { vrrpTrackProcessRow } from './vrrp-track-process.ts'

const vrrp = { build: 'VRRP' } as const
const lvs = { build: 'LVS', acted: true } as const

const once = (keyword: 'net_namespace' | 'instance' | 'net_namespace_ipvs', summary: string, row: Row & { readonly bare?: string }) =>
  leaf<GlobalDraft, string>(row.bare === undefined ? '<name>' : '[<name>]', summary, row, (draft, statement, context) => {
    const word = statement.words[1] ?? row.bare
    if (word === undefined) return context.report('general', 'missing-argument', `${keyword} has no name`, 'a name', 0)
    if (draft[keyword] !== undefined)
      return context.report('general', 'duplicate', `${keyword} was given before; this one is ignored`, 'only once', 0)
    draft[keyword] = word
  })

/** Words of the root that the supervisor reads. */
export const globalWords: Table<GlobalDraft> = {
  linkbeat_use_polling: flag('poll links instead of listening', { build: 'LINKBEAT', since: '1.1.18', acted: true }),
  net_namespace: once('net_namespace', 'network namespace to run in', {
    default: 'of the process that starts it',
    since: '1.2.24',
    acted: true,
  }),
  net_namespace_ipvs: once('net_namespace_ipvs', 'network namespace of ip_vs', {
    default: 'net_namespace; alone that in which the daemon was started',
    since: '2.1.0',
    acted: true,
    bare: '',
  }),
  namespace_with_ipsets: flag('address sets inside a namespace on old kernels', { since: '1.3.0' }),
  use_pid_dir: flag('pid files in a folder of their own', { since: '1.2.24', acted: true }),
  instance: once('instance', 'name in pid files and logs', { since: '1.2.24', acted: true }),
  child_wait_time: whole('seconds children get to end', { min: 0, max: 4_294_967_295, default: '5', since: '2.0.0', acted: true }),
}

const staticLines = (summary: string, grammar: string, since: string, line: Lines<Parsed>['line']): Lines<Parsed, never> =>
  lines<Parsed>(grammar, summary, { ...vrrp, since, acted: true }, { line })

const trackFileWord = trackFileRow('a file whose number counts', {})
const oldTrackFileWord = trackFileRow('old word for track_file', { deprecated: 'track_file', since: '2.0.0', build: 'VRRP' })

export const vrrpRows: Table<Parsed> = {
  track_group: trackGroupRow,
  static_ipaddress: staticLines('addresses for good', '<address> [<option>] ...', '1.1.0', (parsed, words, context) => {
    const name = parsed.global.default_interface ?? 'eth0'
    const line = readAddressLine(words, context, {
      block: 'static_ipaddress',
      hasDefaultInterface: parsed.global.dynamic_interfaces !== undefined || context.reader.interfaceExists(name),
    })
    if (line !== undefined) parsed.vrrp.staticAddresses.push(line)
  }),
  static_routes: staticLines('routes for good', '<route>', '1.0.1', (parsed, words, context) => {
    const line = readRouteLine(words, context, { block: 'static_routes' })
    if (line !== undefined) parsed.vrrp.staticRoutes.push(line)
  }),
  static_rules: staticLines('routing rules for good', '<rule>', '1.2.20', (parsed, words, context) => {
    const line = readRuleLine(words, context, { block: 'static_rules' })
    if (line !== undefined) parsed.vrrp.staticRules.push(line)
  }),
  vrrp_sync_group: vrrpSyncGroupRow,
  garp_group: garpGroupRow,
  linkbeat_interfaces: lines(
    '<ifname> [MII|ETHTOOL|IOCTL]',
    'links that are polled',
    { build: 'LINKBEAT', since: '2.0.13', acted: true },
    {
      line(parsed, words, context) {
        const [name = '', kind] = words
        if (!context.reader.interfaceExists(name) && context.parsed.global.dynamic_interfaces === undefined) {
          return context.report('general', 'interface-missing', `interface ${name} does not exist`, 'an interface of this host', 0)
        }
        parsed.vrrp.linkbeats.push(name)
        if (kind !== undefined && !['MII', 'ETHTOOL', 'IOCTL'].includes(kind))
          context.report('general', 'bad-choice', `'${kind}' is no way to poll`, 'MII, ETHTOOL or IOCTL', 1)
      },
    },
  ),
  vrrp_instance: vrrpInstanceRow,
  vrrp_script: vrrpScriptRow,
  vrrp_track_process: vrrpTrackProcessRow,
  interface_up_down_delays: lines(
    '<ifname> <seconds down> [<seconds up>]',
    'wait before a link counts as changed',
    { ...vrrp, since: '2.2.3', acted: true },
    {
      line(parsed, words, context) {
        const [name = '', down, up] = words
        if (!context.reader.interfaceExists(name) && context.parsed.global.dynamic_interfaces === undefined) {
          return context.report('fatal', 'interface-missing', `interface ${name} does not exist`, 'an interface of this host', 0)
        }
        if (down === undefined) return context.missing(1)
        const range = { min: 0, max: 255, decimals: 6 }
        const seconds = context.decimal(down, 1, range)
        const secondsUp = up === undefined ? 0 : context.decimal(up, 2, range)
        if (seconds === undefined || secondsUp === undefined) return
        parsed.vrrp.interfaceDelays.push({ interface: name, down: seconds, up: secondsUp })
      },
    },
  ),
  bfd_instance: bfdInstanceRow,
  track_file: trackFileWord,
  vrrp_track_file: oldTrackFileWord,
}

export const checkRows: Table<Parsed['check']> = {
  SSL: sslBlock({ ...lvs, since: '1.0.0' }),
  virtual_server_group: virtualServerGroup({ ...lvs, since: '1.0.2' }),
  virtual_server: virtualServerBlock({ ...lvs, since: '1.0.0' }),
}

export const globalDefsRow = block<GlobalDraft, GlobalDraft>(
  '',
  'daemon-wide settings',
  { since: '1.0.0', acted: true },
  {
    table: globalDefs,
    open: (draft) => draft,
  },
)

/** The same row for a root whose draft holds this one's. */
function within<Outer, Inner>(select: (outer: Outer) => Inner, row: Keyword<Inner>): Keyword<Outer> {
  switch (row.kind) {
    case 'leaf':
      return { kind: 'leaf', about: row.about, apply: (outer, statement, context) => row.apply(select(outer), statement, context) }
    case 'words':
      return {
        kind: 'words',
        about: row.about,
        apply: (outer, words, statement, context) => row.apply(select(outer), words, statement, context),
      }
    case 'block': {
      const result: Block<Outer> = {
        kind: 'block',
        about: row.about,
        table: row.table,
        open: (outer, statement, context) => row.open(select(outer), statement, context),
        close: (child, outer, context) => row.close?.(child, select(outer), context),
      }
      return result
    }
    case 'lines':
      return {
        kind: 'lines',
        about: row.about,
        named: row.named,
        open: (outer, statement, context) => row.open?.(select(outer), statement, context) ?? true,
        line: (outer, words, context, statement) => row.line(select(outer), words, context, statement),
        close: (outer, statement, context) => row.close?.(select(outer), statement, context),
      }
  }
}

function withinAll<Outer, Inner>(select: (outer: Outer) => Inner, table: Table<Inner>): Record<string, Keyword<Outer>> {
  const rows: Record<string, Keyword<Outer>> = {}
  for (const [name, row] of Object.entries(table)) if (row !== undefined) rows[name] = within(select, row as Keyword<Inner>)
  return rows
}

const globalRows = withinAll<Parsed, GlobalDraft>((parsed) => parsed.global, {
  ...globalWords,
  global_defs: globalDefsRow as Keyword<GlobalDraft>,
})
const checkerRows = withinAll<Parsed, Parsed['check']>((parsed) => parsed.check, checkRows)

const trackFiles = { track_file: trackFileWord, vrrp_track_file: oldTrackFileWord }
const tables: Readonly<Record<Process, Table<Parsed>>> = {
  parent: globalRows as Table<Parsed>,
  checker: { ...checkerRows, bfd_instance: bfdInstanceRow, ...trackFiles } as unknown as Table<Parsed>,
  vrrp: vrrpRows,
  bfd: { bfd_instance: bfdInstanceRow } as unknown as Table<Parsed>,
}

const everyRootWord = new Set(Object.values(tables).flatMap((table) => Object.keys(table)))

/** All rows of the root, whoever reads them. */
export const rootTable: Table<Parsed> = { ...checkerRows, ...globalRows, ...vrrpRows } as unknown as Table<Parsed>

/** The root as one process sees it. */
export function rootFor(process: Process): RootTable {
  const table = tables[process] as Table<object>
  return { table, foreign: new Set([...everyRootWord].filter((word) => !Object.hasOwn(table, word))) }
}
