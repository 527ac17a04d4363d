import { ok, type Result } from '../base/result.ts'
import { Attributes, type Writer } from './attribute.ts'
import type { Connection, NetlinkError } from './connection.ts'
import { CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, EIO, GENL_ID_CTRL } from './constants.ts'
import type { Message, Request } from './message.ts'

/** A command of a generic netlink family (struct genlmsghdr). */
export function genericRequest(family: number, command: number, version: number, write: (writer: Writer) => void): Request {
  return {
    type: family,
    flags: 0,
    write(writer) {
      writer.u8(command)
      writer.u8(version)
      writer.u16(0)
      write(writer)
    },
  }
}

/** The command and attributes of a generic message; undefined if it is too short to have them. */
export function readGeneric(message: Message): { readonly command: number; readonly attributes: Attributes } | undefined {
  const [command] = message.payload
  if (command === undefined || message.payload.length < 4) return undefined
  return { command, attributes: new Attributes(message.payload.subarray(4)) }
}

/** The number under which the kernel knows a family now: another one after its module was loaded anew. ENOENT if it has none. */
export function lookUpFamily(connection: Connection, name: string): Result<number, NetlinkError> {
  const answer = connection.request(
    genericRequest(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, (writer) => writer.attributeText(CTRL_ATTR_FAMILY_NAME, name)),
  )
  if (!answer.ok) return answer
  for (const message of answer.value) {
    const id = readGeneric(message)?.attributes.u16(CTRL_ATTR_FAMILY_ID) ?? 0
    if (id !== 0) return ok(id)
  }
  return { ok: false, error: { kind: 'refused', errno: EIO, detail: `no number for the family ${name}` } }
}
