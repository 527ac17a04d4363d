import { describe, expect, test } from 'vitest'
import type { VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { codesOf, instanceText, loadText } from '../../support/config-files.ts'

const links = { interfaceExists: () => true }
const vrrp = (text: string): VrrpConfig => {
  const { vrrp: config } = loadText(text, { reader: links })
  if (config === undefined) throw new Error('no vrrp configuration')
  return config
}
const drops = (text: string): boolean | undefined => vrrp(text).instances[0]?.noAccept
const globals = (lines: string): string => `global_defs {\n${lines}\n}\n`

describe('what is sent to virtual addresses is dropped', () => {
  test.each([
    { name: 'nothing said', text: instanceText(), is: undefined },
    { name: 'accept', text: instanceText('accept'), is: undefined },
    { name: 'no_accept', text: instanceText('no_accept'), is: true },
    { name: 'no_accept and then accept: the last counts', text: instanceText('no_accept\naccept'), is: undefined },
    { name: 'no_accept of the owner', text: instanceText('no_accept\npriority 255'), is: undefined },
    { name: 'strict mode', text: globals('vrrp_strict') + instanceText(), is: true },
    { name: 'accept in strict mode of version 3', text: globals('vrrp_strict') + instanceText('accept\nversion 3'), is: undefined },
    { name: 'strict mode of the owner', text: globals('vrrp_strict') + instanceText('state MASTER\npriority 255'), is: undefined },
  ])('with $name: $is', ({ text, is }) => {
    expect(drops(text)).toBe(is)
  })

  test('accept in strict mode of version 2 is reset, with a finding', () => {
    const agent = loadText(globals('vrrp_strict') + instanceText('accept'), { reader: links })
    expect([agent.vrrp?.instances[0]?.noAccept, codesOf(agent).includes('strict-accept')]).toEqual([true, true])
  })
})

describe('the table that does it', () => {
  const table = (lines: string) => vrrp(globals(lines) + instanceText('no_accept')).globals.firewall
  const usual = {
    table: 'keepalived',
    priority: -1,
    counters: false,
    byIndex: false,
    sets: { 4: 'vips', 6: 'vips', linkLocal: 'vips_link_local' },
  }
  test.each([
    { name: 'nothing said', lines: '', is: usual },
    { name: 'nftables', lines: 'nftables', is: usual },
    { name: 'nftables with a name', lines: 'nftables mine', is: { ...usual, table: 'mine' } },
    { name: 'nftables_priority', lines: 'nftables_priority 7', is: { ...usual, priority: 7 } },
    { name: 'nftables_counters', lines: 'nftables_counters', is: { ...usual, counters: true } },
    { name: 'nftables_ifindex', lines: 'nftables_ifindex', is: { ...usual, byIndex: true } },
    { name: 'vrrp_ipsets', lines: 'vrrp_ipsets a b c', is: { ...usual, sets: { 4: 'a', 6: 'b', linkLocal: 'c' } } },
    { name: 'vrrp_ipsets of one name', lines: 'vrrp_ipsets a', is: { ...usual, sets: { 4: 'a', 6: 'a6', linkLocal: 'a_if6' } } },
    { name: 'vrrp_iptables, which means the same', lines: 'vrrp_iptables INPUT OUTPUT', is: usual },
  ])('with $name', ({ lines, is }) => {
    expect(table(lines)).toEqual(is)
  })

  test('nftables alone makes none: nobody asks for it', () => {
    expect(vrrp(globals('nftables') + instanceText()).globals.firewall).toBeUndefined()
  })
})
