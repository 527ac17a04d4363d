import { describe, expect, test } from 'vitest'
import { prng } from '../../src/base/prng.ts'
import { fromSeconds, micros } from '../../src/base/units.ts'
import { isAddress } from '../../src/core/reconcile/kinds.ts'
import type { VrrpConfig } from '../../src/core/vrrp/config.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import { instance, vrrpConfig } from '../support/vrrp.ts'
import { type Cluster, createCluster } from './run.ts'
import { QUIET } from './segment.ts'

type Differing = Parameters<typeof instance>[0]

/** A cluster that watches itself, and what its hosts did. */
interface Story extends Cluster {
  readonly done: { readonly at: number; readonly host: string; readonly effect: VrrpEffect }[]
  pass(seconds: number): void
  masters(): readonly string[]
}

function story(differing: readonly Differing[], seed = 1): Story {
  const configs: readonly VrrpConfig[] = differing.map((one) => vrrpConfig([instance(one)]))
  const cluster = createCluster(configs, seed)
  const done: { at: number; host: string; effect: VrrpEffect }[] = []
  const { invariants, world, hosts } = cluster
  const performed = invariants.performed.bind(invariants)
  invariants.performed = (host, effect) => {
    done.push({ at: (world.now() - 1e9) / 1e6, host: host.name, effect })
    performed(host, effect)
  }
  return {
    ...cluster,
    done,
    pass: (seconds) => world.run(fromSeconds(seconds)),
    masters: () => hosts.filter((host) => host.state()?.instances[0]?.state.role === 'master').map(({ name }) => name),
  }
}

function started(differing: readonly Differing[], seed = 1): Story {
  const cluster = story(differing, seed)
  for (const host of cluster.hosts) host.start()
  cluster.pass(10)
  return cluster
}

const transitions = ({ done }: Story): readonly string[] =>
  done.flatMap(({ host, effect }) => (effect.kind === 'transition' ? [`${host} ${effect.to}`] : []))

describe('three routers of priorities 200, 150 and 100', () => {
  const three = [{ priority: 200 }, { priority: 150 }, { priority: 100 }]

  test('FSM-20 the best is killed: only the second becomes master, 3.414 s after the last advert', () => {
    const cluster = started(three)
    expect(cluster.masters()).toEqual(['h1'])
    cluster.done.length = 0
    const lastAdvert = cluster.world.now()
    cluster.hosts[0]!.powerCut()
    cluster.pass(20)
    expect(cluster.masters()).toEqual(['h2'])
    expect(transitions(cluster)).toEqual(['h2 MASTER'])
    const at = cluster.done.find(({ effect }) => effect.kind === 'transition')!.at - (lastAdvert - 1e9) / 1e6
    expect(at).toBeGreaterThan(2.4)
    expect(at).toBeLessThan(3.416)
  })

  test('FSM-20 the best stops in good order: the second follows after its skew of 0.414 s', () => {
    const cluster = started(three)
    cluster.done.length = 0
    const stop = (cluster.world.now() - 1e9) / 1e6
    cluster.hosts[0]!.stop()
    cluster.invariants.stopped(cluster.hosts[0]!)
    cluster.pass(20)
    const promoted = cluster.done.find(({ effect }) => effect.kind === 'transition' && effect.to === 'MASTER')
    expect(promoted).toMatchObject({ host: 'h2' })
    expect(promoted!.at - stop).toBeGreaterThan(0.414)
    expect(promoted!.at - stop).toBeLessThan(0.4155)
  })

  test('F50 a mistake of ours ends the process of the best: it withdraws, the second follows after its skew, and a new process preempts', () => {
    const cluster = started(three)
    cluster.done.length = 0
    const [best] = cluster.hosts
    const at = (cluster.world.now() - 1e9) / 1e6
    const held = best!.state()!.desired
    expect(held.map((object) => best!.kernel.has(object))).toEqual([true])
    cluster.invariants.disturb([best!], fromSeconds(4))
    best!.perish()
    expect(cluster.done.map(({ effect }) => effect)).toMatchObject([{ kind: 'send-advert', advert: { priority: 0 } }])
    expect(held.map((object) => best!.kernel.has(object))).toEqual([false])
    best!.start()
    cluster.pass(3)
    const promoted = cluster.done.find(({ effect }) => effect.kind === 'transition' && effect.to === 'MASTER')
    expect(promoted).toMatchObject({ host: 'h2' })
    expect(promoted!.at - at).toBeLessThan(0.4155)
    cluster.pass(4)
    expect(cluster.masters()).toEqual(['h1'])
  })

  test('the best comes back and preempts', () => {
    const cluster = started(three)
    cluster.hosts[0]!.powerCut()
    cluster.pass(20)
    cluster.hosts[0]!.start()
    cluster.pass(4)
    expect(cluster.masters()).toEqual(['h1'])
  })

  test('FSM-11 with nopreempt it does not', () => {
    const cluster = started(three.map((one) => ({ ...one, preemption: { kind: 'nopreempt' } })))
    cluster.hosts[0]!.powerCut()
    cluster.pass(20)
    cluster.hosts[0]!.start()
    cluster.pass(60)
    expect(cluster.masters()).toEqual(['h2'])
  })
})

test('FSM-21 F45 of an identical pair that starts at the same time one remains, of two promoted ones the higher address, 200 times', () => {
  let both = 0
  for (let seed = 1; seed <= 200; seed++) {
    const cluster = started([{}, {}], seed)
    const promoted = transitions(cluster).filter((text) => text.endsWith('MASTER'))
    expect(cluster.masters(), `seed ${seed}`).toHaveLength(1)
    if (promoted.length === 1) continue
    both++
    expect(promoted.toSorted(), `seed ${seed}`).toEqual(['h1 MASTER', 'h2 MASTER'])
    expect(cluster.masters(), `seed ${seed}`).toEqual(['h2'])
  }
  expect(both).toBeGreaterThan(20)
})

const NOPREEMPT: Differing = { priority: 200, preemption: { kind: 'nopreempt' } }

describe('a partition', () => {
  const split = (cluster: Cluster): void => {
    cluster.invariants.hinder(cluster.hosts, fromSeconds(1000))
    cluster.segment.cut('h1', 'h2')
    cluster.segment.cut('h2', 'h1')
  }

  test.each([
    // Whoever speaks first after the healing ends it. If that is the winner, it only learns of it from the loser's last advert.
    { name: 'different priorities', differing: [{ priority: 200 }, { priority: 100, higherPrioSendAdvert: true }], winner: 'h1' },
    { name: 'equal priorities', differing: [{}, {}], winner: 'h2' },
    { name: 'nopreempt', differing: [NOPREEMPT, { priority: 100, higherPrioSendAdvert: true }], winner: 'h1' },
  ])('FSM-22 F08 that heals leaves one master within an interval, and that one announces: $name', ({ differing, winner }) => {
    const cluster = started(differing)
    split(cluster)
    cluster.pass(60)
    expect(cluster.masters()).toEqual(['h1', 'h2'])
    cluster.done.length = 0
    const healed = cluster.world.now()
    cluster.segment.mendAll()
    cluster.pass(1.1)
    expect(cluster.masters()).toEqual([winner])
    const announced = cluster.done.filter(({ effect }) => effect.kind === 'announce')
    expect(new Set(announced.map(({ host }) => host))).toEqual(new Set([winner]))
    expect(announced[0]!.at * 1e6 + 1e9 - healed).toBeLessThan(1.1e6)
    const loser = cluster.hosts.find(({ name }) => name !== winner)!
    expect(loser.state()!.named.some((object) => loser.kernel.has(object))).toBe(false)
  })

  test('F09 of the way from the master only: two masters, and the lower one is answered but cannot hear it', () => {
    const cluster = started([{ priority: 200 }, { priority: 100 }])
    cluster.invariants.hinder(cluster.hosts, fromSeconds(1000))
    cluster.segment.cut('h1', 'h2')
    cluster.pass(10)
    expect(cluster.masters()).toEqual(['h1', 'h2'])
    cluster.segment.mendAll()
    cluster.pass(1.1)
    expect(cluster.masters()).toEqual(['h1'])
  })

  test('F10 of the way to the master only: nothing changes', () => {
    const cluster = started([{ priority: 200 }, { priority: 100 }])
    cluster.done.length = 0
    cluster.segment.cut('h2', 'h1')
    cluster.pass(60)
    expect(transitions(cluster)).toEqual([])
  })
})

test('F12 every packet several times has no effect', () => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  cluster.done.length = 0
  cluster.segment.noise = { loss: 0, duplication: 1, corruption: 0, delay: micros(400_000) }
  cluster.pass(600)
  expect(transitions(cluster)).toEqual([])
})

test('F14 one packet in a hundred corrupted has no effect', () => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  cluster.done.length = 0
  cluster.segment.noise = { loss: 0, duplication: 0, corruption: 0.01, delay: micros(200) }
  cluster.pass(3600)
  expect(transitions(cluster)).toEqual([])
})

test('F07 a link that flaps 20 times makes at most 20 faults, and all comes right', () => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  cluster.done.length = 0
  for (let flap = 0; flap < 20; flap++) {
    cluster.hosts[0]!.kernel.setRunning(false)
    cluster.pass(0.1)
    cluster.hosts[0]!.kernel.setRunning(true)
    cluster.pass(0.1)
  }
  expect(transitions(cluster).filter((text) => text === 'h1 FAULT')).toHaveLength(20)
  cluster.pass(5)
  expect(cluster.masters()).toEqual(['h1'])
})

test('F01 a crashed master that is started again removes what it left behind before it speaks', () => {
  const cluster = started([{ priority: 100 }])
  const [host] = cluster.hosts
  const addresses = host!.state()!.named
  host!.crash()
  expect(addresses.every((object) => host!.kernel.has(object))).toBe(true)
  cluster.pass(0.5)
  cluster.done.length = 0
  host!.start()
  expect(addresses.some((object) => host!.kernel.has(object))).toBe(false)
  expect(cluster.done.filter(({ effect }) => effect.kind === 'send-advert')).toEqual([])
  cluster.pass(4)
  expect(cluster.masters()).toEqual(['h1'])
})

test('F20 an address that is removed again and again does not make a storm', () => {
  const cluster = started([{ priority: 100 }])
  const [host] = cluster.hosts
  const [object] = host!.state()!.named.filter(isAddress)
  cluster.invariants.excuse(host!, fromSeconds(100))
  cluster.done.length = 0
  for (let n = 0; n < 1000; n++) {
    host!.kernel.removeBehindOurBack(object!)
    cluster.pass(0.01)
  }
  expect(cluster.done.filter(({ effect }) => effect.kind === 'send-advert').length).toBeLessThan(40)
  cluster.pass(2)
  expect(cluster.masters()).toEqual(['h1'])
})

test('F26 whichever kernel operation is refused, the addresses come right', () => {
  for (let nth = 1; nth <= 12; nth++) {
    const cluster = story([{ priority: 200, virtualIpaddress: ['10.0.0.1', '10.0.0.2'] }, { priority: 100 }], nth)
    const [host] = cluster.hosts
    let asked = 0
    cluster.invariants.excuse(host!, fromSeconds(40))
    host!.kernel.refuseWhere(() => (++asked === nth ? 12 : 0))
    for (const one of cluster.hosts) one.start()
    cluster.pass(10)
    cluster.segment.cut('h2', 'h1')
    host!.kernel.setRunning(false)
    cluster.pass(5)
    host!.kernel.setRunning(true)
    cluster.segment.mendAll()
    cluster.pass(40)
    expect(cluster.masters(), `operation ${nth}`).toEqual(['h1'])
    expect(host!.state()!.desired.every((object) => host!.kernel.has(object))).toBe(true)
  }
})

test.each([
  [0.5, []],
  [0.9, []],
])('F13 packets that take up to %d intervals, each its own time, make no second master', (intervals, expected) => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  cluster.done.length = 0
  cluster.segment.noise = { loss: 0, duplication: 0, corruption: 0, delay: micros(intervals * 1e6) }
  cluster.pass(600)
  expect(transitions(cluster)).toEqual(expected)
})

test('F13 packets that take up to three intervals may make a second master, for one interval and what the packet takes', () => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  cluster.invariants.hinder(cluster.hosts, fromSeconds(1000))
  cluster.segment.noise = { loss: 0, duplication: 0, corruption: 0, delay: micros(3e6) }
  let together = 0
  let longest = 0
  for (let step = 0; step < 6000; step++) {
    cluster.pass(0.1)
    together = cluster.masters().length > 1 ? together + 0.1 : 0
    longest = Math.max(longest, together)
  }
  expect(longest).toBeLessThan(4.2)
  expect(cluster.masters()).toContain('h1')
})

test.each([
  // It has heard in its queue that a lower one serves, so it says once that it is back.
  { name: 'the better one is back at once, without a burst', suspended: 'h1', adverts: 1 },
  { name: 'the other one says nothing', suspended: 'h2', adverts: 0 },
])('F17 of two machines one is suspended for an hour: $name', ({ suspended, adverts }) => {
  const cluster = started([{ priority: 200 }, { priority: 100 }])
  const host = cluster.hosts.find(({ name }) => name === suspended)!
  cluster.invariants.hinder(cluster.hosts, fromSeconds(4000))
  host.stall()
  cluster.pass(3600)
  cluster.done.length = 0
  host.resume()
  cluster.pass(0.9)
  expect(cluster.done.filter(({ host, effect }) => host === suspended && effect.kind === 'send-advert')).toHaveLength(adverts)
  cluster.pass(10)
  expect(cluster.masters()).toEqual(['h1'])
})

test('F45 power that fails at any moment leaves nothing that keeps a start from going well', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const cluster = started([{ priority: 200 }, { priority: 100 }], seed)
    const random = prng(seed)
    cluster.invariants.hinder(cluster.hosts, fromSeconds(1000))
    for (let cut = 0; cut < 5; cut++) {
      const host = cluster.hosts[random.between(0, 1)]!
      cluster.pass(random.between(0, 6_000) / 1_000)
      host.powerCut()
      cluster.pass(random.between(0, 3_000) / 1_000)
      host.start()
    }
    cluster.pass(15)
    expect(cluster.masters(), `seed ${seed}`).toEqual(['h1'])
  }
})

describe('F11 lost adverts', () => {
  test.each([
    { loss: 0.01, least: 0, most: 1 },
    { loss: 0.05, least: 0, most: 5 },
    // Three in a row, of which the first follows one that came: 0.2³ × 0.8 of all, which makes 38.
    { loss: 0.2, least: 22, most: 58 },
  ])('$loss of all: a backup is promoted as often as three in a row are lost, and yields again', ({ loss, least, most }) => {
    const cluster = started([{ priority: 200 }, { priority: 100 }])
    cluster.done.length = 0
    cluster.invariants.hinder(cluster.hosts, fromSeconds(6_010))
    cluster.invariants.disturb(cluster.hosts, fromSeconds(6_010))
    cluster.segment.noise = { ...QUIET, loss }
    cluster.pass(6_000)
    const promoted = transitions(cluster).filter((one) => one === 'h2 MASTER').length
    expect(promoted).toBeGreaterThanOrEqual(least)
    expect(promoted).toBeLessThanOrEqual(most)
    expect(transitions(cluster)).not.toContain('h1 BACKUP')
    cluster.segment.noise = QUIET
    cluster.pass(4)
    expect(cluster.masters()).toEqual(['h1'])
  })
})
