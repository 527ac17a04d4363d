import { describe, expect, test } from 'vitest'
import { keyOf, serves } from '../../../src/core/reconcile/kinds.ts'
import { littleEndian } from '../../../src/netlink/attribute.ts'
import { RTM_DELRULE, RTM_NEWROUTE, RTM_NEWRULE } from '../../../src/netlink/constants.ts'
import { type Message, type Request, readMessages } from '../../../src/netlink/message.ts'
import { deleteRule, listRules, newRule, readRule } from '../../../src/netlink/route/rule.ts'
import { rule } from '../../support/kernel-objects.ts'
import { message } from '../../support/scripted-transport.ts'

const messageOf = (request: Request): Message => readMessages(message(request.type, 1, request.write)).messages[0]!
const payload = (request: Request): number[] => Array.from(messageOf(request).payload)

describe.runIf(littleEndian)('written', () => {
  test('virtual_rules: from, preference and table', () => {
    expect(payload(newRule(rule('from 10.1.0.0/16 table 100 preference 5')))).toEqual([
      ...[2, 0, 16, 0, 100, 0, 0, 1, 0, 0, 0, 0],
      ...[8, 0, 2, 0, 10, 1, 0, 0],
      ...[8, 0, 6, 0, 5, 0, 0, 0],
      ...[5, 0, 21, 0, 18, 0, 0, 0],
      ...[8, 0, 15, 0, 100, 0, 0, 0],
    ])
  })

  test.each([
    { name: 'not', line: 'not from 10.0.0.0/8 table 100 preference 5', at: 8, byte: 2 },
    { name: 'goto', line: 'from 10.0.0.0/8 goto 9 preference 5', at: 7, byte: 2 },
    { name: 'nop', line: 'from 10.0.0.0/8 nop preference 5', at: 7, byte: 3 },
    { name: 'blackhole', line: 'from 10.0.0.0/8 blackhole preference 5', at: 7, byte: 6 },
    { name: 'unreachable', line: 'from 10.0.0.0/8 unreachable preference 5', at: 7, byte: 7 },
    { name: 'prohibit', line: 'from 10.0.0.0/8 prohibit preference 5', at: 7, byte: 8 },
    { name: 'tos', line: 'from 10.0.0.0/8 tos 0x10 table 100 preference 5', at: 3, byte: 16 },
  ])('$name stands in the header', ({ line, at, byte }) => {
    expect(payload(newRule(rule(line)))[at]).toBe(byte)
  })

  test('a rule that exists is refused, for the kernel would take two alike', () => {
    expect(newRule(rule('from 10.0.0.0/8 table 100 preference 5')).flags).toBe(0x600)
  })

  test('a removal says all that is in the rule', () => {
    const object = rule('from 10.0.0.0/8 fwmark 1/0xff iif eth0 table 100 preference 5')
    expect(payload(deleteRule(object))).toEqual(payload(newRule(object)))
  })

  test('a list asks for one family', () => {
    expect(payload(listRules(6))).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})

describe('read', () => {
  test.each([
    'not from 10.0.0.0/8 to 10.1.0.0/16 tos 0x10 fwmark 1/0xff iif eth0 oif eth1 table 1000 preference 5',
    'from 2001:db8::/64 table 100 preference 5 suppress_prefixlength 0 suppress_ifgroup 1',
    'uidrange 10-20 ipproto tcp sport 1-2 dport 3-4 tunnel-id 7 table 100 preference 5 realms 1/2',
    'from 10.3.3.3 l3mdev preference 5',
    'from all goto 9 preference 5',
    'from all nop preference 5',
    'from all blackhole preference 5',
    'from all unreachable preference 5',
    'from all prohibit preference 5 protocol 9 no_track',
  ])('what was written is read again: %s', (line) => {
    const object = rule(line)
    for (const type of [RTM_NEWRULE, RTM_DELRULE]) {
      const read = readRule({ ...messageOf(newRule(object)), type })
      expect(read && [keyOf(read), serves(read, object)]).toEqual([keyOf(object), true])
    }
  })

  const whole = messageOf(newRule(rule('from 10.1.0.0/16 table 100 preference 5'))).payload
  const changed = (at: number, value: number): Uint8Array => Uint8Array.from(whole, (byte, i) => (i === at ? value : byte))
  test.each<{ name: string; type?: number; bytes: Uint8Array }>([
    { name: 'another message', type: RTM_NEWROUTE, bytes: whole },
    { name: 'a header that is cut', bytes: whole.subarray(0, 11) },
    { name: 'another family', bytes: changed(0, 28) },
    { name: 'an action that nobody can write', bytes: changed(7, 4) },
    { name: 'an attribute that is cut', bytes: whole.subarray(0, whole.length - 2) },
  ])('$name is no rule', ({ type = RTM_NEWRULE, bytes }) => {
    expect(readRule({ type, flags: 0, sequence: 1, payload: bytes })).toBeUndefined()
  })
})
