import { bitsOf, type Family, familyOf, type IpAddress, ipFromBytes, ipToBytes, type Prefix } from '../../base/ip.ts'
import type { Hop, RouteObject } from '../../core/reconcile/route.ts'
import { hopsOf } from '../../core/reconcile/route.ts'
import type { Realms, RouteMetric, RouteMetricName } from '../../core/vrrp/config.ts'
import { Attributes, aligned, littleEndian, viewOf, type Writer } from '../attribute.ts'
import {
  AF_INET,
  AF_INET6,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RT_SCOPE_NOWHERE,
  RTA_CACHEINFO,
  RTA_DST,
  RTA_EXPIRES,
  RTA_FLOW,
  RTA_GATEWAY,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_OIF,
  RTA_PREF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_SRC,
  RTA_TABLE,
  RTA_TTL_PROPAGATE,
  RTA_VIA,
  RTAX,
  RTAX_LOCK,
  RTM_DELROUTE,
  RTM_F_CLONED,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  RTNH_F_ONLINK,
} from '../constants.ts'
import type { Message, Request } from '../message.ts'
import { readEncap, writeEncap } from './encap.ts'

/** What only the host knows of the names in a route. */
export interface RouteNames {
  /** Negative errno without such a link. */
  indexOf(device: string): number
  /** Undefined without such a link. */
  nameOf(index: number): string | undefined
  /** The table of a VRF link; undefined if it is none. */
  tableOf(vrf: string): number | undefined
}

const families = { 4: AF_INET, 6: AF_INET6 } as const

/** Asks for the routes of one family that say they were made by `protocol`; as a dump. A kernel before 4.20 answers with all of them. */
export function listRoutes(family: Family, protocol: number): Request {
  return { type: RTM_GETROUTE, flags: 0, write: (writer) => writeHeader(writer, { family: families[family], protocol }) }
}

const MODES = { add: NLM_F_CREATE | NLM_F_EXCL, prepend: NLM_F_CREATE, append: NLM_F_CREATE | NLM_F_APPEND } as const

export function newRoute(route: RouteObject, names: RouteNames): Request {
  return {
    type: RTM_NEWROUTE,
    flags: MODES[route.mode],
    write(writer) {
      writeIdentity(writer, route, names, route.scope)
      const { realms, expires, pref, ttlPropagate, metrics, encap } = route
      if (realms !== undefined) writer.attributeU32(RTA_FLOW, realmBits(realms))
      if (expires !== undefined) writer.attributeU32(RTA_EXPIRES, expires)
      if (pref !== undefined) writer.attributeU8(RTA_PREF, pref)
      if (ttlPropagate !== undefined) writer.attributeU8(RTA_TTL_PROPAGATE, ttlPropagate ? 1 : 0)
      if (metrics.length > 0) writeMetrics(writer, metrics)
      if (encap !== undefined) writeEncap(writer, encap)
    },
  }
}

/** Whatever its scope is: the kernel may have chosen another. */
export function deleteRoute(route: RouteObject, names: RouteNames): Request {
  return { type: RTM_DELROUTE, flags: 0, write: (writer) => writeIdentity(writer, route, names, RT_SCOPE_NOWHERE) }
}

/** The route of RTM_NEWROUTE or RTM_DELROUTE; undefined for any other message, a malformed one, and what is not of IPv4 or IPv6. */
export function readRoute(message: Message, names: Pick<RouteNames, 'nameOf'>): RouteObject | undefined {
  const { type, payload } = message
  if ((type !== RTM_NEWROUTE && type !== RTM_DELROUTE) || payload.length < 12) return undefined
  const view = viewOf(payload)
  const family = view.getUint8(0) === AF_INET ? 4 : view.getUint8(0) === AF_INET6 ? 6 : undefined
  const flags = view.getUint32(8, littleEndian)
  if (family === undefined || (flags & RTM_F_CLONED) !== 0) return undefined
  const attributes = new Attributes(payload.subarray(12))
  const hops = readMultipath(attributes, family, names)
  const only = hops.length === 0 ? readHop(attributes, family, { names, flags, index: attributes.u32(RTA_OIF), weight: 1 }) : undefined
  const route: RouteObject = {
    kind: 'route',
    family,
    type: view.getUint8(7),
    destination: readPrefix(attributes, RTA_DST, family, view.getUint8(1)),
    from: readPrefix(attributes, RTA_SRC, family, view.getUint8(2)),
    source: attributes.has(RTA_PREFSRC) ? readIp(attributes, RTA_PREFSRC, family) : undefined,
    via: only?.via,
    interface: only?.interface,
    onlink: only?.onlink ?? false,
    table: attributes.has(RTA_TABLE) ? attributes.u32(RTA_TABLE) : view.getUint8(4),
    vrf: undefined,
    protocol: view.getUint8(5),
    scope: view.getUint8(6),
    tos: view.getUint8(3),
    metric: attributes.has(RTA_PRIORITY) ? attributes.u32(RTA_PRIORITY) : undefined,
    realms: readRealms(attributes),
    expires: readExpiry(attributes),
    pref: attributes.has(RTA_PREF) ? attributes.u8(RTA_PREF) : undefined,
    ttlPropagate: undefined,
    metrics: readMetrics(attributes.nest(RTA_METRICS)),
    encap: only?.encap,
    mode: 'prepend',
    nexthops: hops,
  }
  return attributes.error === undefined ? route : undefined
}

/** `rtm_protocol` alone, without a look at the rest: most routes of a router are nobody's of ours. */
export function routeProtocol({ payload }: Message): number | undefined {
  return payload[5]
}

function writeIdentity(writer: Writer, route: RouteObject, names: RouteNames, scope: number): void {
  const { family, type, destination, from, source, tos, protocol, metric, vrf } = route
  const table = (vrf === undefined ? undefined : names.tableOf(vrf)) ?? route.table
  const hops = hopsOf(route)
  const [only] = hops
  const single = hops.length === 1 && route.nexthops.length === 0 ? only : undefined
  const flags = single?.onlink === true ? RTNH_F_ONLINK : 0
  const lengths = { destination: destination?.length ?? 0, from: from?.length ?? 0 }
  writeHeader(writer, { family: families[family], ...lengths, tos, table: table < 256 ? table : 0, protocol, scope, type, flags })
  if (destination !== undefined && destination.length > 0) writer.attributeIp(RTA_DST, destination.address)
  if (from !== undefined && from.length > 0) writer.attributeIp(RTA_SRC, from.address)
  writer.attributeU32(RTA_TABLE, table)
  if (metric !== undefined) writer.attributeU32(RTA_PRIORITY, metric)
  if (source !== undefined) writer.attributeIp(RTA_PREFSRC, source)
  if (single !== undefined) {
    if (single.interface !== undefined) writer.attributeU32(RTA_OIF, names.indexOf(single.interface))
    writeGateway(writer, family, single.via)
  } else if (hops.length > 0) writeMultipath(writer, family, hops, names)
}

function writeHeader(
  writer: Writer,
  header: {
    readonly family: number
    readonly destination?: number
    readonly from?: number
    readonly tos?: number
    readonly table?: number
    readonly protocol: number
    readonly scope?: number
    readonly type?: number
    readonly flags?: number
  },
): void {
  writer.u8(header.family)
  writer.u8(header.destination ?? 0)
  writer.u8(header.from ?? 0)
  writer.u8(header.tos ?? 0)
  writer.u8(header.table ?? 0)
  writer.u8(header.protocol)
  writer.u8(header.scope ?? 0)
  writer.u8(header.type ?? 0)
  writer.u32(header.flags ?? 0)
}

/** A gateway of the other family goes into struct rtvia. */
function writeGateway(writer: Writer, family: Family, via: IpAddress | undefined): void {
  if (via === undefined) return
  if (familyOf(via) === family) {
    writer.attributeIp(RTA_GATEWAY, via)
    return
  }
  const address = ipToBytes(via)
  const bytes = new Uint8Array(2 + address.length)
  viewOf(bytes).setUint16(0, families[familyOf(via)], littleEndian)
  bytes.set(address, 2)
  writer.attributeBytes(RTA_VIA, bytes)
}

/** struct rtnexthop, each with attributes of its own; its length counts them. */
function writeMultipath(writer: Writer, family: Family, hops: readonly Hop[], names: RouteNames): void {
  const nest = writer.open(RTA_MULTIPATH)
  for (const hop of hops) {
    const start = writer.length
    writer.u16(0)
    writer.u8(hop.onlink ? RTNH_F_ONLINK : 0)
    writer.u8(hop.weight - 1)
    writer.u32(hop.interface === undefined ? 0 : names.indexOf(hop.interface))
    writeGateway(writer, family, hop.via)
    if (hop.realms !== undefined) writer.attributeU32(RTA_FLOW, realmBits(hop.realms))
    if (hop.encap !== undefined) writeEncap(writer, hop.encap)
    writer.patchU16(start, writer.length - start)
  }
  writer.close(nest)
}

function readMultipath(attributes: Attributes, family: Family, names: Pick<RouteNames, 'nameOf'>): readonly Hop[] {
  const bytes = attributes.bytes(RTA_MULTIPATH)
  const view = viewOf(bytes)
  const hops: Hop[] = []
  for (let at = 0; bytes.length - at >= 8; ) {
    const length = view.getUint16(at, littleEndian)
    if (length < 8 || length > bytes.length - at) break
    const place = { names, flags: view.getUint8(at + 2), index: view.getUint32(at + 4, littleEndian), weight: view.getUint8(at + 3) + 1 }
    hops.push(readHop(new Attributes(bytes.subarray(at + 8, at + length)), family, place))
    at += aligned(length)
  }
  return hops
}

interface HopPlace {
  readonly names: Pick<RouteNames, 'nameOf'>
  readonly flags: number
  readonly index: number
  readonly weight: number
}

function readHop(attributes: Attributes, family: Family, { names, flags, index, weight }: HopPlace): Hop {
  return {
    via: readGateway(attributes, family),
    interface: index === 0 ? undefined : names.nameOf(index),
    weight,
    onlink: (flags & RTNH_F_ONLINK) !== 0,
    encap: readEncap(attributes),
    realms: readRealms(attributes),
  }
}

function readGateway(attributes: Attributes, family: Family): IpAddress | undefined {
  if (attributes.has(RTA_GATEWAY)) return readIp(attributes, RTA_GATEWAY, family)
  if (!attributes.has(RTA_VIA)) return undefined
  const bytes = attributes.bytes(RTA_VIA, 6)
  const size = viewOf(bytes).getUint16(0, littleEndian) === AF_INET ? 4 : 16
  return bytes.length < 2 + size ? undefined : ipFromBytes(bytes.subarray(2, 2 + size))
}

function readPrefix(attributes: Attributes, type: number, family: Family, length: number): Prefix | undefined {
  if (!attributes.has(type) || length > bitsOf(family)) return undefined
  return { address: readIp(attributes, type, family), length }
}

function readIp(attributes: Attributes, type: number, family: Family): IpAddress {
  const size = bitsOf(family) / 8
  return ipFromBytes(attributes.bytes(type, size).subarray(0, size))
}

const realmBits = ({ from, to }: Realms): number => ((from << 16) | to) >>> 0

function readRealms(attributes: Attributes): Realms | undefined {
  const bits = attributes.u32(RTA_FLOW)
  return bits === 0 ? undefined : { from: bits >>> 16, to: bits & 0xffff }
}

/** struct rta_cacheinfo: the third word is a hundredth of a second, 0 without an end. */
function readExpiry(attributes: Attributes): number | undefined {
  if (!attributes.has(RTA_CACHEINFO)) return undefined
  const ticks = viewOf(attributes.bytes(RTA_CACHEINFO, 12)).getInt32(8, littleEndian)
  return ticks === 0 ? undefined : Math.round(ticks / 100)
}

function writeMetrics(writer: Writer, metrics: readonly RouteMetric[]): void {
  const nest = writer.open(RTA_METRICS)
  const locked = metrics.filter(({ lock }) => lock).reduce((bits, { name }) => bits | (1 << RTAX[name]), 0)
  if (locked !== 0) writer.attributeU32(RTAX_LOCK, locked)
  for (const { name, value } of metrics) {
    if (typeof value === 'string') writer.attributeText(RTAX[name], value)
    else writer.attributeU32(RTAX[name], value)
  }
  writer.close(nest)
}

const METRIC_NAMES = Object.entries(RTAX) as readonly (readonly [RouteMetricName, number])[]

function readMetrics(nest: Attributes): readonly RouteMetric[] {
  const locked = nest.u32(RTAX_LOCK)
  return METRIC_NAMES.flatMap(([name, type]) => {
    if (!nest.has(type)) return []
    return [{ name, value: name === 'congctl' ? nest.text(type) : nest.u32(type), lock: (locked & (1 << type)) !== 0 }]
  })
}
