import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import type { InterfaceAddress, Link } from '../../../src/core/links.ts'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import { advertLimit, type Environment, environmentOf } from '../../../src/core/vrrp/environment.ts'
import { NO_INTERFACES, withLinkEvent } from '../../../src/core/vrrp/interfaces.ts'
import { instance, multicast, unicast, virtualAddress } from '../../support/vrrp.ts'
import { hostAddress, link } from '../../support/vrrp-rig.ts'

function environment(config: InstanceConfig, addresses: readonly InterfaceAddress[], links: readonly Link[] = [link()]): Environment {
  const virtual = new Set(
    config.priority === 255 ? [] : [...config.virtualIpaddress, ...config.virtualIpaddressExcluded].map(({ prefix }) => prefix.address),
  )
  return environmentOf(config, withLinkEvent(undefined, { kind: 'links-known', links, addresses }), virtual)
}

const at = hostAddress

describe('the source of adverts', () => {
  test.each<{ name: string; config?: InstanceConfig; addresses: readonly InterfaceAddress[]; source: string | undefined }>([
    { name: 'PKT-11 is the first address', addresses: [at('192.0.2.2/24'), at('10.0.0.1/8')], source: '192.0.2.2' },
    { name: 'PKT-11 is no secondary one', addresses: [at('192.0.2.9/24', { secondary: true }), at('10.0.0.1/8')], source: '10.0.0.1' },
    { name: 'is a secondary one before none', addresses: [at('192.0.2.9/24', { secondary: true })], source: '192.0.2.9' },
    { name: 'is none of another interface', addresses: [at('192.0.2.2/24', { index: 3 })], source: undefined },
    { name: 'is none of another family', addresses: [at('fe80::2/64')], source: undefined },
    { name: 'is no virtual address', addresses: [at('192.0.2.10/32')], source: undefined },
    {
      name: 'is a virtual address for its owner',
      config: instance({ priority: 255 }),
      addresses: [at('192.0.2.10/24')],
      source: '192.0.2.10',
    },
    {
      name: 'PKT-15 is link-local over IPv6',
      config: instance({ family: 6 }),
      addresses: [at('2001:db8::2/64'), at('fe80::2/64')],
      source: 'fe80::2',
    },
    { name: 'is not global over IPv6 multicast', config: instance({ family: 6 }), addresses: [at('2001:db8::2/64')], source: undefined },
    {
      name: 'is not tentative',
      config: instance({ family: 6 }),
      addresses: [at('fe80::2/64', { tentative: true }), at('fe80::3/64')],
      source: 'fe80::3',
    },
    {
      name: 'is link-local for link-local unicast peers',
      config: instance({ family: 6, transport: unicast(['fe80::1']) }),
      addresses: [at('2001:db8::2/64'), at('fe80::2/64')],
      source: 'fe80::2',
    },
    {
      name: 'is mcast_src_ip, wherever it is',
      config: instance({ transport: multicast(4, '198.51.100.1') }),
      addresses: [],
      source: '198.51.100.1',
    },
    {
      name: 'UNI-07 is unicast_src_ip, if it is on this host',
      config: instance({ transport: unicast(['192.0.2.1'], { source: '198.51.100.1' as IpAddress }) }),
      addresses: [at('198.51.100.1/24', { index: 3 })],
      source: '198.51.100.1',
    },
    {
      name: 'UNI-07 is none if unicast_src_ip is not',
      config: instance({ transport: unicast(['192.0.2.1'], { source: '198.51.100.1' as IpAddress }) }),
      addresses: [at('192.0.2.2/24')],
      source: undefined,
    },
  ])('$name', ({ config = instance(), addresses, source }) => {
    expect(environment(config, addresses).source).toBe(source)
  })
})

describe('the causes of FAULT', () => {
  const causes = (config: InstanceConfig, addresses: readonly InterfaceAddress[], links?: readonly Link[]): readonly string[] =>
    environment(config, addresses, links).faults.map(({ cause, subject }) => `${cause} ${subject}`)
  const own = [at('192.0.2.2/24')]
  const far = virtualAddress('10.0.0.1', { interface: 'eth1' })

  test('are none where all is well', () => {
    expect(causes(instance(), own)).toEqual([])
  })

  test('are a missing interface, which cannot have an address', () => {
    expect(causes(instance(), own, [])).toEqual(['interface-missing eth0'])
  })

  test('are all that apply', () => {
    expect(causes(instance({ virtualIpaddress: [far] }), [], [link('eth0', { up: false })])).toEqual([
      'interface-down eth0',
      'no-source-address eth0',
      'tracked-interface-down eth1',
    ])
  })

  test('are a source that is nowhere, in multicast only with track_src_ip', () => {
    const config = instance({ transport: multicast(4, '192.0.2.77') })
    expect(causes(config, own)).toEqual([])
    expect(causes({ ...config, trackSrcIp: true }, own)).toEqual(['no-source-address eth0'])
    expect(causes({ ...config, trackSrcIp: true }, [...own, at('192.0.2.77/24', { index: 3 })])).toEqual([])
  })

  test('are no unicast peers, which only unicast_fault_no_peer allows', () => {
    expect(causes(instance({ transport: unicast([]) }), own)).toEqual(['no-unicast-peers eth0'])
  })

  test('name each tracked interface once', () => {
    expect(causes(instance({ virtualIpaddress: [far], virtualIpaddressExcluded: [far] }), own)).toEqual(['tracked-interface-down eth1'])
  })

  test('dont_track_primary spares the state of the interface, not its existence', () => {
    expect(causes(instance({ dontTrackPrimary: true }), own, [link('eth0', { running: false })])).toEqual([])
    expect(causes(instance({ dontTrackPrimary: true }), own, [])).toEqual(['interface-missing eth0'])
  })
})

describe('PKT-06 how many addresses an advert holds', () => {
  test.each([
    { family: 4 as const, version: 2 as const, mtu: 1500, limit: 255 },
    { family: 4 as const, version: 2 as const, mtu: 100, limit: 16 },
    { family: 4 as const, version: 3 as const, mtu: 100, limit: 18 },
    { family: 6 as const, version: 3 as const, mtu: 1500, limit: 90 },
    { family: 6 as const, version: 3 as const, mtu: 1280, limit: 77 },
    { family: 4 as const, version: 2 as const, mtu: 20, limit: 0 },
  ])('IPv$family, VRRPv$version, MTU $mtu: $limit', ({ family, version, mtu, limit }) => {
    expect(advertLimit({ family, version, authentication: { kind: 'none' } }, { mtu })).toBe(limit)
  })
})

describe('the picture of the interfaces', () => {
  test('keeps addresses in the order of the kernel, and their flags up to date', () => {
    let known = withLinkEvent(NO_INTERFACES, {
      kind: 'links-known',
      links: [link()],
      addresses: [at('10.0.0.1/8'), at('10.0.0.2/8', { secondary: true })],
    })
    known = withLinkEvent(known, { kind: 'address-added', address: at('10.0.0.2/8') })
    known = withLinkEvent(known, { kind: 'address-added', address: at('10.0.0.3/8') })
    known = withLinkEvent(known, { kind: 'address-removed', address: at('10.0.0.1/8') })
    known = withLinkEvent(known, { kind: 'address-removed', address: at('10.0.0.3/16') })
    expect(known.addresses.get(2)).toEqual([at('10.0.0.2/8'), at('10.0.0.3/8')])
  })

  test('forgets a link with its addresses, and the old name of one that was renamed', () => {
    let known = withLinkEvent(undefined, {
      kind: 'links-known',
      links: [link(), link('eth1', { index: 3 })],
      addresses: [at('10.0.0.1/8')],
    })
    known = withLinkEvent(known, { kind: 'link', link: link('lan', { index: 3 }) })
    expect([...known.byName.keys()]).toEqual(['eth0', 'lan'])
    known = withLinkEvent(known, { kind: 'link-removed', index: 2, name: 'eth0' })
    expect([...known.byName.keys()]).toEqual(['lan'])
    expect(known.addresses.get(2)).toBeUndefined()
  })
})
