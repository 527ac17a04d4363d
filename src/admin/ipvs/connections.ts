import { type IpAddress, ipFromBytes, parseIp } from '../../base/ip.ts'
import type { Protocol } from '../../core/check/config.ts'
import type { Label } from './labels.ts'

/** A line of /proc/net/ip_vs_conn; `undefined` of the file: it is not what it should be. */
export interface Connection {
  readonly protocol: string
  readonly source: End
  readonly virtual: End
  readonly destination: End
  readonly state: string
  /** Seconds. */
  readonly expires: number
  readonly engine: string
  readonly engineData: string
}

export interface End {
  readonly address: IpAddress
  readonly port: number
}

/** Reads the file, whose first line is a heading. */
export function readConnections(text: string): readonly Connection[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => readConnection(line) ?? [])
}

function readConnection(line: string): Connection | undefined {
  const [protocol, from, fromPort, to, toPort, via, viaPort, state, expires, engine = '', engineData = ''] = line.trim().split(/\s+/)
  const source = readEnd(from, fromPort)
  const virtual = readEnd(to, toPort)
  const destination = readEnd(via, viaPort)
  if (protocol === undefined || state === undefined || expires === undefined) return undefined
  if (source === undefined || virtual === undefined || destination === undefined) return undefined
  return { protocol, source, virtual, destination, state, expires: Number(expires), engine, engineData }
}

/** IPv4 is eight hexadecimal digits, IPv6 its usual text. */
function readEnd(address: string | undefined, port: string | undefined): End | undefined {
  if (address === undefined || port === undefined) return undefined
  const ip = /^[0-9a-f]{8}$/i.test(address) ? ipFromBytes(Buffer.from(address, 'hex')) : parseIp(address)
  return ip === undefined ? undefined : { address: ip, port: Number.parseInt(port, 16) }
}

/** The table of `-c`; with `engine` what persistence goes by. */
export async function connectionListing(connections: readonly Connection[], label: Label, engine: boolean): Promise<string> {
  const heading = ['pro', 'expire', 'state', 'source', 'virtual', 'destination', 'pe name', 'pe_data']
  const lines = ['IPVS connection entries', line(heading, engine)]
  for (const { protocol, source, virtual, destination, state, expires, engine: name, engineData } of connections) {
    const left = `${two(Math.floor(expires / 60))}:${two(expires % 60)}`
    const of = protocol as Protocol
    const ends = [await end(source, of, label), await end(virtual, of, label), await end(destination, of, label)]
    lines.push(line([protocol, left, state, ...ends, name, engineData], engine))
  }
  return lines.map((one) => `${one}\n`).join('')
}

const two = (number: number): string => `${number}`.padStart(2, '0')
const end = ({ address, port }: End, protocol: Protocol, label: Label): Promise<string> => label(address, port, protocol)

const WIDTHS = [3, 6, 11, 18, 18, 18, 16] as const

/** The last column is not padded. */
function line(columns: readonly string[], engine: boolean): string {
  const shown = columns.slice(0, engine ? 8 : 6)
  return shown.map((column, i) => (i === shown.length - 1 ? column : column.padEnd(WIDTHS[i] ?? 0))).join(' ')
}
