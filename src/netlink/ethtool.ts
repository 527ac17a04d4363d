import { fail, ok, type Result } from '../base/result.ts'
import type { Attributes, Writer } from './attribute.ts'
import type { Connection, NetlinkError } from './connection.ts'
import { genericRequest, lookUpFamily, readGeneric } from './generic.ts'

// linux/ethtool_netlink.h
const ETHTOOL_MSG_LINKSTATE_GET = 6
const ETHTOOL_A_HEADER_DEV_NAME = 2
const ETHTOOL_A_LINKSTATE_HEADER = 1
const ETHTOOL_A_LINKSTATE_LINK = 2

/** The number of the `ethtool` family. */
export const ethtoolFamily = (connection: Connection): Result<number, NetlinkError> => lookUpFamily(connection, 'ethtool')

/** Whether a device has a carrier, as its driver says when asked. Undefined: it does not know. */
export function linkState(connection: Connection, family: number, device: string): Result<boolean | undefined, NetlinkError> {
  const answer = connection.request(genericRequest(family, ETHTOOL_MSG_LINKSTATE_GET, 1, (writer) => writeDevice(writer, device)))
  if (!answer.ok) return fail(answer.error)
  for (const message of answer.value) {
    const attributes: Attributes | undefined = readGeneric(message)?.attributes
    if (attributes?.has(ETHTOOL_A_LINKSTATE_LINK)) return ok(attributes.u8(ETHTOOL_A_LINKSTATE_LINK) !== 0)
  }
  return ok(undefined)
}

function writeDevice(writer: Writer, device: string): void {
  const header = writer.open(ETHTOOL_A_LINKSTATE_HEADER)
  writer.attributeText(ETHTOOL_A_HEADER_DEV_NAME, device)
  writer.close(header)
}
