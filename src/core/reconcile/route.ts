import { type Family, isLinkLocal, networkOf, type Prefix } from '../../base/ip.ts'
import type { RouteEncap, RouteNexthop, VirtualRoute } from '../vrrp/config.ts'

/** A route (rtnetlink RTM_NEWROUTE). */
export interface RouteObject extends Omit<VirtualRoute, 'noTrack'> {
  readonly kind: 'route'
}

/**
 * What the kernel tells routes apart by, and what tells those apart that stand side by side in one place (`append`). Whatever the
 * kernel fills in where nobody said it is not part of it: the metric of IPv6, the interface towards a gateway.
 */
export function routeKey(route: RouteObject): string {
  const { family, type, destination, from, vrf, table, tos, metric } = route
  const place = vrf === undefined ? `table ${table}` : `vrf ${vrf}`
  return [
    `route ipv${family} ${destination === undefined || destination.length === 0 ? 'default' : networkText(destination)}`,
    ...(from === undefined || from.length === 0 ? [] : [`from ${networkText(from)}`]),
    `type ${type} ${place} tos ${family === 6 ? 0 : tos} metric ${metricOf(family, metric)}`,
    ...(isReject(type) ? [] : hopsOf(route).map(hopText)),
  ].join(' ')
}

/** The hops of a route: one that is written without `nexthop` has one, or none; `via A or B` has two. */
export function hopsOf({ via, interface: device, onlink, nexthops }: RouteObject): readonly Hop[] {
  const first: readonly Hop[] = via === undefined && device === undefined ? [] : [{ ...NO_HOP, via, interface: device, onlink }]
  if (nexthops.length === 0) return first
  return via === undefined ? nexthops : [...first, ...nexthops]
}

export type Hop = RouteNexthop

const NO_HOP: Hop = { via: undefined, interface: undefined, weight: 1, onlink: false, encap: undefined, realms: undefined }

/** Whether a route does what was wanted; lenient where the kernel fills in or rewrites. */
export function sameRoute(actual: RouteObject, wanted: RouteObject): boolean {
  const [has, wants] = [hopsOf(actual), hopsOf(wanted)]
  return (
    actual.protocol === wanted.protocol &&
    (wanted.family === 6 || actual.scope === wanted.scope) &&
    (wanted.source === undefined || actual.source === wanted.source) &&
    (wanted.realms === undefined || sameText(actual.realms, wanted.realms)) &&
    (wanted.pref === undefined || actual.pref === wanted.pref) &&
    // Seconds count down.
    (wanted.expires === undefined) === (actual.expires === undefined) &&
    wanted.metrics.every((metric) => actual.metrics.some((one) => sameText(one, metric))) &&
    sameEncap(actual.encap, wanted.encap) &&
    (isReject(wanted.type) || (has.length === wants.length && wants.every((hop, at) => sameHop(has[at], hop))))
  )
}

/** Blackhole, unreachable, prohibit, throw: nothing is sent anywhere, and IPv6 writes the loopback interface there. */
function isReject(type: number): boolean {
  return type >= 6 && type <= 9
}

function sameHop(actual: Hop | undefined, wanted: Hop): boolean {
  return (
    actual !== undefined &&
    actual.weight === wanted.weight &&
    actual.onlink === wanted.onlink &&
    (wanted.interface === undefined || actual.interface === wanted.interface) &&
    (wanted.realms === undefined || sameText(actual.realms, wanted.realms)) &&
    sameEncap(actual.encap, wanted.encap)
  )
}

/** Of an encapsulation only what is told apart by the eye: where to, and under which number. */
function sameEncap(actual: RouteEncap | undefined, wanted: RouteEncap | undefined): boolean {
  if (actual === undefined || wanted === undefined) return actual === wanted
  switch (wanted.kind) {
    case 'ip':
    case 'ip6':
      return (
        actual.kind === wanted.kind &&
        (wanted.id ?? 0n) === (actual.id ?? 0n) &&
        (wanted.destination === undefined || wanted.destination === actual.destination)
      )
    case 'mpls':
      return actual.kind === 'mpls' && actual.labels.join() === wanted.labels.join()
    case 'ila':
      return actual.kind === 'ila' && actual.locator === wanted.locator
  }
}

/** IP6_RT_PRIO_USER: what IPv6 makes of no metric, and of 0. */
const IPV6_METRIC = 1024

function metricOf(family: Family, metric: number | undefined): number {
  return family === 6 ? metric || IPV6_METRIC : (metric ?? 0)
}

/** A link-local gateway means nothing without its link; any other one says itself where it is. */
function hopText({ via, interface: device }: Hop): string {
  if (via === undefined) return `dev ${device}`
  return isLinkLocal(via) ? `via ${via} dev ${device}` : `via ${via}`
}

const networkText = (prefix: Prefix): string => `${networkOf(prefix)}/${prefix.length}`
const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
