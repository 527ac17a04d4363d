import { bitsOf, type Family, ipFromBytes, type Prefix } from '../../base/ip.ts'
import type { RuleObject } from '../../core/reconcile/rule.ts'
import type { NumberSpan, RuleAction, RuleTableOptions } from '../../core/vrrp/config.ts'
import { Attributes, littleEndian, viewOf, type Writer } from '../attribute.ts'
import {
  AF_INET,
  AF_INET6,
  FIB_RULE_INVERT,
  FR_ACT_BLACKHOLE,
  FR_ACT_GOTO,
  FR_ACT_NOP,
  FR_ACT_PROHIBIT,
  FR_ACT_TO_TBL,
  FR_ACT_UNREACHABLE,
  FRA_DPORT_RANGE,
  FRA_DST,
  FRA_FLOW,
  FRA_FWMARK,
  FRA_FWMASK,
  FRA_GOTO,
  FRA_IIFNAME,
  FRA_IP_PROTO,
  FRA_L3MDEV,
  FRA_OIFNAME,
  FRA_PRIORITY,
  FRA_PROTOCOL,
  FRA_SPORT_RANGE,
  FRA_SRC,
  FRA_SUPPRESS_IFGROUP,
  FRA_SUPPRESS_PREFIXLEN,
  FRA_TABLE,
  FRA_TUN_ID,
  FRA_UID_RANGE,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELRULE,
  RTM_GETRULE,
  RTM_NEWRULE,
} from '../constants.ts'
import type { Message, Request } from '../message.ts'

const families = { 4: AF_INET, 6: AF_INET6 } as const

/** Asks for the rules of one family; as a dump. */
export function listRules(family: Family): Request {
  return { type: RTM_GETRULE, flags: 0, write: (writer) => writeHeader(writer, { family: families[family] }) }
}

export function newRule(rule: RuleObject): Request {
  return { type: RTM_NEWRULE, flags: NLM_F_CREATE | NLM_F_EXCL, write: (writer) => writeRule(writer, rule) }
}

export function deleteRule(rule: RuleObject): Request {
  return { type: RTM_DELRULE, flags: 0, write: (writer) => writeRule(writer, rule) }
}

/** The rule of RTM_NEWRULE or RTM_DELRULE; undefined for any other message, a malformed one, and what no configuration can write. */
export function readRule(message: Message): RuleObject | undefined {
  const { type, payload } = message
  if ((type !== RTM_NEWRULE && type !== RTM_DELRULE) || payload.length < 12) return undefined
  const view = viewOf(payload)
  const family = view.getUint8(0) === AF_INET ? 4 : view.getUint8(0) === AF_INET6 ? 6 : undefined
  if (family === undefined) return undefined
  const attributes = new Attributes(payload.subarray(12))
  const action = readAction(attributes, view.getUint8(7), view.getUint8(4))
  if (action === undefined) return undefined
  const name = (attribute: number): string | undefined => (attributes.has(attribute) ? attributes.text(attribute) : undefined)
  const isMarked = attributes.has(FRA_FWMARK) || attributes.has(FRA_FWMASK)
  const rule: RuleObject = {
    kind: 'rule',
    family,
    preference: attributes.u32(FRA_PRIORITY),
    invert: (view.getUint32(8, littleEndian) & FIB_RULE_INVERT) !== 0,
    from: readPrefix(attributes, FRA_SRC, family, view.getUint8(2)),
    to: readPrefix(attributes, FRA_DST, family, view.getUint8(1)),
    tos: view.getUint8(3) === 0 ? undefined : view.getUint8(3),
    fwmark: isMarked ? { mark: attributes.u32(FRA_FWMARK), mask: attributes.u32(FRA_FWMASK) } : undefined,
    iif: name(FRA_IIFNAME),
    oif: name(FRA_OIFNAME),
    uidrange: readPair(attributes, FRA_UID_RANGE, 4),
    tunnelId: attributes.has(FRA_TUN_ID) ? attributes.be64(FRA_TUN_ID) : undefined,
    ipproto: attributes.has(FRA_IP_PROTO) ? attributes.u8(FRA_IP_PROTO) : undefined,
    sport: readPair(attributes, FRA_SPORT_RANGE, 2),
    dport: readPair(attributes, FRA_DPORT_RANGE, 2),
    protocol: attributes.u8(FRA_PROTOCOL),
    action,
  }
  return attributes.error === undefined ? rule : undefined
}

function writeRule(writer: Writer, rule: RuleObject): void {
  const { family, preference, invert, from, to, tos, fwmark, iif, oif, uidrange, tunnelId, ipproto, sport, dport, protocol, action } = rule
  const table = action.kind === 'table' ? action.table : 0
  writeHeader(writer, {
    family: families[family],
    to: to?.length ?? 0,
    from: from?.length ?? 0,
    tos: tos ?? 0,
    table: table < 256 ? table : 0,
    action: ACTIONS[action.kind],
    flags: invert ? FIB_RULE_INVERT : 0,
  })
  if (from !== undefined && from.length > 0) writer.attributeIp(FRA_SRC, from.address)
  if (to !== undefined && to.length > 0) writer.attributeIp(FRA_DST, to.address)
  writer.attributeU32(FRA_PRIORITY, preference)
  if (fwmark !== undefined) {
    writer.attributeU32(FRA_FWMARK, fwmark.mark)
    writer.attributeU32(FRA_FWMASK, fwmark.mask)
  }
  if (iif !== undefined) writer.attributeText(FRA_IIFNAME, iif)
  if (oif !== undefined) writer.attributeText(FRA_OIFNAME, oif)
  if (uidrange !== undefined) writer.attributeU32Pair(FRA_UID_RANGE, uidrange.low, uidrange.high)
  if (tunnelId !== undefined) writer.attributeBe64(FRA_TUN_ID, tunnelId)
  if (ipproto !== undefined) writer.attributeU8(FRA_IP_PROTO, ipproto)
  if (sport !== undefined) writePorts(writer, FRA_SPORT_RANGE, sport)
  if (dport !== undefined) writePorts(writer, FRA_DPORT_RANGE, dport)
  writer.attributeU8(FRA_PROTOCOL, protocol)
  if (action.kind === 'goto') writer.attributeU32(FRA_GOTO, action.target)
  if (action.kind !== 'table' && action.kind !== 'l3mdev') return
  writeTable(writer, action)
}

function writeTable(writer: Writer, action: Extract<RuleAction, { readonly kind: 'table' | 'l3mdev' }>): void {
  if (action.kind === 'table') writer.attributeU32(FRA_TABLE, action.table)
  else writer.attributeU8(FRA_L3MDEV, 1)
  const { realms, suppressPrefixlength, suppressIfgroup } = action
  if (realms !== undefined) writer.attributeU32(FRA_FLOW, ((realms.from << 16) | realms.to) >>> 0)
  if (suppressPrefixlength !== undefined) writer.attributeU32(FRA_SUPPRESS_PREFIXLEN, suppressPrefixlength)
  if (suppressIfgroup !== undefined) writer.attributeU32(FRA_SUPPRESS_IFGROUP, suppressIfgroup)
}

const ACTIONS = {
  table: FR_ACT_TO_TBL,
  l3mdev: FR_ACT_TO_TBL,
  goto: FR_ACT_GOTO,
  nop: FR_ACT_NOP,
  blackhole: FR_ACT_BLACKHOLE,
  unreachable: FR_ACT_UNREACHABLE,
  prohibit: FR_ACT_PROHIBIT,
} as const

/** What the kernel writes where nothing is suppressed: -1. */
const NOTHING = 0xffff_ffff

function readAction(attributes: Attributes, action: number, shortTable: number): RuleAction | undefined {
  switch (action) {
    case FR_ACT_TO_TBL: {
      const options = readTableOptions(attributes)
      if (attributes.u8(FRA_L3MDEV) === 1) return { kind: 'l3mdev', ...options }
      return { kind: 'table', table: attributes.has(FRA_TABLE) ? attributes.u32(FRA_TABLE) : shortTable, ...options }
    }
    case FR_ACT_GOTO:
      return { kind: 'goto', target: attributes.u32(FRA_GOTO) }
    case FR_ACT_NOP:
      return { kind: 'nop' }
    case FR_ACT_BLACKHOLE:
      return { kind: 'blackhole' }
    case FR_ACT_UNREACHABLE:
      return { kind: 'unreachable' }
    case FR_ACT_PROHIBIT:
      return { kind: 'prohibit' }
    default:
      return undefined
  }
}

function readTableOptions(attributes: Attributes): RuleTableOptions {
  const number = (type: number): number | undefined => {
    const value = attributes.has(type) ? attributes.u32(type) : NOTHING
    return value === NOTHING ? undefined : value
  }
  const realms = attributes.u32(FRA_FLOW)
  return {
    realms: realms === 0 ? undefined : { from: realms >>> 16, to: realms & 0xffff },
    suppressPrefixlength: number(FRA_SUPPRESS_PREFIXLEN),
    suppressIfgroup: number(FRA_SUPPRESS_IFGROUP),
  }
}

/** struct fib_rule_hdr */
function writeHeader(
  writer: Writer,
  header: {
    readonly family: number
    readonly to?: number
    readonly from?: number
    readonly tos?: number
    readonly table?: number
    readonly action?: number
    readonly flags?: number
  },
): void {
  writer.u8(header.family)
  writer.u8(header.to ?? 0)
  writer.u8(header.from ?? 0)
  writer.u8(header.tos ?? 0)
  writer.u8(header.table ?? 0)
  writer.u16(0)
  writer.u8(header.action ?? 0)
  writer.u32(header.flags ?? 0)
}

/** struct fib_rule_port_range */
function writePorts(writer: Writer, type: number, { low, high }: NumberSpan): void {
  const bytes = new Uint8Array(4)
  const view = viewOf(bytes)
  view.setUint16(0, low, littleEndian)
  view.setUint16(2, high, littleEndian)
  writer.attributeBytes(type, bytes)
}

function readPair(attributes: Attributes, type: number, size: 2 | 4): NumberSpan | undefined {
  if (!attributes.has(type)) return undefined
  const view = viewOf(attributes.bytes(type, size * 2))
  return size === 2
    ? { low: view.getUint16(0, littleEndian), high: view.getUint16(2, littleEndian) }
    : { low: view.getUint32(0, littleEndian), high: view.getUint32(4, littleEndian) }
}

function readPrefix(attributes: Attributes, type: number, family: Family, length: number): Prefix | undefined {
  if (!attributes.has(type) || length > bitsOf(family)) return undefined
  const size = bitsOf(family) / 8
  return { address: ipFromBytes(attributes.bytes(type, size).subarray(0, size)), length }
}
