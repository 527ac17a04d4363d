import type { Family, Prefix } from '../../base/ip.ts'
import type { NumberSpan, Realms, RuleAction, VirtualRule } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import { parseCNumber, parseWhole } from '../numbers.ts'
import type { Parsed } from '../parsed.ts'
import {
  agree,
  knownTrackGroup,
  RTPROT_KEEPALIVED,
  readDestination,
  readNamed,
  readRealms,
  reportMixed,
  reportTracked,
  reportWrongFamily,
} from './route-address.ts'
import {
  interfaceExists,
  type LineReader,
  type LineWord,
  readCNumber,
  readLine,
  readNumber,
  reportMissingInterface,
  UINT8,
  UINT32,
} from './value-line.ts'
import { splitOnce } from './virtual-address.ts'

/**
 * A line of virtual_rules or static_rules:
 *
 *     [not] from DEST, to DEST, tos|dsfield ID, fwmark U32[/MASK], dev|iif IF, oif IF, uidrange A-B, tunnel-id U64, ipproto NAME|N,
 *     sport A-B, dport A-B, preference|order|priority U32, protocol U8, no_track, inet|inet6 (swallow the next word), track_group (static)
 *     one action: table|lookup ID, [type] goto U32, [type] nop|blackhole|unreachable|prohibit, l3mdev
 *     with a table: realms [F/]T, suppress_prefixlength|sup_pl N, suppress_ifgroup|sup_group ID
 */
export interface RuleLine extends VirtualRule {
  readonly trackGroup: string | undefined
}

export interface RuleContext {
  readonly block: 'virtual_rules' | 'static_rules'
}

interface Draft {
  family?: Family
  invert: boolean
  from?: Prefix
  to?: Prefix
  tos?: number
  fwmark?: { readonly mark: number; readonly mask: number }
  iif?: string
  oif?: string
  uidrange?: NumberSpan
  tunnelId?: bigint
  ipproto?: number
  sport?: NumberSpan
  dport?: NumberSpan
  preference?: number
  protocol?: { readonly word: LineWord; readonly value: number }
  noTrack: boolean
  realms?: Realms
  suppressPrefixlength?: number
  suppressIfgroup?: number
  tableOption?: LineWord
  action?: Action
  trackGroup?: LineWord
}

type Action =
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'goto'; readonly target: number; readonly word: LineWord }
  | { readonly kind: 'l3mdev' }
  | { readonly kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' }

/** False drops the rule. */
type Option = (draft: Draft, reader: LineReader, keyword: LineWord) => boolean

/** Undefined: the line is dropped. */
export function readRuleLine(words: readonly string[], context: Context, use: RuleContext): RuleLine | undefined {
  const reader = readLine(words, context)
  const draft: Draft = { invert: false, noTrack: false }
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    const option =
      Object.hasOwn(options, word.text) && (word.text !== 'track_group' || use.block === 'static_rules') ? options[word.text] : undefined
    if (option === undefined) return unknown(reader, word)
    if (!option(draft, reader, word) || context.stopped) return undefined
  }
  return finish(draft, reader, { text: words[0] ?? '', index: 0 })
}

function unknown(reader: LineReader, word: LineWord): undefined {
  reader.report({
    code: 'rule-option',
    at: word,
    message: `Unknown rule option ${word.text}; the line is dropped`,
    expected: 'a keyword of rules',
  })
  return undefined
}

function finish(draft: Draft, reader: LineReader, first: LineWord): RuleLine | undefined {
  const action = finishAction(draft, reader, first)
  if (action === undefined) return undefined
  const foreign = draft.protocol !== undefined && draft.protocol.value !== RTPROT_KEEPALIVED && !draft.noTrack
  if (foreign && draft.protocol !== undefined) reportTracked(reader, draft.protocol.word, 'Rule')
  const family = draft.family ?? 4
  return {
    family,
    preference: draft.preference ?? nextPreference(reader, family, first),
    invert: draft.invert,
    from: draft.from,
    to: draft.to,
    tos: draft.tos,
    fwmark: draft.fwmark,
    iif: draft.iif,
    oif: draft.oif,
    uidrange: draft.uidrange,
    tunnelId: draft.tunnelId,
    ipproto: draft.ipproto,
    sport: draft.sport,
    dport: draft.dport,
    protocol: foreign ? RTPROT_KEEPALIVED : (draft.protocol?.value ?? RTPROT_KEEPALIVED),
    action,
    noTrack: draft.noTrack,
    trackGroup: knownTrackGroup(reader, draft.trackGroup, draft.iif, 'a rule'),
  }
}

function finishAction(draft: Draft, reader: LineReader, first: LineWord): RuleAction | undefined {
  const { action, preference } = draft
  if (action === undefined)
    return refuse(reader, first, 'No action specified for rule - ignoring', 'table, goto, nop, blackhole, unreachable, prohibit or l3mdev')
  // l3mdev looks a table up too, that of the device.
  if (action.kind === 'table' || action.kind === 'l3mdev') {
    return { ...action, realms: draft.realms, suppressPrefixlength: draft.suppressPrefixlength, suppressIfgroup: draft.suppressIfgroup }
  }
  if (draft.tableOption !== undefined)
    return refuse(reader, draft.tableOption, 'suppressor/realm specified for non table action - skipping', 'table ID')
  if (action.kind !== 'goto') return action
  if (preference === undefined)
    return refuse(reader, action.word, `Invalid rule - goto target ${action.target} specified without preference`, 'preference N')
  if (preference < action.target) return { kind: 'goto', target: action.target }
  return refuse(
    reader,
    action.word,
    `Invalid rule - preference ${preference} >= goto target ${action.target}`,
    'a target above the preference',
  )
}

function refuse(reader: LineReader, at: LineWord, message: string, expected: string): undefined {
  reader.report({ code: 'rule', at, message, expected })
  return undefined
}

const FIRST_PREFERENCE = 16_384
const nextPreferences = new WeakMap<Parsed, Record<Family, number>>()

// Downwards from 16384, for each family alone, over all rules of the configuration.
function nextPreference(reader: LineReader, family: Family, first: LineWord): number {
  const { parsed } = reader.context
  const next = nextPreferences.get(parsed) ?? { 4: FIRST_PREFERENCE, 6: FIRST_PREFERENCE }
  nextPreferences.set(parsed, next)
  const preference = next[family]--
  const message = `Rule has no preference specified - setting to ${preference}. This is probably not what you want.`
  reader.report({ code: 'rule-preference', severity: 'warning', at: first, message, expected: 'preference N' })
  return preference
}

const options: Readonly<Record<string, Option>> = {
  not: (draft) => keep(draft, 'invert', true),
  from: selector('from'),
  to: selector('to'),
  tos: withWord((draft, reader, word) => keep(draft, 'tos', readNamed(reader, word, 'tos', 255, 'TOS value'))),
  dsfield: withWord((draft, reader, word) => keep(draft, 'tos', readNamed(reader, word, 'tos', 255, 'TOS value'))),
  fwmark: withWord(readFwmark),
  dev: device('iif'),
  iif: device('iif'),
  oif: device('oif'),
  uidrange: withWord((draft, reader, word) => {
    const span = readSpan(word.text, UINT32.max)
    if (span === undefined) refuse(reader, word, `Invalid uidrange ${word.text}; the rule is dropped`, 'A-B')
    return keep(draft, 'uidrange', span)
  }),
  'tunnel-id': withWord((draft, reader, word) => {
    const id = /^\d{1,20}$/.test(word.text) && BigInt(word.text) < 2n ** 64n ? BigInt(word.text) : undefined
    if (id === undefined) refuse(reader, word, `Invalid tunnel-id ${word.text}; the rule is dropped`, '0..2^64-1')
    return keep(draft, 'tunnelId', id)
  }),
  ipproto: withWord((draft, reader, word) => {
    const protocol = IP_PROTOCOLS.get(word.text) ?? numberOr(word.text, 254)
    if (protocol === undefined) refuse(reader, word, `Invalid ipproto ${word.text}; the rule is dropped`, 'a protocol or 0..254')
    return keep(draft, 'ipproto', protocol)
  }),
  sport: ports('sport'),
  dport: ports('dport'),
  preference: withWord(readPreference),
  order: withWord(readPreference),
  priority: withWord(readPreference),
  protocol: withWord((draft, reader, word) => {
    const value = readNumber(reader, word, UINT8, 'protocol of a rule, which is dropped')
    return keep(draft, 'protocol', value === undefined ? undefined : { word, value })
  }),
  no_track: (draft) => keep(draft, 'noTrack', true),
  realms: (draft, reader, keyword) => {
    const word = reader.argument()
    const realms = word === undefined ? undefined : readRealms(reader, word.text)
    if (word === undefined) return false
    if (realms === undefined) return refuse(reader, word, `invalid realms ${word.text} for rule, which is dropped`, '[FROM/]TO') ?? false
    if (!agree(draft, 4)) {
      reportWrongFamily(reader, keyword, 4)
      return false
    }
    draft.tableOption = keyword
    return keep(draft, 'realms', realms)
  },
  suppress_prefixlength: readSuppressPrefix,
  sup_pl: readSuppressPrefix,
  suppress_ifgroup: readSuppressGroup,
  sup_group: readSuppressGroup,
  table: withWord(readTable),
  lookup: withWord(readTable),
  goto: readGoto,
  nop: plainAction,
  blackhole: plainAction,
  unreachable: plainAction,
  prohibit: plainAction,
  l3mdev: (draft, reader, keyword) => setAction(draft, reader, keyword, { kind: 'l3mdev' }),
  type: (draft, reader) => {
    const word = reader.argument()
    if (word === undefined) return false
    if (word.text === 'goto') return readGoto(draft, reader, word)
    if (['nop', 'blackhole', 'unreachable', 'prohibit'].includes(word.text)) return plainAction(draft, reader, word)
    return unknown(reader, word) ?? false
  },
  inet: family(4),
  inet6: family(6),
  track_group: withWord((draft, _reader, word) => keep(draft, 'trackGroup', word)),
}

/** For the manual, which must know them all. */
export const ruleOptionWords: readonly string[] = Object.keys(options)

const IP_PROTOCOLS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ip: 0,
    icmp: 1,
    igmp: 2,
    ipencap: 4,
    tcp: 6,
    egp: 8,
    igp: 9,
    udp: 17,
    dccp: 33,
    ipv6: 41,
    rsvp: 46,
    gre: 47,
    esp: 50,
    ah: 51,
    'ipv6-icmp': 58,
    ospf: 89,
    ipip: 94,
    pim: 103,
    vrrp: 112,
    l2tp: 115,
    sctp: 132,
    udplite: 136,
  }),
)

function withWord(read: (draft: Draft, reader: LineReader, word: LineWord) => boolean): Option {
  return (draft, reader) => {
    const word = reader.argument()
    return word !== undefined && read(draft, reader, word)
  }
}

function keep<Key extends keyof Draft>(draft: Draft, field: Key, value: Draft[Key] | undefined): boolean {
  if (value === undefined) return false
  draft[field] = value
  return true
}

// Order matters: what is meant for all (`all`) has no family, and stands before what has one.
function selector(field: 'from' | 'to'): Option {
  return withWord((draft, reader, word) => {
    const destination = readDestination(reader, word)
    if (destination === undefined)
      return refuse(reader, word, `Invalid rule ${field} address ${word.text}; the rule is dropped`, 'ADDR[/LEN] or all') ?? false
    if (!agree(draft, destination.family)) {
      reportMixed(reader, word, 'rule')
      return false
    }
    if (destination.prefix !== undefined) draft[field] = destination.prefix
    return true
  })
}

function device(field: 'iif' | 'oif'): Option {
  return withWord((draft, reader, word) => {
    if (interfaceExists(reader.context, word.text)) return keep(draft, field, word.text)
    reportMissingInterface(reader, word, 'a rule')
    return false
  })
}

function readFwmark(draft: Draft, reader: LineReader, word: LineWord): boolean {
  const [markText, maskText] = splitOnce(word.text, '/')
  const mark = numberOr(markText, UINT32.max)
  // An empty mask reads as 0, as C has it.
  const mask = maskText === undefined ? UINT32.max : maskText === '' ? 0 : numberOr(maskText, UINT32.max)
  if (mark !== undefined && mask !== undefined) return keep(draft, 'fwmark', { mark, mask })
  return refuse(reader, word, `Invalid rule fwmark ${word.text}; the rule is dropped`, 'N[/MASK], 32 bits') ?? false
}

function numberOr(text: string, max: number): number | undefined {
  const number = parseCNumber(text, { min: 0, max })
  return number.kind === 'number' ? number.value : undefined
}

function readSpan(text: string, max: number): NumberSpan | undefined {
  const [low, high] = splitOnce(text, '-')
  if (high === undefined) return undefined
  const range = { min: 0, max }
  const [from, to] = [parseWhole(low, range), parseWhole(high, range)]
  return from.kind === 'number' && to.kind === 'number' ? { low: from.value, high: to.value } : undefined
}

// A single port is refused, but costs only itself.
function ports(field: 'sport' | 'dport'): Option {
  return withWord((draft, reader, word) => {
    const span = readSpan(word.text, 65_535)
    if (span !== undefined) draft[field] = span
    else
      reader.report({
        code: 'rule-ports',
        at: word,
        message: `invalid ${field} range ${word.text}; it is ignored`,
        expected: 'A-B; one port is A-A',
      })
    return true
  })
}

function readPreference(draft: Draft, reader: LineReader, word: LineWord): boolean {
  return keep(draft, 'preference', readCNumber(reader, word, UINT32, 'preference of a rule, which is dropped'))
}

function readSuppressPrefix(draft: Draft, reader: LineReader, keyword: LineWord): boolean {
  draft.tableOption = keyword
  const word = reader.argument()
  return (
    word !== undefined &&
    keep(
      draft,
      'suppressPrefixlength',
      readNumber(reader, word, { min: 0, max: 2_147_483_647 }, `${keyword.text} of a rule, which is dropped`),
    )
  )
}

function readSuppressGroup(draft: Draft, reader: LineReader, keyword: LineWord): boolean {
  draft.tableOption = keyword
  const word = reader.argument()
  return word !== undefined && keep(draft, 'suppressIfgroup', readNamed(reader, word, 'group', UINT32.max, 'interface group'))
}

function setAction(draft: Draft, reader: LineReader, at: LineWord, action: Action): boolean {
  if (draft.action === undefined) return keep(draft, 'action', action)
  return (
    refuse(
      reader,
      at,
      `a second action '${at.text}'; the rule is dropped`,
      'one of table, nop, goto, blackhole, prohibit, unreachable, l3mdev',
    ) ?? false
  )
}

function readTable(draft: Draft, reader: LineReader, word: LineWord): boolean {
  const table = readNamed(reader, word, 'table', UINT32.max, 'routing table')
  if (table === undefined) return false
  if (table === 0) return refuse(reader, word, 'Table 0 is not valid; the rule is dropped', '1..4294967295') ?? false
  return setAction(draft, reader, word, { kind: 'table', table })
}

function readGoto(draft: Draft, reader: LineReader, keyword: LineWord): boolean {
  const word = reader.argument()
  const target = word === undefined ? undefined : readNumber(reader, word, UINT32, 'goto target of a rule, which is dropped')
  return word !== undefined && target !== undefined && setAction(draft, reader, keyword, { kind: 'goto', target, word })
}

function plainAction(draft: Draft, reader: LineReader, keyword: LineWord): boolean {
  return setAction(draft, reader, keyword, { kind: keyword.text as 'nop' | 'blackhole' | 'unreachable' | 'prohibit' })
}

// keepalived steps over the word behind inet and inet6.
function family(of: Family): Option {
  return (draft, reader, keyword) => {
    reader.next()
    if (agree(draft, of)) return true
    reportMixed(reader, keyword, 'rule')
    return false
  }
}
