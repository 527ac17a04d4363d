import { type Family, familyOf, type IpAddress, ipFromBytes } from '../base/ip.ts'
import type { Protocol, ServiceKey } from '../core/check/config.ts'
import type { DestinationObject, ServiceObject } from '../core/reconcile/kinds.ts'
import { type Attributes, littleEndian, viewOf, type Writer } from './attribute.ts'
import {
  AF_INET,
  AF_INET6,
  IPVS_CMD_ATTR_DEST,
  IPVS_CMD_ATTR_SERVICE,
  IPVS_CMD_ATTR_TIMEOUT_TCP,
  IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
  IPVS_CMD_ATTR_TIMEOUT_UDP,
  IPVS_CMD_DEL_DEST,
  IPVS_CMD_DEL_SERVICE,
  IPVS_CMD_FLUSH,
  IPVS_CMD_GET_CONFIG,
  IPVS_CMD_GET_DEST,
  IPVS_CMD_GET_INFO,
  IPVS_CMD_GET_SERVICE,
  IPVS_CMD_NEW_DEST,
  IPVS_CMD_NEW_SERVICE,
  IPVS_CMD_SET_CONFIG,
  IPVS_CMD_SET_DEST,
  IPVS_CMD_SET_INFO,
  IPVS_CMD_SET_SERVICE,
  IPVS_CMD_ZERO,
  IPVS_DEST_ATTR_ACTIVE_CONNS,
  IPVS_DEST_ATTR_ADDR,
  IPVS_DEST_ATTR_ADDR_FAMILY,
  IPVS_DEST_ATTR_FWD_METHOD,
  IPVS_DEST_ATTR_INACT_CONNS,
  IPVS_DEST_ATTR_L_THRESH,
  IPVS_DEST_ATTR_PERSIST_CONNS,
  IPVS_DEST_ATTR_PORT,
  IPVS_DEST_ATTR_STATS,
  IPVS_DEST_ATTR_STATS64,
  IPVS_DEST_ATTR_TUN_FLAGS,
  IPVS_DEST_ATTR_TUN_PORT,
  IPVS_DEST_ATTR_TUN_TYPE,
  IPVS_DEST_ATTR_U_THRESH,
  IPVS_DEST_ATTR_WEIGHT,
  IPVS_GENL_VERSION,
  IPVS_INFO_ATTR_CONN_TAB_SIZE,
  IPVS_INFO_ATTR_VERSION,
  IPVS_STATS_ATTR_CONNS,
  IPVS_STATS_ATTR_CPS,
  IPVS_STATS_ATTR_INBPS,
  IPVS_STATS_ATTR_INBYTES,
  IPVS_STATS_ATTR_INPKTS,
  IPVS_STATS_ATTR_INPPS,
  IPVS_STATS_ATTR_OUTBPS,
  IPVS_STATS_ATTR_OUTBYTES,
  IPVS_STATS_ATTR_OUTPKTS,
  IPVS_STATS_ATTR_OUTPPS,
  IPVS_SVC_ATTR_ADDR,
  IPVS_SVC_ATTR_AF,
  IPVS_SVC_ATTR_FLAGS,
  IPVS_SVC_ATTR_FWMARK,
  IPVS_SVC_ATTR_NETMASK,
  IPVS_SVC_ATTR_PE_NAME,
  IPVS_SVC_ATTR_PORT,
  IPVS_SVC_ATTR_PROTOCOL,
  IPVS_SVC_ATTR_SCHED_NAME,
  IPVS_SVC_ATTR_STATS,
  IPVS_SVC_ATTR_STATS64,
  IPVS_SVC_ATTR_TIMEOUT,
} from './constants.ts'
import { genericRequest, readGeneric } from './generic.ts'
import type { Message, Request } from './message.ts'

/** Packets, bytes and connections so far, and their rates per second as the kernel's estimator has them. */
export interface Statistics {
  readonly connections: bigint
  readonly inPackets: bigint
  readonly outPackets: bigint
  readonly inBytes: bigint
  readonly outBytes: bigint
  readonly connectionRate: bigint
  readonly inPacketRate: bigint
  readonly outPacketRate: bigint
  readonly inByteRate: bigint
  readonly outByteRate: bigint
}

export interface ServiceEntry {
  readonly service: ServiceObject
  readonly statistics: Statistics
}

export interface DestinationEntry {
  readonly destination: DestinationObject
  readonly activeConnections: number
  readonly inactiveConnections: number
  readonly persistentConnections: number
  readonly statistics: Statistics
}

/** `version` as 0x010201 for 1.2.1. */
export interface IpvsInfo {
  readonly version: number
  readonly connectionTableSize: number
}

/** `lvs_timeouts`, seconds; when set, 0 leaves the kernel's. */
export interface IpvsTimeouts {
  readonly tcp: number
  readonly tcpFin: number
  readonly udp: number
}

/** Creates a service, or changes all but the key of one that exists. */
export function putService(family: number, how: 'add' | 'replace', service: ServiceObject): Request {
  return command(family, how === 'add' ? IPVS_CMD_NEW_SERVICE : IPVS_CMD_SET_SERVICE, (writer) => {
    const nest = writer.open(IPVS_CMD_ATTR_SERVICE)
    writeServiceKey(writer, service.key)
    writer.attributeText(IPVS_SVC_ATTR_SCHED_NAME, service.scheduler)
    // Flags, and the mask of those that are meant: all.
    writer.attributeU32Pair(IPVS_SVC_ATTR_FLAGS, service.flags, 0xffff_ffff)
    writer.attributeU32(IPVS_SVC_ATTR_TIMEOUT, service.timeout)
    writeNetmask(writer, service.netmask)
    if (service.persistenceEngine !== undefined) writer.attributeText(IPVS_SVC_ATTR_PE_NAME, service.persistenceEngine)
    writer.close(nest)
  })
}

/** Its destinations go with it. */
export function deleteService(family: number, key: ServiceKey): Request {
  return command(family, IPVS_CMD_DEL_SERVICE, (writer) => writeServiceNest(writer, key))
}

export function putDestination(family: number, how: 'add' | 'replace', destination: DestinationObject): Request {
  return command(family, how === 'add' ? IPVS_CMD_NEW_DEST : IPVS_CMD_SET_DEST, (writer) => {
    writeServiceNest(writer, destination.service)
    const nest = writer.open(IPVS_CMD_ATTR_DEST)
    writeDestinationKey(writer, destination)
    writer.attributeU32(IPVS_DEST_ATTR_FWD_METHOD, destination.forwarding)
    writer.attributeU32(IPVS_DEST_ATTR_WEIGHT, destination.weight)
    writer.attributeU32(IPVS_DEST_ATTR_U_THRESH, destination.uthreshold)
    writer.attributeU32(IPVS_DEST_ATTR_L_THRESH, destination.lthreshold)
    if (destination.tunnelType !== 0) {
      writer.attributeU8(IPVS_DEST_ATTR_TUN_TYPE, destination.tunnelType)
      writer.attributeBe16(IPVS_DEST_ATTR_TUN_PORT, destination.tunnelPort)
      writer.attributeU16(IPVS_DEST_ATTR_TUN_FLAGS, destination.tunnelFlags)
    }
    writer.close(nest)
  })
}

export function deleteDestination(family: number, destination: DestinationObject): Request {
  return command(family, IPVS_CMD_DEL_DEST, (writer) => {
    writeServiceNest(writer, destination.service)
    const nest = writer.open(IPVS_CMD_ATTR_DEST)
    writeDestinationKey(writer, destination)
    writer.close(nest)
  })
}

/** Everything, whoever made it. */
export function flushServices(family: number): Request {
  return command(family, IPVS_CMD_FLUSH, () => {})
}

/** All services; as a dump. */
export function listServices(family: number): Request {
  return command(family, IPVS_CMD_GET_SERVICE, () => {})
}

/** One service; ESRCH if there is none. */
export function getService(family: number, key: ServiceKey): Request {
  return command(family, IPVS_CMD_GET_SERVICE, (writer) => writeServiceNest(writer, key))
}

/** The destinations of a service; as a dump. Of a service that does not exist they are empty, without an error. */
export function listDestinations(family: number, key: ServiceKey): Request {
  return command(family, IPVS_CMD_GET_DEST, (writer) => writeServiceNest(writer, key))
}

export function getInfo(family: number): Request {
  return command(family, IPVS_CMD_GET_INFO, () => {})
}

export function getTimeouts(family: number): Request {
  return command(family, IPVS_CMD_GET_CONFIG, () => {})
}

export function setTimeouts(family: number, timeouts: IpvsTimeouts): Request {
  return command(family, IPVS_CMD_SET_CONFIG, (writer) => {
    if (timeouts.tcp !== 0) writer.attributeU32(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp)
    if (timeouts.tcpFin !== 0) writer.attributeU32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcpFin)
    if (timeouts.udp !== 0) writer.attributeU32(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp)
  })
}

/** Sets the counters of one service to zero, or of all. */
export function zeroCounters(family: number, key: ServiceKey | undefined): Request {
  return command(family, IPVS_CMD_ZERO, (writer) => {
    if (key !== undefined) writeServiceNest(writer, key)
  })
}

export function readService(message: Message): ServiceObject | undefined {
  const attributes = readNest(message, IPVS_CMD_NEW_SERVICE, IPVS_CMD_ATTR_SERVICE)
  const key = attributes === undefined ? undefined : readServiceKey(attributes)
  if (attributes === undefined || key === undefined) return undefined
  const engine = attributes.text(IPVS_SVC_ATTR_PE_NAME)
  const service: ServiceObject = {
    kind: 'service',
    key,
    scheduler: attributes.text(IPVS_SVC_ATTR_SCHED_NAME),
    flags: viewOf(attributes.bytes(IPVS_SVC_ATTR_FLAGS, 8)).getUint32(0, littleEndian),
    timeout: attributes.u32(IPVS_SVC_ATTR_TIMEOUT),
    netmask: readNetmask(attributes, familyOfKey(key)),
    persistenceEngine: engine === '' ? undefined : engine,
  }
  return attributes.error === undefined ? service : undefined
}

/** With its counters, which cost more to read than all the rest. */
export function readServiceEntry(message: Message): ServiceEntry | undefined {
  const service = readService(message)
  const attributes = readNest(message, IPVS_CMD_NEW_SERVICE, IPVS_CMD_ATTR_SERVICE)
  if (service === undefined || attributes === undefined) return undefined
  const statistics = readStatistics(attributes, IPVS_SVC_ATTR_STATS64, IPVS_SVC_ATTR_STATS)
  return attributes.error === undefined ? { service, statistics } : undefined
}

/** The message does not say of which service it is. */
export function readDestination(message: Message, service: ServiceKey): DestinationObject | undefined {
  const attributes = readNest(message, IPVS_CMD_NEW_DEST, IPVS_CMD_ATTR_DEST)
  if (attributes === undefined || !attributes.has(IPVS_DEST_ATTR_ADDR)) return undefined
  // Before Linux 3.18 a destination was of its service's family, and nothing said so.
  const af = attributes.has(IPVS_DEST_ATTR_ADDR_FAMILY) ? attributes.u16(IPVS_DEST_ATTR_ADDR_FAMILY) : afOf(familyOfKey(service))
  const family = familyOfAf(af)
  const forwarding = attributes.u32(IPVS_DEST_ATTR_FWD_METHOD) & 7
  const tunnelType = attributes.u8(IPVS_DEST_ATTR_TUN_TYPE)
  const tunnelFlags = attributes.u16(IPVS_DEST_ATTR_TUN_FLAGS)
  if (family === undefined || !isForwarding(forwarding) || !isSmall(tunnelType) || !isSmall(tunnelFlags)) return undefined
  const destination: DestinationObject = {
    kind: 'destination',
    service,
    address: readIp(attributes, IPVS_DEST_ATTR_ADDR, family),
    port: attributes.be16(IPVS_DEST_ATTR_PORT),
    forwarding,
    weight: attributes.u32(IPVS_DEST_ATTR_WEIGHT) | 0,
    uthreshold: attributes.u32(IPVS_DEST_ATTR_U_THRESH),
    lthreshold: attributes.u32(IPVS_DEST_ATTR_L_THRESH),
    tunnelType,
    tunnelPort: attributes.be16(IPVS_DEST_ATTR_TUN_PORT),
    tunnelFlags,
  }
  return attributes.error === undefined ? destination : undefined
}

/** With its counters, which cost more to read than all the rest. */
export function readDestinationEntry(message: Message, service: ServiceKey): DestinationEntry | undefined {
  const destination = readDestination(message, service)
  const attributes = readNest(message, IPVS_CMD_NEW_DEST, IPVS_CMD_ATTR_DEST)
  if (destination === undefined || attributes === undefined) return undefined
  const entry: DestinationEntry = {
    destination,
    activeConnections: attributes.u32(IPVS_DEST_ATTR_ACTIVE_CONNS),
    inactiveConnections: attributes.u32(IPVS_DEST_ATTR_INACT_CONNS),
    persistentConnections: attributes.u32(IPVS_DEST_ATTR_PERSIST_CONNS),
    statistics: readStatistics(attributes, IPVS_DEST_ATTR_STATS64, IPVS_DEST_ATTR_STATS),
  }
  return attributes.error === undefined ? entry : undefined
}

export function readInfo(message: Message): IpvsInfo | undefined {
  const generic = readGeneric(message)
  if (generic?.command !== IPVS_CMD_SET_INFO) return undefined
  const { attributes } = generic
  const info = { version: attributes.u32(IPVS_INFO_ATTR_VERSION), connectionTableSize: attributes.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE) }
  return attributes.error === undefined ? info : undefined
}

export function readTimeouts(message: Message): IpvsTimeouts | undefined {
  const generic = readGeneric(message)
  if (generic?.command !== IPVS_CMD_SET_CONFIG) return undefined
  const { attributes } = generic
  const timeouts = {
    tcp: attributes.u32(IPVS_CMD_ATTR_TIMEOUT_TCP),
    tcpFin: attributes.u32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN),
    udp: attributes.u32(IPVS_CMD_ATTR_TIMEOUT_UDP),
  }
  return attributes.error === undefined ? timeouts : undefined
}

const protocolNumbers: Readonly<Record<Protocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 }
const protocolNames: ReadonlyMap<number, Protocol> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
  [132, 'SCTP'],
])

function command(family: number, number: number, write: (writer: Writer) => void): Request {
  return genericRequest(family, number, IPVS_GENL_VERSION, write)
}

/** The nest of a message that is of this command. */
function readNest(message: Message, number: number, type: number): Attributes | undefined {
  const generic = readGeneric(message)
  return generic?.command === number ? generic.attributes.nest(type) : undefined
}

function writeServiceNest(writer: Writer, key: ServiceKey): void {
  const nest = writer.open(IPVS_CMD_ATTR_SERVICE)
  writeServiceKey(writer, key)
  writer.close(nest)
}

function writeServiceKey(writer: Writer, key: ServiceKey): void {
  writer.attributeU16(IPVS_SVC_ATTR_AF, afOf(familyOfKey(key)))
  if (key.kind === 'fwmark') {
    writer.attributeU32(IPVS_SVC_ATTR_FWMARK, key.fwmark)
    return
  }
  writer.attributeU16(IPVS_SVC_ATTR_PROTOCOL, protocolNumbers[key.protocol])
  writer.attributeIp(IPVS_SVC_ATTR_ADDR, key.address)
  writer.attributeBe16(IPVS_SVC_ATTR_PORT, key.port)
}

function writeDestinationKey(writer: Writer, { address, port }: DestinationObject): void {
  writer.attributeIp(IPVS_DEST_ATTR_ADDR, address)
  writer.attributeBe16(IPVS_DEST_ATTR_PORT, port)
  writer.attributeU16(IPVS_DEST_ATTR_ADDR_FAMILY, afOf(familyOf(address)))
}

function writeNetmask(writer: Writer, netmask: IpAddress | number): void {
  if (typeof netmask === 'number') writer.attributeU32(IPVS_SVC_ATTR_NETMASK, netmask)
  else writer.attributeIp(IPVS_SVC_ATTR_NETMASK, netmask)
}

function readNetmask(attributes: Attributes, family: Family): IpAddress | number {
  return family === 6 ? attributes.u32(IPVS_SVC_ATTR_NETMASK) : ipFromBytes(attributes.bytes(IPVS_SVC_ATTR_NETMASK, 4).subarray(0, 4))
}

function readServiceKey(attributes: Attributes): ServiceKey | undefined {
  const family = familyOfAf(attributes.u16(IPVS_SVC_ATTR_AF))
  if (family === undefined) return undefined
  // The kernel writes either a mark or protocol, address and port.
  if (attributes.has(IPVS_SVC_ATTR_FWMARK)) return { kind: 'fwmark', fwmark: attributes.u32(IPVS_SVC_ATTR_FWMARK), family }
  const protocol = protocolNames.get(attributes.u16(IPVS_SVC_ATTR_PROTOCOL))
  if (protocol === undefined || !attributes.has(IPVS_SVC_ATTR_ADDR)) return undefined
  return { kind: 'address', protocol, address: readIp(attributes, IPVS_SVC_ATTR_ADDR, family), port: attributes.be16(IPVS_SVC_ATTR_PORT) }
}

/** The kernel always writes 16 bytes; of an IPv4 address the first four count. */
function readIp(attributes: Attributes, type: number, family: Family): IpAddress {
  const size = family === 4 ? 4 : 16
  return ipFromBytes(attributes.bytes(type, size).subarray(0, size))
}

function readStatistics(attributes: Attributes, wide: number, narrow: number): Statistics {
  const isWide = attributes.has(wide)
  const nest = attributes.nest(isWide ? wide : narrow)
  const read = (type: number): bigint => (isWide ? nest.u64(type) : BigInt(nest.u32(type)))
  return {
    connections: read(IPVS_STATS_ATTR_CONNS),
    inPackets: read(IPVS_STATS_ATTR_INPKTS),
    outPackets: read(IPVS_STATS_ATTR_OUTPKTS),
    // Bytes are 64 bits wide in the older form too.
    inBytes: nest.u64(IPVS_STATS_ATTR_INBYTES),
    outBytes: nest.u64(IPVS_STATS_ATTR_OUTBYTES),
    connectionRate: read(IPVS_STATS_ATTR_CPS),
    inPacketRate: read(IPVS_STATS_ATTR_INPPS),
    outPacketRate: read(IPVS_STATS_ATTR_OUTPPS),
    inByteRate: read(IPVS_STATS_ATTR_INBPS),
    outByteRate: read(IPVS_STATS_ATTR_OUTBPS),
  }
}

function familyOfKey(key: ServiceKey): Family {
  return key.kind === 'fwmark' ? key.family : familyOf(key.address)
}

const afOf = (family: Family): number => (family === 4 ? AF_INET : AF_INET6)

function familyOfAf(af: number): Family | undefined {
  return af === AF_INET ? 4 : af === AF_INET6 ? 6 : undefined
}

const isForwarding = (value: number): value is 0 | 1 | 2 | 3 => value >= 0 && value <= 3
const isSmall = (value: number): value is 0 | 1 | 2 => value >= 0 && value <= 2
