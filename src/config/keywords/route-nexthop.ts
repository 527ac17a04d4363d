import type { Realms, RouteNexthop } from '../../core/vrrp/config.ts'
import { agree, type FamilyDraft, readGateway, readRealms, reportWrongFamily } from './route-address.ts'
import { readEncap } from './route-encap.ts'
import { interfaceExists, type LineReader, type LineWord, readNumber, reportMissingInterface } from './value-line.ts'

/** A route whose hops are read. */
export interface NexthopsDraft extends FamilyDraft {
  readonly nexthops: RouteNexthop[]
}

// Groups to the end of the line. A fault costs the hop it is in and all behind it, but the route stands.
export function readNexthops(draft: NexthopsDraft, reader: LineReader): boolean {
  for (;;) {
    const hop = readNexthop(draft, reader)
    if (hop === undefined) break
    draft.nexthops.push(hop)
    const word = reader.next()
    if (word === undefined) return true
    if (word.text === 'nexthop') continue
    reader.report({
      code: 'route-trailing',
      at: word,
      message: `Route has trailing nonsense after nexthops - ${word.text}; it is ignored`,
      expected: 'nexthop, or the end',
    })
    break
  }
  while (reader.next() !== undefined);
  return true
}

function readNexthop(draft: FamilyDraft, reader: LineReader): RouteNexthop | undefined {
  const hop: { -readonly [Key in keyof RouteNexthop]: RouteNexthop[Key] } = {
    via: undefined,
    interface: undefined,
    weight: 1,
    onlink: false,
    encap: undefined,
    realms: undefined,
  }
  for (let word = reader.peek(); word !== undefined; word = reader.peek()) {
    switch (word.text) {
      case 'via':
        reader.next()
        hop.via = readGateway(draft, reader)
        if (hop.via === undefined) return undefined
        break
      case 'dev':
      case 'oif':
        reader.next()
        if (!readHopDevice(reader, hop)) return undefined
        break
      case 'weight':
        reader.next()
        if (!readWeight(reader, hop)) return undefined
        break
      case 'onlink':
        reader.next()
        hop.onlink = true
        break
      case 'encap':
        reader.next()
        hop.encap = readEncap(reader)
        break
      case 'realms':
        reader.next()
        if (!readHopRealms(draft, reader, hop, word)) return undefined
        break
      default:
        return hop
    }
  }
  return hop
}

function readHopDevice(reader: LineReader, hop: { interface: string | undefined }): boolean {
  const word = reader.argument()
  if (word === undefined) return false
  if (!interfaceExists(reader.context, word.text)) reportMissingInterface(reader, word, 'a next hop')
  else hop.interface = word.text
  return hop.interface !== undefined
}

function readWeight(reader: LineReader, hop: { weight: number }): boolean {
  const word = reader.argument()
  const weight = word === undefined ? undefined : readNumber(reader, word, { min: 1, max: 256 }, 'weight of a next hop, which is ignored')
  if (weight !== undefined) hop.weight = weight
  return weight !== undefined
}

function readHopRealms(draft: FamilyDraft, reader: LineReader, hop: { realms: Realms | undefined }, keyword: LineWord): boolean {
  const word = reader.argument()
  if (word === undefined) return false
  if (!agree(draft, 4)) {
    reportWrongFamily(reader, keyword, 4)
    return false
  }
  hop.realms = readRealms(reader, word.text)
  if (hop.realms === undefined) {
    reader.report({
      code: 'realms',
      at: word,
      message: `realms '${word.text}' are not valid; the next hop is ignored`,
      expected: '[FROM/]TO',
    })
  }
  return hop.realms !== undefined
}
