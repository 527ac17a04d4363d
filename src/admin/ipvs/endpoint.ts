import { type IpAddress, ipFromBytes, parseIp } from '../../base/ip.ts'
import type { Protocol } from '../../core/check/config.ts'
import type { Names } from './names.ts'
import { wholeNumber } from './numbers.ts'

/** An address with a port; undefined where none was given. */
export interface Endpoint {
  readonly address: IpAddress
  readonly port: number | undefined
}

/** Reads `HOST[:PORT]`, where an IPv6 address with a port stands in brackets; undefined if it is none. A port by name needs its protocol. */
export async function readEndpoint(text: string, protocol: Protocol | undefined, names: Names): Promise<Endpoint | undefined> {
  if (text.startsWith('[')) {
    const [, host, portText] = /^\[([^\]]*)\]:(.*)$/s.exec(text) ?? []
    const address = host === undefined ? undefined : parseV6(host)
    const port = readPort(portText, protocol, names)
    return address === undefined || port === undefined ? undefined : { address, port }
  }
  const bare = parseV6(text)
  if (bare !== undefined) return { address: bare, port: undefined }
  const colon = text.lastIndexOf(':')
  const port = colon < 0 ? undefined : readPort(text.slice(colon + 1), protocol, names)
  if (colon >= 0 && port === undefined) return undefined
  const address = await readHost(colon < 0 ? text : text.slice(0, colon), names)
  return address === undefined ? undefined : { address, port }
}

/** An IPv4 address as inet_aton(3) reads it, or a name that has one. */
export async function readHost(text: string, names: Names): Promise<IpAddress | undefined> {
  return parseAton(text) ?? (text === '' ? undefined : await names.addressOf(text))
}

function readPort(text: string | undefined, protocol: Protocol | undefined, names: Names): number | undefined {
  if (text === undefined) return undefined
  return wholeNumber(text, 0, 65_535) ?? (protocol === undefined ? undefined : names.portOf(text, protocol))
}

export function parseV6(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIp(text) : undefined
}

/** inet_aton(3): one to four parts, decimal, 0octal or 0xhexadecimal, of which the last fills what is left. */
function parseAton(text: string): IpAddress | undefined {
  const [, numbers] = /^([0-9a-fx.]+)(\s.*)?$/is.exec(text) ?? []
  const parts = numbers?.split('.').map(aton) ?? []
  if (parts.length === 0 || parts.length > 4 || parts.some((part) => part === undefined)) return undefined
  const last = parts.at(-1) ?? 0
  const first = parts.slice(0, -1).map((part) => part ?? 0)
  const room = 4 - first.length
  if (first.some((part) => part > 255) || last >= 256 ** room) return undefined
  const tail = Array.from({ length: room }, (_, i) => Math.floor(last / 256 ** (room - 1 - i)) % 256)
  return ipFromBytes(Uint8Array.from([...first, ...tail]))
}

function aton(part: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(part)) return Number(part)
  if (/^0[0-7]*$/.test(part)) return Number(`0o${part}`)
  return /^[1-9]\d*$/.test(part) ? Number(part) : undefined
}
