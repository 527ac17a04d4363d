import { expect, test } from 'vitest'
import { littleEndian, Writer } from '../../../src/netlink/attribute.ts'
import { RTM_NEWLINK } from '../../../src/netlink/constants.ts'
import { type Message, type Request, readMessages, writeMessage } from '../../../src/netlink/message.ts'
import { newLink, readSettings, readUpperLink } from '../../../src/netlink/route/own-link.ts'
import { link } from '../../support/kernel-objects.ts'

function sent(request: Request): Message {
  const writer = new Writer()
  writeMessage(writer, request, 0, 1)
  const [message] = readMessages(writer.take()).messages
  if (message === undefined) throw new Error('nothing was written')
  return message
}

const ipvlan = (mode: 'bridge' | 'private' | 'vepa') => link({ name: 'ipvl.51', type: { kind: 'ipvlan', mode } })

test
  .runIf(littleEndian)
  .each([
    { name: 'use_vmac: a private macvlan with the virtual MAC', object: link() },
    { name: 'use_vmac with a group', object: link({ group: 7 }) },
    ...(['bridge', 'private', 'vepa'] as const).map((mode) => ({ name: `use_ipvlan ${mode}`, object: ipvlan(mode) })),
  ])('$name reads as it was written', ({ object }) => {
  const { name, type, group } = object
  expect(readUpperLink(sent(newLink(object, 7)))).toEqual({ index: 0, below: 7, name, type, group, up: false })
})

test.runIf(littleEndian)('use_vmac: the message, cut by field', () => {
  expect(Array.from(sent(newLink(link(), 7)).payload)).toEqual(
    [
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [12, 0, 3, 0, ...Array.from('vrrp.51', (letter) => letter.charCodeAt(0)), 0],
      [8, 0, 5, 0, 7, 0, 0, 0],
      [10, 0, 1, 0, 0, 0, 0x5e, 0, 1, 0x33, 0, 0],
      [28, 0, 18, 0x80],
      [12, 0, 1, 0, ...Array.from('macvlan', (letter) => letter.charCodeAt(0)), 0],
      [12, 0, 2, 0x80, 8, 0, 1, 0, 1, 0, 0, 0],
    ].flat(),
  )
})

const bridged: Request = {
  type: RTM_NEWLINK,
  flags: 0,
  write(writer) {
    for (let i = 0; i < 4; i++) writer.u32(0)
    writer.attributeText(3, 'vrrp.51')
    const info = writer.open(18)
    writer.attributeText(1, 'macvlan')
    const data = writer.open(2)
    writer.attributeU32(1, 4)
    writer.close(data)
    writer.close(info)
  },
}

test('a macvlan of another mode is no link of ours, nor is what is malformed', () => {
  const whole = sent(newLink(link(), 7))
  expect([
    readUpperLink(sent(bridged)),
    readUpperLink({ ...whole, payload: whole.payload.subarray(0, 12) }),
    readUpperLink({ ...whole, payload: whole.payload.with(16, 255) }),
  ]).toEqual([undefined, undefined, undefined])
})

test('settings that the kernel did not tell are none', () => {
  expect(readSettings(sent(newLink(link(), 7)))).toEqual([])
})
