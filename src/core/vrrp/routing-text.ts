import { formatPrefix, type IpAddress, type Prefix } from '../../base/ip.ts'
import { type KernelObject, keyOf } from '../reconcile/kinds.ts'
import type { Realms, RouteEncap, RouteMetric, RouteMetricName, RouteNexthop, VirtualRoute, VirtualRule } from './config.ts'

/** An object as messages name it. */
export function objectText(object: KernelObject): string {
  switch (object.kind) {
    case 'route':
      return routeText(object)
    case 'rule':
      return ruleText(object)
    case 'address':
      return `${formatPrefix(object.prefix)} dev ${object.interface}`
    default:
      return keyOf(object)
  }
}

/** A route in keepalived's words and their order: `prepend 10.1.0.0/16 via inet 192.0.2.77 dev eth0 proto 18`. */
export function routeText(
  route: Omit<VirtualRoute, 'noTrack'> & { readonly noTrack?: boolean; readonly trackGroup?: string | undefined },
): string {
  const { family, type, destination, from, source, encap, via, interface: device, table, tos, protocol, scope, metric, onlink } = route
  return [
    MODES[type === 1 ? route.mode : 'add'],
    ...(type === 1 ? [] : [TYPES[type] ?? String(type)]),
    destination === undefined ? (family === 4 ? '0.0.0.0/0' : '::/0') : formatPrefix(destination),
    ...said('from', from && formatPrefix(from)),
    ...said('src', source),
    ...said('tos', tos === 0 ? undefined : tos),
    ...(encap === undefined ? [] : encapWords(encap)),
    ...viaWords(via),
    ...said('dev', device),
    ...said('vrf', route.vrf),
    ...said('table', table === MAIN ? undefined : table),
    ...said('proto', route.noTrack === true && protocol === KEEPALIVED ? undefined : protocol),
    ...said('scope', scope === 0 ? undefined : scope),
    ...said('metric', metric),
    ...(onlink ? ['onlink'] : []),
    ...said('realms', realmText(route.realms)),
    ...said('expires', route.expires === undefined ? undefined : `${route.expires}sec`),
    ...metricWords(route.metrics),
    ...said('pref', route.pref === undefined ? undefined : (PREFERENCES[route.pref] ?? route.pref)),
    ...said('ttl-propagate', route.ttlPropagate === undefined ? undefined : route.ttlPropagate ? 'enabled' : 'disabled'),
    ...route.nexthops.flatMap(nexthopWords),
    ...(route.noTrack === true ? ['no_track'] : []),
    ...said('track_group', route.trackGroup),
  ].join(' ')
}

/** A rule in keepalived's words and their order: `from 10.1.0.0/16 priority 500 tos 0x0 protocol 18 lookup 99`. */
export function ruleText(
  rule: Omit<VirtualRule, 'noTrack'> & { readonly noTrack?: boolean; readonly trackGroup?: string | undefined },
): string {
  const { invert, from, to, preference, tos, fwmark, iif, oif, tunnelId, uidrange, protocol, ipproto, sport, dport, action } = rule
  const options = action.kind === 'table' || action.kind === 'l3mdev' ? action : undefined
  const span = (of: { readonly low: number; readonly high: number } | undefined): string | undefined => of && `${of.low}-${of.high}`
  return [
    ...(invert ? ['not'] : []),
    `from ${from === undefined ? 'all' : prefixText(from)}`,
    ...said('to', to && prefixText(to)),
    `priority ${preference}`,
    `tos 0x${(tos ?? 0).toString(16)}`,
    ...said('fwmark', fwmark && `0x${fwmark.mark.toString(16)}${fwmark.mask === 0xffff_ffff ? '' : `/0x${fwmark.mask.toString(16)}`}`),
    ...said('iif', iif),
    ...said('oif', oif),
    ...said('suppress_prefixlen', options?.suppressPrefixlength),
    ...said('suppress_ifgroup', options?.suppressIfgroup),
    ...said('tunnel-id', tunnelId),
    ...said('uidrange', span(uidrange)),
    ...(action.kind === 'l3mdev' ? ['l3mdev'] : []),
    `protocol ${protocol}`,
    ...said('ipproto', ipproto),
    ...said('sport', span(sport)),
    ...said('dport', span(dport)),
    ...said('realms', realmText(options?.realms)),
    actionText(action),
    ...(rule.noTrack === true ? ['no_track'] : []),
    ...said('track_group', rule.trackGroup),
  ].join(' ')
}

const MAIN = 254
const KEEPALIVED = 18
const MODES = { add: 'add', prepend: 'prepend', append: 'append' } as const
const PREFERENCES: Readonly<Record<number, string>> = { 0: 'medium', 1: 'high', 3: 'low' }
const TYPES: Readonly<Record<number, string>> = {
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
  10: 'nat',
  11: 'xresolve',
}

const said = (word: string, value: string | number | bigint | undefined): readonly string[] =>
  value === undefined ? [] : [`${word} ${value}`]

const viaWords = (via: IpAddress | undefined): readonly string[] =>
  via === undefined ? [] : [`via ${via.includes(':') ? 'inet6' : 'inet'} ${via}`]

const realmText = (realms: Realms | undefined): string | undefined =>
  realms === undefined ? undefined : realms.from === 0 ? String(realms.to) : `${realms.from}/${realms.to}`

/** A host goes without its length. */
const prefixText = (prefix: Prefix): string =>
  prefix.length === (prefix.address.includes(':') ? 128 : 32) ? prefix.address : formatPrefix(prefix)

function nexthopWords({ via, interface: device, weight, onlink, encap, realms }: RouteNexthop): readonly string[] {
  return [
    'nexthop',
    ...(encap === undefined ? [] : encapWords(encap)),
    ...viaWords(via),
    ...said('dev', device),
    ...(weight === 1 && realms === undefined && onlink ? [] : [`weight ${weight}`]),
    ...(onlink ? ['onlink'] : []),
    ...said('realm', realmText(realms)),
  ]
}

function encapWords(encap: RouteEncap): readonly string[] {
  switch (encap.kind) {
    case 'ip':
    case 'ip6':
      return [
        `encap ${encap.kind}`,
        ...said('id', encap.id),
        ...said('dst', encap.destination),
        ...said('src', encap.source),
        ...said(encap.kind === 'ip' ? 'tos' : 'tc', encap.tos),
        ...said(encap.kind === 'ip' ? 'ttl' : 'hoplimit', encap.ttl),
        ...said('flags', encap.flags),
      ]
    case 'mpls':
      return [`encap mpls ${encap.labels.join('/')}`]
    case 'ila':
      return [`encap ila ${encap.locator.toString(16)}`]
  }
}

/** keepalived's order of metrics. */
const METRICS: readonly RouteMetricName[] = [
  'congctl',
  'rtt',
  'rttvar',
  'rto_min',
  'features',
  'mtu',
  'window',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'quickack',
  'fastopen_no_cookie',
]
/** The kernel's units in a millisecond. */
const PER_MILLISECOND: Partial<Readonly<Record<RouteMetricName, number>>> = { rtt: 8, rttvar: 4, rto_min: 1 }

function metricWords(metrics: readonly RouteMetric[]): readonly string[] {
  return METRICS.flatMap((name) => metrics.filter((metric) => metric.name === name)).map(({ name, value, lock }) => {
    const scale = PER_MILLISECOND[name]
    const text =
      name === 'features' ? 'ecn' : scale !== undefined && typeof value === 'number' ? `${Math.floor(value / scale)}ms` : String(value)
    return `${name} ${lock ? 'lock ' : ''}${text}`
  })
}

function actionText(action: VirtualRule['action']): string {
  switch (action.kind) {
    case 'table':
      return `lookup ${action.table}`
    case 'l3mdev':
      return 'lookup 0'
    case 'goto':
      return `goto ${action.target}`
    case 'nop':
      return 'nop'
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return `type ${action.kind}`
  }
}
