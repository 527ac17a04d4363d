import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { VrrpGlobals } from '../../../src/core/vrrp/config.ts'
import { instance, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

const three = [1, 2, 3].map((n) =>
  instance({ name: `VI_${n}`, vrid: 50 + n, priority: 255, virtualIpaddress: Array.from({ length: 10 }, (_, k) => `10.0.${n}.${k}`) }),
)

describe('vrrp_garp_interval', () => {
  test('GRP-08 spaces the packets of all instances on an interface', () => {
    const rig = new Rig(vrrpConfig(three, { garpInterval: fromSeconds(0.01) }))
    rig.pass(4.9)
    const packets = rig.effects('announce')
    expect(packets).toHaveLength(3 * 10 * 5)
    expect(packets.every(({ addresses, repeat }) => addresses.length === 1 && repeat === 1)).toBe(true)
    const gaps = packets.slice(1).map(({ at }, n) => at - (packets[n]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.009999)
    expect(new Set(packets.map(({ addresses: [address] }) => address)).size).toBe(30)
  })

  test('GRP-08 the first packet leaves at once', () => {
    const rig = new Rig(vrrpConfig(three, { garpInterval: fromSeconds(1) }))
    expect(rig.effects('announce')).toMatchObject([{ at: 0 }])
  })

  test('GRP-06 what waits is dropped with MASTER, that of others is not', () => {
    const rig = new Rig(vrrpConfig(three, { garpInterval: fromSeconds(0.01) }))
    rig.pass(0.1)
    rig.dispatch({ kind: 'configured', config: vrrpConfig(three.slice(1), { garpInterval: fromSeconds(0.01) }) }).forget()
    rig.pass(3)
    const owners = new Set(rig.effects('announce').map((effect) => effect.instance))
    expect(owners).toEqual(new Set(['VI_2', 'VI_3']))
  })

  test('GRP-06 what waits is dropped when a MASTER yields', () => {
    const config = instance({ virtualIpaddress: ['10.0.0.1', '10.0.0.2'] })
    const rig = new Rig(vrrpConfig([config], { garpInterval: fromSeconds(0.01) }))
    rig.until('master')
    rig.pass(0.03).hear({ priority: 200 }).forget()
    expect(rig.pass(2).effects('announce')).toEqual([])
  })

  test('interfaces do not wait for each other', () => {
    const other = instance({
      name: 'VI_9',
      vrid: 99,
      priority: 255,
      interface: 'eth1',
      virtualIpaddress: [virtualAddress('10.9.0.1', { interface: 'eth1' })],
    })
    const rig = new Rig(vrrpConfig([...three, other], { garpInterval: fromSeconds(1) }), {
      links: [link(), link('eth1', { index: 3 })],
      addresses: [2, 3].map((index) => ({
        index,
        prefix: { address: `192.0.${index}.1` as never, length: 24 },
        scope: 0,
        secondary: false,
        tentative: false,
      })),
    })
    expect(rig.effects('announce').map(({ at, ifindex }) => [at, ifindex])).toEqual([
      [0, 2],
      [0, 3],
    ])
  })

  test('without it for IPv6, neighbour advertisements are not spaced', () => {
    const rig = new Rig(
      vrrpConfig([instance({ priority: 255, virtualIpaddressExcluded: ['2001:db8::1'] })], { garpInterval: fromSeconds(1) }),
    )
    expect(rig.effects('announce')).toMatchObject([
      { family: 6, repeat: 5 },
      { family: 4, repeat: 1 },
    ])
  })
})

describe('garp_group', () => {
  const on = (name: string, number: number) =>
    instance({
      name: `VI_${number}`,
      vrid: 50 + number,
      priority: 255,
      interface: name,
      virtualIpaddress: [virtualAddress(`10.0.${number}.1`, { interface: name }), virtualAddress(`10.0.${number}.2`, { interface: name })],
    })
  const links = [link('eth0'), link('eth1', { index: 3 }), link('eth2', { index: 4 })]
  const addresses = links.map(({ index }) => hostAddress(`192.0.${index}.2/24`, { index }))
  const rigOf = (globals: Partial<VrrpGlobals>): Rig =>
    new Rig(vrrpConfig([on('eth0', 1), on('eth1', 2), on('eth2', 3)], globals), { links, addresses })

  test('garp_interval spaces the packets of all its interfaces together, and of no others', () => {
    const garpGroups = [{ interfaces: ['eth0', 'eth1'], garpInterval: fromSeconds(0.01), gnaInterval: fromSeconds(0) }]
    const rig = rigOf({ garpGroups })
    expect(rig.effects('announce').filter((burst) => burst.interface === 'eth2')).toMatchObject([{ at: 0, repeat: 5 }])
    rig.pass(4)
    const spaced = rig.effects('announce').filter((burst) => burst.interface !== 'eth2')
    expect(spaced).toHaveLength(2 * 2 * 5)
    const gaps = spaced.slice(1).map(({ at }, n) => at - (spaced[n]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.009999)
  })

  test('its own interval outweighs vrrp_garp_interval, none of its own is none', () => {
    const garpGroups = [{ interfaces: ['eth0'], garpInterval: fromSeconds(0), gnaInterval: fromSeconds(1) }]
    const rig = rigOf({ garpGroups, garpInterval: fromSeconds(1) })
    expect(rig.effects('announce').map((burst) => [burst.interface, burst.repeat])).toEqual([
      ['eth0', 5],
      ['eth1', 1],
      ['eth2', 1],
    ])
  })
})
