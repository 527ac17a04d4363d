import type { Captured } from '../kernel/harness/frames.ts'

/** What of a capture of netlink messages changed the table. */
export interface Writes {
  /** Messages that change something: services, destinations, all of them. */
  readonly count: number
  /** Of these, destinations added. */
  readonly destinations: number
  /** From the start to the answer that followed the last change; 0 without any. */
  readonly milliseconds: number
  /** The same from the first destination that was added. */
  readonly sinceFirstDestination: number
}

/** genlmsghdr.cmd of linux/ip_vs.h: NEW, SET and DEL of services and destinations, and FLUSH. */
const WRITES: ReadonlySet<number> = new Set([1, 2, 3, 5, 6, 7, 17])
const NEW_DESTINATION = 5

export function countWrites(frames: readonly Captured[], start: number): Writes {
  let [count, destinations, lastChange] = [0, 0, Number.NaN]
  let firstDestination = Number.NaN
  for (const { bytes, at } of frames) {
    const commands = commandsIn(bytes)
    const writes = commands.filter((command) => WRITES.has(command))
    if (writes.length === 0) continue
    count += writes.length
    const added = writes.filter((command) => command === NEW_DESTINATION).length
    if (added > 0 && destinations === 0) firstDestination = at
    destinations += added
    lastChange = at
  }
  const settled = frames.find(({ at }) => at > lastChange)?.at ?? lastChange
  const since = (from: number): number => (count === 0 ? 0 : (settled - from) * 1_000)
  return { count, destinations, milliseconds: since(start), sinceFirstDestination: since(firstDestination) }
}

/** The generic netlink commands of a captured buffer. */
function commandsIn(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const commands: number[] = []
  for (let at = 0; at + 20 <= bytes.length; ) {
    const length = view.getUint32(at, true)
    const flags = view.getUint16(at + 6, true)
    // Types below 16 are netlink's own; without NLM_F_REQUEST it is an answer, and a table is dumped in messages of the same command.
    const isRequest = view.getUint16(at + 4, true) >= 16 && (flags & 1) === 1
    if (isRequest && !isNameLookUp(bytes, at)) commands.push(bytes[at + 16] ?? 0)
    if (length < 16) break
    at += (length + 3) & ~3
  }
  return commands
}

/** Messages to the controller of generic netlink (nlmsg_type 16) have commands of their own. */
function isNameLookUp(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 4] === 16 && bytes[at + 5] === 0
}
