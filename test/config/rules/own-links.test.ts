import { describe, expect, test } from 'vitest'
import type { UpperInterface } from '../../../src/config/reader.ts'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import { codesOf, instanceText, loadText } from '../../support/config-files.ts'

/** A host with eth0, eth1 and these above them. */
const hostWith = (upper: readonly UpperInterface[] = [], others: readonly string[] = []) => ({
  interfaceExists: (name: string) => ['eth0', 'eth1', ...others, ...upper.map((link) => link.name)].includes(name),
  upperLinks: () => upper,
})

const load = (text: string, reader = hostWith()) => loadText(text, { reader })
const instances = (text: string, reader = hostWith()): readonly InstanceConfig[] => load(text, reader).vrrp?.instances ?? []
const one = (lines: string, reader = hostWith()): InstanceConfig => {
  const [instance] = instances(instanceText(lines), reader)
  if (instance === undefined) throw new Error('no instance')
  return instance
}
const global = (lines: string): string => `global_defs {\n${lines}\n}\n`
const over6 = (lines: string, name = 'VI_6'): string => instanceText(lines, name).replace('192.0.2.10/24', 'fe80::10/64')
const vmac = (mac: string, base = 'eth0') => ({ base, type: { kind: 'macvlan', mac }, group: 0, xmitBase: false })

describe('use_vmac', () => {
  test('a link with the virtual MAC of the VRID, on which the addresses stand', () => {
    const instance = one('use_vmac')
    expect(instance.vmac).toEqual({ name: 'vrrp.51', ...vmac('00:00:5e:00:01:33') })
    expect([instance.interface, ...instance.virtualIpaddress.map((address) => [address.interface, address.below])]).toEqual([
      'eth0',
      ['vrrp.51', 'eth0'],
    ])
  })

  test.each([
    { name: 'over IPv6', text: over6('use_vmac'), upper: [], others: [], is: ['vrrp.51'] },
    { name: 'for both families', text: instanceText('use_vmac') + over6('use_vmac'), upper: [], others: [], is: ['vrrp.51', 'vrrp6.51'] },
    { name: 'IPv6 first', text: over6('use_vmac') + instanceText('use_vmac'), upper: [], others: [], is: ['vrrp.51', 'vrrp1.51'] },
    { name: 'the name is taken', text: instanceText('use_vmac'), upper: [], others: ['vrrp.51'], is: ['vrrp1.51'] },
    { name: 'and the next one too', text: instanceText('use_vmac'), upper: [], others: ['vrrp.51', 'vrrp1.51'], is: ['vrrp2.51'] },
    { name: 'IPv6, both names are taken', text: over6('use_vmac'), upper: [], others: ['vrrp.51', 'vrrp6.51'], is: ['vrrp1.51'] },
    {
      name: 'ours is there already',
      text: instanceText('use_vmac'),
      upper: [{ name: 'vrrp.51', base: 'eth0', mac: '00:00:5e:00:01:33' }],
      others: [],
      is: ['vrrp.51'],
    },
    {
      name: 'one of that MAC is there, whatever its name',
      text: instanceText('use_vmac'),
      upper: [{ name: 'left', base: 'eth0', mac: '00:00:5e:00:01:33' }],
      others: [],
      is: ['left'],
    },
    {
      name: 'one of another MAC has the name',
      text: instanceText('use_vmac'),
      upper: [{ name: 'vrrp.51', base: 'eth0', mac: '00:00:5e:00:01:34' }],
      others: [],
      is: ['vrrp1.51'],
    },
    {
      name: 'one on another interface has the name',
      text: instanceText('use_vmac'),
      upper: [{ name: 'vrrp.51', base: 'eth1', mac: '00:00:5e:00:01:33' }],
      others: [],
      is: ['vrrp1.51'],
    },
    { name: 'vmac_prefix', text: global('vmac_prefix vm') + instanceText('use_vmac'), upper: [], others: [], is: ['vm.51'] },
    { name: 'a name', text: instanceText('use_vmac mine'), upper: [], others: [], is: ['mine'] },
    { name: 'a name behind the word', text: instanceText('use_vmac name mine'), upper: [], others: [], is: ['mine'] },
    {
      name: 'a name that a private macvlan has',
      text: instanceText('use_vmac mine'),
      upper: [{ name: 'mine', base: 'eth0', mac: '00:00:5e:00:01:34' }],
      others: [],
      is: ['mine'],
    },
    { name: 'a name that something else has', text: instanceText('use_vmac mine'), upper: [], others: ['mine'], is: ['vrrp.51'] },
    {
      name: 'a name that a later instance asks for',
      text: instanceText('use_vmac') + instanceText('use_vmac vrrp.51', 'VI_2', 52).replace('192.0.2.10', '192.0.2.11'),
      upper: [],
      others: [],
      is: ['vrrp1.51', 'vrrp.51'],
    },
  ])('is called: $name', ({ text, upper, others, is }) => {
    expect(instances(text, hostWith(upper, others)).map((instance) => instance.vmac?.name)).toEqual(is)
  })

  test('over IPv6 the MAC is of the other range', () => {
    expect(instances(over6('use_vmac'))[0]?.vmac).toMatchObject(vmac('00:00:5e:00:02:33'))
  })

  test.each([
    { lines: 'use_vmac 02:00:00:aa:bb:cc', mac: '02:00:00:aa:bb:cc' },
    { lines: 'use_vmac mine 2-0-0-AA-BB-CC', mac: '02:00:00:aa:bb:cc' },
    { lines: 'use_vmac 02:00:00:aa:bb', mac: '02:00:00:aa:bb:33' },
    { lines: 'strict_mode on\nuse_vmac 02:00:00:aa:bb:cc', mac: '00:00:5e:00:01:33' },
  ])("a MAC of one's own: $lines", ({ lines, mac }) => {
    expect(one(lines).vmac?.type).toEqual({ kind: 'macvlan', mac })
  })

  test('group by number', () => expect(one('use_vmac group 7').vmac?.group).toBe(7))

  test('a name that something else has is said', () => {
    const config = load(instanceText('use_vmac mine'), hostWith([], ['mine']))
    expect(codesOf(config)).toEqual(['7 bad-vmac-name'])
    expect(config.diagnostics[0]?.message).toContain('mine already exists and is not a private macvlan')
  })

  test('dev of the interface below means the link; another dev does not', () => {
    const { virtualIpaddress, addressLinks } = one(
      'use_vmac\nvirtual_ipaddress_excluded {\n192.0.2.11/24 dev eth0\n198.51.100.1/24 dev eth1\n}',
    )
    expect([virtualIpaddress.map((address) => address.interface), addressLinks]).toEqual([['vrrp.51'], undefined])
    const { virtualIpaddressExcluded } = one('use_vmac\nvirtual_ipaddress_excluded {\n192.0.2.11/24 dev eth0\n198.51.100.1/24 dev eth1\n}')
    expect(virtualIpaddressExcluded.map((address) => address.interface)).toEqual(['vrrp.51', 'eth1'])
  })

  test('an excluded address of the other family stays on the interface below', () => {
    const { virtualIpaddressExcluded } = one('use_vmac\nvirtual_ipaddress_excluded {\n2001:db8::1/64\n}')
    expect(virtualIpaddressExcluded).toMatchObject([{ interface: 'eth0' }])
  })
})

describe('vmac_xmit_base', () => {
  test('adverts by the interface below', () => expect(one('use_vmac\nvmac_xmit_base').vmac?.xmitBase).toBe(true))
  test('not in strict mode', () => expect(one('strict_mode on\nuse_vmac\nvmac_xmit_base').vmac?.xmitBase).toBe(false))
  test('always in unicast', () => expect(one('use_vmac\nunicast_peer {\n192.0.2.1\n}').vmac?.xmitBase).toBe(true))
})

describe('links for addresses elsewhere', () => {
  const elsewhere = (words: string): string =>
    `virtual_ipaddress_excluded {\n198.51.100.1/24 dev eth1${words}\n198.51.100.2/24 dev eth1${words}\n}`

  test('use_vmac of an address: one link for all of an interface, with the MAC of the instance', () => {
    const { addressLinks, virtualIpaddressExcluded } = one(`use_vmac mine 02:00:00:aa:bb:cc\n${elsewhere(' use_vmac')}`)
    expect(addressLinks).toEqual([{ name: 'vrrp.51', base: 'eth1', type: { kind: 'macvlan', mac: '02:00:00:aa:bb:cc' }, group: 0 }])
    expect(virtualIpaddressExcluded).toMatchObject([
      { interface: 'vrrp.51', below: 'eth1', useVmac: true },
      { interface: 'vrrp.51', below: 'eth1', useVmac: true },
    ])
  })

  test('use_vmac of an address without one of the instance', () => {
    const [instance] = instances(instanceText('').replace('192.0.2.10/24', '192.0.2.10/24 use_vmac'))
    expect([instance?.vmac, instance?.addressLinks?.map(({ name }) => name)]).toEqual([undefined, ['vrrp.51']])
  })

  test('use_vmac_addr: all that are on other interfaces, named by vmac_addr_prefix', () => {
    const [instance] = instances(global('vmac_addr_prefix va') + instanceText(`use_vmac_addr\n${elsewhere('')}`))
    expect([instance?.vmac, instance?.virtualIpaddress[0]?.interface]).toEqual([undefined, 'eth0'])
    expect(instance?.addressLinks).toMatchObject([{ name: 'va.51', base: 'eth1' }])
  })

  test('vmac_addr_prefix is vmac_prefix unless it is given', () => {
    const [instance] = instances(global('vmac_prefix vm') + instanceText(`use_vmac\nuse_vmac_addr\n${elsewhere('')}`))
    expect([instance?.vmac?.name, instance?.addressLinks?.[0]?.name]).toEqual(['vm.51', 'vm1.51'])
  })
})

describe('use_ipvlan', () => {
  test('shares the MAC; its address is the source of adverts', () => {
    const instance = one('use_ipvlan 192.0.2.50/24 private group 3')
    expect(instance.vmac).toEqual({
      name: 'vrrp.51',
      base: 'eth0',
      type: { kind: 'ipvlan', mode: 'private' },
      group: 3,
      xmitBase: false,
      address: { address: '192.0.2.50', length: 24 },
    })
    expect(instance.transport).toMatchObject({ kind: 'multicast', source: '192.0.2.50' })
    expect(instance.virtualIpaddress).toMatchObject([{ interface: 'eth0' }])
  })

  test('bridge unless told otherwise', () => expect(one('use_ipvlan ipv').vmac).toMatchObject({ name: 'ipv', type: { mode: 'bridge' } }))
})

describe('garp_extra_if', () => {
  const text = 'use_vmac\nvirtual_ipaddress_excluded {\n198.51.100.1/24 dev eth1\n198.51.100.2/24 dev eth1 use_vmac\n}\n'
  test.each([
    { keyword: 'garp_extra_if', lines: 'garp_extra_if 10', before: '', is: { every: 10_000_000, interfaces: ['vrrp1.51'] } },
    {
      keyword: 'garp_extra_if all',
      lines: 'garp_extra_if all 10',
      before: '',
      is: { every: 10_000_000, interfaces: ['eth1', 'vrrp1.51'] },
    },
    { keyword: 'vmac_garp_intvl', lines: 'vmac_garp_intvl 10', before: '', is: { every: 10_000_000, interfaces: ['vrrp1.51'] } },
    {
      keyword: 'vrrp_garp_extra_if',
      lines: '',
      before: global('vrrp_garp_extra_if 7'),
      is: { every: 7_000_000, interfaces: ['vrrp1.51'] },
    },
    {
      keyword: 'vrrp_vmac_garp_intvl',
      lines: '',
      before: global('vrrp_vmac_garp_intvl 7'),
      is: { every: 7_000_000, interfaces: ['vrrp1.51'] },
    },
    { keyword: 'garp_extra_if 0', lines: 'garp_extra_if 0', before: global('vrrp_garp_extra_if 7'), is: undefined },
  ])('$keyword', ({ lines, before, is }) => {
    expect(instances(before + instanceText(text + lines))[0]?.garp.extra).toEqual(is)
  })

  test('garp_extra_if without other interfaces is none', () => expect(one('use_vmac\ngarp_extra_if 5').garp.extra).toBeUndefined())
})
