import { type Family, type IpAddress, ipFromBytes, ipToBytes } from '../base/ip.ts'
import type { FilterObject, LinkLocalAddress } from '../core/reconcile/filter.ts'
import { Attributes, littleEndian, viewOf, type Writer } from './attribute.ts'
import {
  NF_ACCEPT,
  NF_DROP,
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NFPROTO_IPV4,
  NFPROTO_IPV6,
  NFT_META_IIF,
  NFT_META_IIFNAME,
  NFT_META_OIF,
  NFT_META_OIFNAME,
  NFT_MSG_DELTABLE,
  NFT_MSG_GETCHAIN,
  NFT_MSG_GETRULE,
  NFT_MSG_GETSETELEM,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_MSG_NEWTABLE,
  NFT_REG_2,
  NFT_SET_CONSTANT,
  NFTA_CHAIN_HOOK,
  NFTA_CHAIN_NAME,
  NFTA_CHAIN_POLICY,
  NFTA_CHAIN_TABLE,
  NFTA_CHAIN_TYPE,
  NFTA_DATA_VALUE,
  NFTA_EXPR_NAME,
  NFTA_HOOK_HOOKNUM,
  NFTA_HOOK_PRIORITY,
  NFTA_LIST_ELEM,
  NFTA_RULE_CHAIN,
  NFTA_RULE_EXPRESSIONS,
  NFTA_RULE_TABLE,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  NFTA_SET_FLAGS,
  NFTA_SET_ID,
  NFTA_SET_KEY_LEN,
  NFTA_SET_KEY_TYPE,
  NFTA_SET_NAME,
  NFTA_SET_TABLE,
  NFTA_TABLE_NAME,
  NLM_F_APPEND,
  NLM_F_CREATE,
} from './constants.ts'
import type { Message, Request } from './message.ts'
import {
  counter,
  type Expression,
  equals,
  goTo,
  isIn,
  masked,
  meta,
  payload,
  verdict,
  writeData,
  writeExpressions,
} from './nftables-rule.ts'

/** The names are keepalived's, and so is what `nft list ruleset` shows. */
const DISCOVERY = 'neighbor-discovery'

export const beginBatch: Request = batchMark(NFNL_MSG_BATCH_BEGIN)
export const endBatch: Request = batchMark(NFNL_MSG_BATCH_END)

/** A table anew, whatever was in it: made in case it is missing, removed, and made as it should be. Between the two marks all at once. */
export function replaceFilter(filter: FilterObject, indexOf: (device: string) => number): readonly Request[] {
  return [
    newTable(filter),
    deleteFilter(filter),
    newTable(filter),
    ...(filter.family === 4 ? contentOf4(filter) : contentOf6(filter, indexOf)),
  ]
}

export function deleteFilter({ family, table }: Pick<FilterObject, 'family' | 'table'>): Request {
  return request(NFT_MSG_DELTABLE, family, 0, (writer) => writer.attributeText(NFTA_TABLE_NAME, table))
}

/** Asks for the chains of all tables of a family; as a dump. */
export const listChains = (family: Family): Request => request(NFT_MSG_GETCHAIN, family, 0, () => {})

/** Asks for the rules of a table; as a dump. */
export function listFilterRules(family: Family, table: string): Request {
  return request(NFT_MSG_GETRULE, family, 0, (writer) => writer.attributeText(NFTA_RULE_TABLE, table))
}

/** Asks for what is in a set; as a dump. */
export function listElements(family: Family, table: string, set: string): Request {
  return request(NFT_MSG_GETSETELEM, family, 0, (writer) => {
    writer.attributeText(NFTA_SET_ELEM_LIST_TABLE, table)
    writer.attributeText(NFTA_SET_ELEM_LIST_SET, set)
  })
}

/** How many rules a whole table has. */
export const RULES_OF = { 4: 2, 6: 8 } as const

export interface FilterChain {
  readonly table: string
  readonly name: string
  /** Of a chain that a hook leads to. */
  readonly priority: number | undefined
}

export function readChain({ type, payload: bytes }: Message): FilterChain | undefined {
  if (type !== messageType(NFT_MSG_NEWCHAIN) || bytes.length < 4) return undefined
  const attributes = new Attributes(bytes.subarray(4))
  const priority = attributes.has(NFTA_CHAIN_HOOK) ? attributes.nest(NFTA_CHAIN_HOOK).be32(NFTA_HOOK_PRIORITY) | 0 : undefined
  const chain = { table: attributes.text(NFTA_CHAIN_TABLE), name: attributes.text(NFTA_CHAIN_NAME), priority }
  return attributes.error === undefined ? chain : undefined
}

export interface FilterRule {
  readonly chain: string
  /** Names of its expressions, in their order. */
  readonly expressions: readonly string[]
}

export function readFilterRule({ type, payload: bytes }: Message): FilterRule | undefined {
  if (type !== messageType(NFT_MSG_NEWRULE) || bytes.length < 4) return undefined
  const attributes = new Attributes(bytes.subarray(4))
  const expressions = elementsOf(attributes.bytes(NFTA_RULE_EXPRESSIONS)).map((one) => new Attributes(one).text(NFTA_EXPR_NAME))
  return attributes.error === undefined ? { chain: attributes.text(NFTA_RULE_CHAIN), expressions } : undefined
}

/** The keys of the elements of a set. */
export function readElements({ type, payload: bytes }: Message): readonly Uint8Array[] {
  if (type !== messageType(NFT_MSG_NEWSETELEM) || bytes.length < 4) return []
  const attributes = new Attributes(bytes.subarray(4))
  return elementsOf(attributes.bytes(NFTA_SET_ELEM_LIST_ELEMENTS)).map((one) =>
    new Attributes(one).nest(NFTA_SET_ELEM_KEY).bytes(NFTA_DATA_VALUE),
  )
}

/** Undefined for what is no address. */
export function addressOfKey(key: Uint8Array): IpAddress | undefined {
  return key.length === 4 || key.length === 16 ? ipFromBytes(key) : undefined
}

/** By the number of the link 20 bytes, by its name 32. */
export function linkLocalOfKey(key: Uint8Array, nameOf: (index: number) => string | undefined): LinkLocalAddress | undefined {
  if (key.length !== 20 && key.length !== 32) return undefined
  const address = ipFromBytes(key.subarray(0, 16))
  const rest = key.subarray(16)
  const device = key.length === 20 ? nameOf(viewOf(rest).getUint32(0, littleEndian)) : textOf(rest)
  return device === undefined ? undefined : { address, interface: device }
}

/** nft's numbers of what a key is; of two together the first one is six bits further left. */
const TYPES = { ipv4: 7, ipv6: 8, interface: 20, icmpv6: 29, interfaceName: 41 } as const
const IFNAMSIZ = 16

function contentOf4(filter: FilterObject): readonly Request[] {
  const drop = (offset: number): readonly Expression[] => [payload('network', offset, 4), isIn(filter.sets.addresses), verdict(NF_DROP)]
  return [
    newSet(filter, { name: filter.sets.addresses, id: 1, keyType: TYPES.ipv4, keyLength: 4, flags: 0 }),
    ...newElements(filter, filter.sets.addresses, filter.addresses.map(ipToBytes)),
    newChain(filter, 'out', NF_INET_LOCAL_OUT),
    newChain(filter, 'in', NF_INET_LOCAL_IN),
    newRule(filter, 'out', drop(SOURCE_4)),
    newRule(filter, 'in', drop(DESTINATION_4)),
  ]
}

/** Offsets in the headers of IPv4 and IPv6. */
const SOURCE_4 = 12
const DESTINATION_4 = 16
const NEXT_HEADER_6 = 6
const SOURCE_6 = 8
const DESTINATION_6 = 24
const ICMPV6 = 58
const [NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT] = [135, 136]
/** fe80::/10 */
const LINK_LOCAL_BITS = Uint8Array.of(0xff, 0xc0, ...new Array<number>(14).fill(0))
const LINK_LOCAL_PREFIX = Uint8Array.of(0xfe, 0x80, ...new Array<number>(14).fill(0))

function contentOf6(filter: FilterObject, indexOf: (device: string) => number): readonly Request[] {
  const { byIndex } = filter
  const place = byIndex ? { type: TYPES.interface, size: 4 } : { type: TYPES.interfaceName, size: IFNAMSIZ }
  return [
    newSet(filter, { name: filter.sets.addresses, id: 1, keyType: TYPES.ipv6, keyLength: 16, flags: 0 }),
    ...newElements(filter, filter.sets.addresses, filter.addresses.map(ipToBytes)),
    newSet(filter, { name: DISCOVERY, id: 2, keyType: TYPES.icmpv6, keyLength: 1, flags: NFT_SET_CONSTANT }),
    ...newElements(filter, DISCOVERY, [Uint8Array.of(NEIGHBOUR_SOLICITATION), Uint8Array.of(NEIGHBOUR_ADVERTISEMENT)]),
    newSet(filter, { name: filter.sets.linkLocal, id: 3, keyType: (TYPES.ipv6 << 6) | place.type, keyLength: 16 + place.size, flags: 0 }),
    ...newElements(
      filter,
      filter.sets.linkLocal,
      filter.linkLocal.map((one) => linkLocalKey(one, byIndex, indexOf)),
    ),
    newChain(filter, 'out', NF_INET_LOCAL_OUT),
    newChain(filter, 'in', NF_INET_LOCAL_IN),
    newChain(filter, 'in_link_local'),
    newChain(filter, 'out_link_local'),
    ...rulesOf6(filter, { chain: 'out', offset: SOURCE_6, link: byIndex ? NFT_META_OIF : NFT_META_OIFNAME }),
    ...rulesOf6(filter, { chain: 'in', offset: DESTINATION_6, link: byIndex ? NFT_META_IIF : NFT_META_IIFNAME }),
  ]
}

function rulesOf6(
  filter: FilterObject,
  way: { readonly chain: 'in' | 'out'; readonly offset: number; readonly link: number },
): readonly Request[] {
  const { chain, offset, link } = way
  const address = payload('network', offset, 16)
  return [
    newRule(filter, chain, [
      payload('network', NEXT_HEADER_6, 1),
      equals(Uint8Array.of(ICMPV6)),
      payload('transport', 0, 1),
      isIn(DISCOVERY),
      verdict(NF_ACCEPT),
    ]),
    newRule(filter, chain, [address, masked(LINK_LOCAL_BITS), equals(LINK_LOCAL_PREFIX), goTo(`${chain}_link_local`)]),
    newRule(filter, chain, [address, isIn(filter.sets.addresses), verdict(NF_DROP)]),
    newRule(filter, `${chain}_link_local`, [address, meta(link, NFT_REG_2), isIn(filter.sets.linkLocal), verdict(NF_DROP)]),
  ]
}

function linkLocalKey({ address, interface: device }: LinkLocalAddress, byIndex: boolean, indexOf: (device: string) => number): Uint8Array {
  const place = new Uint8Array(byIndex ? 4 : IFNAMSIZ)
  if (byIndex) viewOf(place).setUint32(0, Math.max(0, indexOf(device)), littleEndian)
  else for (let at = 0; at < device.length; at++) place[at] = device.charCodeAt(at)
  return Uint8Array.of(...ipToBytes(address), ...place)
}

/** What all parts of a table are made with. */
export type TableShape = Pick<FilterObject, 'family' | 'table' | 'priority' | 'counters'>

export const newTable = ({ family, table }: TableShape): Request =>
  request(NFT_MSG_NEWTABLE, family, NLM_F_CREATE, (writer) => writer.attributeText(NFTA_TABLE_NAME, table))

/** Without a hook only other chains lead there. */
export function newChain({ family, table, priority }: TableShape, name: string, hook?: number): Request {
  return request(NFT_MSG_NEWCHAIN, family, NLM_F_CREATE, (writer) => {
    writer.attributeText(NFTA_CHAIN_TABLE, table)
    writer.attributeText(NFTA_CHAIN_NAME, name)
    if (hook === undefined) return
    const nest = writer.open(NFTA_CHAIN_HOOK)
    writer.attributeBe32(NFTA_HOOK_HOOKNUM, hook)
    writer.attributeBe32(NFTA_HOOK_PRIORITY, priority)
    writer.close(nest)
    writer.attributeBe32(NFTA_CHAIN_POLICY, NF_ACCEPT)
    writer.attributeText(NFTA_CHAIN_TYPE, 'filter')
  })
}

/** Its last expression is the verdict; counted before that, if at all. */
export function newRule({ family, table, counters }: TableShape, chain: string, expressions: readonly Expression[]): Request {
  const all = counters ? expressions.toSpliced(-1, 0, counter) : expressions
  return request(NFT_MSG_NEWRULE, family, NLM_F_CREATE | NLM_F_APPEND, (writer) => {
    writer.attributeText(NFTA_RULE_TABLE, table)
    writer.attributeText(NFTA_RULE_CHAIN, chain)
    const nest = writer.open(NFTA_RULE_EXPRESSIONS)
    writeExpressions(writer, all)
    writer.close(nest)
  })
}

interface SetShape {
  readonly name: string
  /** Within the batch. */
  readonly id: number
  readonly keyType: number
  /** Bytes. */
  readonly keyLength: number
  readonly flags: number
}

function newSet({ family, table }: FilterObject, { name, id, keyType, keyLength, flags }: SetShape): Request {
  return request(NFT_MSG_NEWSET, family, NLM_F_CREATE, (writer) => {
    writer.attributeText(NFTA_SET_TABLE, table)
    writer.attributeText(NFTA_SET_NAME, name)
    if (flags !== 0) writer.attributeBe32(NFTA_SET_FLAGS, flags)
    writer.attributeBe32(NFTA_SET_KEY_TYPE, keyType)
    writer.attributeBe32(NFTA_SET_KEY_LEN, keyLength)
    writer.attributeBe32(NFTA_SET_ID, id)
  })
}

/** A nest holds at most 64 KiB. */
const ELEMENTS_AT_ONCE = 1000

function newElements({ family, table }: FilterObject, set: string, keys: readonly Uint8Array[]): readonly Request[] {
  const parts = Array.from({ length: Math.ceil(keys.length / ELEMENTS_AT_ONCE) }, (_, at) =>
    keys.slice(at * ELEMENTS_AT_ONCE, (at + 1) * ELEMENTS_AT_ONCE),
  )
  return parts.map((part) =>
    request(NFT_MSG_NEWSETELEM, family, NLM_F_CREATE, (writer) => {
      writer.attributeText(NFTA_SET_ELEM_LIST_TABLE, table)
      writer.attributeText(NFTA_SET_ELEM_LIST_SET, set)
      const nest = writer.open(NFTA_SET_ELEM_LIST_ELEMENTS)
      for (const key of part) {
        const element = writer.open(NFTA_LIST_ELEM)
        writeData(writer, NFTA_SET_ELEM_KEY, key)
        writer.close(element)
      }
      writer.close(nest)
    }),
  )
}

/** All elements of a list have one type, so they are walked here and not by type. */
function elementsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const view = viewOf(bytes)
  const elements: Uint8Array[] = []
  for (let at = 0; bytes.length - at >= 4; ) {
    const length = view.getUint16(at, littleEndian)
    if (length < 4 || length > bytes.length - at) break
    elements.push(bytes.subarray(at + 4, at + length))
    at += (length + 3) & ~3
  }
  return elements
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end))
}

const messageType = (message: number): number => (NFNL_SUBSYS_NFTABLES << 8) | message

export function request(message: number, family: Family, flags: number, write: (writer: Writer) => void): Request {
  return {
    type: messageType(message),
    flags,
    write(writer) {
      writeHeader(writer, family === 4 ? NFPROTO_IPV4 : NFPROTO_IPV6, 0)
      write(writer)
    },
  }
}

function batchMark(type: number): Request {
  return { type, flags: 0, write: (writer) => writeHeader(writer, 0, NFNL_SUBSYS_NFTABLES) }
}

/** struct nfgenmsg; the resource is in network order. */
function writeHeader(writer: Writer, family: number, resource: number): void {
  writer.bytes(Uint8Array.of(family, 0, resource >> 8, resource & 255))
}
