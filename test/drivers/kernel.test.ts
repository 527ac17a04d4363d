import { describe, expect, test } from 'vitest'
import { assert } from '../../src/base/assert.ts'
import { fail, ok } from '../../src/base/result.ts'
import type { Departure, KernelObject, Operation } from '../../src/core/reconcile/kinds.ts'
import { FilterTable } from '../../src/drivers/filter-table.ts'
import { IpvsTable } from '../../src/drivers/ipvs-table.ts'
import { NetlinkKernel } from '../../src/drivers/kernel.ts'
import { LinkTable } from '../../src/drivers/link-table.ts'
import { RtnetlinkTable } from '../../src/drivers/rtnetlink-table.ts'
import { littleEndian } from '../../src/netlink/attribute.ts'
import { Connection } from '../../src/netlink/connection.ts'
import { GENL_ID_CTRL, NLM_F_ACK, NLM_F_DUMP_INTR } from '../../src/netlink/constants.ts'
import { putDestination, putService } from '../../src/netlink/ipvs.ts'
import type { Message } from '../../src/netlink/message.ts'
import { address, destination, filter, link, service } from '../support/kernel-objects.ts'
import { type Answer, datagram, done, message, ScriptedTransport, verdict } from '../support/scripted-transport.ts'

const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const web = service('192.0.2.1:80')
const one = destination('192.0.2.1:80', '10.0.0.1:80')

/** Answers the question for the family with `numbers`, one after the other (an errno if negative), and all else by `kernel`. */
function ipvs(numbers: readonly number[], kernel: (request: Message, call: number) => readonly Answer[] = obey) {
  let lookUps = 0
  let calls = 0
  const transport = new ScriptedTransport((messages) =>
    messages.flatMap((request) => {
      if (request.type !== GENL_ID_CTRL) return kernel(request, calls++)
      const number = numbers[Math.min(lookUps++, numbers.length - 1)] ?? 0
      if (number < 0) return [datagram(verdict(request.sequence, -number))]
      const family = message(GENL_ID_CTRL, request.sequence, (writer) => {
        writer.bytes(Uint8Array.of(1, 2, 0, 0))
        writer.attributeU16(1, number)
      })
      return [datagram(family, verdict(request.sequence, 0))]
    }),
  )
  const connection = new Connection(transport)
  return { table: new IpvsTable(() => ok(connection)), transport, lookUps: () => lookUps }
}

const obey = ({ flags, sequence }: Message): readonly Answer[] => ((flags & NLM_F_ACK) === 0 ? [] : [datagram(verdict(sequence, 0))])
const command = ({ payload }: Message): number => payload[0] ?? 0
const errnos = (results: readonly { readonly errno: number }[]): readonly number[] => results.map(({ errno }) => errno)

test('use_vmac: a link that somebody else deletes costs this process no word with the kernel', () => {
  const handed: Departure[] = []
  const own = link({ name: 'lo' })
  const transport = new ScriptedTransport(() => [])
  const connection = new Connection(transport)
  const links = new LinkTable(
    () => ok(connection),
    () => ok(connection),
    (departure) => handed.push(departure) > 0,
  )
  expect(errnos(links.apply([{ kind: 'remove', object: own }]))).toEqual([0])
  expect([handed, transport.sent]).toEqual([[{ link: own, index: 1 }], []])
})

describe('ip_vs', () => {
  test('its family is asked for once', () => {
    const { table, lookUps } = ipvs([30])
    expect([errnos(table.apply([add(web), add(one)])), errnos(table.apply([add(web)])), lookUps()]).toEqual([[0, 0], [0], 1])
  })

  test('F25 a stale number (ENOENT for everything) is asked for anew, and all is sent again', () => {
    const { table, transport } = ipvs([30, 31], (request) =>
      request.type === 30 ? [datagram(verdict(request.sequence, 2))] : obey(request),
    )
    expect(errnos(table.apply([add(web), add(one)]))).toEqual([0, 0])
    expect(transport.sent.map((messages) => messages.map(({ type }) => type))).toEqual([[GENL_ID_CTRL], [30, 30], [GENL_ID_CTRL], [31, 31]])
  })

  test('ENOENT under a number that is still right stands: a scheduler is missing', () => {
    const { table, transport } = ipvs([30], ({ sequence }) => [datagram(verdict(sequence, 2))])
    expect(errnos(table.apply([add(web)]))).toEqual([2])
    expect(transport.sent).toHaveLength(3)
  })

  test.each([
    { name: 'no ip_vs', numbers: [-2], errno: 92, detail: 'this kernel has no ip_vs: load it with `modprobe ip_vs`' },
    { name: 'no right to ask', numbers: [-1], errno: 1, detail: 'ip_vs needs root or CAP_NET_ADMIN, in the first user namespace' },
  ])('F26 $name: the error says what to do, for every operation and question', ({ numbers, errno, detail }) => {
    const { table } = ipvs(numbers)
    expect(table.apply([add(web), add(one)])).toEqual([
      { errno, detail },
      { errno, detail },
    ])
    expect([table.info(), table.setTimeouts({ tcp: 1, tcpFin: 1, udp: 1 })]).toEqual([fail({ errno, detail }), { errno, detail }])
    expect([table.services(), table.destinations(), table.daemons()]).toEqual([undefined, undefined, undefined])
  })

  test('F26 the module vanishes between a question and the next', () => {
    const { table } = ipvs([30, -2], ({ sequence }) => [datagram(verdict(sequence, 2))])
    expect(errnos(table.apply([add(web)]))).toEqual([92])
  })

  test('F26 EPERM of a change says what is needed; other errors have their name or the kernel’s sentence', () => {
    const answers = [verdict(2, 1), verdict(3, 12), verdict(4, 22, 'dest address is not unicast')]
    const { table } = ipvs([30], (_, call) => (call === 2 ? answers.map((answer) => datagram(answer)) : []))
    expect(table.apply([add(web), add(one), add(one)])).toEqual([
      { errno: 1, detail: 'ip_vs needs root or CAP_NET_ADMIN, in the first user namespace' },
      { errno: 12, detail: 'ENOMEM' },
      { errno: 22, detail: 'dest address is not unicast' },
    ])
  })

  test('a socket that cannot be opened fails everything with its errno', () => {
    const table = new IpvsTable(() => fail(24))
    expect([table.apply([add(web)]), table.services()]).toEqual([[{ errno: 24, detail: 'EMFILE' }], undefined])
  })
})

describe('ip_vs read back', () => {
  const part = (request: Message, of: { readonly write: (writer: never) => void }): Uint8Array =>
    message(30, request.sequence, of.write as never)
  const services = (request: Message): Answer => datagram(part(request, putService(30, 'add', web)), done(request.sequence))
  const destinations = (request: Message): Answer => datagram(part(request, putDestination(30, 'add', one)), done(request.sequence))
  const nothing = ({ sequence }: Message): Answer => datagram(done(sequence))
  const GET_SERVICE = 4

  test('services, and the destinations of each', () => {
    const { table } = ipvs([30], (request) => [command(request) === GET_SERVICE ? services(request) : destinations(request)])
    expect([table.services(), table.destinations()]).toEqual([[web], [one]])
  })

  test('a service without destinations is verified, because those of a missing one are empty too', () => {
    const { table, transport } = ipvs([30], (request) => {
      if (command(request) !== GET_SERVICE) return [nothing(request)]
      return [
        (request.flags & NLM_F_ACK) === 0
          ? services(request)
          : datagram(part(request, putService(30, 'add', web)), verdict(request.sequence, 0)),
      ]
    })
    expect(table.destinations()).toEqual([])
    expect(transport.sent).toHaveLength(4)
  })

  test('a service that vanishes meanwhile makes another pass', () => {
    const { table } = ipvs([30], (request, call) => {
      if (call === 0) return [services(request)]
      if (call === 2) return [datagram(verdict(request.sequence, 3))]
      return [nothing(request)]
    })
    expect(table.destinations()).toEqual([])
  })

  test('services that vanish in every pass leave the destinations unknown', () => {
    const { table } = ipvs([30], (request) => {
      if ((request.flags & NLM_F_ACK) !== 0) return [datagram(verdict(request.sequence, 3))]
      return [command(request) === GET_SERVICE ? services(request) : nothing(request)]
    })
    expect(table.destinations()).toBeUndefined()
  })

  test('F19 an interrupted dump is unknown, not empty', () => {
    const { table } = ipvs([30], ({ sequence }) => [datagram(done(sequence, 0, NLM_F_DUMP_INTR))])
    expect([table.services(), table.destinations()]).toEqual([undefined, undefined])
  })

  test('F19 an interrupted dump of one service’s destinations leaves all unknown', () => {
    const { table } = ipvs([30], (request) => [
      command(request) === GET_SERVICE ? services(request) : datagram(done(request.sequence, 0, NLM_F_DUMP_INTR)),
    ])
    expect(table.destinations()).toBeUndefined()
  })
})

describe('addresses', () => {
  const table = (kernel: (messages: readonly Message[]) => readonly Answer[], nowhere = false) => {
    const transport = new ScriptedTransport(kernel)
    const connection = new Connection(transport)
    return { transport, addresses: new RtnetlinkTable(() => ok(connection), undefined, nowhere) }
  }
  const onLo = (text: string): Operation => add(address(text, { interface: 'lo' }))
  const nowhere = add(address('192.0.2.9/32', { interface: 'nosuch0' }))

  test('what has no interface (ENODEV) is not sent, the others keep their places', () => {
    const { addresses, transport } = table((messages) =>
      messages.map(({ sequence }) => datagram(verdict(sequence, sequence === 1 ? 17 : 0, 'exists'))),
    )
    expect(addresses.apply([nowhere, onLo('192.0.2.1/32'), nowhere, onLo('192.0.2.2/32')])).toEqual([
      { errno: 19, detail: 'no interface nosuch0' },
      { errno: 17, detail: 'exists' },
      { errno: 19, detail: 'no interface nosuch0' },
      { errno: 0, detail: '' },
    ])
    expect(transport.sent.map(({ length }) => length)).toEqual([2])
  })

  test.runIf(littleEndian)('a table of nowhere speaks of an interface that cannot exist, whatever it is told', () => {
    const { addresses, transport } = table((messages) => messages.map(({ sequence }) => datagram(verdict(sequence, 19))), true)
    const operation = onLo('192.0.2.1/32')
    assert(operation.kind === 'add', 'an addition')
    addresses.apply([operation, { kind: 'remove', object: operation.object }])
    const said = transport.sent.flat().map(({ type, payload }) => [type, payload[0], Array.from(payload.subarray(4, 8))])
    const never = [0xff, 0xff, 0xff, 0x7f]
    expect(said).toEqual([
      [20, 2, never],
      [21, 2, never],
    ])
  })

  test('EPERM says what is needed', () => {
    const { addresses } = table((messages) => messages.map(({ sequence }) => datagram(verdict(sequence, 1))))
    expect(addresses.apply([onLo('192.0.2.1/32')])).toEqual([
      { errno: 1, detail: 'changing addresses and routes needs root or CAP_NET_ADMIN' },
    ])
  })

  test('F19 an interrupted dump is unknown, not empty', () => {
    expect(table(([request]) => [datagram(done(request!.sequence, 0, NLM_F_DUMP_INTR))]).addresses.list('address')).toBeUndefined()
  })

  test('a socket that cannot be opened fails everything with its errno', () => {
    const addresses = new RtnetlinkTable(() => fail(24))
    expect([addresses.apply([nowhere]), addresses.list('address')]).toEqual([[{ errno: 24, detail: 'EMFILE' }], undefined])
  })
})

describe('this machine', () => {
  test('its addresses are listed without any privilege', () => {
    const found = new NetlinkKernel().list('address')
    expect(found?.every(({ kind }) => kind === 'address')).toBe(true)
  })

  test('operations of both worlds keep their places', () => {
    const results = new NetlinkKernel().apply([
      { kind: 'remove', object: service('192.0.2.254:9') },
      { kind: 'remove', object: address('192.0.2.9/32', { interface: 'nosuch0' }) },
      { kind: 'remove', object: service('192.0.2.254:10') },
    ])
    expect(results).toHaveLength(3)
    expect(results[1]).toEqual({ errno: 19, detail: 'no interface nosuch0' })
    expect(results[0]?.errno).not.toBe(19)
    expect(results[0]).toEqual(results[2])
  })
})

describe('nf_tables', () => {
  const guard = filter(4, ['192.0.2.1'])
  const table = (kernel: (messages: readonly Message[]) => readonly Answer[]) => {
    const connection = new Connection(new ScriptedTransport(kernel))
    const filters = new FilterTable(() => ok(connection))
    filters.expect([guard])
    return filters
  }

  test.each([
    { name: 'no nf_tables (EINVAL)', errno: 22, is: [] },
    { name: 'not that family (EAFNOSUPPORT)', errno: 97, is: [] },
    { name: 'no memory', errno: 12, is: undefined },
  ])('no_accept on a kernel with $name: the list is $is', ({ errno, is }) => {
    expect(table(([request]) => [datagram(verdict(request!.sequence, errno))]).list()).toEqual(is)
  })

  test('F19 an interrupted dump is unknown, not empty', () => {
    expect(table(([request]) => [datagram(done(request!.sequence, 0, NLM_F_DUMP_INTR))]).list()).toBeUndefined()
  })

  test('no netlink socket at all: none of ours, and every change says why', () => {
    const filters = new FilterTable(() => fail(93))
    expect([filters.list(), filters.apply([add(guard)])]).toEqual([[], [{ errno: 93, detail: 'EPROTONOSUPPORT' }]])
  })

  test('a refusal within the batch is the answer', () => {
    const filters = table((messages) => [datagram(verdict(messages[1]!.sequence, 1, 'no'), verdict(messages.at(-2)!.sequence, 0))])
    expect(filters.apply([add(guard)])).toEqual([{ errno: 1, detail: 'no' }])
  })
})
