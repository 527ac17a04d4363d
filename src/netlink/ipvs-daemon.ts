import { familyOf, type IpAddress, ipFromBytes } from '../base/ip.ts'
import {
  IPVS_CMD_ATTR_DAEMON,
  IPVS_CMD_DEL_DAEMON,
  IPVS_CMD_GET_DAEMON,
  IPVS_CMD_NEW_DAEMON,
  IPVS_DAEMON_ATTR_MCAST_GROUP,
  IPVS_DAEMON_ATTR_MCAST_GROUP6,
  IPVS_DAEMON_ATTR_MCAST_IFN,
  IPVS_DAEMON_ATTR_MCAST_PORT,
  IPVS_DAEMON_ATTR_MCAST_TTL,
  IPVS_DAEMON_ATTR_STATE,
  IPVS_DAEMON_ATTR_SYNC_ID,
  IPVS_DAEMON_ATTR_SYNC_MAXLEN,
  IPVS_GENL_VERSION,
} from './constants.ts'
import { genericRequest, readGeneric } from './generic.ts'
import type { Message, Request } from './message.ts'

/** A sync daemon of ip_vs as the kernel tells of it; what an older kernel does not know is undefined. */
export interface SyncDaemon {
  readonly state: 'master' | 'backup'
  readonly interface: string
  readonly syncId: number
  /** Bytes. */
  readonly maxLength: number | undefined
  readonly group: IpAddress | undefined
  readonly port: number | undefined
  readonly ttl: number | undefined
}

/** What is undefined the kernel chooses: 224.0.0.81, port 8848, TTL 1, a length from the MTU. */
export type DaemonStart = SyncDaemon

/** EEXIST if one of this state runs already. */
export function startDaemon(family: number, daemon: DaemonStart): Request {
  return genericRequest(family, IPVS_CMD_NEW_DAEMON, IPVS_GENL_VERSION, (writer) => {
    const nest = writer.open(IPVS_CMD_ATTR_DAEMON)
    writer.attributeU32(IPVS_DAEMON_ATTR_STATE, numberOf(daemon.state))
    writer.attributeText(IPVS_DAEMON_ATTR_MCAST_IFN, daemon.interface)
    writer.attributeU32(IPVS_DAEMON_ATTR_SYNC_ID, daemon.syncId)
    if (daemon.maxLength !== undefined) writer.attributeU16(IPVS_DAEMON_ATTR_SYNC_MAXLEN, daemon.maxLength)
    if (daemon.group !== undefined) {
      const attribute = familyOf(daemon.group) === 4 ? IPVS_DAEMON_ATTR_MCAST_GROUP : IPVS_DAEMON_ATTR_MCAST_GROUP6
      writer.attributeIp(attribute, daemon.group)
    }
    // The one port of ip_vs in the machine's own byte order.
    if (daemon.port !== undefined) writer.attributeU16(IPVS_DAEMON_ATTR_MCAST_PORT, daemon.port)
    if (daemon.ttl !== undefined) writer.attributeU8(IPVS_DAEMON_ATTR_MCAST_TTL, daemon.ttl)
    writer.close(nest)
  })
}

/** ESRCH if none of this state runs. */
export function stopDaemon(family: number, state: SyncDaemon['state']): Request {
  return genericRequest(family, IPVS_CMD_DEL_DAEMON, IPVS_GENL_VERSION, (writer) => {
    const nest = writer.open(IPVS_CMD_ATTR_DAEMON)
    writer.attributeU32(IPVS_DAEMON_ATTR_STATE, numberOf(state))
    writer.close(nest)
  })
}

/** The running sync daemons; as a dump. */
export function listDaemons(family: number): Request {
  return genericRequest(family, IPVS_CMD_GET_DAEMON, IPVS_GENL_VERSION, () => {})
}

export function readDaemon(message: Message): SyncDaemon | undefined {
  const generic = readGeneric(message)
  if (generic?.command !== IPVS_CMD_NEW_DAEMON) return undefined
  const attributes = generic.attributes.nest(IPVS_CMD_ATTR_DAEMON)
  const state = attributes.u32(IPVS_DAEMON_ATTR_STATE)
  if (state !== 1 && state !== 2) return undefined
  const optional = (type: number, read: (type: number) => number): number | undefined => (attributes.has(type) ? read(type) : undefined)
  const group = (type: number, size: 4 | 16): IpAddress | undefined =>
    attributes.has(type) ? ipFromBytes(attributes.bytes(type, size).subarray(0, size)) : undefined
  const daemon: SyncDaemon = {
    state: state === 1 ? 'master' : 'backup',
    interface: attributes.text(IPVS_DAEMON_ATTR_MCAST_IFN),
    syncId: attributes.u32(IPVS_DAEMON_ATTR_SYNC_ID),
    maxLength: optional(IPVS_DAEMON_ATTR_SYNC_MAXLEN, (type) => attributes.u16(type)),
    group: group(IPVS_DAEMON_ATTR_MCAST_GROUP, 4) ?? group(IPVS_DAEMON_ATTR_MCAST_GROUP6, 16),
    port: optional(IPVS_DAEMON_ATTR_MCAST_PORT, (type) => attributes.u16(type)),
    ttl: optional(IPVS_DAEMON_ATTR_MCAST_TTL, (type) => attributes.u8(type)),
  }
  return attributes.error === undefined ? daemon : undefined
}

const numberOf = (state: SyncDaemon['state']): number => (state === 'master' ? 1 : 2)
