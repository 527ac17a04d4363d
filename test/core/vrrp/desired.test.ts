import { describe, expect, test } from 'vitest'
import { isAddress } from '../../../src/core/reconcile/kinds.ts'
import { addressObjects } from '../../../src/core/vrrp/desired.ts'
import { desired, named } from '../../../src/core/vrrp/router.ts'
import { instance, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, Rig } from '../../support/vrrp-rig.ts'

describe('the addresses that should exist', () => {
  test('carry everything that their line says, excluded ones last', () => {
    const full = virtualAddress('192.0.2.10/24', { label: 'eth0:3', scope: 253, broadcast: '192.0.2.255' as never, preferredLft: 0 })
    expect(addressObjects(instance({ virtualIpaddress: [full], virtualIpaddressExcluded: ['10.0.0.1'] }))).toEqual([
      {
        kind: 'address',
        interface: 'eth0',
        prefix: { address: '192.0.2.10', length: 24 },
        scope: 253,
        label: 'eth0:3',
        broadcast: '192.0.2.255',
        peer: undefined,
        flags: 0,
        preferredLft: 0,
      },
      expect.objectContaining({ prefix: { address: '10.0.0.1', length: 32 } }),
    ])
  })

  test.each([
    ['nodad', 0x02],
    ['home', 0x10],
    ['mngtmpaddr', 0x100],
    ['noprefixroute', 0x200],
    ['autojoin', 0x400],
  ])('flag %s is %i of linux/if_addr.h', (flag, bit) => {
    const none = { home: false, nodad: false, mngtmpaddr: false, noprefixroute: false, autojoin: false }
    const [object] = addressObjects(
      instance({ virtualIpaddressExcluded: [virtualAddress('2001:db8::1', { flags: { ...none, [flag]: true } })], virtualIpaddress: [] }),
    )
    expect(object?.flags).toBe(bit)
  })

  test('are those of masters only, in configured order', () => {
    const rig = new Rig(
      vrrpConfig([
        instance({ name: 'a', vrid: 1, virtualIpaddress: ['10.0.0.3'] }),
        instance({ name: 'b', vrid: 2, virtualIpaddress: ['10.0.0.2'], priority: 255 }),
        instance({ name: 'c', vrid: 3, virtualIpaddress: ['10.0.0.1'], priority: 255 }),
      ]),
    )
    expect(
      desired(rig.state())
        .filter(isAddress)
        .map(({ prefix }) => prefix.address),
    ).toEqual(['10.0.0.2', '10.0.0.1'])
    expect(named(rig.state())).toHaveLength(3)
  })

  test('are the same array until something changes', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.until('master')
    const before = desired(rig.state())
    rig
      .pass(10)
      .hear({ priority: 50 })
      .hear({ ttl: 1 })
      .dispatch({ kind: 'address-added', address: hostAddress('10.9.9.9/8') })
    expect(desired(rig.state())).toBe(before)
    const all = named(rig.state())
    rig.hear({ priority: 200 })
    expect(desired(rig.state())).not.toBe(before)
    expect(named(rig.state())).toBe(all)
  })
})
