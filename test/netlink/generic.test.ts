import { expect, test } from 'vitest'
import { Connection } from '../../src/netlink/connection.ts'
import { CTRL_ATTR_FAMILY_ID, ENOENT, GENL_ID_CTRL } from '../../src/netlink/constants.ts'
import { lookUpFamily, readGeneric } from '../../src/netlink/generic.ts'
import type { Message } from '../../src/netlink/message.ts'
import { type Answer, datagram, message, ScriptedTransport, verdict } from '../support/scripted-transport.ts'

function lookUp(kernel: (request: Message) => readonly Answer[]) {
  return lookUpFamily(new Connection(new ScriptedTransport(([request]) => kernel(request!))), 'IPVS')
}

const family = (sequence: number, id: number | undefined): Uint8Array =>
  message(GENL_ID_CTRL, sequence, (writer) => {
    writer.bytes(Uint8Array.of(1, 2, 0, 0))
    if (id !== undefined) writer.attributeU16(CTRL_ATTR_FAMILY_ID, id)
  })

test('a family is asked for by its name and known by its number', () => {
  let asked: Message | undefined
  const answer = lookUp((request) => {
    asked = request
    return [datagram(family(request.sequence, 37)), datagram(verdict(request.sequence, 0))]
  })
  expect(answer).toEqual({ ok: true, value: 37 })
  expect([asked?.type, readGeneric(asked!)?.command, readGeneric(asked!)?.attributes.text(2)]).toEqual([GENL_ID_CTRL, 3, 'IPVS'])
})

test('a family that the kernel has not is ENOENT', () => {
  expect(lookUp(({ sequence }) => [datagram(verdict(sequence, ENOENT))])).toMatchObject({ ok: false, error: { errno: ENOENT } })
})

test('an answer without a number is an error', () => {
  const answer = lookUp(({ sequence }) => [datagram(family(sequence, undefined), verdict(sequence, 0))])
  expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', detail: 'no number for the family IPVS' } })
})
