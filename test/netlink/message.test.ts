import { describe, expect, test } from 'vitest'
import { littleEndian, Writer } from '../../src/netlink/attribute.ts'
import { NLM_F_ACK_TLVS, NLMSG_ERROR, NLMSGERR_ATTR_MSG } from '../../src/netlink/constants.ts'
import { readMessages, readVerdict, writeMessage } from '../../src/netlink/message.ts'
import { done, message, verdict } from '../support/scripted-transport.ts'

const only = (bytes: Uint8Array) => readMessages(bytes).messages[0]!

describe('messages', () => {
  test.runIf(littleEndian)('a header is length, type, flags, sequence number and port 0', () => {
    const writer = new Writer()
    writeMessage(writer, { type: 20, flags: 0x600, write: (body) => body.u8(9) }, 5, 0x01020304)
    expect(Array.from(writer.take())).toEqual([20, 0, 0, 0, 20, 0, 5, 6, 4, 3, 2, 1, 0, 0, 0, 0, 9, 0, 0, 0])
  })

  test('several in one datagram are read in order', () => {
    const bytes = Buffer.concat([message(1, 7), message(2, 8, (writer) => writer.u32(5)), message(3, 9)])
    const { messages, malformed } = readMessages(bytes)
    expect(messages.map(({ type, sequence, payload }) => [type, sequence, payload.length])).toEqual([
      [1, 7, 0],
      [2, 8, 4],
      [3, 9, 0],
    ])
    expect(malformed).toBe(false)
  })

  test.each([
    { name: 'a length below the header', patch: [15, 0, 0, 0], messages: 0 },
    { name: 'a length of zero', patch: [0, 0, 0, 0], messages: 0 },
    { name: 'a length beyond the datagram', patch: [17, 0, 0, 0], messages: 0 },
    { name: 'a huge length', patch: [255, 255, 255, 255], messages: 0 },
  ])('$name ends the reading', ({ patch, messages }) => {
    const bytes = message(1, 7)
    bytes.set(patch)
    expect(readMessages(bytes)).toMatchObject({ messages: { length: messages }, malformed: true })
  })

  test('a malformed second message does not spoil the first', () => {
    const second = message(2, 8)
    second.set([99, 0, 0, 0])
    expect(readMessages(Buffer.concat([message(1, 7), second]))).toMatchObject({ messages: [{ type: 1 }], malformed: true })
  })

  test('a few bytes are no message', () => {
    expect(readMessages(Uint8Array.of(1, 2, 3))).toEqual({ messages: [], malformed: true })
  })
})

describe('verdicts', () => {
  test('NLMSG_ERROR with 0 acknowledges', () => {
    expect(readVerdict(only(verdict(7, 0)))).toEqual({ sequence: 7, errno: 0, detail: '' })
  })

  test('an errno is positive, the extended acknowledgement a sentence', () => {
    expect(readVerdict(only(verdict(7, 17, 'Address already assigned')))).toEqual({
      sequence: 7,
      errno: 17,
      detail: 'Address already assigned',
    })
  })

  test('the sentence lies behind the whole request where the kernel repeats it', () => {
    const request = message(20, 7, (writer) => writer.bytes(new Uint8Array(9)))
    const bytes = message(
      NLMSG_ERROR,
      7,
      (writer) => {
        writer.u32(-22)
        writer.bytes(request)
        writer.attributeText(NLMSGERR_ATTR_MSG, 'Invalid address')
      },
      NLM_F_ACK_TLVS,
    )
    expect(readVerdict(only(bytes))).toEqual({ sequence: 7, errno: 22, detail: 'Invalid address' })
  })

  test('NLMSG_DONE ends a dump, perhaps with an error', () => {
    expect([readVerdict(only(done(7))), readVerdict(only(done(8, 4)))]).toEqual([
      { sequence: 7, errno: 0, detail: '' },
      { sequence: 8, errno: 4, detail: '' },
    ])
  })

  test('an error that is too short for an errno, or whose sentence is cut off, still has a sequence number', () => {
    expect(readVerdict(only(message(NLMSG_ERROR, 7)))).toEqual({ sequence: 7, errno: 0, detail: '' })
    const cut = message(NLMSG_ERROR, 7, (writer) => writer.u32(-22), NLM_F_ACK_TLVS)
    expect(readVerdict(only(cut))).toEqual({ sequence: 7, errno: 22, detail: '' })
  })

  test('any other message is no verdict', () => {
    expect(readVerdict(only(message(20, 7)))).toBeUndefined()
  })
})
