import { type Family, familyOf, type IpAddress } from '../../base/ip.ts'
import type { DestinationObject, ServiceObject } from '../reconcile/kinds.ts'
import type { Forwarding, RealServer, ServiceKey, SorryServer, VirtualServer } from './config.ts'
import type { QuorumState } from './quorum.ts'

/** What of a virtual server belongs into the kernel: its services, and for each their destinations. */
export type ServiceTable = readonly (ServiceObject | DestinationObject)[]

/** A real server as its checkers see it. `destinations` keeps what was last made of it, so that an unchanged server costs nothing. */
export interface JudgedServer {
  readonly config: RealServer
  readonly up: boolean
  /** As its checkers make it. */
  readonly weight: number
  destinations: WeightedDestinations | undefined
}

export interface WeightedDestinations {
  readonly weight: number
  /** One for each service. */
  readonly objects: readonly DestinationObject[]
}

/** What of a virtual server stays the same while its servers come and go. */
export interface ServiceFrame {
  readonly services: readonly ServiceObject[]
  /** Some destinations are one to the kernel, or of a family that cannot be forwarded to: they must be looked at one by one. */
  readonly ambiguous: boolean
}

export function serviceFrame(config: VirtualServer): ServiceFrame {
  return { services: config.services.map((key) => serviceObject(config, key)), ambiguous: isAmbiguous(config) }
}

/** Services with the destinations that follow from who is up; without quorum a sorry server stands in for all. */
export function serviceTable(
  config: VirtualServer,
  frame: ServiceFrame,
  servers: readonly JudgedServer[],
  quorum: QuorumState,
): ServiceTable {
  const sorry = config.sorryServer
  const standIn = sorry !== undefined && quorum !== 'up'
  const rows: (readonly DestinationObject[])[] = []
  for (const server of servers) {
    const weight = tableWeight(server, standIn)
    if (weight !== undefined) rows.push(destinationsOf(config, server, weight))
  }
  const sorryWeight = standIn ? 1 : sorry?.inhibit === true ? 0 : undefined
  if (sorry !== undefined && sorryWeight !== undefined) rows.push(sorryDestinations(config, sorry, sorryWeight))
  const table: (ServiceObject | DestinationObject)[] = []
  for (const [i, service] of frame.services.entries()) {
    table.push(service)
    const column = rows.flatMap((row) => row[i] ?? [])
    for (const one of frame.ambiguous ? distinct(column) : column) table.push(one)
  }
  return table
}

/** The weight with which a server stands in the table, or undefined for absent. */
export function tableWeight({ config, up, weight }: JudgedServer, sorryServerStandsIn: boolean): number | undefined {
  if (up && !sorryServerStandsIn) return weight
  return config.inhibitOnFailure ? 0 : undefined
}

const persistent = 1

function serviceObject(config: VirtualServer, key: ServiceKey): ServiceObject {
  return {
    kind: 'service',
    key,
    scheduler: config.scheduler,
    flags: config.flags | (config.persistenceTimeout > 0 ? persistent : 0),
    timeout: config.persistenceTimeout,
    netmask: config.persistenceGranularity ?? wholeAddress(key),
    persistenceEngine: config.persistenceEngine,
  }
}

function wholeAddress(key: ServiceKey): IpAddress | number {
  return familyOfService(key) === 4 ? ('255.255.255.255' as IpAddress) : 128
}

function isAmbiguous({ services, realServers, sorryServer }: VirtualServer): boolean {
  const all = sorryServer === undefined ? realServers : [...realServers, sorryServer]
  const families = new Set(all.map(({ address }) => familyOf(address)))
  for (const key of services) families.add(familyOfService(key))
  return families.size > 1 || new Set(all.map(({ address, port }) => `${address} ${port}`)).size < all.length
}

function destinationsOf(config: VirtualServer, server: JudgedServer, weight: number): readonly DestinationObject[] {
  const known = server.destinations
  if (known !== undefined && known.weight === weight) return known.objects
  const objects = config.services.map((key) => destination(key, server.config, weight, server.config))
  server.destinations = { weight, objects }
  return objects
}

function sorryDestinations(config: VirtualServer, sorry: SorryServer, weight: number): readonly DestinationObject[] {
  return config.services.map((key) => destination(key, sorry, weight, { uthreshold: 0, lthreshold: 0 }))
}

function destination(
  service: ServiceKey,
  server: { readonly address: IpAddress; readonly port: number; readonly forwarding: Forwarding },
  weight: number,
  thresholds: { readonly uthreshold: number; readonly lthreshold: number },
): DestinationObject {
  const { uthreshold, lthreshold } = thresholds
  const { address, port, forwarding } = server
  return { kind: 'destination', service, address, port, weight, uthreshold, lthreshold, ...forwardingNumbers(forwarding) }
}

type ForwardingNumbers = Pick<DestinationObject, 'forwarding' | 'tunnelType' | 'tunnelPort' | 'tunnelFlags'>

/** As linux/ip_vs.h counts them. */
function forwardingNumbers(forwarding: Forwarding): ForwardingNumbers {
  switch (forwarding.method) {
    case 'NAT':
      return { forwarding: 0, tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 }
    case 'DR':
      return { forwarding: 3, tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 }
    case 'TUN':
      return {
        forwarding: 2,
        tunnelType: tunnelTypes[forwarding.type],
        tunnelPort: forwarding.port,
        tunnelFlags: tunnelFlags[forwarding.checksum],
      }
  }
}

const tunnelTypes = { ipip: 0, gue: 1, gre: 2 } as const
const tunnelFlags = { nocsum: 0, csum: 1, remcsum: 2 } as const

/**
 * Two servers, or a server and the sorry server, may be one destination to the kernel (ports that DR makes equal): the heavier one
 * stands, so that one of them failing does not take the other out. A family that the service cannot forward to is left out.
 */
function distinct(column: readonly DestinationObject[]): readonly DestinationObject[] {
  const byAddress = new Map<string, DestinationObject>()
  for (const one of column) {
    if (!canForward(one)) continue
    const key = `${one.address} ${one.port}`
    const twin = byAddress.get(key)
    if (twin === undefined || twin.weight < one.weight) byAddress.set(key, one)
  }
  return [...byAddress.values()]
}

/** Only a tunnel crosses families. */
function canForward({ service, address, forwarding }: DestinationObject): boolean {
  return forwarding === 2 || familyOfService(service) === familyOf(address)
}

function familyOfService(key: ServiceKey): Family {
  return key.kind === 'fwmark' ? key.family : familyOf(key.address)
}
