import { encode } from 'dgram-vrrp/codec'
import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import type { SendAdvertEffect } from '../../../src/core/vrrp/effects.ts'
import { instance, multicast, unicast, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

function firstAdvert(config: InstanceConfig): SendAdvertEffect {
  const rig = new Rig(vrrpConfig([config]))
  rig.until('master')
  const [advert] = rig.adverts()
  if (advert === undefined) throw new Error('no advert')
  return advert
}

function hex(effect: SendAdvertEffect, to = effect.destinations[0] ?? ''): string {
  const { advert, family, source, checksum, group } = effect
  return Buffer.from(encode(advert, { family, source, destination: to, group, checksum })).toString('hex')
}

describe('the bytes of an advert', () => {
  test('PKT-01 PKT-02 VRRPv2: eight zero bytes of authentication data at the end, 20 bytes in all', () => {
    expect(hex(firstAdvert(instance()))).toBe(
      '21336401' + // version 2, type 1; VRID 51; priority 100; one address
        '0001b8bf' + // no authentication; 1 s; checksum
        'c000020a' +
        '0000000000000000',
    )
  })

  test('PKT-03 VRRPv2 counts the interval in whole seconds', () => {
    expect(hex(firstAdvert(instance({ advertInt: fromSeconds(3) }))).slice(10, 12)).toBe('03')
  })

  test.each([
    [1, '0064'],
    [0.01, '0001'],
    [40.95, '0fff'],
  ])('PKT-04 VRRPv3 counts the interval of %d s in centiseconds, the reserved nibble 0', (seconds, field) => {
    expect(hex(firstAdvert(instance({ version: 3, advertInt: fromSeconds(seconds) }))).slice(8, 12)).toBe(field)
  })

  test('PKT-05 the addresses leave in configured order, excluded ones not at all', () => {
    const { advert } = firstAdvert(
      instance({ virtualIpaddress: ['10.0.0.9', '10.0.0.1', '10.0.0.5'], virtualIpaddressExcluded: ['10.0.1.1', 'fe80::1:1'] }),
    )
    expect(advert.addresses).toEqual(['10.0.0.9', '10.0.0.1', '10.0.0.5'])
  })

  test.each([
    { name: 'MTU 1500 and 400 IPv4 addresses', mtu: 1500, version: 3 as const, count: 400, advertised: 255 },
    { name: 'MTU 576 in VRRPv2', mtu: 576, version: 2 as const, count: 400, advertised: 135 },
    { name: 'MTU 576 in VRRPv3', mtu: 576, version: 3 as const, count: 400, advertised: 137 },
  ])('PKT-06 addresses that an advert has no room for are set, but not advertised: $name', ({ mtu, version, count, advertised }) => {
    const virtualIpaddress = Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`)
    const rig = new Rig(vrrpConfig([instance({ version, virtualIpaddress })]), { links: [link('eth0', { mtu })] })
    rig.until('master')
    const [effect] = rig.adverts()
    expect(effect?.advert.addresses).toEqual(virtualIpaddress.slice(0, advertised))
    expect((effect === undefined ? 0 : hex(effect).length / 2) + 20).toBeLessThanOrEqual(mtu)
    expect(rig.state().desired).toHaveLength(count)
    expect(rig.reports('vips-moved-to-excluded')).toEqual([
      { event: 'vips-moved-to-excluded', instance: 'VI_1', count: count - advertised, limit: advertised },
    ])
  })

  test('PKT-06 over IPv6 an address takes 16 bytes', () => {
    const virtualIpaddress = Array.from({ length: 100 }, (_, n) => `fe80::${(n + 16).toString(16)}`)
    const { advert } = firstAdvert(instance({ family: 6, virtualIpaddress }))
    expect(advert.addresses).toHaveLength(90)
  })

  test('PKT-08 an owner advertises 255', () => {
    expect(firstAdvert(instance({ priority: 255 })).advert.priority).toBe(255)
  })

  test('PKT-19 priority 0 on leaving has the same layout, and is the last packet', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.until('master')
    rig.pass(0.5).forget().dispatch({ kind: 'stop', keepAddresses: false }).pass(60)
    const adverts = rig.adverts()
    expect(adverts.map((effect) => hex(effect))).toEqual(['2133000100011cc0c000020a0000000000000000'])
    expect(rig.instance().counters).toMatchObject({ priorityZeroSent: 1 })
  })
})

describe('where it goes to and comes from', () => {
  test('PKT-09 PKT-12 TTL 255 to the group', () => {
    expect(firstAdvert(instance())).toMatchObject({ ttl: 255, destinations: ['224.0.0.18'], multicast: true, family: 4, ifindex: 2 })
  })

  test('PKT-12 to the group that is configured', () => {
    expect(firstAdvert(instance({ transport: { ...multicast(), group: '224.0.0.99' } as never })).destinations).toEqual(['224.0.0.99'])
  })

  test('PKT-15 over IPv6 from the link-local address to ff02::12, hop limit 255', () => {
    expect(firstAdvert(instance({ family: 6 }))).toMatchObject({ ttl: 255, destinations: ['ff02::12'], source: 'fe80::2', family: 6 })
  })

  test('PKT-11 from the primary address of the interface, or from mcast_src_ip', () => {
    expect(firstAdvert(instance()).source).toBe('192.0.2.2')
    expect(firstAdvert(instance({ transport: multicast(4, '192.0.2.77') })).source).toBe('192.0.2.77')
  })

  test('PKT-20 nothing is sent in BACKUP', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    for (let second = 0; second < 60; second++) rig.pass(1).hear({ priority: 101 })
    expect(rig.adverts()).toEqual([])
  })

  test('PKT-20 nothing is sent in FAULT', () => {
    const rig = new Rig(vrrpConfig([instance()]), { links: [link('eth0', { up: false })] })
    expect(rig.pass(60).adverts()).toEqual([])
  })

  test('UNI-01 one copy for each peer, and no multicast', () => {
    const effect = firstAdvert(instance({ transport: unicast(['192.0.2.1', '192.0.2.3', '192.0.2.4']) }))
    expect(effect).toMatchObject({ multicast: false, destinations: ['192.0.2.1', '192.0.2.3', '192.0.2.4'] })
  })

  test('UNI-03 our own address among the peers is ignored', () => {
    expect(firstAdvert(instance({ transport: unicast(['192.0.2.1', '192.0.2.2']) })).destinations).toEqual(['192.0.2.1'])
  })

  test('UNI-05 UNI-08 unicast_ttl; without it 255 over IPv4 and the kernel default over IPv6', () => {
    expect(firstAdvert(instance({ transport: unicast(['192.0.2.1'], { ttl: 64 }) })).ttl).toBe(64)
    expect(firstAdvert(instance({ transport: unicast(['192.0.2.1']) })).ttl).toBe(255)
    expect(firstAdvert(instance({ family: 6, transport: unicast(['fe80::1']) })).ttl).toBeUndefined()
    expect(firstAdvert(instance({ family: 6, transport: unicast(['fe80::1'], { ttl: 64 }) })).ttl).toBe(64)
  })

  test('IPv6 unicast to a global peer comes from a global address', () => {
    const rig = new Rig(vrrpConfig([instance({ family: 6, transport: unicast(['2001:db8::1']) })]), {
      addresses: [hostAddress('2001:db8::2/64')],
    })
    rig.until('master')
    expect(rig.adverts()[0]?.source).toBe('2001:db8::2')
  })
})

describe('the checksum', () => {
  const v3 = (differing: Partial<InstanceConfig['checksum']>, transport = multicast()): SendAdvertEffect =>
    firstAdvert(instance({ version: 3, transport, checksum: { v3ChecksumAsV2: false, oldUnicastChecksum: undefined, ...differing } }))

  test('CKS-02 of VRRPv3 over IPv4 has a pseudo header', () => {
    const effect = v3({})
    expect(effect.checksum).toBe('pseudo-header')
    // V6 of 192.0.2.1, sent from 192.0.2.2.
    expect(hex({ ...effect, source: '192.0.2.1' as never })).toBe('31336401006405ccc000020a')
  })

  test('CKS-03 with v3_checksum_as_v2 it covers the message only', () => {
    expect(hex(v3({ v3ChecksumAsV2: true }))).toBe('313364010064a85cc000020a')
  })

  test('CKS-05 in unicast the pseudo header has the real destination', () => {
    const effect = v3({}, unicast(['192.0.2.2']))
    expect(effect.checksum).toBe('pseudo-header')
  })

  test('CKS-06 old_unicast_checksum sums over the group', () => {
    const effect = v3({ oldUnicastChecksum: 'always' }, unicast(['192.0.2.1']))
    expect(effect).toMatchObject({ checksum: 'group-pseudo-header', group: '224.0.0.18' })
    expect(v3({ oldUnicastChecksum: 'always' }).checksum).toBe('pseudo-header')
  })

  test('CKS-07 of VRRPv3 over IPv6 always has a pseudo header', () => {
    expect(firstAdvert(instance({ family: 6, checksum: { v3ChecksumAsV2: true, oldUnicastChecksum: 'always' } })).checksum).toBe(
      'pseudo-header',
    )
  })

  test('CKS-08 follows the source, the addresses and the priority as they change', () => {
    const config = instance({ version: 3 })
    const rig = new Rig(vrrpConfig([config]))
    rig.until('master')
    rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.7/24') })
    rig.dispatch({ kind: 'address-removed', address: hostAddress('192.0.2.2/24') })
    rig.pass(1)
    expect(rig.adverts().at(-1)).toMatchObject({ source: '192.0.2.7' })
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ version: 3, priority: 90, virtualIpaddress: ['192.0.2.11'] })]) })
    expect(rig.adverts().at(-1)?.advert).toMatchObject({ priority: 90, addresses: ['192.0.2.11'] })
    for (const effect of rig.adverts()) expect(hex(effect)).not.toBe('')
  })
})
