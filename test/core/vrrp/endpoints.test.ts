import { describe, expect, test } from 'vitest'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import { instance, multicast, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

const onEth1 = { interface: 'eth1', virtualIpaddress: [virtualAddress('10.0.0.1', { interface: 'eth1' })] }

function endpoints(...instances: readonly ReturnType<typeof instance>[]): unknown {
  const rig = new Rig(vrrpConfig(instances), {
    links: [link(), link('eth1', { index: 3 })],
    addresses: [hostAddress('192.0.2.2/24'), hostAddress('fe80::2/64'), hostAddress('10.0.0.2/24', { index: 3 })],
  })
  return rig.effects('listen').map((effect) => effect.endpoints)
}

describe('sockets', () => {
  test('MCA-01 join the group on the interface of the instance', () => {
    expect(endpoints(instance())).toEqual([[{ interface: 'eth0', ifindex: 2, family: 4, groups: ['224.0.0.18'] }]])
  })

  test('MCA-01 join ff02::12 over IPv6', () => {
    expect(endpoints(instance({ family: 6 }))).toEqual([[{ interface: 'eth0', ifindex: 2, family: 6, groups: ['ff02::12'] }]])
  })

  test('UNI-02 join no group for unicast alone', () => {
    expect(endpoints(instance({ transport: unicast(['192.0.2.1']) }))).toEqual([[{ interface: 'eth0', ifindex: 2, family: 4, groups: [] }]])
  })

  test('are shared by all instances of an interface and family, unicast or not: a datagram is read once', () => {
    expect(
      endpoints(
        instance({ name: 'a', vrid: 1 }),
        instance({ name: 'b', vrid: 2, transport: unicast(['192.0.2.1']) }),
        instance({ name: 'c', vrid: 3, transport: multicast(4, undefined, '224.0.0.9') }),
        instance({ name: 'd', vrid: 4, family: 6 }),
        instance({ name: 'e', vrid: 5, ...onEth1 }),
      ),
    ).toEqual([
      [
        { interface: 'eth0', ifindex: 2, family: 4, groups: ['224.0.0.18', '224.0.0.9'] },
        { interface: 'eth0', ifindex: 2, family: 6, groups: ['ff02::12'] },
        { interface: 'eth1', ifindex: 3, family: 4, groups: ['224.0.0.18'] },
      ],
    ])
  })

  test('of many instances have room for the adverts of all, unless vrrp_rx_bufs_policy says how much', () => {
    const many = (count: number, more = {}) =>
      Array.from({ length: count }, (_, i) => instance({ name: `${i}`, vrid: i + 1, virtualIpaddress: [], ...more }))
    const [small, large, told] = [many(16), many(255), many(255, { receiveBuffer: { kind: 'bytes', bytes: 5000 } })].map((all) =>
      (endpoints(...all) as { receiveBuffer?: number; leastReceiveBuffer?: number }[][]).flat().at(-1),
    )
    expect(small?.leastReceiveBuffer).toBeUndefined()
    expect(large?.leastReceiveBuffer).toBe(255 * 16_384)
    expect([told?.receiveBuffer, told?.leastReceiveBuffer]).toEqual([255 * 5000, undefined])
  })

  test('stay open in FAULT while the interface exists, and are not asked for again', () => {
    const rig = new Rig(vrrpConfig([instance()])).forget()
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) })
    rig.dispatch({ kind: 'link', link: link() })
    expect(rig.effects('listen')).toEqual([])
  })

  test('FSM-01 open before the first advert leaves: that of an owner leaves in the same step', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255 })]))
    const kinds = rig.performed.map(({ effect }) => effect.kind)
    expect(kinds.indexOf('listen')).toBeGreaterThanOrEqual(0)
    expect(kinds.indexOf('listen')).toBeLessThan(kinds.indexOf('send-advert'))
  })

  test('close after the last advert has left, when a reload moves a master to another interface', () => {
    const links = [link(), link('eth1', { index: 3 })]
    const rig = new Rig(vrrpConfig([instance()]), {
      links,
      addresses: [hostAddress('192.0.2.2/24'), hostAddress('10.0.0.2/24', { index: 3 })],
    })
    rig.until('master')
    rig.forget().dispatch({ kind: 'configured', config: vrrpConfig([instance({ name: 'b', priority: 255, ...onEth1 })]) })
    const ways = rig.performed.flatMap(({ effect }) => {
      if (effect.kind === 'listen') return [effect.endpoints.map(({ ifindex }) => ifindex).join()]
      return effect.kind === 'send-advert' ? [`advert on ${effect.ifindex}`] : []
    })
    expect(ways).toEqual(['2,3', 'advert on 2', 'advert on 3', '3'])
  })

  test('leave a group only after the last advert to it has left', () => {
    const group = (address: string) => vrrpConfig([instance({ transport: multicast(4, undefined, address) })])
    const rig = new Rig(group('224.0.0.9'))
    rig.forget().dispatch({ kind: 'configured', config: group('224.0.0.18') })
    expect(rig.effects('listen').map(({ endpoints: [endpoint] }) => endpoint?.groups)).toEqual([
      ['224.0.0.18', '224.0.0.9'],
      ['224.0.0.18'],
    ])
  })
})

describe('receive buffers', () => {
  const buffered = (receiveBuffer: InstanceConfig['receiveBuffer'], more: Parameters<typeof instance>[0] = {}) =>
    instance({ ...(receiveBuffer && { receiveBuffer }), ...more })
  const sizes = (...instances: readonly InstanceConfig[]): readonly (number | undefined)[] => {
    const links = [link('eth0', { mtu: 1400 })]
    const rig = new Rig(vrrpConfig(instances), { links, addresses: [hostAddress('192.0.2.2/24'), hostAddress('fe80::2/64')] })
    return (
      rig
        .effects('listen')
        .at(-1)
        ?.endpoints.map((endpoint) => endpoint.receiveBuffer) ?? []
    )
  }

  test.each([
    { name: 'are left to the kernel', rule: undefined, expected: undefined },
    { name: 'have the bytes of kernel_rx_buf_size', rule: { kind: 'bytes', bytes: 5000 }, expected: 5000 },
    { name: 'hold so many MTUs by vrrp_rx_bufs_policy', rule: { kind: 'MTU', times: 3 }, expected: 4200 },
    { name: 'hold so many adverts by vrrp_rx_bufs_policy', rule: { kind: 'ADVERT', times: 2 }, expected: 2 * 40 },
  ] as const)('$name', ({ rule, expected }) => {
    expect(sizes(buffered(rule))).toEqual([expected])
  })

  test('hold what all instances of a socket ask for', () => {
    const rule = { kind: 'bytes', bytes: 1000 } as const
    expect(sizes(buffered(rule), buffered(rule, { name: 'b', vrid: 2 }), buffered(undefined, { name: 'c', vrid: 3 }))).toEqual([2000])
  })

  test('of IPv6 count no header, that of an authentication header counts it', () => {
    const rule = { kind: 'ADVERT', times: 1 } as const
    expect(sizes(buffered(rule, { family: 6 }))).toEqual([24])
    const password = new Uint8Array(8)
    expect(sizes(buffered(rule, { authentication: { kind: 'AH', password } }))).toEqual([64, 64])
  })
})
