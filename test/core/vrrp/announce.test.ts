import { describe, expect, test } from 'vitest'
import { fromSeconds, micros } from '../../../src/base/units.ts'
import { instance, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

type Differing = Parameters<typeof instance>[0]
const garp = instance().garp

/** Seconds since the promotion, and rounds. */
function bursts(rig: Rig): readonly (readonly [number, number])[] {
  const since = rig.effects('transition').findLast(({ to }) => to === 'MASTER')?.at ?? 0
  return rig.effects('announce').map(({ at, repeat }) => [Number((at - since).toFixed(6)), repeat])
}

function master(differing: Differing = {}, options: ConstructorParameters<typeof Rig>[1] = {}): Rig {
  const rig = new Rig(vrrpConfig([instance(differing)]), options)
  rig.until('master')
  return rig
}

describe('gratuitous ARP and unsolicited NA of a new master', () => {
  test('GRP-03 five at once and five after 5 s, for each address, excluded ones too', () => {
    const rig = master({ virtualIpaddress: ['192.0.2.10', '192.0.2.11'], virtualIpaddressExcluded: ['192.0.2.12'] }).pass(60)
    expect(bursts(rig)).toEqual([
      [0, 5],
      [5, 5],
    ])
    expect(rig.effects('announce')[0]).toMatchObject({
      interface: 'eth0',
      ifindex: 2,
      family: 4,
      mac: '02:00:00:00:00:02',
      addresses: ['192.0.2.10', '192.0.2.11', '192.0.2.12'],
    })
  })

  test('GRP-04 garp_master_delay 0: no second burst', () => {
    expect(bursts(master({ garp: { ...garp, masterDelay: micros(0) } }).pass(60))).toEqual([[0, 5]])
  })

  test('GRP-05 garp_master_refresh 10: at 15, 25 and 35 s', () => {
    const rig = master({ garp: { ...garp, masterRefresh: fromSeconds(10), masterRefreshRepeat: 2 } }).pass(36)
    expect(bursts(rig)).toEqual([
      [0, 5],
      [5, 5],
      [15, 2],
      [25, 2],
      [35, 2],
    ])
  })

  test('GRP-05 the refresh keeps its beat though it is late, and makes up for nothing', () => {
    const rig = master({ advertInt: fromSeconds(100), garp: { ...garp, masterRefresh: fromSeconds(10) } })
    rig.pass(14)
    rig.forget()
    rig.stall(1.5)
    rig.stall(25)
    rig.pass(10)
    const times = rig.effects('announce').map(({ at }) => Number((at - rig.now() + 50.5).toFixed(3)))
    expect(times).toEqual([15.5, 40.5, 50.5])
  })

  test('garp_master_repeat 0 announces nothing', () => {
    expect(bursts(master({ garp: { ...garp, masterRepeat: 0, masterRefresh: fromSeconds(10), masterRefreshRepeat: 0 } }).pass(60))).toEqual(
      [],
    )
  })

  test('GRP-06 none after leaving MASTER', () => {
    const rig = master({ garp: { ...garp, masterRefresh: fromSeconds(10) } }).pass(2)
    rig.hear({ priority: 200 }).forget()
    for (let second = 0; second < 60; second++) rig.pass(1).hear({ priority: 200 })
    expect(rig.effects('announce')).toEqual([])
  })

  test('GRP-07 a promotion inside the delay does not double the second burst', () => {
    const rig = master().pass(1)
    rig.hear({ priority: 200 }).hear({ priority: 0 })
    rig.until('master')
    rig.pass(20)
    expect(bursts(rig).slice(1)).toEqual([
      [0, 5],
      [5, 5],
    ])
  })

  test('GRP-09 FSM-04 a lower priority: now and after garp_lower_prio_delay, with its own repeat', () => {
    const rig = master({ garp: { ...garp, lowerPrioDelay: fromSeconds(2), lowerPrioRepeat: 3 } }).pass(20)
    rig.forget().hear({ priority: 50 })
    const since = rig.now()
    rig.pass(20)
    expect(rig.effects('announce').map(({ at, repeat }) => [at - since, repeat])).toEqual([
      [0, 3],
      [2, 3],
    ])
  })

  test('GRP-10 leaves on the interface that holds the address', () => {
    const elsewhere = virtualAddress('198.51.100.1', { interface: 'eth1' })
    const rig = master({ virtualIpaddress: ['192.0.2.10', elsewhere] }, { links: [link(), link('eth1', { index: 3 })] })
    expect(rig.effects('announce')).toMatchObject([
      { interface: 'eth0', ifindex: 2, addresses: ['192.0.2.10'] },
      { interface: 'eth1', ifindex: 3, addresses: ['198.51.100.1'], mac: '02:00:00:00:00:03' },
    ])
  })

  test('IPv4 and IPv6 addresses of one instance are announced each in their way', () => {
    const rig = master({ virtualIpaddressExcluded: ['2001:db8::10'] })
    expect(rig.effects('announce')).toMatchObject([
      { family: 4, addresses: ['192.0.2.10'] },
      { family: 6, addresses: ['2001:db8::10'] },
    ])
  })

  test.each([
    { name: 'NOARP', differing: { arp: false } },
    { name: 'a loopback', differing: { loopback: true } },
    { name: 'not Ethernet', differing: { mac: undefined } },
  ])('GRP-11 nothing leaves on an interface that is $name', ({ differing }) => {
    expect(
      master({}, { links: [link('eth0', differing)] })
        .pass(60)
        .effects('announce'),
    ).toEqual([])
  })
})

describe('GRP-13 nothing is announced before the kernel has the address', () => {
  const slow = (): Rig => master({ virtualIpaddress: ['192.0.2.10', '192.0.2.11'] }, { kernel: 'by-hand' })

  test('FSM-01 the advert, then the addresses, then the announcement, whose delay counts from itself', () => {
    const rig = slow()
    const since = rig.now()
    expect(rig.performed.map(({ effect }) => effect.kind).filter((kind) => kind === 'send-advert' || kind === 'announce')).toEqual([
      'send-advert',
    ])
    rig.pass(0.7)
    expect(rig.effects('announce')).toEqual([])
    rig.settle().pass(10)
    expect(rig.effects('announce').map(({ at }) => Number((at - since).toFixed(6)))).toEqual([0.7, 5.7])
  })

  test('an address that the kernel refuses is not announced, one that comes later is announced alone', () => {
    const rig = slow()
    const [first, second] = rig.state().desired
    rig.settle([first!])
    expect(rig.effects('announce')).toMatchObject([{ addresses: ['192.0.2.10'] }])
    rig.forget().settle([first!, second!])
    expect(rig.effects('announce')).toMatchObject([{ addresses: ['192.0.2.11'], repeat: 5 }])
    rig.forget().settle([first!, second!])
    expect(rig.performed).toEqual([])
  })

  test('a lower priority heard before that announces nothing', () => {
    const rig = slow().forget().hear({ priority: 50 })
    expect(rig.effects('announce')).toEqual([])
  })

  test('what settles after MASTER is left is of no interest', () => {
    const rig = slow()
    const wanted = rig.state().desired
    rig.hear({ priority: 200 }).forget().settle(wanted)
    expect(rig.performed).toEqual([])
  })
})

describe('GRP-14 a unicast instance that leaves FAULT', () => {
  test('announces its own address', () => {
    const rig = new Rig(vrrpConfig([instance({ transport: unicast(['192.0.2.1']) })]))
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) }).forget()
    rig.dispatch({ kind: 'link', link: link() })
    expect(rig.effects('announce')).toMatchObject([{ addresses: ['192.0.2.2'], repeat: 5, interface: 'eth0' }])
  })

  test('a multicast one does not', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) }).dispatch({ kind: 'link', link: link() })
    expect(rig.effects('announce')).toEqual([])
  })
})

test('addresses that are not on this host at all cannot be announced', () => {
  const rig = master(
    { virtualIpaddress: [virtualAddress('198.51.100.1', { interface: 'eth9', noTrack: true })] },
    { addresses: [hostAddress('192.0.2.2/24')] },
  )
  expect(rig.pass(10).effects('announce')).toEqual([])
})
