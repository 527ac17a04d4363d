import { describe, expect, test } from 'vitest'
import type { MacAddress } from '../../../src/base/mac.ts'
import { fromSeconds } from '../../../src/base/units.ts'
import { keyOf } from '../../../src/core/reconcile/kinds.ts'
import type { InstanceConfig, Vmac } from '../../../src/core/vrrp/config.ts'
import { linkObjects } from '../../../src/core/vrrp/own-links.ts'
import { desired, ground } from '../../../src/core/vrrp/router.ts'
import { instance, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, incoming, link, Rig } from '../../support/vrrp-rig.ts'

const mac = '00:00:5e:00:01:33' as MacAddress
const vmac: Vmac = { name: 'vrrp.51', base: 'eth0', type: { kind: 'macvlan', mac }, group: 0, xmitBase: false }
const upper = (differing: Partial<ReturnType<typeof link>> = {}) => link('vrrp.51', { index: 9, mac, ...differing })
const vip = virtualAddress('192.0.2.10', { interface: 'vrrp.51', below: 'eth0' })
const vip6 = virtualAddress('fe80::10', { interface: 'vrrp.51', below: 'eth0' })
const with4 = (differing: Parameters<typeof instance>[0] = {}): InstanceConfig => instance({ vmac, virtualIpaddress: [vip], ...differing })
const with6 = (differing: Parameters<typeof instance>[0] = {}): InstanceConfig =>
  instance({ family: 6, vmac, virtualIpaddress: [vip6], ...differing })

/** What exists and is not as usual, in words. */
const words = (configs: readonly InstanceConfig[]): readonly string[] =>
  linkObjects(configs).map((object) =>
    object.kind === 'link' ? `${keyOf(object)} ${object.settings.map(({ name, value }) => `${name}=${value}`).join(' ')}` : keyOf(object),
  )

describe('use_vmac: what should exist', () => {
  test('VMC-02 for IPv4 the link answers for its own addresses only, the interface below not for those; no rp_filter for all', () => {
    expect(words([with4()])).toEqual([
      'link vrrp.51 arp_ignore=1 accept_local=1 rp_filter=0 promote_secondaries=1 disable_ipv6=1 addr_gen_mode=1 accept_ra=0 router_solicitations=0',
      'setting ipv4 all rp_filter',
      'setting ipv4 eth0 arp_ignore',
      'setting ipv4 eth0 arp_filter',
    ])
  })

  test('VMC-03 for IPv6 there is IPv6, without an address of its own, and nothing else is changed', () => {
    expect(words([with6()])).toEqual(['link vrrp.51 disable_ipv6=0 addr_gen_mode=1 accept_ra=0 router_solicitations=0'])
  })

  test('a link for addresses elsewhere (use_vmac_addr) has what its addresses need', () => {
    const addressLinks = [{ ...vmac, name: 'va.51', base: 'eth1' }]
    const there = virtualAddress('2001:db8::1/64', { interface: 'va.51', below: 'eth1' })
    expect(words([instance({ addressLinks, virtualIpaddressExcluded: [there] })])).toEqual([
      'link va.51 disable_ipv6=0 addr_gen_mode=1 accept_ra=0 router_solicitations=0',
    ])
  })

  test('without links there is nothing', () => expect(words([instance()])).toEqual([]))

  test('until the stop; with --dont-release-vrrp beyond it', () => {
    const ours = (keepAddresses: boolean): readonly number[] => {
      const rig = new Rig(vrrpConfig([with4()]), { links: [link(), upper()] })
      const before = ground(rig.state()).length
      rig.dispatch({ kind: 'stop', keepAddresses })
      return [before, ground(rig.state()).length]
    }
    expect([ours(false), ours(true)]).toEqual([
      [4, 0],
      [4, 4],
    ])
  })
})

describe('use_vmac: what it runs on', () => {
  const running = (config: InstanceConfig, links = [link(), upper()]): Rig => new Rig(vrrpConfig([config]), { links })

  test('PKT-14 adverts and announcements leave by the link, from the address of the interface below', () => {
    const rig = running(with4())
    rig.until('master')
    expect(rig.effects('send-advert')[0]).toMatchObject({ interface: 'vrrp.51', ifindex: 9, source: '192.0.2.2' })
    expect(rig.effects('announce')[0]).toMatchObject({ interface: 'vrrp.51', ifindex: 9, mac, addresses: ['192.0.2.10'] })
  })

  test('PKT-14 with vmac_xmit_base adverts leave by the interface below, announcements by the link', () => {
    const rig = running(with4({ vmac: { ...vmac, xmitBase: true } }))
    rig.until('master')
    expect(rig.effects('send-advert')[0]).toMatchObject({ interface: 'eth0', ifindex: 2 })
    expect(rig.effects('announce')[0]).toMatchObject({ interface: 'vrrp.51', mac })
  })

  test('VAL-32 it hears on the link: what the interface below hears as well is for nobody', () => {
    const rig = running(with4())
    rig.hear({ priority: 200, ifindex: 2 }).hear({ priority: 200, ifindex: 9 })
    expect([rig.instance().counters.advertsReceived, rig.state().unattributed.unknownVrid]).toEqual([1, 1])
    expect(rig.state().endpoints).toMatchObject([{ interface: 'vrrp.51', ifindex: 9, groups: ['224.0.0.18'] }])
  })

  test.each([
    { name: 'the link is missing', links: [link()], cause: 'interface-missing', subject: 'vrrp.51' },
    { name: 'the link is down', links: [link(), upper({ up: false })], cause: 'interface-down', subject: 'vrrp.51' },
    { name: 'the interface below is down', links: [link('eth0', { running: false }), upper()], cause: 'interface-down', subject: 'eth0' },
    { name: 'the interface below is missing', links: [], cause: 'interface-missing', subject: 'eth0' },
  ])('VMC-06 VMC-07 FAULT: $name', ({ links, cause, subject }) => {
    const rig = running(with4(), links)
    expect([rig.role(), rig.instance().environment.faults.find((fault) => fault.subject === subject)?.cause]).toEqual(['fault', cause])
  })

  test('dont_track_primary: a link that is down is no fault, one that is missing is', () => {
    const own = with4({ dontTrackPrimary: true })
    const roles = [[link('eth0', { running: false }), upper({ running: false })], [link()]].map((links) => running(own, links).role())
    expect(roles).toEqual(['backup', 'fault'])
  })

  test('VMC-06 it leaves FAULT when its link is back under another index, and hears there', () => {
    const rig = running(with4(), [link()])
    rig.dispatch({ kind: 'link', link: upper({ index: 12 }) })
    expect(rig.role()).toBe('backup')
    rig.hear({ priority: 200, ifindex: 12 })
    expect(rig.instance().counters.advertsReceived).toBe(1)
  })

  test('an address of its link is no reason to track another interface', () => {
    expect(running(with4()).instance().environment.faults).toEqual([])
  })
})

describe('use_vmac over IPv6', () => {
  const addresses = [hostAddress('fe80::2/64')]

  test('VMC-03 the source of adverts stands on the link, deprecated, in every state but the end', () => {
    const rig = new Rig(vrrpConfig([with6()]), { links: [link(), upper()], addresses })
    const source = { interface: 'vrrp.51', prefix: { address: 'fe80::2', length: 64 }, flags: 2, preferredLft: 0 }
    expect([rig.role(), desired(rig.state())]).toMatchObject(['init', [source]])
    rig.dispatch({ kind: 'address-added', address: hostAddress('fe80::2/64', { index: 9 }) })
    expect([rig.role(), desired(rig.state())]).toMatchObject(['backup', [source]])
    rig.until('master')
    expect(desired(rig.state())).toMatchObject([source, { prefix: { address: 'fe80::10' } }])
    rig.dispatch({ kind: 'stop', keepAddresses: false })
    expect(desired(rig.state())).toEqual([])
  })

  test('not with vmac_xmit_base, where it is at home', () => {
    const rig = new Rig(vrrpConfig([with6({ vmac: { ...vmac, xmitBase: true } })]), { links: [link(), upper()], addresses })
    expect([rig.role(), desired(rig.state())]).toEqual(['backup', []])
  })

  test('unicast has the interface below to itself', () => {
    const own = with6({ vmac: { ...vmac, xmitBase: true }, transport: unicast(['fe80::1']) })
    const rig = new Rig(vrrpConfig([own]), { links: [link(), upper()], addresses })
    expect(rig.state().endpoints).toMatchObject([{ interface: 'eth0', ifindex: 2 }])
  })
})

test('use_ipvlan: its address stands on the link in every state, and is the source; virtual ones stay on the interface below', () => {
  const address = { address: hostAddress('192.0.2.50/24').prefix.address, length: 24 }
  const own = instance({
    vmac: { ...vmac, type: { kind: 'ipvlan', mode: 'bridge' }, address },
    transport: { kind: 'multicast', group: incoming().destination, source: address.address },
  })
  const rig = new Rig(vrrpConfig([own]), { links: [link(), upper({ mac: link().mac })] })
  expect(desired(rig.state())).toMatchObject([{ interface: 'vrrp.51', prefix: address, flags: 0, preferredLft: undefined }])
  rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.50/24', { index: 9 }) })
  rig.until('master')
  expect(rig.effects('send-advert')[0]).toMatchObject({ interface: 'vrrp.51', source: '192.0.2.50' })
  expect(rig.effects('announce')[0]).toMatchObject({ interface: 'eth0', addresses: ['192.0.2.10'] })
  expect(words([own])).toEqual(['link vrrp.51 disable_ipv6=1'])
})

test('use_ipvlan over IPv6: adverts come from the link-local address that it has made itself', () => {
  const own = instance({ family: 6, vmac: { ...vmac, type: { kind: 'ipvlan', mode: 'vepa' } } })
  const addresses = [hostAddress('fe80::2/64')]
  const rig = new Rig(vrrpConfig([own]), { links: [link(), upper({ mac: link().mac })], addresses })
  expect([rig.role(), rig.instance().environment.faults[0]?.cause]).toEqual(['fault', 'no-source-address'])
  rig.dispatch({ kind: 'address-added', address: hostAddress('fe80::3/64', { index: 9 }) })
  rig.until('master')
  expect(rig.effects('send-advert')[0]).toMatchObject({ interface: 'vrrp.51', source: 'fe80::3' })
  expect(words([own])).toEqual(['link vrrp.51 '])
})

test('a reload with another link is another virtual router; the same link is the same', () => {
  const rig = new Rig(vrrpConfig([with4()]), { links: [link(), upper()] })
  rig.until('master')
  rig.dispatch({ kind: 'configured', config: vrrpConfig([with4({ priority: 120 })]) })
  expect(rig.role()).toBe('master')
  rig.dispatch({ kind: 'configured', config: vrrpConfig([instance()]) })
  expect(rig.role()).toBe('backup')
})

describe('garp_extra_if', () => {
  const garp = { ...instance().garp, extra: { every: fromSeconds(2), interfaces: ['va.51'] } }
  const elsewhere = ['198.51.100.1', '198.51.100.2'].map((text) => virtualAddress(text, { interface: 'va.51', below: 'eth1' }))
  const own = instance({ garp, virtualIpaddress: ['192.0.2.10'], virtualIpaddressExcluded: elsewhere })
  const links = [link(), link('va.51', { index: 9 })]

  test('one address of each, every so often, as long as we are master', () => {
    const rig = new Rig(vrrpConfig([own]), { links })
    rig.until('master')
    rig.pass(1)
    const before = rig.effects('announce').length
    rig.pass(3.5)
    const more = rig.effects('announce').slice(before)
    expect(more.map(({ interface: name, addresses, repeat }) => [name, addresses, repeat])).toEqual([
      ['va.51', ['198.51.100.1'], 1],
      ['va.51', ['198.51.100.1'], 1],
    ])
    rig.hear({ priority: 200, addresses: ['192.0.2.10'] })
    const after = rig.effects('announce').length
    rig.pass(2.5)
    expect(rig.effects('announce').length).toBe(after)
  })
})
