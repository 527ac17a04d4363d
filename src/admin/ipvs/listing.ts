import type { ServiceKey } from '../../core/check/config.ts'
import type { DestinationObject, ServiceObject } from '../../core/reconcile/kinds.ts'
import type { DestinationEntry, IpvsInfo, ServiceEntry, Statistics } from '../../netlink/ipvs.ts'
import { type Label, markOf, protocolOf } from './labels.ts'
import { counter } from './numbers.ts'
import type { Columns } from './request.ts'
import { flagNames } from './scheduler-flags.ts'

/** A service with its servers, as both are to be shown. */
export interface Listed {
  readonly entry: ServiceEntry
  readonly servers: readonly DestinationEntry[]
}

export interface ListOptions {
  readonly show: Columns
  readonly exact: boolean
  readonly label: Label
}

/** The line above the whole table. */
export function versionLine({ version, connectionTableSize }: IpvsInfo): string {
  return `IP Virtual Server version ${dotted(version)} (size=${connectionTableSize})\n`
}

/** 0x010201 as 1.2.1. */
export const dotted = (version: number): string => `${(version >> 16) & 255}.${(version >> 8) & 255}.${version & 255}`

/** The table below its two headings. */
export async function listing(table: readonly Listed[], options: ListOptions): Promise<string> {
  const lines = [...HEADINGS[options.show]]
  for (const { entry, servers } of table) {
    lines.push(await serviceLine(entry, options))
    for (const server of servers) lines.push(await serverLine(server, options))
  }
  return lines.map((line) => `${line}\n`).join('')
}

const ADDRESS = 'Prot LocalAddress:Port'
const BELOW = '  -> RemoteAddress:Port'
const wide = (...columns: readonly string[]): string => columns.map((column) => column.padStart(9)).join('')

const HEADINGS: Readonly<Record<Columns, readonly [string, string]>> = {
  usual: [`${ADDRESS} Scheduler Flags`, `${BELOW}           Forward Weight ActiveConn InActConn`],
  stats: [`${ADDRESS.padEnd(33)}${wide('Conns', 'InPkts', 'OutPkts', 'InBytes', 'OutBytes')}`, BELOW],
  rate: [`${ADDRESS.padEnd(33)}${wide('CPS', 'InPPS', 'OutPPS', 'InBPS', 'OutBPS')}`, BELOW],
  thresholds: [row([ADDRESS, 33], ['Uthreshold', 10], ['Lthreshold', 10], ['ActiveConn', 10], ['InActConn', 10]), BELOW],
  'persistent-conn': [row([ADDRESS, 33], ['Weight', 9], ['PersistConn', 11], ['ActiveConn', 10], ['InActConn', 10]), BELOW],
  'tun-info': [`${ADDRESS} Scheduler Flags`, `${BELOW}           Forward TunnelInfo    Weight ActiveConn InActConn`],
}

/** Columns padded on the right, a blank between them. */
function row(...columns: readonly (readonly [value: string | number, width: number])[]): string {
  return columns.map(([value, width]) => `${value}`.padEnd(width)).join(' ')
}

async function serviceLine({ service, statistics }: ServiceEntry, { show, exact, label }: ListOptions): Promise<string> {
  const title = await titleOf(service.key, label)
  if (show === 'stats' || show === 'rate') return `${title.padEnd(33)}${counters(statistics, show, exact)}`
  const names = flagNames(service.scheduler, service.flags)
  const persistent = persistence(service, [' persistent ', ' mask '])
  const { persistenceEngine } = service
  // The engine is kept without persistence, but serves nothing then.
  const engine = persistenceEngine === undefined || (service.flags & 1) === 0 ? '' : ` pe ${persistenceEngine}`
  const onePacket = (service.flags & 4) === 0 ? '' : ' ops'
  return `${title} ${service.scheduler}${names === '' ? '' : ` (${names})`}${persistent}${engine}${onePacket}`
}

async function titleOf(key: ServiceKey, label: Label): Promise<string> {
  if (key.kind === 'fwmark') return `FWM  ${markOf(key.fwmark)}${key.family === 6 ? ' IPv6' : ''}`
  return `${key.protocol.padEnd(4)} ${await label(key.address, key.port, key.protocol)}`
}

/** How long a client keeps its server, behind these words; a mask only if several clients count as one. */
export function persistence({ flags, timeout, netmask }: ServiceObject, [word, maskWord]: readonly [string, string]): string {
  if ((flags & 1) === 0) return ''
  return `${word}${timeout}${netmask === '255.255.255.255' || netmask === 128 ? '' : `${maskWord}${netmask}`}`
}

async function serverLine(entry: DestinationEntry, { show, exact, label }: ListOptions): Promise<string> {
  const { destination, activeConnections, inactiveConnections, persistentConnections, statistics } = entry
  const { forwarding, weight, uthreshold, lthreshold } = destination
  const name = `  -> ${(await label(destination.address, destination.port, protocolOf(destination.service))).padEnd(28)}`
  const connections = [
    [activeConnections, 10],
    [inactiveConnections, 10],
  ] as const
  switch (show) {
    case 'stats':
    case 'rate':
      return `${name}${counters(statistics, show, exact)}`
    case 'thresholds':
      return row([name, 0], [uthreshold, 10], [lthreshold, 10], ...connections)
    case 'persistent-conn':
      return row([name, 0], [weight, 9], [persistentConnections, 11], ...connections)
    case 'tun-info':
      return row([name, 0], [FORWARDING[forwarding], 7], [tunnelOf(destination), 13], [weight, 6], ...connections)
    case 'usual':
      return row([name, 0], [FORWARDING[forwarding], 7], [weight, 6], ...connections)
  }
}

const FORWARDING = ['Masq', 'Local', 'Tunnel', 'Route'] as const
export const TUNNELS = ['ipip', 'gue', 'gre'] as const
const CHECKSUMS = ['-c', '+c', 'r+c'] as const

function tunnelOf({ forwarding, tunnelType, tunnelPort, tunnelFlags }: DestinationObject): string {
  if (forwarding !== 2) return 'n/a'
  const type = TUNNELS[tunnelType]
  if (type === 'ipip') return type
  return [type, ...(type === 'gue' ? [tunnelPort] : []), CHECKSUMS[tunnelFlags]].join(':')
}

function counters(statistics: Statistics, show: 'stats' | 'rate', exact: boolean): string {
  const { connections, inPackets, outPackets, inBytes, outBytes } = statistics
  const { connectionRate, inPacketRate, outPacketRate, inByteRate, outByteRate } = statistics
  const values =
    show === 'stats'
      ? [connections, inPackets, outPackets, inBytes, outBytes]
      : [connectionRate, inPacketRate, outPacketRate, inByteRate, outByteRate]
  return values.map((value) => counter(value, exact)).join('')
}
