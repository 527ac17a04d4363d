import { type IpAddress, parseIp, parsePrefix } from '../../src/base/ip.ts'
import type { MacAddress } from '../../src/base/mac.ts'
import { readRouteLine } from '../../src/config/keywords/virtual-route.ts'
import { readRuleLine } from '../../src/config/keywords/virtual-rule.ts'
import { emptyParsed } from '../../src/config/parsed.ts'
import type { ServiceKey } from '../../src/core/check/config.ts'
import type {
  AddressObject,
  DestinationObject,
  FilterObject,
  LinkObject,
  RouteObject,
  RuleObject,
  ServiceObject,
  SettingObject,
} from '../../src/core/reconcile/kinds.ts'
import { routeObject, ruleObject } from '../../src/core/vrrp/routing.ts'
import { host, newContext, readWords } from './config-text.ts'

/** IFA_F_NODAD */
const nodad = 2

export const ip = (text: string): IpAddress => {
  const address = parseIp(text)
  if (address === undefined) throw new Error(`not an address: ${text}`)
  return address
}

/** An address on eth0 unless said otherwise. */
export function address(text: string, more: Partial<AddressObject> = {}): AddressObject {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(`not a prefix: ${text}`)
  return {
    kind: 'address',
    interface: 'eth0',
    prefix,
    scope: 0,
    label: undefined,
    broadcast: undefined,
    peer: undefined,
    flags: text.includes(':') ? nodad : 0,
    preferredLft: undefined,
    ...more,
  }
}

/** The private macvlan vrrp.51 with the virtual MAC, above eth0 unless said otherwise. */
export function link(more: Partial<LinkObject> = {}): LinkObject {
  return {
    kind: 'link',
    name: 'vrrp.51',
    base: 'eth0',
    type: { kind: 'macvlan', mac: '00:00:5e:00:01:33' as MacAddress },
    group: 0,
    up: true,
    settings: [
      { family: 4, name: 'arp_ignore', value: 1 },
      { family: 4, name: 'rp_filter', value: 0 },
      { family: 4, name: 'accept_local', value: 1 },
      { family: 4, name: 'promote_secondaries', value: 1 },
      { family: 6, name: 'disable_ipv6', value: 1 },
      { family: 6, name: 'addr_gen_mode', value: 1 },
    ],
    reportsBelow: [4],
    ...more,
  }
}

/** A route as a line of virtual_routes has it; all links exist. */
export function route(line: string): RouteObject {
  const { value, codes } = readWords(line, (words, context) => readRouteLine(words, context, { block: 'virtual_routes' }), anyLink())
  if (value === undefined || codes.length > 0) throw new Error(`not a route: ${line}: ${codes}`)
  const { trackGroup: _, ...virtual } = value
  return routeObject(virtual)
}

/** A rule as a line of virtual_rules has it; all links exist. */
export function rule(line: string): RuleObject {
  const { value, codes } = readWords(line, (words, context) => readRuleLine(words, context, { block: 'virtual_rules' }), anyLink())
  if (value === undefined || codes.length > 0) throw new Error(`not a rule: ${line}: ${codes}`)
  const { trackGroup: _, ...virtual } = value
  return ruleObject(virtual)
}

const anyLink = () => newContext(emptyParsed(), { ...host, interfaceExists: () => true })

/** A table named keepalived that guards these; link-local ones with their link, as fe80::1%eth0. */
export function filter(family: 4 | 6, texts: readonly string[], more: Partial<FilterObject> = {}): FilterObject {
  const scoped = texts.filter((text) => text.includes('%')).map((text) => text.split('%'))
  return {
    kind: 'filter',
    family,
    table: 'keepalived',
    priority: -1,
    counters: false,
    byIndex: false,
    sets: { addresses: 'vips', linkLocal: 'vips_link_local' },
    addresses: texts.filter((text) => !text.includes('%')).map(ip),
    linkLocal: scoped.map(([address = '', device = '']) => ({ address: ip(address), interface: device })),
    ...more,
  }
}

export function setting(name: SettingObject['name'], value: number, more: Partial<SettingObject> = {}): SettingObject {
  return { kind: 'setting', family: 4, interface: 'eth0', name, value, ...more }
}

/** "192.0.2.1:80" (TCP), "[2001:db8::1]:80", or "fwmark 5". */
export function serviceKey(text: string): ServiceKey {
  const mark = /^fwmark (\d+)( v6)?$/.exec(text)
  if (mark !== null) return { kind: 'fwmark', fwmark: Number(mark[1]), family: mark[2] === undefined ? 4 : 6 }
  const colon = text.lastIndexOf(':')
  return { kind: 'address', protocol: 'TCP', address: ip(text.slice(0, colon).replace(/[[\]]/g, '')), port: Number(text.slice(colon + 1)) }
}

export function service(text: string, more: Partial<ServiceObject> = {}): ServiceObject {
  const v6 = text.includes('[') || text.endsWith('v6')
  return {
    kind: 'service',
    key: serviceKey(text),
    scheduler: 'rr',
    flags: 0,
    timeout: 0,
    netmask: v6 ? 128 : ip('255.255.255.255'),
    persistenceEngine: undefined,
    ...more,
  }
}

export function destination(of: string, at: string, more: Partial<DestinationObject> = {}): DestinationObject {
  const colon = at.lastIndexOf(':')
  return {
    kind: 'destination',
    service: serviceKey(of),
    address: ip(at.slice(0, colon).replace(/[[\]]/g, '')),
    port: Number(at.slice(colon + 1)),
    forwarding: 3,
    weight: 1,
    uthreshold: 0,
    lthreshold: 0,
    tunnelType: 0,
    tunnelPort: 0,
    tunnelFlags: 0,
    ...more,
  }
}
