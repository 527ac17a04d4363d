import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { Tracker } from '../../../src/core/track/config.ts'
import type { VrrpGlobals } from '../../../src/core/vrrp/config.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

const addresses = [hostAddress('192.0.2.2/24')]
const delays = (down: number, up: number, name = 'eth0'): Partial<VrrpGlobals> => ({
  interfaceDelays: [{ interface: name, down: fromSeconds(down), up: fromSeconds(up) }],
})
const backup = (globals: Partial<VrrpGlobals>, running = true): Rig =>
  new Rig(vrrpConfig([instance()], globals), { links: [link('eth0', { running })], addresses })
const carrier = (rig: Rig, running: boolean): Rig => rig.dispatch({ kind: 'link', link: link('eth0', { running }) })

describe('interface_up_down_delays', () => {
  test('a link that is down for less than its delay was never down', () => {
    const rig = carrier(backup(delays(1, 0)), false).pass(0.9)
    expect(rig.role()).toBe('backup')
    carrier(rig, true).pass(1)
    expect(rig.role()).toBe('backup')
    expect(rig.reports('fault-raised')).toEqual([])
  })

  test('down for longer it is down, and up it has to be for as long as it says', () => {
    const rig = carrier(backup(delays(1, 2)), false).pass(1)
    expect(rig.role()).toBe('fault')
    carrier(rig, true).pass(1.9)
    expect(rig.role()).toBe('fault')
    expect(rig.until('backup')).toBe(3)
  })

  test('F07 a link that flaps faster than its delay does nothing, however often', () => {
    const rig = backup(delays(0.5, 0.5))
    for (let flap = 0; flap < 20; flap++) carrier(rig.pass(0.2), flap % 2 === 1)
    expect(rig.reports('fault-raised')).toEqual([])
    expect(rig.role(), 'in its time').toBe('master')
  })

  test('the first time that it comes up it does not wait', () => {
    const rig = backup(delays(0, 5), false)
    expect(rig.role()).toBe('fault')
    expect(carrier(rig, true).role()).toBe('backup')
  })

  test('a link that is removed is gone at once', () => {
    const rig = backup(delays(5, 5)).dispatch({ kind: 'link-removed', index: 2, name: 'eth0' })
    expect(rig.role()).toBe('fault')
  })

  test('track_interface waits as well; another link does not', () => {
    const trackers: readonly Tracker[] = [{ kind: 'interface', name: 'eth1', weight: 0, reverse: false }]
    const links = [link('eth0'), link('eth1', { index: 3 })]
    const config = (globals: Partial<VrrpGlobals>) => vrrpConfig([instance({ trackers })], globals)
    const down = { kind: 'link', link: link('eth1', { index: 3, running: false }) } as const
    expect(new Rig(config(delays(1, 0, 'eth1')), { links, addresses }).dispatch(down).role()).toBe('backup')
    expect(new Rig(config(delays(1, 0, 'eth0')), { links, addresses }).dispatch(down).role()).toBe('fault')
  })

  test('a reload without the delay ends it', () => {
    const rig = carrier(backup(delays(9, 0)), false)
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance()]) })
    expect(rig.role()).toBe('fault')
  })

  test('a lost notification that is made up for later begins the delay then', () => {
    const rig = backup(delays(1, 0))
    rig.dispatch({ kind: 'links-known', links: [link('eth0', { running: false })], addresses })
    expect(rig.role()).toBe('backup')
    expect(rig.pass(1).role()).toBe('fault')
  })
})

describe('linkbeat_interfaces', () => {
  const polled = { linkbeats: ['eth0'] }
  const says = (up: boolean) => ({ kind: 'linkbeat', interface: 'eth0', up }) as const

  test('a link without a carrier is down, whatever its flags say, and up again when it has one', () => {
    const rig = backup(polled).dispatch(says(false))
    expect(rig.role()).toBe('fault')
    expect(rig.dispatch(says(true)).role()).toBe('backup')
  })

  test('a carrier does not make up for a device that is down', () => {
    expect(carrier(backup(polled), false).dispatch(says(true)).role()).toBe('fault')
  })

  test('with interface_up_down_delays it waits as a notification does', () => {
    const rig = backup({ ...polled, ...delays(1, 0) }).dispatch(says(false))
    expect(rig.role()).toBe('backup')
    expect(rig.pass(1).role()).toBe('fault')
  })

  test('a reload that polls it no more believes the flags', () => {
    const rig = backup(polled).dispatch(says(false))
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance()]) })
    expect(rig.role()).toBe('backup')
  })
})
