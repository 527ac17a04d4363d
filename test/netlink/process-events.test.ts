import { describe, expect, test } from 'vitest'
import { littleEndian } from '../../src/netlink/attribute.ts'
import type { Message } from '../../src/netlink/message.ts'
import { isListening, readProcessEvent } from '../../src/netlink/process-events.ts'

/** struct cn_msg with a struct proc_event (linux/cn_proc.h): what, cpu, time stamp, then the numbers of the event. */
function event(what: number, numbers: readonly number[], id: readonly [number, number] = [1, 1]): Message {
  const words = [...id, 0, 0, 0, what, 0, 0, 0, ...numbers]
  const payload = new Uint8Array(words.length * 4)
  const view = new DataView(payload.buffer)
  for (const [at, word] of words.entries()) view.setUint32(at * 4, word, littleEndian)
  return { type: 3, flags: 0, sequence: 0, payload }
}
const FORK = 1
const EXEC = 2
const UID = 4
const COMM = 0x200
const EXIT = 0x80000000

describe('what the process connector tells', () => {
  test.each([
    { name: 'a new process', message: event(FORK, [10, 10, 11, 11]), is: { kind: 'changed', pid: 11 } },
    { name: 'a new thread is none', message: event(FORK, [10, 10, 12, 10]), is: undefined },
    { name: 'another program, whichever thread began it', message: event(EXEC, [13, 10]), is: { kind: 'changed', pid: 10 } },
    { name: 'another name', message: event(COMM, [10, 10, 0, 0, 0, 0]), is: { kind: 'changed', pid: 10 } },
    { name: 'the name of a thread is none of ours', message: event(COMM, [12, 10, 0, 0, 0, 0]), is: undefined },
    { name: 'the end', message: event(EXIT, [10, 10, 0, 0]), is: { kind: 'ended', pid: 10 } },
    { name: 'the end of a thread is none', message: event(EXIT, [12, 10, 0, 0]), is: undefined },
    { name: 'another user', message: event(UID, [10, 10, 0, 0]), is: undefined },
    { name: 'of another connector', message: event(EXIT, [10, 10, 0, 0], [2, 1]), is: undefined },
  ])('$name', ({ message, is }) => {
    expect(readProcessEvent(message)).toEqual(is)
  })

  test('a message that is cut off anywhere tells nothing that is not in it, and breaks nothing', () => {
    const whole = event(FORK, [10, 10, 11, 11])
    for (let length = 0; length < whole.payload.length; length++) {
      const cut = { ...whole, payload: whole.payload.subarray(0, length) }
      expect(readProcessEvent(cut)).toBeUndefined()
      expect(isListening(cut)).toBe(false)
    }
  })

  test('the answer to listening', () => {
    expect(isListening(event(0, [0, 0]))).toBe(true)
    expect(isListening(event(EXIT, [0, 0]))).toBe(false)
  })
})
