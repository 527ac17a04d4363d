import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds, later } from '../../../src/base/units.ts'
import type { InstanceConfig } from '../../../src/core/vrrp/config.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { incoming, link, Rig } from '../../support/vrrp-rig.ts'

/** Seconds from the last advert heard to the first one sent. */
function takeover(config: InstanceConfig, heard: { readonly intervalCs?: number; readonly priority?: number } = {}): number {
  const rig = new Rig(vrrpConfig([config]))
  rig.pass(0.5 * (config.advertInt / 1e6)).hear({ version: config.version, priority: 255, intervalCs: config.advertInt / 10_000, ...heard })
  rig.until('master')
  return Number(((rig.adverts()[0]?.at ?? 0) - 0.5 * (config.advertInt / 1e6)).toFixed(6))
}

describe('how long a backup waits', () => {
  test.each([
    [1, 3.996093],
    [100, 3.609375],
    [254, 3.007812],
  ])('TMR-01 priority %i in VRRPv2 takes over after %d s', (priority, expected) => {
    expect(takeover(instance({ priority }))).toBe(expected)
  })

  test('TMR-02 an interval of 5 s in VRRPv2 makes it 15.609375 s', () => {
    expect(takeover(instance({ advertInt: fromSeconds(5) }))).toBe(15.609375)
  })

  test.each([
    [5, 18.046875],
    [0.1, 0.360937],
    [0.01, 0.036093],
  ])('TMR-03 an interval of %d s in VRRPv3 makes it %d s, skew scaled', (seconds, expected) => {
    expect(takeover(instance({ version: 3, advertInt: fromSeconds(seconds) }))).toBe(expected)
  })

  test('TMR-04 VRRPv3 learns: the master said 20 cs, so it is 0.722 s', () => {
    expect(takeover(instance({ version: 3 }), { intervalCs: 20 })).toBe(0.721875)
  })

  test.each([
    ['Master_Down_Interval', {}, 3.609375],
    ['the skew after priority 0', { priority: 0 }, 0.609375],
  ])('TMR-01 TMR-09 %s counts from when the kernel took the advert in, not from when it was read', (_name, advert, expected) => {
    const rig = new Rig(vrrpConfig([instance()])).pass(0.5)
    const heardAt = later(rig.clock(), fromMillis(-8))
    rig.dispatch({ ...incoming({ priority: 200, ...advert }), heardAt })
    expect(rig.due()).toBeCloseTo(0.5 - 0.008 + expected, 6)
  })

  test('TMR-05 as MASTER it uses its own interval again', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3 })]))
    rig.hear({ version: 3, priority: 200, intervalCs: 20 })
    const since = rig.until('master')
    rig.pass(3.5)
    expect(rig.adverts().map(({ at }) => at - since)).toEqual([0, 1, 2, 3].map((second) => expect.closeTo(second, 6)))
    expect(rig.adverts()[0]?.advert.intervalCs).toBe(100)
  })

  test('TMR-05 stepping back without having heard an interval it uses its own down time', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3 })]))
    rig.hear({ version: 3, priority: 200, intervalCs: 20 }).until('master')
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) }).dispatch({ kind: 'link', link: link() })
    const since = rig.now()
    expect(rig.role()).toBe('backup')
    expect(rig.until('master') - since).toBeCloseTo(3.609375, 6)
  })

  test('TMR-06 VRRPv2 never learns', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.pass(1).hear({ priority: 200, intervalCs: 500 })
    expect(rig.until('master')).toBeCloseTo(3.609375, 6)
  })

  test.each([
    [{ version: 2 as const }, 0.609375],
    [{ version: 3 as const }, 0.609375],
    [{ version: 3 as const, advertInt: fromSeconds(0.1) }, 0.060937],
    [{ version: 2 as const, preemption: { kind: 'nopreempt' as const } }, 0.609375],
  ])('TMR-09 priority 0 in BACKUP shortens the timer to Skew_Time: %j, %d s', (differing, expected) => {
    expect(takeover(instance(differing), { priority: 0 })).toBe(expected)
  })

  test('TMR-10 priority 0, then a normal advert of another router: the full time again', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.hear({ priority: 200 }).pass(1).hear({ priority: 0 }).pass(0.3).hear({ priority: 150, source: '192.0.2.3' })
    expect(rig.until('master')).toBeCloseTo(1.3 + 3.609375, 6)
  })

  test('TMR-11 adverts of a lower priority leave the timer alone', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 200 })]))
    for (let second = 0; second < 3; second++) rig.pass(1).hear({ priority: 100 })
    expect(rig.until('master')).toBeCloseTo(3.21875, 6)
  })

  test('TMR-14 down_timer_adverts 5', () => {
    expect(takeover(instance({ downTimerAdverts: 5 }))).toBe(5.609375)
  })

  test('TMR-15 an owner is master at once', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255 })]))
    expect(rig.adverts()).toMatchObject([{ at: 0 }])
    expect(rig.effects('transition')).toMatchObject([{ from: 'INIT', to: 'MASTER', why: 'owner' }])
  })

  test('TMR-16 state MASTER below 255 waits like any other', () => {
    const rig = new Rig(vrrpConfig([instance({ state: 'MASTER' })]))
    rig.pass(10)
    expect(rig.adverts()[0]?.at).toBeCloseTo(3.609375, 6)
  })

  test('TMR-19 vrrp_startup_delay 10: nothing heard, nothing sent, then the full time', () => {
    const rig = new Rig(vrrpConfig([instance()], { startupDelay: fromSeconds(10) }))
    for (let second = 0; second < 9; second++) rig.pass(1).hear({ priority: 0 })
    expect(rig.role()).toBe('init')
    expect(rig.until('master')).toBeCloseTo(13.609375, 6)
  })

  test('TMR-19 a reload keeps what is left of the delay, an owner waits for it too', () => {
    const config = vrrpConfig([instance({ priority: 255 })], { startupDelay: fromSeconds(10) })
    const rig = new Rig(config)
    rig.pass(4).dispatch({ kind: 'configured', config })
    expect(rig.until('master')).toBe(10)
  })
})

test('vrrp_delay_after_boot: the machine has to be up for so long before anything is sent or heard', () => {
  // The clock of the rig says that it was booted 7000 s ago.
  const rig = new Rig(vrrpConfig([instance({ priority: 255 })], { delayAfterBoot: fromSeconds(7010) }))
  expect(rig.until('master')).toBe(10)
  const late = new Rig(vrrpConfig([instance({ priority: 255 })], { delayAfterBoot: fromSeconds(60) }))
  expect(late.role()).toBe('master')
  const both = new Rig(vrrpConfig([instance({ priority: 255 })], { startupDelay: fromSeconds(20), delayAfterBoot: fromSeconds(7010) }))
  expect(both.until('master')).toBe(20)
})

describe('the adverts of a master', () => {
  const master = (differing: Parameters<typeof instance>[0] = {}): Rig => {
    const rig = new Rig(vrrpConfig([instance(differing)]))
    rig.until('master')
    return rig
  }

  test('TMR-12 600 of them leave a second apart, without drift though each wake-up is late', () => {
    const rig = master()
    const since = rig.now()
    for (let n = 0; n < 600; n++) rig.stall((rig.due() ?? 0) - rig.now() + 0.0007)
    expect(rig.adverts()).toHaveLength(601)
    expect((rig.adverts().at(-1)?.at ?? 0) - since).toBeCloseTo(600.0007, 6)
  })

  test('TMR-21 at 10 ms too', () => {
    const rig = master({ version: 3, advertInt: fromSeconds(0.01) })
    const since = rig.now()
    rig.pass(60)
    expect(rig.adverts()).toHaveLength(6001)
    expect((rig.adverts().at(-1)?.at ?? 0) - since).toBeCloseTo(60, 6)
  })

  test.each([50, 0])('TMR-13 one sent out of turn, as priority %i was heard, restarts the period', (priority) => {
    const rig = master()
    rig.pass(0.4).forget().hear({ priority })
    const since = rig.now()
    rig.pass(2.5)
    expect(rig.adverts().map(({ at }) => at - since)).toEqual([0, 1, 2].map((second) => expect.closeTo(second, 6)))
  })

  test('TMR-18 F02 are not made up for after a stall', () => {
    const rig = master()
    rig.pass(0.5).forget().stall(2.4)
    expect(rig.adverts()).toHaveLength(1)
    expect(rig.pass(1).adverts()).toHaveLength(2)
  })
})

describe('TMR-18 after a stall longer than any backup waits (F02)', () => {
  const stalled = (differing: Parameters<typeof instance>[0] = {}): Rig => {
    const rig = new Rig(vrrpConfig([instance(differing)]))
    rig.until('master')
    return rig.pass(20).forget()
  }

  test('a master that hears nobody listens one interval before it speaks and announces', () => {
    const rig = stalled()
    const since = rig.now()
    rig.stall(10)
    expect(rig.performed.map(({ effect }) => effect.kind)).toEqual(['report'])
    expect(rig.reports()).toMatchObject([{ event: 'stalled' }])
    rig.pass(1)
    expect(rig.adverts().map(({ at }) => at - since)).toEqual([expect.closeTo(11, 6)])
    expect(rig.effects('announce')).toMatchObject([{ repeat: 5, at: since + 11 }])
    expect(rig.pass(1).adverts()).toHaveLength(2)
  })

  test.each([
    { name: 'fails', leave: (rig: Rig) => rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) }) },
    { name: 'is stopped', leave: (rig: Rig) => rig.dispatch({ kind: 'stop', keepAddresses: false }) },
  ])('a master that $name before it has listened leaves in silence: priority 0 would call its successor into question', ({ leave }) => {
    for (const listening of [false, true]) {
      const rig = stalled()
      if (listening) rig.stall(10)
      else rig.sleep(10)
      rig.forget()
      leave(rig)
      expect(rig.role()).not.toBe('master')
      expect(rig.adverts()).toEqual([])
    }
  })

  test('a better master in the queue: down without a packet', () => {
    const rig = stalled()
    rig.unread.push(incoming({ priority: 150 }), incoming({ priority: 150 }))
    rig.stall(10)
    expect(rig.role()).toBe('backup')
    expect(rig.adverts()).toEqual([])
    expect(rig.effects('announce')).toEqual([])
  })

  test('a lower master in the queue: one advert and one burst, however many adverts were queued', () => {
    const rig = stalled()
    for (let n = 0; n < 7; n++) rig.unread.push(incoming({ priority: 50 }))
    rig.stall(10)
    expect(rig.role()).toBe('master')
    expect(rig.adverts()).toHaveLength(1)
    expect(rig.effects('announce')).toMatchObject([{ repeat: 5 }])
  })

  test('with nopreempt a lower master is left alone', () => {
    const rig = stalled({ preemption: { kind: 'nopreempt' } })
    rig.unread.push(incoming({ priority: 50 }))
    rig.stall(10)
    expect(rig.role()).toBe('backup')
    expect(rig.adverts()).toEqual([])
    expect(rig.effects('transition')).toMatchObject([{ to: 'BACKUP', why: 'stalled' }])
  })

  test('with timer_expired_backup it is backup, silently, before it hears anybody', () => {
    const nopreempt = { preemption: { kind: 'nopreempt' }, timerExpiredBackup: 254 } as const
    const rig = stalled(nopreempt)
    rig.stall(3.1)
    expect(rig.role()).toBe('backup')
    expect(rig.adverts()).toEqual([])
    expect(rig.effects('transition')).toMatchObject([{ to: 'BACKUP', why: 'stalled' }])
    expect(rig.until('master') - rig.effects('transition')[0]!.at).toBeCloseTo(3.609375, 6)
  })

  test('timer_expired_backup 100 says that the others wait longer: 3.609 s', () => {
    const rig = stalled({ preemption: { kind: 'nopreempt' }, timerExpiredBackup: 100 })
    rig.stall(3.5)
    expect(rig.role()).toBe('master')
    rig.pass(2).stall(3.7)
    expect(rig.role()).toBe('backup')
  })

  test('with lower_prio_no_advert it goes on listening, and then speaks', () => {
    const rig = stalled({ lowerPrioNoAdvert: true })
    rig.unread.push(incoming({ priority: 50 }))
    rig.stall(10)
    for (let n = 0; n < 9; n++) rig.pass(0.1).hear({ priority: 50 })
    expect(rig.adverts()).toEqual([])
    expect(rig.pass(0.11).adverts()).toHaveLength(1)
  })

  test('a stall that no backup notices is none', () => {
    const rig = stalled()
    rig.stall(3)
    expect(rig.adverts()).toHaveLength(1)
    expect(rig.reports('stalled')).toEqual([])
  })
})

describe('TMR-18 a backup that slept (F03)', () => {
  test('does not promote itself while adverts are queued', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.hear({ priority: 200 })
    rig.unread.push(incoming({ priority: 200 }))
    rig.stall(10)
    expect(rig.role()).toBe('backup')
    expect(rig.until('master')).toBeCloseTo(13.609375, 6)
  })

  test('for longer than a down time, with the machine perhaps, listens an interval and its skew once', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.stall(100)
    expect(rig.role()).toBe('backup')
    rig.stall(100)
    expect(rig.role()).toBe('master')
    const awake = new Rig(vrrpConfig([instance()]))
    awake.stall(100)
    expect(awake.until('master')).toBeCloseTo(101.609375, 6)
  })

  test('for a little does not wait any longer', () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.stall(6)
    expect(rig.role()).toBe('master')
  })
})
