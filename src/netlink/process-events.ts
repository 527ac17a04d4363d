import { littleEndian, viewOf } from './attribute.ts'
import { NLMSG_DONE } from './constants.ts'
import type { Message, Request } from './message.ts'

/** What the kernel's process connector tells (linux/cn_proc.h). */
export interface ProcessEvent {
  /** A new process, or one that is another program or has another name now; or one that is gone. */
  readonly kind: 'changed' | 'ended'
  readonly pid: number
}

/** The multicast group of process events. */
export const PROCESS_EVENTS_GROUP = 1

const CN_IDX_PROC = 1
const CN_VAL_PROC = 1
const PROC_CN_MCAST_LISTEN = 1
const PROC_EVENT_NONE = 0
const PROC_EVENT_FORK = 0x1
const PROC_EVENT_EXEC = 0x2
const PROC_EVENT_COMM = 0x200
const PROC_EVENT_EXIT = 0x80000000
/** struct cn_msg, and in it the head of struct proc_event. */
const CONNECTOR_HEADER = 20
const EVENT_HEADER = 16

/** Asks for the events; until then the kernel sends none. */
export const listenToProcesses: Request = {
  type: NLMSG_DONE,
  flags: 0,
  write(writer) {
    writer.u32(CN_IDX_PROC)
    writer.u32(CN_VAL_PROC)
    writer.u32(0)
    writer.u32(0)
    writer.u16(4)
    writer.u16(0)
    writer.u32(PROC_CN_MCAST_LISTEN)
  },
}

/** The kernel's answer to `listenToProcesses`. None comes where it does not know the asker's processes by their numbers. */
export function isListening({ payload }: Message): boolean {
  return payload.length >= CONNECTOR_HEADER + EVENT_HEADER && viewOf(payload).getUint32(CONNECTOR_HEADER, littleEndian) === PROC_EVENT_NONE
}

/** Undefined for what concerns no process as a whole: threads, changes of users, answers to ourselves. */
export function readProcessEvent({ payload }: Message): ProcessEvent | undefined {
  const at = CONNECTOR_HEADER + EVENT_HEADER
  if (payload.length < at + 8) return undefined
  const view = viewOf(payload)
  const number = (offset: number): number => view.getUint32(offset, littleEndian)
  if (number(0) !== CN_IDX_PROC || number(4) !== CN_VAL_PROC) return undefined
  switch (number(CONNECTOR_HEADER)) {
    case PROC_EVENT_FORK: {
      if (payload.length < at + 16) return undefined
      const [child, process] = [number(at + 8), number(at + 12)]
      return child === process ? { kind: 'changed', pid: process } : undefined
    }
    case PROC_EVENT_EXEC:
      return { kind: 'changed', pid: number(at + 4) }
    case PROC_EVENT_COMM:
      return number(at) === number(at + 4) ? { kind: 'changed', pid: number(at) } : undefined
    case PROC_EVENT_EXIT:
      return number(at) === number(at + 4) ? { kind: 'ended', pid: number(at) } : undefined
    default:
      return undefined
  }
}
