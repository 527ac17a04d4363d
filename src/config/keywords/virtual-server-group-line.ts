import { bitsOf, type Family, familyOf, type IpAddress, ipFromBytes, ipToBytes, parseIp } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import { type LineReader, type LineWord, readLine, UINT32 } from './value-line.ts'
import { splitOnce } from './virtual-address.ts'

/**
 * A line of virtual_server_group:
 *
 *     ADDR[-LAST] [PORT]   LAST: last octet, decimal (IPv4), or last 16 bits, hexadecimal (IPv6)
 *     ADDR-ADDR [PORT]
 *     ADDR/LEN [PORT]      the whole block
 *     fwmark U32 [inet|inet6]
 */
export type GroupEntry =
  | {
      readonly kind: 'range'
      readonly first: IpAddress /** As a number; more than 2^53 is not exact. */
      readonly count: number
      readonly port: number
      readonly text: string
    }
  | { readonly kind: 'fwmark'; readonly fwmark: number; readonly family: Family | undefined }

/** Undefined: the line is dropped. */
export function readGroupLine(words: readonly string[], context: Context, group: string): GroupEntry | undefined {
  const reader = readLine(words, context)
  const word = reader.next()
  if (word === undefined) return undefined
  if (word.text === 'fwmark') return readFwmark(reader, group)
  const range = readRange(reader, word)
  const port = range === undefined ? undefined : readPort(reader, reader.next())
  return range === undefined || port === undefined ? undefined : { kind: 'range', ...range, port, text: word.text }
}

function readFwmark(reader: LineReader, group: string): GroupEntry | undefined {
  const word = reader.argument()
  if (word === undefined) return undefined
  const fwmark = parseWhole(word.text, UINT32)
  if (fwmark.kind === 'fault') {
    const message = `(${group}): fwmark '${word.text}' ${describeFault(fwmark.fault)}; it is ignored`
    reader.report({ code: 'group-fwmark', at: word, message, expected: '0..4294967295' })
    return undefined
  }
  const family = reader.next()
  if (family === undefined) return { kind: 'fwmark', fwmark: fwmark.value, family: undefined }
  if (family.text === 'inet' || family.text === 'inet6')
    return { kind: 'fwmark', fwmark: fwmark.value, family: family.text === 'inet' ? 4 : 6 }
  const message = `(${group}): fwmark '${word.text}' family ${family.text} unknown - ignoring`
  reader.report({ code: 'group-fwmark', at: family, message, expected: 'inet or inet6' })
  return undefined
}

/** Zeros are any port. */
function readPort(reader: LineReader, word: LineWord | undefined): number | undefined {
  if (word === undefined || /^0+$/.test(word.text)) return 0
  const port = parseWhole(word.text, { min: 1, max: 65_535 })
  if (port.kind === 'number') return port.value
  reader.report({
    code: 'group-port',
    at: word,
    message: `port '${word.text}' ${describeFault(port.fault)}; the line is skipped`,
    expected: '1..65535',
  })
  return undefined
}

type Range = Pick<Extract<GroupEntry, { kind: 'range' }>, 'first' | 'count'>

function readRange(reader: LineReader, word: LineWord): Range | undefined {
  const [beforeSlash, length] = splitOnce(word.text, '/')
  const [start, last] = splitOnce(beforeSlash, '-')
  const first = parseIp(start)
  if (first === undefined)
    return refuse(reader, word, `Invalid virtual server group IP address ${word.text} - skipping`, 'a numeric address, a range or a block')
  if (length !== undefined) return readBlock(reader, word, first, length)
  if (last === undefined) return { first, count: 1 }
  const end = parseIp(last)
  return end === undefined ? readShortRange(reader, word, first, last) : readFullRange(reader, word, first, end)
}

function refuse(reader: LineReader, at: LineWord, message: string, expected: string): undefined {
  reader.report({ code: 'group-address', at, message, expected })
  return undefined
}

function readBlock(reader: LineReader, word: LineWord, first: IpAddress, text: string): Range | undefined {
  const bits = bitsOf(familyOf(first))
  const length = parseWhole(text, { min: 1, max: bits })
  if (length.kind === 'fault') return refuse(reader, word, `Invalid netmask - ${word.text} - skipping`, `1..${bits}`)
  const hostBitsAreEmpty = toNumber(first) % 2n ** BigInt(bits - length.value) === 0n
  if (!hostBitsAreEmpty || word.text.includes('-'))
    return refuse(reader, word, `Address mask bits not empty - ${word.text} - skipping`, 'the first address of the block')
  return { first, count: 2 ** (bits - length.value) }
}

function readFullRange(reader: LineReader, word: LineWord, first: IpAddress, last: IpAddress): Range | undefined {
  if (familyOf(first) !== familyOf(last))
    return refuse(reader, word, `the ends of ${word.text} are of two families; the line is skipped`, 'one family')
  const count = Number(toNumber(last) - toNumber(first)) + 1
  return count > 0
    ? { first, count }
    : refuse(reader, word, `Address range end is less than address range start - ${word.text} - skipping`, 'the higher address behind')
}

function readShortRange(reader: LineReader, word: LineWord, first: IpAddress, text: string): Range | undefined {
  const isV4 = familyOf(first) === 4
  const most = isV4 ? 255 : 0xffff
  const digits = (isV4 ? /^\d*/ : /^[0-9a-f]*/i).exec(text)?.[0] ?? ''
  const last = digits === '' ? 0 : Number(isV4 ? digits : `0x${digits}`)
  const rest = text.slice(digits.length)
  const expected = isV4 ? 'the last octet, decimal' : 'the last 16 bits, hexadecimal'
  if (rest !== '') return refuse(reader, word, `Virtual server group range '${word.text}' has extra characters at end '${rest}'`, expected)
  if (last > most) return refuse(reader, word, `Virtual server group range '${word.text}' end '${text}' too large`, expected)
  const count = last - Number(toNumber(first) % BigInt(most + 1)) + 1
  if (count > 1) return { first, count }
  return refuse(reader, word, `Address range end is not greater than address range start - ${word.text} - skipping`, expected)
}

function toNumber(address: IpAddress): bigint {
  let value = 0n
  for (const byte of ipToBytes(address)) value = value * 256n + BigInt(byte)
  return value
}

/** The address `offset` after the first. */
export function addressAfter(first: IpAddress, offset: number): IpAddress {
  const bytes = ipToBytes(first)
  let carry = offset
  for (let i = bytes.length - 1; i >= 0 && carry > 0; i--) {
    const sum = (bytes[i] ?? 0) + (carry % 256)
    bytes[i] = sum % 256
    carry = Math.floor(carry / 256) + (sum > 255 ? 1 : 0)
  }
  return ipFromBytes(bytes)
}
