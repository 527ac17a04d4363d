import { describe, expect, test } from 'vitest'
import { fromSeconds, type Instant } from '../../../src/base/units.ts'
import type { SessionEnds } from '../../../src/core/bfd/ends.ts'
import type { ScriptEnd } from '../../../src/core/script-config.ts'
import type { Tracker, TrackProcess, TrackScript } from '../../../src/core/track/config.ts'
import type { InstanceConfig, VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { priorityOf } from '../../../src/core/vrrp/instance.ts'
import { ip } from '../../support/kernel-objects.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, link, Rig } from '../../support/vrrp-rig.ts'

const chk: TrackScript = {
  name: 'chk',
  run: { kind: 'command', command: { argv: ['/bin/chk'], runAs: undefined } },
  interval: fromSeconds(1),
  timeout: fromSeconds(1),
  rise: 1,
  fall: 1,
}
const good: ScriptEnd = { kind: 'exited', code: 0 }
const bad: ScriptEnd = { kind: 'exited', code: 1 }

const NAMES = { script: 'chk', file: 'tf', interface: 'eth1', process: 'web', bfd: 'peer' } as const
const tracker = (kind: Tracker['kind'], weight: number, name = NAMES[kind]): Tracker => ({
  kind,
  name,
  weight,
  reverse: false,
})
/** Of a BFD session with this neighbour. */
const ends = (neighborIp: string): SessionEnds => ({ neighborIp: ip(neighborIp), sourceIp: undefined, multihop: false, ttl: 255 })
const config = (instances: readonly InstanceConfig[]): VrrpConfig =>
  vrrpConfig(
    instances,
    {},
    {
      tracked: {
        scripts: [chk],
        files: [{ name: 'tf', path: '/run/tf', initial: undefined }],
        processes: [],
        bfds: [{ name: 'peer', ends: ends('192.0.2.2'), weight: 0, reverse: false }],
      },
    },
  )
const links = [link('eth0'), link('eth1', { index: 3 })]

/** Runs that are asked for end so; undefined: they do not end. */
class Tracking extends Rig {
  end: ScriptEnd | undefined = good
  #asked = 0
  readonly #open: number[] = []

  answer(end: ScriptEnd | undefined = this.end): this {
    this.#collect()
    if (end !== undefined) for (const run of this.#open.splice(0)) this.dispatch({ kind: 'script-ended', run, end })
    return this
  }

  override forget(): this {
    this.#collect()
    return super.forget()
  }

  bfd(up: boolean, session = 'peer'): this {
    return this.dispatch({ kind: 'bfd', session, up, at: fromSeconds(this.now()) as number as Instant })
  }

  #collect(): void {
    const runs = this.effects('run-script').filter(({ run }) => run > this.#asked)
    this.#open.push(...runs.map(({ run }) => run))
    this.#asked = runs.at(-1)?.run ?? this.#asked
  }

  file(value: number): this {
    return this.dispatch({ kind: 'file', path: '/run/tf', value })
  }
}

const rigOf = (...instances: readonly InstanceConfig[]): Tracking =>
  new Tracking(config(instances), { links, addresses: [hostAddress('192.0.2.2/24')] }).pass(0)
const priority = (rig: Rig, name = 'VI_1'): number => priorityOf(rig.instance(name))

describe('dynamic priority', () => {
  test('track_interface: a weight is added while it is up, and the log says so', () => {
    const rig = rigOf(instance({ trackers: [tracker('interface', 10)] }))
    expect(priority(rig)).toBe(110)
    rig.forget().dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    expect(priority(rig)).toBe(100)
    expect(rig.reports()).toEqual([{ event: 'priority-changed', instance: 'VI_1', from: 110, to: 100 }])
    rig.dispatch({ kind: 'link-removed', index: 3, name: 'eth1' })
    expect(priority(rig)).toBe(100)
  })

  test.each([
    [10, -253, 1],
    [250, 253, 254],
    [254, 1, 254],
    [1, -1, 1],
  ])('priority %i and %i is %i: 1..254', (base, value, expected) => {
    expect(priority(rigOf(instance({ priority: base, trackers: [tracker('file', 1)] })).file(value))).toBe(expected)
  })

  test('PKT-07 the next advert of a master has the new priority, and there is none out of turn', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', -20)] })).answer()
    rig.until('master')
    rig.forget().pass(0.5).answer(bad)
    expect(rig.adverts()).toEqual([])
    rig.pass(0.5)
    expect(rig.adverts().map(({ advert }) => advert.priority)).toEqual([80])
  })

  test('PKT-08 an owner says 255 whatever its trackers weigh', () => {
    const rig = rigOf(instance({ priority: 255, trackers: [tracker('file', 1)] })).file(-100)
    expect(rig.adverts().at(-1)?.advert.priority).toBe(255)
  })

  test('TMR-07 the skew is that of the effective priority', () => {
    const rig = rigOf(instance({ trackers: [tracker('file', 1)] })).file(-99)
    expect(rig.until('master')).toBeCloseTo(3.996093, 5)
  })

  test('TMR-08 a change moves the running timer of a backup by the difference in skew', () => {
    const rig = rigOf(instance({ trackers: [tracker('file', 1)] })).file(0)
    rig.pass(1).file(-99)
    expect(rig.due()).toBe(2)
    expect(rig.answer().until('master')).toBeCloseTo(3.609375 + 99 / 256, 5)
  })

  test('a backup whose priority rises above the master preempts it', () => {
    const rig = rigOf(instance({ trackers: [tracker('file', 1)] })).file(0)
    rig.hear({ priority: 150 }).pass(1).file(100)
    for (let beat = 0; beat < 4 && rig.role() === 'backup'; beat++) rig.hear({ priority: 150 }).pass(1)
    expect(rig.role()).toBe('master')
  })
})

describe('faults of trackers', () => {
  test('an unweighted script that nobody knows of keeps an instance in INIT; the first result decides', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', 0)] }))
    expect(rig.role()).toBe('init')
    rig.pass(30)
    expect([rig.role(), rig.effects('transition')]).toEqual(['init', []])
    rig.answer()
    expect(rig.effects('transition')).toMatchObject([{ from: 'INIT', to: 'BACKUP', why: 'init' }])
  })

  test('a failure at the start is FAULT at once', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', 0)] })).answer(bad)
    expect(rig.role()).toBe('fault')
    expect(rig.reports('fault-raised')).toMatchObject([{ cause: 'script-failed', subject: 'chk' }])
  })

  test('a weighted script that nobody knows of holds up nothing', () => {
    expect(rigOf(instance({ trackers: [tracker('script', 50)] })).role()).toBe('backup')
  })

  test('a master whose script fails sends priority 0 once and is in FAULT', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', 0)] })).answer()
    rig.until('master')
    rig.forget().answer(bad)
    expect(rig.adverts().map(({ advert }) => advert.priority)).toEqual([0])
    expect(rig.role()).toBe('fault')
  })

  test('causes are counted: FAULT ends when all of them have, and a good script is good once', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', 0), tracker('file', 0), tracker('interface', 0)] }))
      .file(1)
      .answer(bad)
    expect(rig.instance().environment.faults.map(({ cause }) => cause)).toEqual(['script-failed', 'tracked-file'])
    rig.pass(1).answer(good).pass(1).answer(good)
    expect(rig.role()).toBe('fault')
    rig.file(0)
    expect(rig.role()).toBe('backup')
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, up: false }) })
    expect(rig.instance().environment.faults).toEqual([{ cause: 'tracked-interface-down', subject: 'eth1' }])
  })

  test('an interface tracked with a weight is no fault for the address on it', () => {
    const [first] = instance().virtualIpaddress
    const elsewhere = first === undefined ? [] : [{ ...first, interface: 'eth1' }]
    const rig = rigOf(instance({ virtualIpaddress: elsewhere, trackers: [tracker('interface', -10)] }))
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    expect([rig.role(), priority(rig)]).toEqual(['backup', 90])
  })
})

describe('the scripts of a host', () => {
  test('one run serves all instances, each with its own weight', () => {
    const rig = rigOf(
      instance({ trackers: [tracker('script', -20)] }),
      instance({ name: 'VI_2', vrid: 52, trackers: [tracker('script', 5)] }),
    )
    expect(rig.effects('run-script').length).toBe(1)
    rig.answer()
    expect([priority(rig), priority(rig, 'VI_2')]).toEqual([100, 105])
    rig.pass(1).answer(bad)
    expect([priority(rig), priority(rig, 'VI_2')]).toEqual([80, 100])
  })

  test('a run each interval; one that lasts costs a turn, and nobody spins meanwhile', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', -20)] }))
    rig.pass(5)
    expect(rig.effects('run-script').map(({ at }) => at)).toEqual([0])
    rig.answer()
    rig.pass(3)
    expect(rig.effects('run-script').map(({ at }) => at)).toEqual([0, 6])
  })

  test('a result that nobody waits for changes nothing', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', -20)] }))
    const before = rig.state()
    rig.dispatch({ kind: 'script-ended', run: 77, end: bad })
    expect(rig.state()).toBe(before)
  })

  test('the log has a new exit status, and the change of condition', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', -20)] })).answer()
    rig.pass(1).answer(bad).pass(1).answer({ kind: 'exited', code: 2 })
    const told = rig.reports().flatMap((report) => (report.event.startsWith('script-') ? [report.event] : []))
    expect(told).toEqual(['script-changed', 'script-returns', 'script-changed', 'script-returns'])
  })

  test('after the stop none is run', () => {
    const rig = rigOf(instance({ trackers: [tracker('script', -20)] })).answer()
    rig.dispatch({ kind: 'stop', keepAddresses: false }).forget()
    expect(rig.due()).toBeUndefined()
  })

  test('a reload that begins to track a script keeps a master until the result is known', () => {
    const rig = rigOf(instance())
    rig.answer().until('master')
    rig.dispatch({ kind: 'configured', config: config([instance({ trackers: [tracker('script', 0)] })]) })
    expect(rig.role()).toBe('master')
    rig.pass(1).answer(bad)
    expect(rig.role()).toBe('fault')
  })

  test('a sync group waits for the script of any member, and falls with it', () => {
    const members = [instance({ trackers: [tracker('script', 0)] }), instance({ name: 'VI_2', vrid: 52, priority: 255 })]
    const rig = new Tracking({ ...config(members), syncGroups: [{ name: 'G1', members: ['VI_1', 'VI_2'] }] }, { links }).pass(0)
    expect([rig.role(), rig.role('VI_2')]).toEqual(['init', 'init'])
    rig.answer()
    expect([rig.role(), rig.role('VI_2')]).toEqual(['backup', 'backup'])
    rig.pass(1).answer(bad)
    expect([rig.role(), rig.role('VI_2')]).toEqual(['fault', 'fault'])
  })
})

describe('track_bfd', () => {
  test('without weight the instance is in FAULT from the start until the session is up, and again when it is down', () => {
    const rig = rigOf(instance({ trackers: [tracker('bfd', 0)] }))
    expect(rig.role()).toBe('fault')
    expect(rig.instance('VI_1').environment.faults).toEqual([{ cause: 'tracked-bfd', subject: 'peer' }])
    rig.bfd(true)
    expect(rig.role()).toBe('backup')
    rig.until('master')
    rig.forget().bfd(false)
    expect(rig.role()).toBe('fault')
    expect(rig.adverts().map(({ advert }) => advert.priority)).toEqual([0])
  })

  test('a weight changes the priority; the log says it before, of each instance that tracks the session', () => {
    const rig = rigOf(instance({ trackers: [tracker('bfd', 20)] }), instance({ name: 'VI_2', vrid: 52 }))
    rig.forget().bfd(true)
    expect(priority(rig)).toBe(120)
    expect(rig.reports()).toEqual([
      { event: 'bfd-received', bfd: 'peer', up: true, delay: expect.any(Number) },
      { event: 'bfd-changed', instance: 'VI_1', bfd: 'peer', up: true },
      { event: 'priority-changed', instance: 'VI_1', from: 100, to: 120 },
    ])
  })

  test('what is told again changes nothing, nor does a session that nobody tracks', () => {
    const rig = rigOf(instance({ trackers: [tracker('bfd', 20)] })).bfd(true)
    rig.forget().bfd(true).bfd(true, 'other')
    expect(rig.reports().map(({ event }) => event)).toEqual(['bfd-received', 'bfd-received'])
    expect(priority(rig)).toBe(120)
  })

  test('a reload keeps what is known of a session', () => {
    const rig = rigOf(instance({ trackers: [tracker('bfd', 0)] })).bfd(true)
    rig.dispatch({ kind: 'configured', config: config([instance({ trackers: [tracker('bfd', 0)], priority: 101 })]) })
    expect(rig.role()).toBe('backup')
  })

  test.each([
    { name: 'another name for the same two ends is no other session', bfd: { name: 'router', ends: ends('192.0.2.2') }, role: 'backup' },
    { name: 'the same name for other ends is another session', bfd: { name: 'peer', ends: ends('192.0.2.3') }, role: 'fault' },
  ] as const)('after a reload $name', ({ bfd, role }) => {
    const rig = rigOf(instance({ trackers: [tracker('bfd', 0)] })).bfd(true)
    const tracked = { scripts: [], files: [], processes: [], bfds: [{ ...bfd, weight: 0, reverse: false }] }
    const trackers = [{ kind: 'bfd', name: bfd.name, weight: 0, reverse: false }] as const
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ trackers })], {}, { tracked }) })
    expect(rig.role()).toBe(role)
  })
})

describe('track_process', () => {
  const web: TrackProcess = {
    name: 'web',
    match: { kind: 'name', name: 'nginx' },
    quorum: 1,
    quorumMax: undefined,
    forkDelay: fromSeconds(0),
    terminateDelay: fromSeconds(2),
    weight: 0,
    reverse: false,
  }
  const rig = (weight: number): Rig => {
    const trackers = [tracker('process', weight, 'web')]
    const tracked = { scripts: [], files: [], processes: [web], bfds: [] }
    return new Rig(vrrpConfig([instance({ trackers })], {}, { tracked }), { links, addresses: [hostAddress('192.0.2.2/24')] })
  }
  const running = (count: number) => ({ kind: 'processes', name: 'web', running: count }) as const

  test('without weight nothing starts before it is counted, and too few are a fault after terminate_delay', () => {
    const one = rig(0)
    expect(one.role()).toBe('init')
    one.dispatch(running(1))
    expect(one.role()).toBe('backup')
    one.forget().dispatch(running(0)).pass(1.9)
    expect(one.role()).toBe('backup')
    one.pass(0.1)
    expect(one.role()).toBe('fault')
    expect(one.reports().map(({ event }) => event)).toEqual(['process-changed', 'fault-raised'])
    one.dispatch(running(1))
    expect(one.role()).toBe('backup')
  })

  test('its weight counts while enough run', () => {
    const one = rig(30).dispatch(running(2))
    expect(priority(one)).toBe(130)
    one.dispatch(running(0)).pass(3)
    expect(priority(one)).toBe(100)
  })

  test('a count of what nobody tracks changes nothing', () => {
    const one = rig(0)
    const before = one.state()
    one.dispatch({ kind: 'processes', name: 'other', running: 3 })
    expect(one.state().tracked).toBe(before.tracked)
  })
})
