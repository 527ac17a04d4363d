import { describe, expect, test } from 'vitest'
import { Connection } from '../../src/netlink/connection.ts'
import {
  EAGAIN,
  EIO,
  EMSGSIZE,
  ENOBUFS,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLM_F_REQUEST,
} from '../../src/netlink/constants.ts'
import type { Message, Request } from '../../src/netlink/message.ts'
import { type Answer, datagram, done, message, ScriptedTransport, verdict } from '../support/scripted-transport.ts'

const ask: Request = { type: 18, flags: 0, write: (writer) => writer.u32(1) }
const wide: Request = { type: 18, flags: 0, write: (writer) => writer.bytes(new Uint8Array(1_000)) }
const refused = (errno: number, detail = '') => ({ ok: false, error: { kind: 'refused', errno, detail } })

function connect(kernel: (messages: readonly Message[], call: number) => readonly Answer[] | number, first = 1) {
  let call = 0
  const transport = new ScriptedTransport((messages) => kernel(messages, call++))
  return { transport, connection: new Connection(transport, first) }
}

/** Acknowledges whoever asks for it, and refuses those that `errnoOf` says, asked or not. */
const obedient =
  (errnoOf: (sequence: number) => number = () => 0) =>
  (messages: readonly Message[]): readonly Answer[] =>
    messages
      .filter(({ flags, sequence }) => (flags & NLM_F_ACK) !== 0 || errnoOf(sequence) !== 0)
      .map(({ sequence }) => datagram(verdict(sequence, errnoOf(sequence), errnoOf(sequence) === 0 ? undefined : 'no')))

const seq = (messages: readonly Message[]): number => messages[0]!.sequence

describe('request', () => {
  test('answers with what came before the acknowledgement', () => {
    const { connection, transport } = connect((messages) => [datagram(message(16, seq(messages))), datagram(verdict(seq(messages), 0))])
    expect(connection.request(ask)).toMatchObject({ ok: true, value: [{ type: 16 }] })
    expect(transport.sent[0]).toMatchObject([{ type: 18, flags: NLM_F_REQUEST | NLM_F_ACK }])
  })

  test.each([
    {
      name: 'a refusal with its sentence',
      kernel: (s: number) => [datagram(verdict(s, 17, 'File exists'))],
      is: refused(17, 'File exists'),
    },
    { name: 'no answer at all', kernel: () => [], is: refused(EIO) },
    { name: 'an answer that did not fit the socket', kernel: () => [-ENOBUFS], is: refused(ENOBUFS) },
    {
      name: 'an answer cut off',
      kernel: (s: number) => [{ ...datagram(message(16, s), verdict(s, 0)), truncated: true }],
      is: refused(EMSGSIZE),
    },
    {
      name: 'an answer cut off in its middle',
      kernel: (s: number) => [{ ...datagram(message(16, s).slice(0, 9)), truncated: true }],
      is: refused(EMSGSIZE),
    },
    {
      name: 'S-D4 an acknowledgement of another process',
      kernel: (s: number) => [{ ...datagram(verdict(s, 0)), port: 4711 }],
      is: refused(EIO),
    },
    { name: 'an acknowledgement of another request', kernel: (s: number) => [datagram(verdict(s + 1, 0))], is: refused(EIO) },
    { name: 'noise', kernel: () => [{ bytes: Uint8Array.of(1, 2, 3), port: 0, truncated: false }], is: refused(EIO) },
  ])('$name', ({ kernel, is }) => {
    expect(connect((messages) => kernel(seq(messages))).connection.request(ask)).toEqual(is)
  })

  test('a message that cannot be sent is refused with its errno', () => {
    expect(connect(() => -1).connection.request(ask)).toEqual(refused(1))
  })

  test('a late answer to an earlier request is passed over', () => {
    const { connection } = connect((messages, call) =>
      call === 0 ? [] : [datagram(message(99, 1), verdict(1, 22)), datagram(message(16, seq(messages)), verdict(seq(messages), 0))],
    )
    connection.request(ask)
    expect(connection.request(ask)).toMatchObject({ ok: true, value: [{ type: 16 }] })
  })
})

describe('dump', () => {
  const parts = (sequence: number, flags = NLM_F_MULTI): readonly Answer[] => [
    datagram(message(16, sequence, undefined, flags), message(16, sequence, undefined, NLM_F_MULTI)),
    datagram(message(16, sequence, undefined, NLM_F_MULTI)),
    datagram(done(sequence)),
  ]

  test('gathers all parts of all datagrams', () => {
    const { connection, transport } = connect((messages) => parts(seq(messages)))
    expect(connection.dump(ask)).toMatchObject({ ok: true, value: { length: 3 } })
    expect(transport.sent[0]).toMatchObject([{ flags: NLM_F_REQUEST | NLM_F_DUMP }])
  })

  test('an empty table is an empty dump', () => {
    expect(connect((messages) => [datagram(done(seq(messages)))]).connection.dump(ask)).toEqual({ ok: true, value: [] })
  })

  test('F19 an interrupted dump is read anew', () => {
    const { connection, transport } = connect((messages, call) =>
      parts(seq(messages), call < 2 ? NLM_F_MULTI | NLM_F_DUMP_INTR : NLM_F_MULTI),
    )
    expect(connection.dump(ask)).toMatchObject({ ok: true, value: { length: 3 } })
    expect(transport.sent).toHaveLength(3)
  })

  test('F19 NLM_F_DUMP_INTR on the end of the dump counts too', () => {
    const { connection } = connect((messages, call) => [
      datagram(message(16, seq(messages)), done(seq(messages), 0, call === 0 ? NLM_F_DUMP_INTR : 0)),
    ])
    expect(connection.dump(ask)).toMatchObject({ ok: true, value: { length: 1 } })
  })

  test('F19 a dump that is interrupted every time is no dump, after four attempts', () => {
    const { connection, transport } = connect((messages) => parts(seq(messages), NLM_F_DUMP_INTR))
    expect(connection.dump(ask)).toEqual({ ok: false, error: { kind: 'interrupted' } })
    expect(transport.sent).toHaveLength(4)
  })

  test('a dump cut off is read anew: the transport has a larger buffer then', () => {
    const { connection } = connect((messages, call) =>
      parts(seq(messages)).map((part) => (typeof part === 'number' ? part : { ...part, truncated: call === 0 })),
    )
    expect(connection.dump(ask)).toMatchObject({ ok: true, value: { length: 3 } })
  })

  test.each([
    { name: 'a refusal', kernel: (s: number) => [datagram(verdict(s, 1))], errno: 1 },
    { name: 'an error at its end', kernel: (s: number) => [datagram(message(16, s), done(s, 105))], errno: 105 },
    { name: 'lost parts', kernel: () => [-ENOBUFS], errno: ENOBUFS },
    { name: 'parts without an end', kernel: (s: number) => [datagram(message(16, s))], errno: EIO },
  ])('$name is no dump', ({ kernel, errno }) => {
    expect(connect((messages) => kernel(seq(messages))).connection.dump(ask)).toEqual(refused(errno))
  })
})

describe('batch', () => {
  const errnos = (connection: Connection, count: number, request = ask): readonly number[] =>
    connection.batch(Array.from({ length: count }, () => request)).map(({ errno }) => errno)

  test('nothing sends nothing', () => {
    const { connection, transport } = connect(obedient())
    expect([connection.batch([]), transport.sent]).toEqual([[], []])
  })

  test('all go in one sendmsg and only the last asks for an acknowledgement', () => {
    const { connection, transport } = connect(obedient())
    expect(errnos(connection, 3)).toEqual([0, 0, 0])
    expect(transport.sent.map((messages) => messages.map(({ flags }) => flags))).toEqual([
      [NLM_F_REQUEST, NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK],
    ])
  })

  test('a refusal is matched by its sequence number, whether or not it was asked for', () => {
    const { connection } = connect(obedient((sequence) => (sequence === 2 ? 17 : sequence === 4 ? 3 : 0)))
    expect(connection.batch([ask, ask, ask, ask])).toEqual([
      { sequence: 1, errno: 0, detail: '' },
      { sequence: 2, errno: 17, detail: 'no' },
      { sequence: 3, errno: 0, detail: '' },
      { sequence: 4, errno: 3, detail: 'no' },
    ])
  })

  test('256 messages are a sendmsg, 600 are three', () => {
    const { connection, transport } = connect(obedient((sequence) => (sequence === 257 ? 17 : 0)))
    const answers = errnos(connection, 600)
    expect(transport.sent.map(({ length }) => length)).toEqual([256, 256, 88])
    expect([answers.length, answers.indexOf(17), answers.filter((errno) => errno !== 0)]).toEqual([600, 256, [17]])
  })

  test('large messages are fewer to a sendmsg, the last of each asks for an acknowledgement', () => {
    const { connection, transport } = connect(obedient())
    expect(errnos(connection, 200, wide)).toEqual(new Array(200).fill(0))
    expect(transport.sent.length).toBeGreaterThan(2)
    for (const messages of transport.sent) expect(messages.map(({ flags }) => flags & NLM_F_ACK).lastIndexOf(0)).toBe(messages.length - 2)
  })

  test('sequence numbers wrap around', () => {
    const { connection } = connect(
      obedient((sequence) => (sequence === 0 ? 17 : 0)),
      0xffff_ffff,
    )
    expect(errnos(connection, 3)).toEqual([0, 17, 0])
  })

  test('lost answers (ENOBUFS): what was refused before is known, nothing else is taken for success', () => {
    const { connection } = connect(() => [datagram(verdict(1, 17)), -ENOBUFS])
    expect(errnos(connection, 3)).toEqual([17, ENOBUFS, ENOBUFS])
  })

  test('a missing acknowledgement is no success', () => {
    const { connection } = connect(() => [datagram(verdict(1, 17)), -EAGAIN])
    expect(errnos(connection, 3)).toEqual([17, EIO, EIO])
  })

  test('a sendmsg that fails fails its messages and no others', () => {
    const { connection } = connect((messages, call) => (call === 1 ? -ENOBUFS : obedient()(messages)))
    const answers = errnos(connection, 600)
    expect([answers[255], answers[256], answers[511], answers[512]]).toEqual([0, ENOBUFS, ENOBUFS, 0])
  })
})

describe('a transaction', () => {
  const mark = (type: number): Request => ({ type, flags: 0, write() {} })
  const transact = (kernel: (messages: readonly Message[]) => readonly Answer[] | number) => {
    const { transport, connection } = connect(kernel)
    return { transport, verdict: connection.transaction(mark(0x10), [ask, ask, ask], mark(0x11)) }
  }

  test('is one sendmsg between two marks, and the last message between them asks for an acknowledgement', () => {
    const { transport, verdict: answer } = transact(obedient())
    expect(answer.errno).toBe(0)
    expect(transport.sent.map((messages) => messages.map(({ type, flags }) => [type, (flags & NLM_F_ACK) !== 0]))).toEqual([
      [
        [0x10, false],
        [18, false],
        [18, false],
        [18, true],
        [0x11, false],
      ],
    ])
  })

  test.each([
    { name: 'a refusal of one message is the verdict on all, although the last is acknowledged', at: 3, errno: 17 },
    { name: 'a refusal of the whole is answered to the mark', at: 1, errno: 95 },
  ])('$name', ({ at, errno }) => {
    const { verdict: answer } = transact(() => [datagram(verdict(at, errno, 'no'), verdict(4, 0))])
    expect(answer).toMatchObject({ errno, detail: 'no' })
  })

  test('no answer is no success', () => {
    expect([transact(() => []).verdict.errno, transact(() => -ENOBUFS).verdict.errno]).toEqual([EIO, ENOBUFS])
  })
})

test('close closes the socket', () => {
  const { connection, transport } = connect(obedient())
  connection.close()
  expect(transport.closed).toBe(true)
})
