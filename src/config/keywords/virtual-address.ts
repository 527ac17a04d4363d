import { bitsOf, familyOf, type IpAddress, ipFromBytes, ipToBytes, type Prefix, parseIp } from '../../base/ip.ts'
import type { VirtualAddress } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import { nameOrNumber } from './routing-names.ts'
import { interfaceExists, type LineReader, readLine, reportMissingInterface, UINT32, type LineWord as Word } from './value-line.ts'

/**
 * A line of virtual_ipaddress, virtual_ipaddress_excluded or static_ipaddress:
 *
 *     ADDR[/LENGTH] { dev IFNAME | scope NAME|0..255 | broadcast|brd IPV4|+|- | label TEXT | peer ADDR | preferred_lft SECONDS|forever
 *       | home | -nodad | mngtmpaddr | noprefixroute | autojoin | no_track | use_vmac (virtual) | track_group NAME (static) }
 */
export interface AddressLine extends Omit<VirtualAddress, 'interface' | 'below' | 'useVmac'> {
  /** `dev`; undefined is the instance's interface (or its VMAC), or default_interface in static_ipaddress. */
  readonly interface: string | undefined
  readonly useVmac: boolean
  readonly trackGroup: string | undefined
}

export type AddressBlock = 'virtual_ipaddress' | 'virtual_ipaddress_excluded' | 'static_ipaddress'

export interface AddressContext {
  readonly block: AddressBlock
  /** static_ipaddress only: whether there is a default_interface (eth0 if none was named). */
  readonly hasDefaultInterface: boolean
}

interface Draft {
  readonly text: string
  readonly address: IpAddress
  readonly given: number | undefined
  readonly context: AddressContext
  interface?: string
  scope: number
  label?: string
  broadcast?: { readonly word: Word; readonly value: IpAddress | '+' | '-' }
  peer?: IpAddress
  home: boolean
  nodad: boolean
  mngtmpaddr: boolean
  noprefixroute: boolean
  autojoin: boolean
  noTrack: boolean
  useVmac: boolean
  preferredLft?: number | 'forever'
  trackGroup?: Word
}

/** False drops the address. */
type Option = (draft: Draft, word: Word, reader: LineReader) => boolean

const options: Readonly<Record<string, Option>> = {
  dev: withArgument(readDevice),
  scope: withArgument(readScope),
  broadcast: withArgument(readBroadcast),
  brd: withArgument(readBroadcast),
  label: withArgument(readLabel),
  peer: readPeer,
  preferred_lft: withArgument(readPreferredLifetime),
  home: flag('home', true),
  '-nodad': flag('nodad', false),
  mngtmpaddr: flag('mngtmpaddr', true),
  noprefixroute: flag('noprefixroute', true),
  autojoin: flag('autojoin', true),
  no_track: flag('noTrack', true),
  use_vmac: flag('useVmac', true),
  track_group: withArgument((draft, word) => {
    draft.trackGroup = word
    return true
  }),
}

/** For the manual, which must know them all. */
export const addressOptionWords: readonly string[] = Object.keys(options)

/** Undefined: the line is dropped. */
export function readAddressLine(words: readonly string[], context: Context, use: AddressContext): AddressLine | undefined {
  return readAddress(readLine(words, context), use)
}

function readAddress(reader: LineReader, context: AddressContext): AddressLine | undefined {
  const first = reader.next()
  const draft = first && startDraft(reader, first, context)
  if (first === undefined || draft === undefined) return undefined
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    const option = allowed(word.text, context) ? options[word.text] : undefined
    if (option === undefined) {
      reader.report({
        code: 'address-option',
        at: word,
        message: `Unknown configuration entry '${word.text}' for ip address - ignoring`,
        expected: Object.keys(options).join(', '),
      })
    } else if (!option(draft, word, reader)) return undefined
  }
  return finish(draft, first, reader)
}

function startDraft(reader: LineReader, word: Word, context: AddressContext): Draft | undefined {
  const [base = '', lengthText] = splitOnce(word.text, '/')
  const address = parseIp(base)
  if (address === undefined) {
    reader.report({
      code: 'address',
      at: word,
      message: `'${word.text}' is not an address; the line is dropped`,
      expected: 'a numeric address',
    })
    return undefined
  }
  const flags = { home: false, nodad: familyOf(address) === 6, mngtmpaddr: false, noprefixroute: false, autojoin: false }
  const given = lengthText === undefined ? undefined : readPrefixLength(reader, word, address, lengthText)
  return { text: word.text, address, given, context, scope: 0, ...flags, noTrack: false, useVmac: false }
}

/** The length after the slash; a bad one is reported and the whole address taken. */
export function readPrefixLength(reader: LineReader, word: Word, address: IpAddress, text: string): number {
  const bits = bitsOf(familyOf(address))
  const length = text === '' ? 0 : parseWhole(text, { min: 0, max: bits })
  if (length === 0) return 0
  if (length.kind === 'number') return length.value
  reader.report({
    code: 'prefix-length',
    at: word,
    message: `prefix length of ${word.text} ${describeFault(length.fault)}; ${bits} is used`,
    expected: `0..${bits}`,
  })
  return bits
}

export function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)]
}

const isStatic = (context: AddressContext): boolean => context.block === 'static_ipaddress'

function allowed(option: string, context: AddressContext): boolean {
  if (!Object.hasOwn(options, option)) return false
  if (option === 'use_vmac') return !isStatic(context)
  return option !== 'track_group' || isStatic(context)
}

function withArgument(read: Option): Option {
  return (draft, keyword, reader) => {
    const word = reader.next()
    if (word !== undefined) return read(draft, word, reader)
    reader.report({
      code: 'address-argument',
      at: keyword,
      message: `No ${keyword.text} parameter specified for ${draft.text}; the address is dropped`,
      expected: `a word after '${keyword.text}'`,
    })
    return false
  }
}

function flag(name: 'home' | 'nodad' | 'mngtmpaddr' | 'noprefixroute' | 'autojoin' | 'noTrack' | 'useVmac', value: boolean): Option {
  return (draft) => {
    draft[name] = value
    return true
  }
}

function readDevice(draft: Draft, word: Word, reader: LineReader): boolean {
  if (draft.interface !== undefined) {
    reader.report({
      code: 'address-dev-twice',
      at: word,
      message: `${draft.text} has dev more than once; the address is dropped`,
      expected: 'one dev',
    })
    return false
  }
  if (!interfaceExists(reader.context, word.text)) {
    reportMissingInterface(reader, word, `ip address ${draft.text}`)
    return false
  }
  draft.interface = word.text
  return true
}

function readScope(draft: Draft, word: Word, reader: LineReader): boolean {
  const scope = nameOrNumber(reader.context, 'scope', word.text, 255)
  if (scope === undefined) {
    reader.report({
      code: 'address-scope',
      at: word,
      message: `Invalid scope '${word.text}' specified for ${draft.text} - ignoring`,
      expected: 'global, nowhere, host, link, site, a name of rt_scopes, or 0..255',
    })
  } else if (familyOf(draft.address) === 4) draft.scope = scope
  else if (scope !== 0) return ignored(draft, word, reader, 'scope')
  return true
}

function ignored(draft: Draft, word: Word, reader: LineReader, what: string): true {
  reader.report({
    code: `address-${what}-ipv6`,
    at: word,
    message: `${what} of the IPv6 address ${draft.text} is ignored`,
    expected: `${what} with IPv4`,
  })
  return true
}

function readBroadcast(draft: Draft, word: Word, reader: LineReader): boolean {
  const value = word.text === '+' || word.text === '-' ? word.text : parseIp(word.text)
  const isV4 = value === '+' || value === '-' || (value !== undefined && familyOf(value) === 4)
  if (value !== undefined && isV4 && familyOf(draft.address) === 4) {
    draft.broadcast = { word, value }
    return true
  }
  const expected = 'an IPv4 address, + or -, with an IPv4 address'
  reader.report({
    code: 'address-broadcast',
    at: word,
    message: `broadcast '${word.text}' does not fit ${draft.text}; the address is dropped`,
    expected,
  })
  return false
}

function readLabel(draft: Draft, word: Word, reader: LineReader): boolean {
  if (utf8Length(word.text) > 15) {
    const message = `Address label ${word.text} is longer than maximum length 15 - removing address`
    reader.report({ code: 'address-label', at: word, message, expected: 'at most 15 bytes' })
    return false
  }
  if (familyOf(draft.address) === 6) return ignored(draft, word, reader, 'label')
  draft.label = word.text
  return true
}

export function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

// A second peer is reported but not consumed, so that its word is then an unknown option, as keepalived has it.
function readPeer(draft: Draft, keyword: Word, reader: LineReader): boolean {
  if (draft.peer !== undefined && reader.peek() !== undefined) {
    reader.report({
      code: 'address-peer-twice',
      at: keyword,
      message: 'another peer has already been specified; this one is ignored',
      expected: 'one peer',
    })
    return true
  }
  return withArgument((_, word) => {
    const peer = parseIp(word.text)
    if (peer !== undefined && familyOf(peer) === familyOf(draft.address)) {
      draft.peer = peer
      return true
    }
    const expected = `an IPv${familyOf(draft.address)} address without prefix`
    reader.report({
      code: 'address-peer',
      at: word,
      message: `peer '${word.text}' does not fit ${draft.text}; the address is dropped`,
      expected,
    })
    return false
  })(draft, keyword, reader)
}

function readPreferredLifetime(draft: Draft, word: Word, reader: LineReader): boolean {
  const seconds = parseWhole(word.text, UINT32)
  if (word.text === 'forever') draft.preferredLft = 'forever'
  else if (seconds.kind === 'number') draft.preferredLft = seconds.value
  else {
    const expected = 'seconds 0..4294967295, or forever'
    reader.report({
      code: 'address-preferred-lft',
      at: word,
      message: `preferred_lft '${word.text}' ${describeFault(seconds.fault)}; the default is used`,
      expected,
    })
  }
  return true
}

function finish(draft: Draft, first: Word, reader: LineReader): AddressLine | undefined {
  const bits = bitsOf(familyOf(draft.address))
  if (draft.peer !== undefined && draft.given !== undefined && draft.given !== bits) {
    reader.report({
      code: 'address-peer-prefix',
      at: first,
      message: 'Cannot specify address prefix when specifying peer address - ignoring',
      expected: `no prefix, or /${bits}`,
    })
  }
  const prefix: Prefix = { address: draft.address, length: draft.peer === undefined ? (draft.given ?? bits) : bits }
  const broadcast = resolveBroadcast(draft, prefix, reader)
  if (isStatic(draft.context) && !staticCanStand(draft, first, reader)) return undefined
  return {
    prefix,
    interface: draft.interface,
    scope: draft.scope,
    label: draft.label,
    broadcast,
    peer: draft.peer === undefined ? undefined : { address: draft.peer, length: bits },
    flags: {
      home: draft.home,
      nodad: draft.nodad,
      mngtmpaddr: draft.mngtmpaddr,
      noprefixroute: draft.noprefixroute,
      autojoin: draft.autojoin,
    },
    preferredLft: preferredLifetime(draft, prefix),
    noTrack: draft.noTrack,
    useVmac: draft.useVmac,
    trackGroup: draft.trackGroup?.text,
  }
}

// A /128 is deprecated from the start, so that the kernel does not choose it as a source.
function preferredLifetime(draft: Draft, prefix: Prefix): number | undefined {
  if (familyOf(draft.address) === 4 || draft.preferredLft === 'forever') return undefined
  return draft.preferredLft ?? (prefix.length === 128 ? 0 : undefined)
}

function resolveBroadcast(draft: Draft, prefix: Prefix, reader: LineReader): IpAddress | undefined {
  if (draft.broadcast === undefined) return undefined
  const { word, value } = draft.broadcast
  if (draft.peer !== undefined) {
    const message = 'Cannot specify broadcast and peer addresses - ignoring broadcast address'
    reader.report({ code: 'address-broadcast-peer', at: word, message, expected: 'peer or broadcast' })
    return undefined
  }
  if (value !== '+' && value !== '-') return value
  if (prefix.length <= 30) return hostBits(prefix, value === '+')
  const message = `Address prefix length ${prefix.length} too long for broadcast`
  reader.report({ code: 'address-broadcast-prefix', at: word, message, expected: 'a prefix of at most 30' })
  return undefined
}

function hostBits({ address, length }: Prefix, set: boolean): IpAddress {
  const bytes = ipToBytes(address)
  return ipFromBytes(
    bytes.map((byte, i) => {
      const hosts = 0xff >> Math.max(0, Math.min(8, length - i * 8))
      return set ? byte | hosts : byte & ~hosts
    }),
  )
}

function staticCanStand(draft: Draft, first: Word, reader: LineReader): boolean {
  if (draft.interface === undefined && !draft.context.hasDefaultInterface) {
    const message = `Static address ${draft.text} requires either an interface or default interface must exist`
    reader.report({ code: 'static-interface', severity: 'fatal', at: first, message, expected: 'dev IFNAME, or default_interface' })
    reader.report({
      code: 'bad-interface',
      severity: 'bad-interface',
      at: first,
      message: 'Non-existent interface specified in configuration',
    })
    return false
  }
  const group = draft.trackGroup
  if (group === undefined || reader.context.parsed.vrrp.trackGroups.has(group.text)) return true
  reader.report({
    code: 'track-group',
    at: group,
    message: `track_group ${group.text} not found`,
    expected: 'a track_group defined before',
  })
  delete draft.trackGroup
  return true
}
