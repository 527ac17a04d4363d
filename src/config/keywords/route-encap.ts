import { familyOf, parseIp } from '../../base/ip.ts'
import type { RouteEncap } from '../../core/vrrp/config.ts'
import { type LineReader, type LineWord, readNumber, UINT8 } from './value-line.ts'

type IpEncap = { -readonly [Key in keyof Extract<RouteEncap, { kind: 'ip' | 'ip6' }>]: Extract<RouteEncap, { kind: 'ip' | 'ip6' }>[Key] }

/**
 * encap ip|ip6 {id N | dst A | src A | tos|tc X | ttl|hoplimit N | flags N}... , mpls L/L.. , ila A:B:C:D. What is wrong is reported and
 * the route goes without it; of a kind that is unknown the rest of the line cannot be read.
 */
export function readEncap(reader: LineReader): RouteEncap | undefined {
  const kind = reader.argument()
  switch (kind?.text) {
    case undefined:
      return undefined
    case 'ip':
    case 'ip6':
      return readIpEncap(reader, kind as LineWord, kind?.text as 'ip' | 'ip6')
    case 'mpls':
      return readMpls(reader)
    case 'ila':
      return readIla(reader)
    default:
      reader.report({
        code: 'encap',
        at: kind as LineWord,
        message: `Unknown encap type - ${kind?.text}; what follows is ignored`,
        expected: 'ip, ip6, mpls or ila',
      })
      while (reader.next() !== undefined);
      return undefined
  }
}

function readIpEncap(reader: LineReader, kind: LineWord, name: 'ip' | 'ip6'): RouteEncap | undefined {
  const encap: IpEncap = {
    kind: name,
    id: undefined,
    destination: undefined,
    source: undefined,
    tos: undefined,
    ttl: undefined,
    flags: undefined,
  }
  for (let word = reader.peek(); word !== undefined && isEncapOption(word.text, name); word = reader.peek()) {
    reader.next()
    const value = reader.argument()
    if (value === undefined || !readEncapOption(reader, encap, word.text, value)) return undefined
  }
  if (encap.id !== undefined || encap.destination !== undefined || encap.source !== undefined) return encap
  reader.report({
    code: 'encap',
    at: kind,
    message: `address or id missing for ${name} encapsulation; it is ignored`,
    expected: 'id N, dst ADDR or src ADDR',
  })
  return undefined
}

const common = ['id', 'dst', 'src', 'flags']
const isEncapOption = (word: string, kind: 'ip' | 'ip6'): boolean =>
  [...common, ...(kind === 'ip' ? ['tos', 'ttl'] : ['tc', 'hoplimit'])].includes(word)

function readEncapOption(reader: LineReader, encap: IpEncap, option: string, value: LineWord): boolean {
  switch (option) {
    case 'id': {
      if (/^\d{1,20}$/.test(value.text) && BigInt(value.text) < 2n ** 64n) encap.id = BigInt(value.text)
      else
        reader.report({
          code: 'encap',
          at: value,
          message: `encap id '${value.text}' is not valid; the encap is ignored`,
          expected: '0..2^64-1',
        })
      return encap.id !== undefined
    }
    case 'dst':
      encap.destination = readEncapAddress(reader, encap.kind, value)
      return encap.destination !== undefined
    case 'src':
      encap.source = readEncapAddress(reader, encap.kind, value)
      return encap.source !== undefined
    case 'flags':
      encap.flags = readNumber(reader, value, { min: 0, max: 0xffff }, 'encap flags')
      return encap.flags !== undefined
    case 'tos':
    case 'tc':
      encap.tos = readNumber(reader, value, UINT8, `encap ${option}`)
      return encap.tos !== undefined
    default:
      encap.ttl = readNumber(reader, value, UINT8, `encap ${option}`)
      return encap.ttl !== undefined
  }
}

function readEncapAddress(reader: LineReader, kind: 'ip' | 'ip6', word: LineWord) {
  const address = parseIp(word.text)
  if (address !== undefined && familyOf(address) === (kind === 'ip' ? 4 : 6)) return address
  reader.report({
    code: 'encap',
    at: word,
    message: `encap address '${word.text}' is not valid; the encap is ignored`,
    expected: `an IPv${kind === 'ip' ? 4 : 6} address`,
  })
  return undefined
}

/** 20 bits each (RFC 3032). */
function readMpls(reader: LineReader): RouteEncap | undefined {
  const word = reader.argument()
  if (word === undefined) return undefined
  const labels = word.text.split('/').map((text) => (/^\d{1,7}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY))
  if (labels.every((label) => label < 1_048_576)) return { kind: 'mpls', labels }
  reader.report({
    code: 'encap',
    at: word,
    message: `mpls labels '${word.text}' are not valid; the encap is ignored`,
    expected: '0..1048575, separated by /',
  })
  return undefined
}

function readIla(reader: LineReader): RouteEncap | undefined {
  const word = reader.argument()
  if (word === undefined) return undefined
  const groups = word.text.trim().split(':')
  if (groups.length === 4 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return { kind: 'ila', locator: BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`) }
  }
  reader.report({
    code: 'encap',
    at: word,
    message: `locator '${word.text}' is not valid; the encap is ignored`,
    expected: 'four groups of hexadecimal digits',
  })
  return undefined
}
