import { SIGNATURE_SIZE } from 'dgram-vrrp/codec'
import { type IpAddress, isLinkLocal, isMulticast } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'
import type { InterfaceAddress, Link } from '../links.ts'
import type { AddressObject } from '../reconcile/kinds.ts'
import type { Tracker } from '../track/config.ts'
import { type Condition, influenceOf } from '../track/influence.ts'
import { NOTHING_TRACKED, observe } from '../track/tracked.ts'
import type { InstanceConfig } from './config.ts'
import { OWNER } from './election.ts'
import { addressesOf, hasAddress, type Interfaces, isAnywhere, isWorking } from './interfaces.ts'
import { addressInterface, advertInterface, sourceObject } from './own-links.ts'
import { receiveBufferOf } from './receive-buffer.ts'
import type { FaultCause } from './reports.ts'

/** What the host gives an instance to work with. */
export interface Environment {
  /** The interface that adverts leave and arrive by. */
  readonly device: string
  /** Its index; undefined while it does not exist. */
  readonly ifindex: number | undefined
  readonly mac: MacAddress | undefined
  /** Bytes that it asks of the receive buffer of its socket. */
  readonly receiveBuffer?: number
  /** The address that adverts are sent from, and that decides ties. */
  readonly source: IpAddress | undefined
  /** The source as it has to stand on the link of our own, in every state. */
  readonly sourceObject: AddressObject | undefined
  /** How many of `virtual_ipaddress` an advert can carry; the rest is treated as excluded (PKT-06). */
  readonly advertised: number
  readonly faults: readonly Fault[]
  /** Something tracked without a weight has not told yet how it is: INIT is not left before it has. */
  readonly waiting: boolean
  /** What the trackers add to the priority. */
  readonly weight: number
}

/** One reason to be in FAULT. An instance leaves it when there is none left. */
export interface Fault {
  readonly cause: FaultCause
  /** The interface or address that it is about. */
  readonly subject: string
}

export const NO_ENVIRONMENT: Environment = {
  device: '',
  ifindex: undefined,
  mac: undefined,
  source: undefined,
  sourceObject: undefined,
  advertised: 0,
  faults: [],
  waiting: false,
  weight: 0,
}

/**
 * All that an instance needs of the interfaces, derived anew whenever one of them changes. `virtual` are the addresses that no
 * instance of this host owns.
 */
export function environmentOf(
  config: InstanceConfig,
  interfaces: Interfaces,
  virtual: ReadonlySet<IpAddress>,
  observed = NOTHING_OBSERVED,
): Environment {
  const own = interfaces.byName.get(config.interface)
  const device = advertInterface(config)
  const link = interfaces.byName.get(device)
  // The address of an ipvlan is its own, that of a link with the virtual MAC is that of the interface below.
  const at = config.vmac?.type.kind === 'ipvlan' ? link : own
  const source = at === undefined ? undefined : sourceAddress(config, at, interfaces, virtual)
  const carried = sourceObject(config, source)
  const receiveBuffer = receiveBufferOf(config, link)
  const condition = (name: string): Condition => (isWorking(interfaces, name) ? 'up' : 'down')
  const influence = influenceOf(config.trackers, { ...observed, interfaces: condition })
  return {
    device,
    ifindex: link?.index,
    mac: link?.mac,
    ...(receiveBuffer !== undefined && { receiveBuffer }),
    source,
    sourceObject: carried,
    advertised: Math.min(config.virtualIpaddress.filter(({ prefix }) => fits(prefix.address, config)).length, advertLimit(config, link)),
    faults: [...faultsOf(config, interfaces, own, source), ...influence.faults.map(faultOf)],
    waiting:
      influence.waiting || (carried !== undefined && link !== undefined && !hasAddress(interfaces, link.index, carried.prefix.address)),
    weight: influence.weight,
  }
}

const NOTHING_OBSERVED = observe(NOTHING_TRACKED)

const CAUSES = {
  interface: 'tracked-interface-down',
  script: 'script-failed',
  file: 'tracked-file',
  process: 'process-quorum',
  bfd: 'tracked-bfd',
} as const

const faultOf = ({ kind, name }: Tracker): Fault => ({ cause: CAUSES[kind], subject: name })

/** As many addresses as one unfragmented advert and its 8-bit count hold. */
export function advertLimit(
  config: Pick<InstanceConfig, 'family' | 'version' | 'authentication' | 'authHmac'>,
  link: Pick<Link, 'mtu'> | undefined,
): number {
  if (link === undefined) return 255
  const [headers, address, password] =
    config.family === 4 ? [config.authentication.kind === 'AH' ? 44 : 20, 4, config.version === 2 ? 8 : 0] : [40, 16, 0]
  const signature = config.authHmac === undefined ? 0 : SIGNATURE_SIZE
  return Math.max(0, Math.min(255, Math.floor((link.mtu - headers - 8 - password - signature) / address)))
}

const fits = (address: IpAddress, config: InstanceConfig): boolean => address.includes(':') === (config.family === 6)

/**
 * `mcast_src_ip`, `unicast_src_ip`; else the interface's first address for IPv4, its link-local one for IPv6. A virtual address is
 * only a source for its owner: anywhere else it is a left-over.
 */
function sourceAddress(config: InstanceConfig, link: Link, interfaces: Interfaces, virtual: ReadonlySet<IpAddress>): IpAddress | undefined {
  const { transport } = config
  if (transport.source !== undefined) {
    // Multicast may come from any address, unless `track_src_ip`; an answer to unicast has to arrive here.
    const anywhere = transport.kind === 'multicast' && config.trackSrcIp !== true
    return anywhere || isAnywhere(interfaces, transport.source) ? transport.source : undefined
  }
  const usable = addressesOf(interfaces, link.index).filter((one) => isUsable(one, config))
  const owned = new Set(config.virtualIpaddress.map(({ prefix }) => prefix.address))
  const own = usable.filter(({ prefix: { address } }) => !virtual.has(address) && !owned.has(address))
  const chosen = own.find(({ secondary }) => !secondary) ?? own[0] ?? (config.priority === OWNER ? usable[0] : undefined)
  return chosen?.prefix.address
}

function isUsable({ prefix, tentative }: InterfaceAddress, config: InstanceConfig): boolean {
  if (tentative || isMulticast(prefix.address) || !fits(prefix.address, config)) return false
  // Unicast over IPv6 may cross routers: there the link-local address is no source for a global peer.
  return config.family === 4 || isLinkLocal(prefix.address) || (config.transport.kind === 'unicast' && !peersAreLinkLocal(config))
}

function peersAreLinkLocal({ transport }: InstanceConfig): boolean {
  return transport.kind === 'unicast' && transport.peers.every(({ address }) => isLinkLocal(address))
}

function faultsOf(config: InstanceConfig, interfaces: Interfaces, link: Link | undefined, source: IpAddress | undefined): readonly Fault[] {
  const faults: Fault[] = []
  if (config.transport.kind === 'unicast' && config.transport.peers.length === 0)
    faults.push({ cause: 'no-unicast-peers', subject: config.interface })
  if (link === undefined) faults.push({ cause: 'interface-missing', subject: config.interface })
  else {
    if (!isWorking(interfaces, link.name) && !config.dontTrackPrimary) faults.push({ cause: 'interface-down', subject: link.name })
    if (source === undefined) faults.push({ cause: 'no-source-address', subject: link.name })
  }
  if (config.vmac !== undefined) {
    const vmac = interfaces.byName.get(config.vmac.name)
    if (vmac === undefined) faults.push({ cause: 'interface-missing', subject: config.vmac.name })
    else if (!isWorking(interfaces, vmac.name) && !config.dontTrackPrimary) faults.push({ cause: 'interface-down', subject: vmac.name })
  }
  for (const name of trackedInterfaces(config)) {
    if (!isWorking(interfaces, name)) faults.push({ cause: 'tracked-interface-down', subject: name })
  }
  return faults
}

/**
 * Interfaces other than its own that hold virtual addresses or carry virtual routes and rules are tracked, unless `no_track` or a
 * tracker says otherwise; and those of static objects that are tied to it by a `track_group`.
 */
function trackedInterfaces(config: InstanceConfig): ReadonlySet<string> {
  const { virtualRoutes = [], virtualRules = [], staticInterfaces = [] } = config
  const named = config.trackers.filter(({ kind }) => kind === 'interface').map(({ name }) => name)
  const known = new Set([...named, config.interface, addressInterface(config)])
  const devices = [
    ...[...config.virtualIpaddress, ...config.virtualIpaddressExcluded].flatMap((one) => (one.noTrack ? [] : one.interface)),
    ...virtualRoutes.flatMap((one) => (one.noTrack ? [] : [one.interface, ...one.nexthops.map((hop) => hop.interface)])),
    ...virtualRules.flatMap((one) => (one.noTrack ? [] : [one.iif, one.oif])),
    ...staticInterfaces,
  ]
  return new Set(devices.filter((device): device is string => device !== undefined && !known.has(device)))
}
