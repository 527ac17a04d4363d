import type { Family, IpAddress, Prefix } from '../../base/ip.ts'
import type { Realms, RouteEncap, RouteMetric, RouteMetricName, RouteNexthop, VirtualRoute } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import { parseCNumber } from '../numbers.ts'
import {
  agree,
  knownTrackGroup,
  RTPROT_KEEPALIVED,
  readDestination,
  readFamilyAddress,
  readGateway,
  readNamed,
  readRealms,
  reportMixed,
  reportTracked,
  reportWrongFamily,
} from './route-address.ts'
import { readEncap } from './route-encap.ts'
import { readNexthops } from './route-nexthop.ts'
import { type RouteTime, readRouteTime } from './route-time.ts'
import {
  interfaceExists,
  type LineReader,
  type LineWord,
  readLine,
  readNumber,
  reportMissingInterface,
  UINT8,
  UINT32,
} from './value-line.ts'

/**
 * A line of virtual_routes or static_routes, almost as `ip route` has it:
 *
 *     [TYPE] DEST | to DEST, then in any order: via|gw [inet|inet6] A, or A, src A, from A6[/len], dev|oif IF, onlink, table, protocol,
 *     scope, tos|dsfield, metric|priority|preference, realms, expires, pref, the metrics, encap, add|prepend|append, no_track, vrf,
 *     inet|inet6 (swallow the next word), track_group (static); last: nexthop { via dev weight onlink encap realms }...
 */
export interface RouteLine extends VirtualRoute {
  readonly trackGroup: string | undefined
}

export interface RouteContext {
  readonly block: 'virtual_routes' | 'static_routes'
}

interface Draft {
  readonly use: RouteContext
  family?: Family
  type: number
  to?: { readonly prefix: Prefix | undefined }
  from?: Prefix
  source?: IpAddress
  via?: IpAddress
  interface?: string
  onlink: boolean
  table: number
  vrf?: string
  protocol?: { readonly word: LineWord; readonly value: number }
  scope: number
  tos: number
  metric?: number
  realms?: Realms
  expires?: number
  pref?: number
  ttlPropagate?: boolean
  readonly metrics: Map<RouteMetricName, RouteMetric>
  encap?: RouteEncap
  mode: VirtualRoute['mode']
  noTrack: boolean
  trackGroup?: LineWord
  readonly nexthops: RouteNexthop[]
}

/** False drops the route. */
type Option = (draft: Draft, reader: LineReader, keyword: LineWord) => boolean

const RT_TABLE_MAIN = 254

/** Undefined: the line is dropped. */
export function readRouteLine(words: readonly string[], context: Context, use: RouteContext): RouteLine | undefined {
  const reader = readLine(words, context)
  const draft: Draft = {
    use,
    type: 1,
    onlink: false,
    table: RT_TABLE_MAIN,
    scope: 0,
    tos: 0,
    metrics: new Map(),
    mode: 'prepend',
    noTrack: false,
    nexthops: [],
  }
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    const option =
      Object.hasOwn(options, word.text) && (word.text !== 'track_group' || use.block === 'static_routes') ? options[word.text] : undefined
    if (!(option ?? readTypeOrDestination)(draft, reader, word) || context.stopped) return undefined
  }
  return finish(draft, reader, words)
}

function finish(draft: Draft, reader: LineReader, words: readonly string[]): RouteLine | undefined {
  const first: LineWord = { text: words[0] ?? '', index: 0 }
  if (draft.to === undefined) {
    reader.report({
      code: 'route-destination',
      at: first,
      message: 'Route must have a destination; the line is dropped',
      expected: 'ADDR[/LEN], default, any or all',
    })
    return undefined
  }
  const foreign = draft.protocol !== undefined && draft.protocol.value !== RTPROT_KEEPALIVED && !draft.noTrack
  if (foreign && draft.protocol !== undefined) reportTracked(reader, draft.protocol.word, 'Route')
  return {
    family: draft.family ?? 4,
    type: draft.type,
    destination: draft.to.prefix,
    from: draft.from,
    source: draft.source,
    via: draft.via,
    interface: draft.interface,
    onlink: draft.onlink,
    table: draft.table,
    vrf: draft.vrf,
    protocol: foreign ? RTPROT_KEEPALIVED : (draft.protocol?.value ?? RTPROT_KEEPALIVED),
    scope: draft.scope,
    tos: draft.tos,
    metric: draft.metric,
    realms: draft.realms,
    expires: draft.expires,
    pref: draft.pref,
    ttlPropagate: draft.ttlPropagate,
    metrics: [...draft.metrics.values()],
    encap: draft.encap,
    mode: draft.mode,
    noTrack: draft.noTrack,
    nexthops: draft.nexthops,
    trackGroup: knownTrackGroup(reader, draft.trackGroup, draft.interface, 'a route'),
  }
}

const TYPES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    unicast: 1,
    local: 2,
    broadcast: 3,
    brd: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8,
    throw: 9,
    nat: 10,
    xresolve: 11,
  }),
)

// A word that is no keyword: a type and then a destination, or a destination. `to` in front forbids the type, and the reverse.
function readTypeOrDestination(draft: Draft, reader: LineReader, word: LineWord): boolean {
  const number = parseCNumber(word.text, UINT8)
  const type = TYPES.get(word.text) ?? (number.kind === 'number' ? number.value : undefined)
  if (type === undefined) return setDestination(draft, reader, word)
  draft.type = type
  const destination = reader.argument()
  return destination !== undefined && setDestination(draft, reader, destination)
}

function setDestination(draft: Draft, reader: LineReader, word: LineWord): boolean {
  const destination = readDestination(reader, word)
  if (destination === undefined) {
    reader.report({
      code: 'route-keyword',
      at: word,
      message: `unknown route keyword ${word.text}, and no address; the line is dropped`,
      expected: 'a destination or a keyword',
    })
    return false
  }
  if (!agree(draft, destination.family)) {
    reportMixed(reader, word, 'route')
    return false
  }
  draft.to = { prefix: destination.prefix }
  return true
}

const options: Readonly<Record<string, Option>> = {
  to: withWord((draft, reader, word) => setDestination(draft, reader, word)),
  via: readVia,
  gw: (draft, reader, keyword) => {
    reportOld(reader, keyword, 'via')
    return readVia(draft, reader, keyword)
  },
  or: (draft, reader, keyword) => {
    reportOld(reader, keyword, 'nexthop')
    const word = reader.argument()
    const via = word === undefined ? undefined : readFamilyAddress(draft, reader, word, 'or')
    if (via === undefined) return false
    draft.nexthops.push({ via, interface: undefined, weight: 1, onlink: false, encap: undefined, realms: undefined })
    return true
  },
  src: withWord((draft, reader, word) => keep(draft, 'source', readFamilyAddress(draft, reader, word, 'src'))),
  from: withWord(readFrom),
  dev: withWord(readDevice),
  oif: withWord(readDevice),
  onlink: set('onlink', true),
  table: withWord((draft, reader, word) => keep(draft, 'table', readNamed(reader, word, 'table', UINT32.max, 'routing table'))),
  protocol: withWord((draft, reader, word) => {
    const value = readNamed(reader, word, 'protocol', 255, 'protocol')
    return keep(draft, 'protocol', value === undefined ? undefined : { word, value })
  }),
  scope: withWord((draft, reader, word) => keep(draft, 'scope', readNamed(reader, word, 'scope', 255, 'scope'))),
  tos: withWord(readTos),
  dsfield: withWord(readTos),
  metric: withWord(readMetric),
  priority: withWord(readMetric),
  preference: withWord(readMetric),
  realms: only(4, (draft, reader, word) => {
    const realms = readRealms(reader, word.text)
    if (realms === undefined)
      reader.report({
        code: 'realms',
        at: word,
        message: `realms '${word.text}' are not valid; the line is dropped`,
        expected: '[FROM/]TO',
      })
    return keep(draft, 'realms', realms)
  }),
  expires: only(6, (draft, reader, word) => keep(draft, 'expires', dropping(reader, word, UINT32, 'expires'))),
  pref: only(6, (draft, reader, word) => keep(draft, 'pref', PREFERENCES.get(word.text) ?? dropping(reader, word, UINT8, 'pref'))),
  mtu: metric('mtu', true),
  advmss: metric('advmss', true),
  reordering: metric('reordering', true),
  cwnd: metric('cwnd', true),
  ssthresh: metric('ssthresh', true),
  window: metric('window', false),
  initcwnd: metric('initcwnd', false),
  initrwnd: metric('initrwnd', false),
  hoplimit: metric('hoplimit', false, UINT8),
  quickack: metric('quickack', false, { min: 0, max: 1 }),
  fastopen_no_cookie: metric('fastopen_no_cookie', false, { min: 0, max: 1 }),
  rtt: time('rtt'),
  rttvar: time('rttvar'),
  rto_min: time('rto_min'),
  congctl: (draft, reader) => {
    const { lock, word } = readLock(reader)
    if (word !== undefined) draft.metrics.set('congctl', { name: 'congctl', value: word.text, lock })
    return word !== undefined
  },
  features: withWord((draft, reader, word) => {
    if (word.text === 'ecn') draft.metrics.set('features', { name: 'features', value: RTAX_FEATURE_ECN, lock: false })
    else reader.report({ code: 'route-features', at: word, message: `feature ${word.text} not supported; it is ignored`, expected: 'ecn' })
    return true
  }),
  'ttl-propagate': withWord((draft, reader, word) => {
    if (word.text === 'enabled' || word.text === 'disabled') draft.ttlPropagate = word.text === 'enabled'
    else
      reader.report({
        code: 'ttl-propagate',
        at: word,
        message: `ttl-propagate value ${word.text} not recognised; it is ignored`,
        expected: 'enabled or disabled',
      })
    return true
  }),
  as: (_draft, reader, keyword) => {
    reader.report({ code: 'route-as', at: keyword, message: '"as to" for MPLS only - ignoring', expected: 'nothing' })
    const word = reader.argument()
    return word !== undefined && (word.text !== 'to' || reader.argument() !== undefined)
  },
  encap: (draft, reader) => {
    const encap = readEncap(reader)
    if (encap !== undefined) draft.encap = encap
    return true
  },
  add: set('mode', 'add'),
  prepend: set('mode', 'prepend'),
  append: set('mode', 'append'),
  no_track: set('noTrack', true),
  vrf: withWord((draft, reader, word) => {
    if (interfaceExists(reader.context, word.text)) return keep(draft, 'vrf', word.text)
    reader.report({
      code: 'route-vrf',
      at: word,
      message: `VRF ${word.text} not found for route; the line is dropped`,
      expected: 'an interface that is a VRF',
    })
    return false
  }),
  inet: family(4),
  inet6: family(6),
  track_group: withWord((draft, _reader, word) => keep(draft, 'trackGroup', word)),
  nexthop: readNexthops,
}

/** For the manual, which must know them all. */
export const routeOptionWords: readonly string[] = Object.keys(options)

const PREFERENCES: ReadonlyMap<string, number> = new Map(Object.entries({ low: 3, medium: 0, high: 1 }))
const RTAX_FEATURE_ECN = 1

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

function set<Key extends 'onlink' | 'mode' | 'noTrack'>(field: Key, value: Draft[Key]): Option {
  return (draft) => keep(draft, field, value)
}

function only(required: Family, read: (draft: Draft, reader: LineReader, word: LineWord) => boolean): Option {
  return (draft, reader, keyword) => {
    const word = reader.argument()
    if (word === undefined) return false
    if (agree(draft, required)) return read(draft, reader, word)
    reportWrongFamily(reader, keyword, required)
    return false
  }
}

// keepalived steps over the word behind inet and inet6.
function family(of: Family): Option {
  return (draft, reader, keyword) => {
    reader.next()
    if (agree(draft, of)) return true
    reportMixed(reader, keyword, 'route')
    return false
  }
}

function reportOld(reader: LineReader, keyword: LineWord, better: string): void {
  const message = `"${keyword.text}" for routes is deprecated. Please use "${better}"`
  reader.report({ code: 'deprecated', severity: 'deprecated', at: keyword, message, expected: better })
}

function dropping(
  reader: LineReader,
  word: LineWord,
  range: { readonly min: number; readonly max: number },
  what: string,
): number | undefined {
  return readNumber(reader, word, range, `${what} of a route, which is dropped`)
}

function readVia(draft: Draft, reader: LineReader, _keyword: LineWord): boolean {
  const via = readGateway(draft, reader)
  return keep(draft, 'via', via)
}

function readFrom(draft: Draft, reader: LineReader, word: LineWord): boolean {
  const from = readDestination(reader, word)
  if (from?.prefix === undefined) {
    reader.report({
      code: 'route-address',
      at: word,
      message: `invalid route from address ${word.text}; the line is dropped`,
      expected: 'an IPv6 address or prefix',
    })
    return false
  }
  if (from.family === 4) {
    reportWrongFamily(reader, word, 6)
    return false
  }
  if (agree(draft, 6)) return keep(draft, 'from', from.prefix)
  reportMixed(reader, word, 'route')
  return false
}

function readDevice(draft: Draft, reader: LineReader, word: LineWord): boolean {
  if (interfaceExists(reader.context, word.text)) return keep(draft, 'interface', word.text)
  reportMissingInterface(reader, word, 'a route')
  return false
}

function readTos(draft: Draft, reader: LineReader, word: LineWord): boolean {
  return keep(draft, 'tos', readNamed(reader, word, 'tos', 255, 'TOS value'))
}

function readMetric(draft: Draft, reader: LineReader, word: LineWord): boolean {
  return keep(draft, 'metric', dropping(reader, word, UINT32, 'metric'))
}

function readLock(reader: LineReader): { readonly lock: boolean; readonly word: LineWord | undefined } {
  const word = reader.argument()
  return word?.text === 'lock' ? { lock: true, word: reader.argument() } : { lock: false, word }
}

function metric(name: RouteMetricName, mayLock: boolean, range = UINT32): Option {
  return (draft, reader) => {
    const { lock, word } = mayLock ? readLock(reader) : { lock: false, word: reader.argument() }
    const value = word === undefined ? undefined : dropping(reader, word, range, name)
    if (value !== undefined) draft.metrics.set(name, { name, value, lock })
    return value !== undefined
  }
}

function time(name: RouteTime): Option {
  return (draft, reader) => {
    const { lock, word } = readLock(reader)
    const value = word === undefined ? undefined : readRouteTime(reader, word, name)
    if (value !== undefined) draft.metrics.set(name, { name, value, lock })
    return value !== undefined
  }
}
