import { describe, expect, test } from 'vitest'
import { littleEndian, type Writer } from '../../src/netlink/attribute.ts'
import { readDaemon, type SyncDaemon, startDaemon, stopDaemon } from '../../src/netlink/ipvs-daemon.ts'
import { type Message, type Request, readMessages } from '../../src/netlink/message.ts'
import { ip } from '../support/kernel-objects.ts'
import { message } from '../support/scripted-transport.ts'

const family = 30
const sent = (request: Request): Message => {
  const [first] = readMessages(message(request.type, 1, request.write)).messages
  if (first === undefined) throw new Error('no message')
  return first
}
/** The command, and its bytes from the nest on. */
const bodyOf = (request: Request): readonly [number, string] => {
  const { payload } = sent(request)
  return [payload[0] ?? 0, Buffer.from(payload.subarray(4)).toString('hex')]
}
const plain: SyncDaemon = {
  state: 'master',
  interface: 'eth0',
  syncId: 5,
  maxLength: undefined,
  group: undefined,
  port: undefined,
  ttl: undefined,
}
const told = (write: (writer: Writer) => void): Message =>
  sent({
    type: family,
    flags: 0,
    write(writer) {
      for (const byte of [9, 1, 0, 0]) writer.u8(byte)
      const nest = writer.open(3)
      write(writer)
      writer.close(nest)
    },
  })

describe('the sync daemons of ip_vs', () => {
  test.skipIf(!littleEndian)('a start says the state, the interface and the id, and leaves the rest to the kernel', () => {
    expect(bodyOf(startDaemon(family, plain))).toEqual([
      9,
      `20000380${'0800010001000000'}${'0900020065746830'}${'00000000'}${'0800030005000000'}`,
    ])
  })

  test.skipIf(!littleEndian)('a stop says the state only', () => {
    expect(bodyOf(stopDaemon(family, 'backup'))).toEqual([10, `0c000380${'0800010002000000'}`])
  })

  test.each<SyncDaemon>([
    plain,
    { ...plain, state: 'backup', interface: 'a-name-of-15-ch' },
    { ...plain, maxLength: 1472, group: ip('224.0.0.81'), port: 8848, ttl: 1 },
    { ...plain, maxLength: 65_507, group: ip('ff02::51'), port: 65_535, ttl: 255 },
  ])('what is started is what is read back: %j', (daemon) => {
    expect(readDaemon(sent(startDaemon(family, daemon)))).toEqual(daemon)
  })

  test.each([
    { name: 'in an unknown state', is: told((writer) => writer.attributeU32(1, 3)) },
    { name: 'without a state', is: told(() => {}) },
    {
      name: 'with an id cut off',
      is: told((writer) => {
        writer.attributeU32(1, 1)
        writer.attributeU16(3, 3)
      }),
    },
    { name: 'of another command', is: sent(stopDaemon(family, 'master')) },
  ])('a daemon $name is nothing', ({ is }) => {
    expect(readDaemon(is)).toBeUndefined()
  })
})
