import { describe, expect, test } from 'vitest'
import { fromSeconds, micros } from '../../../src/base/units.ts'
import type { Preemption } from '../../../src/core/vrrp/config.ts'
import { instance, multicast, unicast, vrrpConfig } from '../../support/vrrp.ts'
import { type Incoming, link, Rig } from '../../support/vrrp-rig.ts'

describe('RFC 9568 §6.4, line by line', () => {
  const v3 = (differing: Parameters<typeof instance>[0] = {}): Rig => new Rig(vrrpConfig([instance({ version: 3, ...differing })])).forget()
  const active = (differing: Parameters<typeof instance>[0] = {}): Rig => {
    const rig = v3(differing)
    rig.until('master')
    return rig.pass(0.5).forget()
  }
  const sent = (rig: Rig): readonly number[] => rig.adverts().map(({ advert }) => advert.priority)

  test('§6.4.1 (105-120) Startup with priority 255: send an advert, Active, Adver_Timer := Advertisement_Interval', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3, priority: 255 })]))
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['master', [255], 1])
  })

  test('§6.4.1 (125-150) Startup otherwise: Backup, Active_Down_Timer := Active_Down_Interval of its own interval', () => {
    const rig = v3()
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['backup', [], 3.609375])
  })

  test('§6.4.2 (310) Shutdown in Backup: Initialize, no advert', () => {
    const rig = v3().dispatch({ kind: 'stop', keepAddresses: false })
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['stopped', [], undefined])
  })

  test('§6.4.2 (340) Active_Down_Timer fires: send an advert, announce, Active, Adver_Timer := Advertisement_Interval', () => {
    const rig = v3().pass(3.609375)
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['master', [100], 4.609375])
    expect(rig.effects('announce')).toHaveLength(1)
  })

  test('§6.4.2 (420) advert of priority 0: Active_Down_Timer := Skew_Time', () => {
    expect(v3().pass(1).hear({ version: 3, priority: 0 }).due()).toBe(1.609375)
  })

  test.each([100, 101, 255])('§6.4.2 (430) advert of priority %i: Active_Adver_Interval := its interval, timer anew', (priority) => {
    expect(v3().pass(1).hear({ version: 3, priority, intervalCs: 200 }).due()).toBe(1 + 7.21875)
  })

  test('§6.4.2 (430) advert of lower priority, Preempt_Mode False: the same', () => {
    const rig = v3({ preemption: { kind: 'nopreempt' } }).pass(1)
    expect(rig.hear({ version: 3, priority: 1, intervalCs: 200 }).due()).toBe(1 + 7.21875)
  })

  test('§6.4.2 (440) advert of lower priority, Preempt_Mode True: discarded', () => {
    expect(v3().pass(1).hear({ version: 3, priority: 99, intervalCs: 200 }).due()).toBe(3.609375)
  })

  test('§6.4.3 (610) Shutdown in Active: send priority 0, Initialize', () => {
    const rig = active().dispatch({ kind: 'stop', keepAddresses: false })
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['stopped', [0], undefined])
  })

  test('§6.4.3 (640) Adver_Timer fires: send an advert, timer anew', () => {
    const rig = active()
    const due = rig.due() ?? 0
    rig.pass(0.5)
    expect([sent(rig), rig.due()]).toEqual([[100], due + 1])
  })

  test('§6.4.3 (710) advert of priority 0: send an advert, timer anew', () => {
    const rig = active().hear({ version: 3, priority: 0 })
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['master', [100], rig.now() + 1])
  })

  test.each([
    { name: 'greater priority', heard: { priority: 101 } },
    { name: 'equal priority and greater address', heard: { priority: 100, source: '192.0.2.3' } },
  ])('§6.4.3 (720) advert of $name: Backup, its interval learned, Active_Down_Timer set', ({ heard }) => {
    const rig = active().hear({ version: 3, intervalCs: 200, ...heard })
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['backup', [], rig.now() + 7.21875])
  })

  test('§6.4.3 (760) any other advert: discarded, and answered at once', () => {
    const rig = active().hear({ version: 3, priority: 99, intervalCs: 200 })
    expect([rig.role(), sent(rig), rig.due()]).toEqual(['master', [100], rig.now() + 1])
  })
})

/**
 * An independent table, written from the rules of elections and not from the code: every state, event, option and relation of
 * priorities, with what has to come of it.
 */
const STATES = ['init', 'backup', 'master', 'fault'] as const
const PREEMPTIONS = ['preempt', 'nopreempt', 'delay not begun', 'delay running', 'delay over'] as const
const EVENTS = [
  'priority 0',
  'lower priority',
  'equal, lower address',
  'equal, own address',
  'equal, higher address',
  'higher priority',
  'a wrong checksum',
  'another VRID',
  'time',
  'fault',
  'fault over',
  'address lost',
  'stop',
  'stop and keep',
  'reload',
  'nothing due',
] as const

interface Case {
  readonly state: (typeof STATES)[number]
  readonly event: (typeof EVENTS)[number]
  readonly version: 2 | 3
  readonly preemption: (typeof PREEMPTIONS)[number]
  readonly owner: boolean
  readonly lowerPrioNoAdvert: boolean
  readonly higherPrioSendAdvert: boolean
  readonly unicast: boolean
  /** The sender's interval, where its version lets it differ. */
  readonly slow: boolean
}

interface Outcome {
  readonly role: string
  readonly sent: readonly number[]
  /** Seconds from the event to the next deadline of the election; undefined for none, 'kept' for what it was. */
  readonly due: number | 'kept' | undefined
  readonly announces: boolean
  readonly wantsAddresses: boolean
}

function* cases(): Generator<Case> {
  const both = [false, true]
  for (const state of STATES)
    for (const event of EVENTS)
      for (const version of [2, 3] as const)
        for (const preemption of PREEMPTIONS)
          for (const owner of both)
            for (const lowerPrioNoAdvert of both)
              for (const higherPrioSendAdvert of both)
                for (const overUnicast of both)
                  for (const slow of version === 3 ? both : [false]) {
                    // What cannot be: nobody outranks an owner, and an owner has no delay.
                    if (owner && (event === 'higher priority' || preemption.startsWith('delay'))) continue
                    if (state !== 'backup' && (preemption === 'delay running' || preemption === 'delay over')) continue
                    yield { state, event, version, preemption, owner, lowerPrioNoAdvert, higherPrioSendAdvert, unicast: overUnicast, slow }
                  }
}

const seconds = (value: number): number => Math.floor(value * 1e6 + 1e-6) / 1e6
const DELAY = 1.5

function expected(one: Case): Outcome {
  const priority = one.owner ? 255 : 100
  const skew = (interval: number): number => ((256 - priority) / 256) * (one.version === 3 ? interval : 1)
  const downTime = (interval: number): number => seconds(3 * interval + skew(interval))
  const heard = one.slow ? 2 : 1
  const stay: Outcome = {
    role: one.state,
    sent: [],
    due: 'kept',
    announces: false,
    wantsAddresses: one.state === 'master',
  }
  const backup = (due: number, sent: readonly number[] = []): Outcome => ({
    role: 'backup',
    sent,
    due,
    announces: false,
    wantsAddresses: false,
  })

  if (one.event === 'stop')
    return { role: 'stopped', sent: one.state === 'master' ? [0] : [], due: undefined, announces: false, wantsAddresses: false }
  if (one.event === 'stop and keep')
    return { role: 'stopped', sent: [], due: undefined, announces: false, wantsAddresses: one.state === 'master' }
  if (one.event === 'a wrong checksum' || one.event === 'another VRID' || one.event === 'nothing due') return stay

  switch (one.state) {
    case 'init':
      // Before the start-up delay is over nothing is heard.
      return stay

    case 'fault':
      if (one.event !== 'fault over') return stay
      if (one.owner) return { role: 'master', sent: [255], due: 1, announces: true, wantsAddresses: true }
      return { ...backup(downTime(1)), announces: one.unicast }

    case 'backup':
      switch (one.event) {
        case 'priority 0':
          return backup(seconds(skew(1)))
        case 'equal, lower address':
        case 'equal, own address':
        case 'equal, higher address':
        case 'higher priority':
          return backup(downTime(heard))
        case 'lower priority':
          if (one.owner || one.preemption === 'preempt' || one.preemption === 'delay over') return stay
          return backup(downTime(heard))
        case 'time':
          return { role: 'master', sent: [priority], due: 1, announces: true, wantsAddresses: true }
        case 'fault':
          return { role: 'fault', sent: [], due: undefined, announces: false, wantsAddresses: false }
        case 'fault over':
        case 'address lost':
        case 'reload':
          return stay
      }
      break

    case 'master': {
      const answer: Outcome = { role: 'master', sent: [priority], due: 1, announces: false, wantsAddresses: true }
      const yields = backup(downTime(heard), one.higherPrioSendAdvert ? [priority] : [])
      const stands: Outcome = one.lowerPrioNoAdvert ? { ...stay, announces: true } : { ...answer, announces: true }
      switch (one.event) {
        case 'priority 0':
        case 'reload':
          return answer
        case 'lower priority':
          return stands
        case 'equal, lower address':
          return one.owner ? { ...answer, sent: [255, 255], announces: true } : stands
        case 'equal, own address':
        case 'fault over':
          return stay
        case 'equal, higher address':
        case 'higher priority':
          return yields
        case 'time':
          return answer
        case 'fault':
          return { role: 'fault', sent: [0], due: undefined, announces: false, wantsAddresses: false }
        case 'address lost':
          return backup(seconds(skew(1)), [0])
      }
    }
  }
  throw new Error(`no rule for ${one.state} and ${one.event}`)
}

function prepared(one: Case): Rig {
  const preemption: Preemption =
    one.preemption === 'nopreempt'
      ? { kind: 'nopreempt' }
      : { kind: 'preempt', delay: one.preemption === 'preempt' ? micros(0) : fromSeconds(DELAY) }
  const config = instance({
    version: one.version,
    priority: one.owner ? 255 : 100,
    preemption,
    lowerPrioNoAdvert: one.lowerPrioNoAdvert,
    higherPrioSendAdvert: one.higherPrioSendAdvert,
    transport: one.unicast ? unicast(['192.0.2.1']) : multicast(),
    garp: { ...instance().garp, masterDelay: micros(0), lowerPrioDelay: micros(0) },
  })
  const rig = new Rig(vrrpConfig([config], { startupDelay: fromSeconds(one.state === 'init' ? 1000 : 0) }))
  switch (one.state) {
    case 'init':
      rig.pass(5)
      break
    case 'fault':
      rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) })
      break
    case 'master':
      rig.until('master')
      rig.pass(0.3)
      break
    case 'backup':
      if (one.owner) rig.hear(heardAs(one, { priority: 255, source: '192.0.2.3' }))
      if (one.preemption === 'delay running' || one.preemption === 'delay over') rig.hear(heardAs(one, { priority: 50 }))
      rig.pass(one.preemption === 'delay over' ? DELAY + 0.1 : 0.3)
      break
  }
  return rig.forget()
}

function heardAs(one: Case, advert: Incoming): Incoming {
  return { version: one.version, ...(one.unicast ? { destination: '192.0.2.2' } : {}), ...advert }
}

function apply(rig: Rig, one: Case): void {
  const own = one.owner ? 255 : 100
  const hear = (advert: Incoming): void => {
    rig.hear(heardAs(one, { intervalCs: one.slow ? 200 : 100, ...advert }))
  }
  switch (one.event) {
    case 'priority 0':
      hear({ priority: 0 })
      break
    case 'lower priority':
      hear({ priority: 50 })
      break
    case 'equal, lower address':
      hear({ priority: own, source: '192.0.2.1' })
      break
    case 'equal, own address':
      hear({ priority: own, source: '192.0.2.2' })
      break
    case 'equal, higher address':
      hear({ priority: own, source: '192.0.2.3' })
      break
    case 'higher priority':
      hear({ priority: 150 })
      break
    case 'a wrong checksum':
      hear({ priority: 254, spoil: (bytes) => bytes.with(2, 253) })
      break
    case 'another VRID':
      hear({ priority: 254, vrid: 52 })
      break
    case 'time': {
      const due = rig.due()
      if (due !== undefined && one.state !== 'init') rig.pass(due - rig.now())
      break
    }
    case 'fault':
      rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) })
      break
    case 'fault over':
      rig.dispatch({ kind: 'link', link: link() })
      break
    case 'address lost':
      rig.dispatch({ kind: 'objects-lost', objects: rig.state().named })
      break
    case 'stop':
      rig.dispatch({ kind: 'stop', keepAddresses: false })
      break
    case 'stop and keep':
      rig.dispatch({ kind: 'stop', keepAddresses: true })
      break
    case 'reload':
      rig.dispatch({ kind: 'configured', config: vrrpConfig([rig.instance().config]) })
      break
    case 'nothing due':
      rig.dispatch({ kind: 'tick' })
      break
  }
}

test('every state, event, option and relation of priorities ends as the independent table says', () => {
  const wrong: string[] = []
  let count = 0
  for (const one of cases()) {
    count++
    const rig = prepared(one)
    if (rig.role() !== one.state) throw new Error(`not prepared: ${JSON.stringify(one)} is ${rig.role()}`)
    const before = rig.due()
    apply(rig, one)
    const outcome = expected(one)
    const due = rig.due()
    const actual: Outcome = {
      role: rig.role(),
      sent: rig.adverts().map(({ advert }) => advert.priority),
      due: outcome.due === 'kept' && due === before ? 'kept' : due === undefined ? undefined : Number((due - rig.now()).toFixed(6)),
      announces: rig.effects('announce').length > 0,
      wantsAddresses: rig.state().desired.length > 0,
    }
    if (JSON.stringify(actual) !== JSON.stringify(outcome))
      wrong.push(`${JSON.stringify(one)}: ${JSON.stringify(actual)} is not ${JSON.stringify(outcome)}`)
  }
  expect(wrong.slice(0, 5)).toEqual([])
  expect(count).toBeGreaterThan(5000)
})
