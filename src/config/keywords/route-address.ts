import { bitsOf, type Family, familyOf, type IpAddress, type Prefix, parseIp } from '../../base/ip.ts'
import type { Realms } from '../../core/vrrp/config.ts'
import { type NameTable, nameOrNumber } from './routing-names.ts'
import type { LineReader, LineWord } from './value-line.ts'
import { readPrefixLength, splitOnce } from './virtual-address.ts'

/** A destination as routes and rules write it; the words for everything have no family of their own. */
export interface Destination {
  readonly prefix: Prefix | undefined
  readonly family: Family | undefined
}

/** `ADDR[/LEN]`, `default`, `any`, `all`, and the old `default6`; undefined if it is none. A bad length is reported and replaced. */
export function readDestination(reader: LineReader, word: LineWord): Destination | undefined {
  if (word.text === 'default' || word.text === 'any' || word.text === 'all') return { prefix: undefined, family: undefined }
  if (word.text === 'default6') return { prefix: undefined, family: 6 }
  const [start, length] = splitOnce(word.text, '/')
  const address = parseIp(start)
  if (address === undefined) return undefined
  const family = familyOf(address)
  return { prefix: { address, length: length === undefined ? bitsOf(family) : readPrefixLength(reader, word, address, length) }, family }
}

/** The family as it is known so far, in reading order. */
export interface FamilyDraft {
  family?: Family
}

/** False where the families mix. What has no family (`default`) must stand before what has one. */
export function agree(draft: FamilyDraft, family: Family | undefined): boolean {
  if (draft.family === undefined) {
    if (family !== undefined) draft.family = family
    return true
  }
  return draft.family === family
}

/** An address without prefix. */
export const readPlainAddress = (word: LineWord): IpAddress | undefined => parseIp(word.text)

/** `[FROM/]TO` of rt_realms. */
export function readRealms(reader: LineReader, text: string): Realms | undefined {
  const [first, second] = splitOnce(text, '/')
  const names = reader.context
  const from = second === undefined ? 0 : nameOrNumber(names, 'realm', first, 0xffff)
  const to = nameOrNumber(names, 'realm', second ?? first, 0xffff)
  return from === undefined || to === undefined ? undefined : { from, to }
}

/** A number or a name of the host, or a report that drops the line. */
export function readNamed(reader: LineReader, word: LineWord, table: NameTable, max: number, what: string): number | undefined {
  const value = nameOrNumber(reader.context, table, word.text, max)
  if (value === undefined) {
    reader.report({
      code: 'routing-name',
      at: word,
      message: `${what} '${word.text}' is not valid; the line is dropped`,
      expected: `a name of the host or 0..${max}`,
    })
  }
  return value
}

/** Rows that follow the whole line share these reports. */
export function reportMixed(reader: LineReader, at: LineWord, what: 'route' | 'rule'): void {
  reader.report({
    code: 'mixed-family',
    at,
    message: `${what}: IPv4 and IPv6 are mixed at '${at.text}'; the line is dropped`,
    expected: 'one family; default, any and all before the first address',
  })
}

export function reportWrongFamily(reader: LineReader, keyword: LineWord, family: Family): void {
  reader.report({
    code: 'family-only',
    at: keyword,
    message: `${keyword.text} is only valid for IPv${family}; the line is dropped`,
    expected: `IPv${family} addresses`,
  })
}

export function reportTracked(reader: LineReader, at: LineWord, what: string): void {
  const message = `${what} cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol`
  reader.report({ code: 'tracked-protocol', at, message, expected: 'no_track, or no protocol' })
}

/** Looks up track_group at the end of a static line; false drops nothing, the group is then forgotten. */
export function knownTrackGroup(
  reader: LineReader,
  group: LineWord | undefined,
  device: string | undefined,
  what: string,
): string | undefined {
  if (group === undefined) return undefined
  if (!reader.context.parsed.vrrp.trackGroups.has(group.text)) {
    reader.report({
      code: 'track-group',
      at: group,
      message: `track_group ${group.text} not found`,
      expected: 'a track_group defined before',
    })
    return undefined
  }
  if (device !== undefined) return group.text
  reader.report({
    code: 'track-group',
    at: group,
    message: `${what} with track_group ${group.text} needs a device; the group is ignored`,
    expected: 'dev IFNAME',
  })
  return undefined
}

export const RTPROT_KEEPALIVED = 18

/** `[inet|inet6] ADDR` */
export function readGateway(draft: FamilyDraft, reader: LineReader): IpAddress | undefined {
  const word = reader.argument()
  const said = word?.text === 'inet' ? 4 : word?.text === 'inet6' ? 6 : undefined
  const address = said === undefined ? word : reader.argument()
  return address === undefined ? undefined : readFamilyAddress(draft, reader, address, 'via', said)
}

export function readFamilyAddress(
  draft: FamilyDraft,
  reader: LineReader,
  word: LineWord,
  what: string,
  said?: Family,
): IpAddress | undefined {
  const address = readPlainAddress(word)
  if (address === undefined) {
    reader.report({
      code: 'route-address',
      at: word,
      message: `invalid route ${what} address ${word.text}; the line is dropped`,
      expected: 'an address without prefix',
    })
    return undefined
  }
  if ((said === undefined || said === familyOf(address)) && agree(draft, familyOf(address))) return address
  reportMixed(reader, word, 'route')
  return undefined
}
