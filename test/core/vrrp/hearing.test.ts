import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, type Incoming, Rig } from '../../support/vrrp-rig.ts'

type Differing = Parameters<typeof instance>[0]

function backup(differing: Differing = {}): Rig {
  return new Rig(vrrpConfig([instance(differing)])).forget()
}

/** A master for 20 s, in the middle of its interval. */
function master(differing: Differing = {}): Rig {
  const rig = new Rig(vrrpConfig([instance(differing)]))
  rig.until('master')
  return rig.pass(20.5).forget()
}

const kinds = (rig: Rig): readonly string[] => rig.performed.map(({ effect }) => effect.kind).filter((kind) => kind !== 'report')

describe('a MASTER that hears', () => {
  test('FSM-03 a higher priority goes to BACKUP without a packet, and wants its addresses gone', () => {
    const rig = master().hear({ priority: 101 })
    expect(kinds(rig)).toEqual(['transition'])
    expect(rig.effects('transition')).toMatchObject([{ from: 'MASTER', to: 'BACKUP', why: 'higher-priority' }])
    expect(rig.reports()).toMatchObject([
      { event: 'higher-priority-received', source: '192.0.2.1', priority: 101, own: 100 },
      { event: 'removing-vips' },
    ])
    expect(rig.state().desired).toEqual([])
  })

  test('FSM-03 a higher priority learns its interval in VRRPv3', () => {
    const rig = master({ version: 3 }).hear({ version: 3, priority: 101, intervalCs: 20 })
    expect(rig.until('master')).toBeCloseTo(rig.effects('transition')[0]!.at + 0.721875, 6)
  })

  test('FSM-04 a lower priority answers at once, and announces again now and 5 s later', () => {
    const rig = master().hear({ priority: 99 })
    const since = rig.now()
    expect(kinds(rig)).toEqual(['send-advert', 'announce'])
    expect(rig.performed[0]).toMatchObject({ at: since, effect: { kind: 'send-advert' } })
    expect(rig.reports('lower-priority-forces-election')).toMatchObject([{ source: '192.0.2.1', priority: 99, own: 100 }])
    rig.pass(6)
    expect(rig.effects('announce').map(({ at, repeat }) => [at - since, repeat])).toEqual([
      [0, 5],
      [5, 5],
    ])
    expect(rig.role()).toBe('master')
  })

  test('FSM-05 an equal priority from a higher address goes to BACKUP, silently', () => {
    const rig = master().hear({ priority: 100, source: '192.0.2.3' })
    expect(kinds(rig)).toEqual(['transition'])
    expect(rig.reports('higher-address-received')).toMatchObject([{ source: '192.0.2.3', ownAddress: '192.0.2.2' }])
  })

  test('FSM-06 an equal priority from a lower address stays and answers', () => {
    const rig = master().hear({ priority: 100, source: '192.0.2.1' })
    expect(rig.role()).toBe('master')
    expect(rig.adverts()).toHaveLength(1)
  })

  test('FSM-07 the address compared is the one that adverts are sent from', () => {
    const config = instance({ transport: { kind: 'multicast', group: '224.0.0.18' as never, source: '192.0.2.200' as never } })
    const rig = new Rig(vrrpConfig([config]), { addresses: [hostAddress('192.0.2.2/24'), hostAddress('192.0.2.200/24')] })
    rig.until('master')
    rig.hear({ priority: 100, source: '192.0.2.100' })
    expect(rig.role()).toBe('master')
    rig.hear({ priority: 100, source: '192.0.2.201' })
    expect(rig.role()).toBe('backup')
  })

  test('FSM-08 its own priority from its own address only says so, once; state and timer stay', () => {
    const rig = master()
    const due = rig.due()
    rig.hear({ priority: 100, source: '192.0.2.2' }).hear({ priority: 100, source: '192.0.2.2' })
    expect(rig.performed).toMatchObject([{ effect: { kind: 'report', report: { event: 'own-address-received' } } }])
    expect([rig.role(), rig.due()]).toEqual(['master', due])
  })

  test('FSM-10 priority 0 answers at once and stays', () => {
    const rig = master().hear({ priority: 0 })
    expect(kinds(rig)).toEqual(['send-advert'])
    expect(rig.role()).toBe('master')
    expect(rig.instance().counters.priorityZeroReceived).toBe(1)
  })

  test('FSM-12 a higher priority yields in spite of nopreempt', () => {
    expect(
      master({ preemption: { kind: 'nopreempt' } })
        .hear({ priority: 254 })
        .role(),
    ).toBe('backup')
  })

  test('FSM-17 lower_prio_no_advert: no answer, the timer runs on, but it announces', () => {
    const rig = master({ lowerPrioNoAdvert: true })
    const due = rig.due()
    rig.hear({ priority: 99 })
    expect(kinds(rig)).toEqual(['announce'])
    expect(rig.due()).toBe(due)
  })

  test('FSM-18 higher_prio_send_advert: one last advert of its own, then BACKUP', () => {
    const rig = master({ higherPrioSendAdvert: true }).hear({ priority: 200 })
    expect(kinds(rig)).toEqual(['send-advert', 'transition'])
    expect(rig.adverts()[0]?.advert.priority).toBe(100)
  })
})

describe('a BACKUP that hears', () => {
  /** Its master speaks every second until it is not heard any more. */
  const withMaster = (rig: Rig, priority: number, seconds: number, more: Incoming = {}): Rig => {
    for (let second = 0; second < seconds; second++) rig.hear({ priority, ...more }).pass(1)
    return rig
  }

  test('FSM-09 an equal priority from a lower address stays, its timer anew', () => {
    const rig = withMaster(backup(), 100, 10)
    expect(rig.role()).toBe('backup')
    expect(rig.until('master')).toBeCloseTo(9 + 3.609375, 6)
  })

  test('FSM-11 with nopreempt stays under the lowest master, and takes over when that is gone', () => {
    const rig = withMaster(backup({ priority: 200, preemption: { kind: 'nopreempt' } }), 50, 10)
    expect(rig.role()).toBe('backup')
    expect(rig.until('master')).toBeCloseTo(9 + 3.21875, 6)
  })

  test('FSM-11 with nopreempt takes over after skew when its lower master resigns', () => {
    const rig = withMaster(backup({ priority: 200, preemption: { kind: 'nopreempt' } }), 50, 5).hear({ priority: 0 })
    expect(rig.until('master')).toBeCloseTo(5 + 0.21875, 6)
  })

  test('FSM-13 as an owner preempts despite nopreempt', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255, preemption: { kind: 'nopreempt' } })]))
    rig.hear({ priority: 255, source: '192.0.2.3' })
    expect(rig.role()).toBe('backup')
    rig.pass(1).hear({ priority: 50 })
    expect(rig.until('master')).toBeCloseTo(3.003906, 6)
  })

  test('TMR-11 a lower priority says so once', () => {
    const rig = withMaster(backup({ priority: 200 }), 100, 3)
    expect(rig.reports()).toMatchObject([{ event: 'lower-priority-discarded', priority: 100, own: 200 }])
  })

  test('records the master that it follows, and not one that it discards', () => {
    const rig = backup().hear({ priority: 150, source: '192.0.2.5' }).hear({ priority: 50 })
    expect(rig.instance().master).toEqual({ address: '192.0.2.5', priority: 150 })
  })

  test('D17 the learned interval ends with BACKUP', () => {
    const rig = backup({ version: 3 }).hear({ version: 3, priority: 200, intervalCs: 20 })
    rig.until('master')
    rig.forget().pass(2.5)
    expect(rig.adverts()).toHaveLength(2)
  })

  describe('a lower priority, with preempt_delay', () => {
    const delayed = (): Rig => backup({ priority: 200, preemption: { kind: 'preempt', delay: fromSeconds(5) } })

    test('FSM-14 follows it until the delay is over, then takes over when its timer ends', () => {
      const rig = delayed()
      rig.pass(0.5)
      withMaster(rig, 100, 8)
      // Heard at 0.5; the delay ends at 5.5, so the advert of 4.5 is the last one followed.
      expect(rig.role()).toBe('master')
      expect(rig.adverts()[0]?.at).toBeCloseTo(4.5 + 3.21875, 6)
      expect(rig.reports('preempt-delay-started')).toEqual([{ event: 'preempt-delay-started', instance: 'VI_1', delay: fromSeconds(5) }])
    })

    test('FSM-14 an advert of its own priority or more cancels the delay', () => {
      const rig = delayed()
      withMaster(rig, 100, 4)
      rig.hear({ priority: 200, source: '192.0.2.3' }).pass(1)
      withMaster(rig, 100, 4)
      expect(rig.role()).toBe('backup')
      expect(rig.reports('preempt-delay-started')).toHaveLength(2)
    })

    test('FSM-14 priority 0 bypasses the delay', () => {
      const rig = withMaster(delayed(), 100, 2).hear({ priority: 0 })
      expect(rig.until('master')).toBeCloseTo(2.21875, 6)
    })

    test('FSM-14 the delay starts anew after MASTER', () => {
      const rig = withMaster(delayed(), 100, 9)
      expect(rig.role()).toBe('master')
      rig.hear({ priority: 250 }).forget().hear({ priority: 100 })
      expect(rig.reports('preempt-delay-started')).toHaveLength(1)
    })
  })
})

describe('FSM-15 two owners', () => {
  const owner = (): Rig => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255 })]))
    return rig.pass(20.5).forget()
  }

  test('the one with the lower address goes to BACKUP', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.3' })
    expect(rig.effects('transition')).toMatchObject([{ to: 'BACKUP', why: 'higher-address' }])
    expect(rig.adverts()).toEqual([])
  })

  test('the one with the higher address says that this is wrong, and sends two more adverts', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.1' })
    expect(rig.reports('two-owners')).toHaveLength(1)
    expect(rig.adverts()).toHaveLength(2)
    expect(rig.role()).toBe('master')
  })

  test('it lowers itself to 254 if the other does not give way in 1.2 intervals', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.1' })
    rig.pass(1.1).hear({ priority: 255, source: '192.0.2.1' })
    expect(rig.role()).toBe('master')
    rig.pass(0.2).hear({ priority: 255, source: '192.0.2.1' })
    expect(rig.reports('owner-lowered')).toHaveLength(1)
    expect(rig.effects('transition')).toMatchObject([{ to: 'BACKUP', priority: 254 }])
  })

  test('it owns again when the other is gone', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.1' })
    rig.pass(1.3).hear({ priority: 255, source: '192.0.2.1' }).forget()
    rig.until('master')
    expect(rig.adverts()[0]?.advert.priority).toBe(255)
    expect(rig.reports('owner-restored')).toHaveLength(1)
  })

  test('it owns again when the other lowers its priority, its timer moved by the skew', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.1' })
    rig.pass(1.3).hear({ priority: 255, source: '192.0.2.1' })
    const heard = rig.now()
    rig.pass(1).forget().hear({ priority: 100, source: '192.0.2.1' })
    expect(rig.until('master')).toBeCloseTo(heard + 3.003906, 5)
    expect(rig.reports('owner-restored')).toHaveLength(1)
  })

  test('one that comes back much later is met with the same patience', () => {
    const rig = owner().hear({ priority: 255, source: '192.0.2.1' })
    rig.pass(100).hear({ priority: 255, source: '192.0.2.1' })
    expect(rig.role()).toBe('master')
    expect(rig.reports('two-owners')).toHaveLength(2)
  })

  test('FSM-16 owner_ignore_adverts: it stays', () => {
    const rig = new Rig(vrrpConfig([instance({ priority: 255, ownerIgnoreAdverts: true })]))
    rig.forget().hear({ priority: 255, source: '192.0.2.3' })
    expect(rig.role()).toBe('master')
    expect(kinds(rig)).toEqual([])
  })
})

describe('F09 a lower priority that does not hear us', () => {
  const disputed = (seconds: number, every = 1): Rig => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig.until('master')
    rig.pass(0.5).forget()
    for (let at = 0; at < seconds; at += every) rig.hear({ priority: 50 }).pass(every)
    return rig
  }
  const said = (rig: Rig) => rig.reports('lower-priority-forces-election').filter((report) => !('again' in report))

  test('is answered each time, and told of when it has lasted for three intervals, then once a minute', () => {
    const rig = disputed(200)
    expect(rig.role()).toBe('master')
    expect(rig.adverts().length).toBeGreaterThanOrEqual(200)
    expect(said(rig)).toHaveLength(1)
    expect(rig.reports('dual-master-suspected').map((report) => 'lasting' in report && report.lasting / 1e6)).toEqual([4, 64, 124, 184])
  })

  test('is told of as often if it floods', () => {
    expect(disputed(30, 0.01).reports('dual-master-suspected')).toHaveLength(1)
  })

  test('that yields, and speaks again much later, is a new matter', () => {
    const rig = disputed(2)
    rig.pass(10).hear({ priority: 50 })
    expect(said(rig)).toHaveLength(2)
    expect(rig.reports('dual-master-suspected')).toEqual([])
  })
})
