import { familyOf, type IpAddress, ipToBytes, type Prefix } from '../../base/ip.ts'
import type { ServiceKey } from '../check/config.ts'
import { type FilterObject, filterKey, sameFilter } from './filter.ts'
import {
  type Departure,
  isSameMake,
  type KeptSetting,
  type LinkObject,
  type LinkType,
  linkKey,
  type Setting,
  type SettingName,
  type SettingObject,
  sameLink,
  settingKey,
} from './link.ts'
import { hopsOf, type RouteObject, routeKey, sameRoute } from './route.ts'
import { type RuleObject, ruleKey } from './rule.ts'

export type { Departure, FilterObject, KeptSetting, LinkObject, LinkType, RouteObject, RuleObject, Setting, SettingName, SettingObject }

/** A thing in the kernel that we can want, see, add, replace and remove. */
export type KernelObject =
  | LinkObject
  | SettingObject
  | AddressObject
  | RouteObject
  | RuleObject
  | FilterObject
  | ServiceObject
  | DestinationObject

export type KernelKind = KernelObject['kind']

/** An address on an interface (rtnetlink RTM_NEWADDR). */
export interface AddressObject {
  readonly kind: 'address'
  readonly interface: string
  readonly prefix: Prefix
  readonly scope: number
  readonly label: string | undefined
  readonly broadcast: IpAddress | undefined
  readonly peer: Prefix | undefined
  /** IFA_F_* bits that we ask for (linux/if_addr.h). */
  readonly flags: number
  /** Seconds; undefined is forever. */
  readonly preferredLft: number | undefined
}

/** An ip_vs service (linux/ip_vs.h). */
export interface ServiceObject {
  readonly kind: 'service'
  readonly key: ServiceKey
  readonly scheduler: string
  /** IP_VS_SVC_F_PERSISTENT 1, ONEPACKET 4, SCHED1..3 8, 0x10, 0x20; never HASHED 2. */
  readonly flags: number
  /** Persistence, seconds. */
  readonly timeout: number
  /** As the attribute holds it: IPv4 mask as text, or IPv6 prefix length. */
  readonly netmask: IpAddress | number
  readonly persistenceEngine: string | undefined
}

/** An ip_vs destination of a service. */
export interface DestinationObject {
  readonly kind: 'destination'
  readonly service: ServiceKey
  readonly address: IpAddress
  readonly port: number
  /** IP_VS_CONN_F_FWD_MASK: 0 masq, 1 local, 2 tunnel, 3 direct route. */
  readonly forwarding: 0 | 1 | 2 | 3
  readonly weight: number
  readonly uthreshold: number
  readonly lthreshold: number
  /** 0 IPIP, 1 GUE, 2 GRE; with forwarding 2. */
  readonly tunnelType: 0 | 1 | 2
  readonly tunnelPort: number
  /** 0 nocsum, 1 csum, 2 remcsum. */
  readonly tunnelFlags: 0 | 1 | 2
}

export type Operation =
  | { readonly kind: 'add'; readonly object: KernelObject }
  | { readonly kind: 'replace'; readonly object: KernelObject }
  | { readonly kind: 'remove'; readonly object: KernelObject }
  /** Everything of ip_vs, ours or not: `lvs_flush` only. */
  | { readonly kind: 'flush-services' }

export const isAddress = (object: KernelObject): object is AddressObject => object.kind === 'address'

/** The kernel's answer to one operation; errno as a positive number, 0 for success. */
export interface OperationResult {
  readonly errno: number
  readonly detail: string
}

/**
 * The kernel as core sees it. Synchronous on purpose: a netlink answer is there when sendmsg returns, so a change, its
 * acknowledgement and what follows from it happen in one turn of the loop.
 */
export interface KernelPort {
  apply(operations: readonly Operation[]): readonly OperationResult[]
  /**
   * Undefined if the kernel could not be read whole (interrupted dump, missing family): never taken as "nothing there". Of destinations
   * only those of the services that are named, if any are, all of which must exist.
   */
  list(kind: KernelKind, of?: readonly ServiceKey[]): readonly KernelObject[] | undefined
}

/** What the kernel itself tells objects apart by, as text; two objects of one key cannot exist side by side. */
export function keyOf(object: KernelObject): string {
  const remembered = keys.get(object)
  if (remembered !== undefined) return remembered
  const key = writeKey(object)
  keys.set(object, key)
  return key
}

/** The same, not remembered: for what is compared once and forgotten. To remember ten thousand costs more than to write them. */
export function keyOnce(object: KernelObject): string {
  return object.kind === 'service' ? writeServiceKey(object.key) : writeKey(object)
}

/** Who owns the object: an address itself, a destination through its service. */
export function ownerKeyOf(object: KernelObject): string {
  return object.kind === 'destination' ? serviceKeyText(object.service) : keyOf(object)
}

export function addressKey(device: string, prefix: Prefix): string {
  // IPv6 knows an address once per interface, whatever its length; IPv4 once per length (net/ipv6/addrconf.c, net/ipv4/devinet.c).
  return familyOf(prefix.address) === 6 ? `address ${device} ${prefix.address}` : `address ${device} ${prefix.address}/${prefix.length}`
}

export function serviceKeyText(key: ServiceKey): string {
  const remembered = serviceKeys.get(key)
  if (remembered !== undefined) return remembered
  const text = writeServiceKey(key)
  serviceKeys.set(key, text)
  return text
}

/** Whether what is there serves for what is wanted; lenient where the kernel rewrites what it is told. */
export function serves(actual: KernelObject, wanted: KernelObject): boolean {
  if (actual === wanted) return true
  switch (wanted.kind) {
    case 'link':
      return actual.kind === 'link' && sameLink(actual, wanted)
    case 'setting':
      return actual.kind === 'setting' && actual.value === wanted.value
    case 'address':
      return actual.kind === 'address' && sameAddress(actual, wanted) && sameLifetime(actual, wanted)
    case 'route':
      return actual.kind === 'route' && sameRoute(actual, wanted)
    case 'rule':
      return actual.kind === 'rule' && actual.protocol === wanted.protocol
    case 'filter':
      return actual.kind === 'filter' && sameFilter(actual, wanted)
    case 'service':
      return actual.kind === 'service' && sameService(actual, wanted)
    case 'destination':
      return actual.kind === 'destination' && sameDestination(actual, wanted)
  }
}

/** Whether a replace is enough: of an address the kernel changes the lifetime in place; a route, a rule and the rest of it need remove and add. */
export function replaceable(actual: KernelObject, wanted: KernelObject): boolean {
  if (wanted.kind === 'link') return actual.kind === 'link' && isSameMake(actual, wanted)
  if (wanted.kind === 'route' || wanted.kind === 'rule') return false
  return wanted.kind !== 'address' || (actual.kind === 'address' && sameAddress(actual, wanted))
}

/** Whether removing the one may take the other along: IPv4 addresses of one subnet (net/ipv4/devinet.c, without promote_secondaries). */
export function isSibling(one: AddressObject, other: AddressObject): boolean {
  const [a, b] = [subnetOf(one), subnetOf(other)]
  return one !== other && a !== undefined && a === b
}

/** Whether removing the address may take the route along, of which nobody is told: IPv4 drops what it can no longer reach (net/ipv4/fib_semantics.c). */
export function mayFallWith(route: RouteObject, { prefix, interface: device }: AddressObject): boolean {
  if (route.family !== 4 || familyOf(prefix.address) !== 4) return false
  return route.source === prefix.address || hopsOf(route).some((hop) => hop.interface === undefined || hop.interface === device)
}

// Objects are immutable, so a key once written stays true; ten thousand destinations are compared at every change.
const keys = new WeakMap<KernelObject, string>()
const serviceKeys = new WeakMap<ServiceKey, string>()

function writeServiceKey(key: ServiceKey): string {
  return key.kind === 'fwmark' ? `service fwmark ${key.fwmark} ipv${key.family}` : `service ${key.protocol} ${key.address} ${key.port}`
}

function writeKey(object: KernelObject): string {
  switch (object.kind) {
    case 'link':
      return linkKey(object.name)
    case 'setting':
      return settingKey(object)
    case 'address':
      return addressKey(object.interface, kernelPrefix(object))
    case 'route':
      return routeKey(object)
    case 'rule':
      return ruleKey(object)
    case 'filter':
      return filterKey(object)
    case 'service':
      return serviceKeyText(object.key)
    case 'destination':
      return `${serviceKeyText(object.service)} > ${object.address} ${object.port}`
  }
}

function subnetOf(object: AddressObject): string | undefined {
  const { address, length } = object.peer ?? object.prefix
  if (familyOf(address) === 6) return undefined
  const bits = ipToBytes(address).reduce((number, byte) => number * 256 + byte, 0)
  return `${object.interface} ${Math.floor(bits / 2 ** (32 - length))}/${length}`
}

/** With a peer the length that counts is the peer's. */
function kernelPrefix(object: AddressObject): Prefix {
  return object.peer === undefined ? object.prefix : { address: object.prefix.address, length: object.peer.length }
}

/** IFA_F_NOPREFIXROUTE, IFA_F_MCAUTOJOIN for both families; IFA_F_HOMEADDRESS, IFA_F_MANAGETEMPADDR for IPv6. */
const comparedFlags = { 4: 0x200 | 0x400, 6: 0x200 | 0x400 | 0x10 | 0x100 } as const

function sameAddress(actual: AddressObject, wanted: AddressObject): boolean {
  const family = familyOf(wanted.prefix.address)
  return (
    kernelPrefix(actual).length === kernelPrefix(wanted).length &&
    actual.peer?.address === wanted.peer?.address &&
    ((actual.flags ^ wanted.flags) & comparedFlags[family]) === 0 &&
    // IPv6 derives the scope from the address. A label or broadcast that nobody asked for is left alone.
    (family === 6 || actual.scope === wanted.scope) &&
    (family === 6 || wanted.label === undefined || actual.label === wanted.label) &&
    (family === 6 || wanted.broadcast === undefined || actual.broadcast === wanted.broadcast)
  )
}

/** A lifetime counts down, so a finite one serves for any other finite one, but 0 (deprecated at once) only for 0. */
function sameLifetime(actual: AddressObject, wanted: AddressObject): boolean {
  if (wanted.preferredLft === undefined) return actual.preferredLft === undefined
  return wanted.preferredLft === 0 ? actual.preferredLft === 0 : actual.preferredLft !== undefined
}

/** IP_VS_SVC_F_HASHED: the kernel's own mark. */
const hashed = 2

function sameService(actual: ServiceObject, wanted: ServiceObject): boolean {
  return (
    actual.scheduler === wanted.scheduler &&
    (actual.flags & ~hashed) === (wanted.flags & ~hashed) &&
    actual.netmask === wanted.netmask &&
    (actual.persistenceEngine ?? '') === (wanted.persistenceEngine ?? '') &&
    // Without persistence the kernel keeps the number and never looks at it.
    ((wanted.flags & 1) === 0 || actual.timeout === wanted.timeout)
  )
}

/** IP_VS_CONN_F_LOCALNODE: what the kernel makes of a server that is the director itself. */
const local = 1
const tunnel = 2

function sameDestination(actual: DestinationObject, wanted: DestinationObject): boolean {
  const forwards = actual.forwarding === wanted.forwarding || actual.forwarding === local
  return (
    forwards &&
    actual.weight === wanted.weight &&
    actual.uthreshold === wanted.uthreshold &&
    actual.lthreshold === wanted.lthreshold &&
    (wanted.forwarding !== tunnel || actual.forwarding === local || sameTunnel(actual, wanted))
  )
}

function sameTunnel(actual: DestinationObject, wanted: DestinationObject): boolean {
  if (actual.tunnelType !== wanted.tunnelType) return false
  // Port and checksum mean nothing to IPIP; the port nothing to GRE (linux/ip_vs.h, IP_VS_CONN_F_TUNNEL_TYPE_*).
  if (wanted.tunnelType === 0) return true
  return actual.tunnelFlags === wanted.tunnelFlags && (wanted.tunnelType === 2 || actual.tunnelPort === wanted.tunnelPort)
}
