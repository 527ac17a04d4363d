import { describe, expect, test } from 'vitest'
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

  test('stay open in FAULT while the interface exists, and are not asked for again', () => {
    const rig = new Rig(vrrpConfig([instance()])).forget()
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) })
    rig.dispatch({ kind: 'link', link: link() })
    expect(rig.effects('listen')).toEqual([])
  })
})
