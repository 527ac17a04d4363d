import { Attributes, aligned, littleEndian, viewOf, type Writer } from './attribute.ts'
import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_ERROR, NLMSGERR_ATTR_MSG } from './constants.ts'

/** One netlink message (struct nlmsghdr). */
export interface Message {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly payload: Uint8Array
}

/** A request as it is written: the body follows the header. */
export interface Request {
  readonly type: number
  /** NLM_F_* beyond NLM_F_REQUEST and NLM_F_ACK. */
  readonly flags: number
  readonly write: (writer: Writer) => void
}

/** The kernel's verdict on a request; errno is positive, 0 for success. */
export interface Verdict {
  readonly sequence: number
  readonly errno: number
  /** The extended acknowledgement's sentence, where the kernel has one. */
  readonly detail: string
}

const headerSize = 16

/** The messages of a datagram. A message that claims more bytes than there are ends the reading. */
export function readMessages(bytes: Uint8Array): { readonly messages: readonly Message[]; readonly malformed: boolean } {
  const view = viewOf(bytes)
  const messages: Message[] = []
  let offset = 0
  while (bytes.length - offset >= headerSize) {
    const length = view.getUint32(offset, littleEndian)
    if (length < headerSize || length > bytes.length - offset) return { messages, malformed: true }
    messages.push({
      type: view.getUint16(offset + 4, littleEndian),
      flags: view.getUint16(offset + 6, littleEndian),
      sequence: view.getUint32(offset + 8, littleEndian),
      payload: bytes.subarray(offset + headerSize, offset + length),
    })
    offset += aligned(length)
  }
  return { messages, malformed: offset < bytes.length }
}

/** Appends a message with its header. Port 0: the kernel fills in ours. */
export function writeMessage(writer: Writer, request: Request, flags: number, sequence: number): void {
  const start = writer.length
  writer.u32(0)
  writer.u16(request.type)
  writer.u16(request.flags | flags)
  writer.u32(sequence)
  writer.u32(0)
  request.write(writer)
  writer.align()
  writer.patchU32(start, writer.length - start)
}

/** Of NLMSG_ERROR, which also acknowledges, and NLMSG_DONE, which may carry an error; undefined for any other message. */
export function readVerdict(message: Message): Verdict | undefined {
  if (message.type !== NLMSG_ERROR && message.type !== NLMSG_DONE) return undefined
  const { payload, sequence, flags } = message
  const view = viewOf(payload)
  const errno = payload.length < 4 ? 0 : Math.abs(view.getInt32(0, littleEndian))
  if ((flags & NLM_F_ACK_TLVS) === 0) return { sequence, errno, detail: '' }
  return { sequence, errno, detail: new Attributes(payload.subarray(tlvOffset(message, view))).text(NLMSGERR_ATTR_MSG) }
}

/** Behind the errno; in an error the request's header, and unless capped all of the request, come first. */
function tlvOffset(message: Message, view: DataView): number {
  if (message.type === NLMSG_DONE) return 4
  if ((message.flags & NLM_F_CAPPED) !== 0 || message.payload.length < 8) return 4 + headerSize
  return 4 + aligned(view.getUint32(4, littleEndian))
}
