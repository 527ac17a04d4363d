import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { isAddress } from '../../../src/core/reconcile/kinds.ts'
import { named } from '../../../src/core/vrrp/router.ts'
import { instance, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

type Differing = Parameters<typeof instance>[0]

function master(differing: Differing = {}, options: ConstructorParameters<typeof Rig>[1] = {}): Rig {
  const rig = new Rig(vrrpConfig([instance(differing)]), options)
  rig.until('master')
  return rig.pass(20.5).forget()
}

const down = { kind: 'link', link: link('eth0', { running: false }) } as const
const up = { kind: 'link', link: link() } as const
const kinds = (rig: Rig): readonly string[] => rig.performed.map(({ effect }) => effect.kind).filter((kind) => kind !== 'report')

describe('the interface', () => {
  test('IFC-01 goes down: FAULT, and priority 0 is tried', () => {
    const rig = master().dispatch(down)
    expect(kinds(rig)).toEqual(['send-advert', 'transition'])
    expect(rig.adverts()[0]?.advert.priority).toBe(0)
    expect(rig.effects('transition')).toMatchObject([{ from: 'MASTER', to: 'FAULT', why: 'fault' }])
    expect(rig.reports()).toContainEqual({ event: 'fault-raised', instance: 'VI_1', cause: 'interface-down', subject: 'eth0' })
    expect(rig.state().desired).toEqual([])
  })

  test.each([{ up: false }, { running: false }])('IFC-01 %j is down', (differing) => {
    const rig = master().dispatch({ kind: 'link', link: link('eth0', differing) })
    expect(rig.role()).toBe('fault')
  })

  test('IFC-01 goes down under a BACKUP: FAULT, and nothing is sent', () => {
    const rig = new Rig(vrrpConfig([instance()])).forget().dispatch(down)
    expect(kinds(rig)).toEqual(['transition'])
  })

  test('IFC-02 comes up again: BACKUP, and the normal time', () => {
    const rig = master().dispatch(down)
    rig.pass(10).dispatch(up)
    const since = rig.now()
    expect(rig.effects('transition').at(-1)).toMatchObject({ from: 'FAULT', to: 'BACKUP', why: 'fault-cleared' })
    expect(rig.until('master') - since).toBeCloseTo(3.609375, 6)
  })

  test('IFC-02 comes up again for an owner: MASTER at once', () => {
    const rig = master({ priority: 255 }).dispatch(down).dispatch(up)
    expect(rig.role()).toBe('master')
  })

  test('a fault that is told twice counts once', () => {
    const rig = master().dispatch(down).dispatch(down).dispatch(up)
    expect(rig.role()).toBe('backup')
    expect(rig.reports('fault-raised')).toHaveLength(1)
    expect(rig.reports('fault-cleared')).toHaveLength(1)
  })

  test('two causes: FAULT ends with the last', () => {
    const rig = master()
      .dispatch({ kind: 'address-removed', address: hostAddress('192.0.2.2/24') })
      .dispatch(down)
      .dispatch(up)
    expect(rig.role()).toBe('fault')
    rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.2/24') })
    expect(rig.role()).toBe('backup')
    expect(rig.adverts()).toHaveLength(1)
  })

  test('dont_track_primary: its state is of no interest', () => {
    expect(master({ dontTrackPrimary: true }).dispatch(down).role()).toBe('master')
  })

  test('IFC-07 MCA-02 is deleted and created anew with another index: packets and sockets follow', () => {
    const rig = master().dispatch({ kind: 'link-removed', index: 2, name: 'eth0' })
    expect(rig.role()).toBe('fault')
    expect(rig.effects('listen').at(-1)).toMatchObject({ endpoints: [] })
    rig.dispatch({ kind: 'link', link: link('eth0', { index: 7 }) })
    rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.2/24', { index: 7 }) })
    expect(rig.role()).toBe('backup')
    expect(rig.effects('listen').at(-1)).toMatchObject({ endpoints: [{ ifindex: 7, groups: ['224.0.0.18'] }] })
    rig.hear({ ifindex: 7, priority: 0 }).until('master')
    expect(rig.adverts().at(-1)).toMatchObject({ ifindex: 7 })
  })

  test('is renamed: the configured name is what counts', () => {
    const rig = master().dispatch({ kind: 'link', link: link('lan0') })
    expect(rig.role()).toBe('fault')
    expect(rig.dispatch(up).role()).toBe('backup')
  })

  test('of another virtual address goes down: FAULT, unless no_track', () => {
    const eth1Down = { kind: 'link', link: link('eth1', { index: 3, running: false }) } as const
    const links = [link(), link('eth1', { index: 3 })]
    const tracked = virtualAddress('198.51.100.1', { interface: 'eth1' })
    const rig = master({ virtualIpaddressExcluded: [tracked] }, { links }).dispatch(eth1Down)
    expect(rig.role()).toBe('fault')
    expect(rig.reports('fault-raised')).toMatchObject([{ cause: 'tracked-interface-down', subject: 'eth1' }])
    const untracked = { ...tracked, noTrack: true }
    expect(
      master({ virtualIpaddressExcluded: [untracked] }, { links })
        .dispatch(eth1Down)
        .role(),
    ).toBe('master')
  })

  test('is not there at the start: FAULT until it comes', () => {
    const rig = new Rig(vrrpConfig([instance()]), { links: [], addresses: [] })
    expect(rig.effects('transition')).toMatchObject([{ from: 'INIT', to: 'FAULT' }])
    rig.dispatch(up)
    expect(rig.role()).toBe('fault')
    rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.2/24') })
    expect(rig.role()).toBe('backup')
  })
})

describe('the source address', () => {
  test('IFC-05 is removed: FAULT; a secondary that is promoted becomes the new one', () => {
    const rig = master().dispatch({ kind: 'address-removed', address: hostAddress('192.0.2.2/24') })
    expect(rig.role()).toBe('fault')
    expect(rig.reports('fault-raised')).toMatchObject([{ cause: 'no-source-address', subject: 'eth0' }])
    const spare = master({}, { addresses: [hostAddress('192.0.2.2/24'), hostAddress('192.0.2.3/24', { secondary: true })] })
    spare.dispatch({ kind: 'address-removed', address: hostAddress('192.0.2.2/24') })
    spare.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.3/24') }).pass(1)
    expect(spare.role()).toBe('master')
    expect(spare.adverts().at(-1)?.source).toBe('192.0.2.3')
  })

  test('UNI-07 unicast_src_ip that is absent: FAULT until it comes', () => {
    const rig = new Rig(vrrpConfig([instance({ transport: unicast(['192.0.2.1'], { source: '192.0.2.50' as never }) })]))
    expect(rig.role()).toBe('fault')
    rig.dispatch({ kind: 'address-added', address: hostAddress('192.0.2.50/24') })
    expect(rig.role()).toBe('backup')
    rig.until('master')
    expect(rig.adverts()[0]?.source).toBe('192.0.2.50')
  })

  test('a tentative one is none yet', () => {
    const rig = new Rig(vrrpConfig([instance({ family: 6 })]), { addresses: [hostAddress('fe80::2/64', { tentative: true })] })
    expect(rig.role()).toBe('fault')
    expect(rig.dispatch({ kind: 'address-added', address: hostAddress('fe80::2/64') }).role()).toBe('backup')
  })

  test('IFC-08 after lost notifications the whole picture decides', () => {
    const rig = master().dispatch({ kind: 'links-known', links: [link()], addresses: [hostAddress('192.0.2.9/24')] })
    expect(rig.role()).toBe('master')
    rig.pass(1)
    expect(rig.adverts().at(-1)?.source).toBe('192.0.2.9')
    expect(rig.dispatch({ kind: 'links-known', links: [], addresses: [] }).role()).toBe('fault')
  })
})

describe('IFC-03 an address that somebody else removed', () => {
  test('from a MASTER: priority 0, BACKUP, back after skew if nobody else comes', () => {
    const rig = master()
    rig.dispatch({ kind: 'objects-lost', objects: rig.state().desired })
    const since = rig.now()
    expect(kinds(rig)).toEqual(['send-advert', 'transition'])
    expect(rig.adverts()[0]?.advert.priority).toBe(0)
    expect(rig.effects('transition')).toMatchObject([{ to: 'BACKUP', why: 'vip-removed' }])
    expect(rig.reports('vip-lost')).toMatchObject([{ address: '192.0.2.10', interface: 'eth0' }])
    expect(rig.until('master') - since).toBeCloseTo(0.609375, 6)
  })

  test('one of several is enough, and all are withdrawn', () => {
    const rig = master({ virtualIpaddress: ['192.0.2.10', '192.0.2.11'], virtualIpaddressExcluded: ['192.0.2.12'] })
    rig.dispatch({ kind: 'objects-lost', objects: rig.state().desired.slice(2) })
    expect(rig.state().desired).toEqual([])
  })

  test('from a BACKUP, or one that is not ours: nothing', () => {
    const rig = new Rig(vrrpConfig([instance()])).forget()
    rig.dispatch({ kind: 'objects-lost', objects: named(rig.state()) })
    expect(rig.performed).toEqual([])
    const other = master()
    const [object] = other.state().desired.filter(isAddress)
    other.dispatch({ kind: 'objects-lost', objects: [{ ...object!, prefix: { address: '192.0.2.77' as never, length: 32 } }] })
    expect(other.role()).toBe('master')
  })

  test('before the kernel has it: it cannot have been lost', () => {
    const rig = new Rig(vrrpConfig([instance()]), { kernel: 'by-hand' })
    rig.until('master')
    expect(rig.dispatch({ kind: 'objects-lost', objects: rig.state().desired }).role()).toBe('master')
  })
})

describe('the orderly stop', () => {
  const stop = { kind: 'stop', keepAddresses: false } as const

  test('PKT-19 of a MASTER: priority 0 once, addresses withdrawn, sockets closed, then silence', () => {
    const rig = master().dispatch(stop)
    expect(kinds(rig)).toEqual(['send-advert', 'transition', 'listen'])
    expect(rig.effects('transition')).toMatchObject([{ from: 'MASTER', to: 'STOP' }])
    expect(rig.effects('listen')).toMatchObject([{ endpoints: [] }])
    expect(rig.reports()).toMatchObject([{ event: 'priority-zero-sent' }, { event: 'removing-vips' }])
    expect(rig.state().desired).toEqual([])
    expect(rig.due()).toBeUndefined()
    rig.forget().dispatch(stop).hear({ priority: 50 }).dispatch(down)
    expect(rig.performed).toEqual([])
  })

  test('FSM-19 of a BACKUP sends nothing', () => {
    const rig = new Rig(vrrpConfig([instance()])).forget().dispatch(stop)
    expect(kinds(rig)).toEqual(['transition', 'listen'])
  })

  test('--dont-release-vrrp: the addresses stay and nobody is told', () => {
    const rig = master().dispatch({ kind: 'stop', keepAddresses: true })
    expect(rig.adverts()).toEqual([])
    expect(rig.state().desired).toHaveLength(1)
    expect(rig.reports('removing-vips')).toEqual([])
    const backup = new Rig(vrrpConfig([instance()])).dispatch({ kind: 'stop', keepAddresses: true })
    expect(backup.state().desired).toEqual([])
  })
})

describe('a reload', () => {
  const reload = (rig: Rig, ...differing: readonly Differing[]): Rig =>
    rig.dispatch({ kind: 'configured', config: vrrpConfig(differing.map((one) => instance(one))) })

  test('TMR-20 every second neither restarts nor shortens the timer of a BACKUP', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    for (let second = 0; second < 3; second++) reload(rig.pass(1), {})
    expect(rig.until('master')).toBeCloseTo(3.609375, 6)
  })

  test('D24 a reload of a BACKUP says nothing and changes no state', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    const before = rig.instance()
    reload(rig.forget(), {})
    expect(rig.performed).toEqual([])
    expect(rig.instance()).toEqual(before)
  })

  test('leaves a MASTER what it is, and it adverts at once', () => {
    const rig = master()
    const before = rig.state().desired
    reload(rig, {})
    const since = rig.now()
    expect(kinds(rig)).toEqual(['send-advert'])
    expect(rig.state().desired).toBe(before)
    rig.pass(2.5)
    expect(rig.adverts().map(({ at }) => at - since)).toEqual([0, 1, 2].map((second) => expect.closeTo(second, 6)))
    expect(rig.effects('announce')).toEqual([])
  })

  test('matches by VRID, family, interface and mode, not by name', () => {
    const rig = master()
    reload(rig, { name: 'VI_other' })
    expect(rig.role('VI_other')).toBe('master')
    expect(rig.effects('transition')).toEqual([])
  })

  test('TMR-08 another priority moves the running timer of a BACKUP by the change in skew', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    reload(rig.pass(2), { priority: 200 })
    expect(rig.until('master')).toBeCloseTo(3.21875, 6)
    const slower = new Rig(vrrpConfig([instance()]))
    reload(slower.pass(2), { priority: 1 })
    expect(slower.until('master')).toBeCloseTo(3.996093, 6)
  })

  test('TMR-07 the new priority drives what comes after', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    reload(rig, { priority: 1 }).hear({ priority: 200 })
    expect(rig.until('master')).toBeCloseTo(3.996093, 6)
  })

  test('PKT-07 a MASTER whose priority fell advertises that', () => {
    const rig = reload(master(), { priority: 80 })
    expect(rig.adverts()[0]?.advert.priority).toBe(80)
    rig.hear({ priority: 90 })
    expect(rig.role()).toBe('backup')
  })

  test('another interval acts at once in MASTER; a learned one stays in BACKUP', () => {
    const rig = reload(master(), { advertInt: fromSeconds(2) })
    const since = rig.now()
    rig.forget().pass(5)
    expect(rig.adverts().map(({ at }) => at - since)).toEqual([2, 4])
    const backup = new Rig(vrrpConfig([instance({ version: 3 })])).hear({ version: 3, priority: 200, intervalCs: 20 })
    reload(backup, { version: 3, advertInt: fromSeconds(5) })
    expect(backup.until('master')).toBeCloseTo(0.721875, 6)
  })

  test('new addresses are set and announced alone, old ones are no longer wanted', () => {
    const rig = master({ virtualIpaddress: ['192.0.2.10', '192.0.2.11'] })
    reload(rig, { virtualIpaddress: ['192.0.2.11', '192.0.2.12'] })
    expect(
      rig
        .state()
        .desired.filter(isAddress)
        .map(({ prefix }) => prefix.address),
    ).toEqual(['192.0.2.11', '192.0.2.12'])
    expect(rig.adverts()[0]?.advert.addresses).toEqual(['192.0.2.11', '192.0.2.12'])
    expect(rig.effects('announce')).toMatchObject([{ addresses: ['192.0.2.12'], repeat: 5 }])
  })

  test('without an instance: priority 0 from a MASTER, its addresses no longer wanted, DELETED', () => {
    const rig = reload(master())
    expect(kinds(rig)).toEqual(['send-advert', 'transition', 'listen'])
    expect(rig.adverts()[0]?.advert.priority).toBe(0)
    expect(rig.effects('transition')).toMatchObject([{ from: 'MASTER', to: 'DELETED' }])
    expect(rig.state().desired).toEqual([])
  })

  test('without an instance that is BACKUP: no packet', () => {
    const rig = reload(new Rig(vrrpConfig([instance()])).forget())
    expect(kinds(rig)).toEqual(['transition', 'listen'])
  })

  test('with a new instance starts that one, and leaves the others', () => {
    const rig = reload(master(), {}, { name: 'VI_2', vrid: 52, virtualIpaddress: ['192.0.2.20'] })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['master', 'backup'])
    expect(rig.until('master', 'VI_2')).toBeGreaterThan(3)
  })

  test('into another mode is another instance', () => {
    const rig = master()
    reload(rig, { transport: unicast(['192.0.2.1']) })
    expect(rig.effects('transition')).toMatchObject([{ to: 'DELETED' }, { from: 'INIT', to: 'BACKUP' }])
  })

  test('keeps the counters, and allows each line once more', () => {
    const rig = new Rig(vrrpConfig([instance()])).hear({ ttl: 1 })
    reload(rig, {})
    rig.forget().hear({ ttl: 1 }).hear({ ttl: 1 })
    expect(rig.instance().counters.rejected.ttl).toBe(3)
    expect(rig.reports('advert-rejected')).toHaveLength(1)
  })

  test('during a stall does not speak before it has listened', () => {
    const rig = master()
    rig.unread.push({ kind: 'configured', config: vrrpConfig([instance()]) })
    rig.stall(10)
    expect(rig.adverts()).toEqual([])
  })
})

describe('the start', () => {
  test('waits in INIT for the interfaces, whatever is heard of them in pieces', () => {
    const rig = new Rig(vrrpConfig([]))
    expect(rig.effects('transition')).toEqual([])
    const first = new Rig(vrrpConfig([instance()]))
    expect(first.effects('transition')).toMatchObject([{ at: 0, from: 'INIT', to: 'BACKUP', why: 'init' }])
    expect(first.reports()).toMatchObject([{ event: 'removing-vips' }])
  })

  test('left-overs are no source: the address of a crashed master is not taken for our own', () => {
    const rig = new Rig(vrrpConfig([instance()]), { addresses: [hostAddress('192.0.2.10/32'), hostAddress('192.0.2.2/24')] })
    expect(rig.instance().environment.source).toBe('192.0.2.2')
    expect(new Rig(vrrpConfig([instance()]), { addresses: [hostAddress('192.0.2.10/32')] }).role()).toBe('fault')
  })

  test('an owner may have no other address than the one that it owns', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255 })]), { addresses: [hostAddress('192.0.2.10/24')] })
    expect(rig.adverts()[0]?.source).toBe('192.0.2.10')
  })

  test('two routers that own an address each and stand in for the other: the owned one is the source of both instances', () => {
    const own = instance({ priority: 255, virtualIpaddress: ['192.0.2.2'] })
    const other = instance({ name: 'VI_2', vrid: 52, virtualIpaddress: ['192.0.2.1'] })
    const rig = new Rig(vrrpConfig([own, other]), { addresses: [hostAddress('192.0.2.2/24')] })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['master', 'backup'])
    rig.until('master', 'VI_2')
    expect(new Set(rig.adverts().map(({ source }) => source))).toEqual(new Set(['192.0.2.2']))
  })
})
