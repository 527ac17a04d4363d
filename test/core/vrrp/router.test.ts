import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromSeconds, type Instant, instant, micros } from '../../../src/base/units.ts'
import type { VrrpEvent } from '../../../src/core/vrrp/events.ts'
import { desired, named, nextTakeover, type RouterState, router } from '../../../src/core/vrrp/router.ts'
import { instance, unicast, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, incoming, link, Rig } from '../../support/vrrp-rig.ts'

const eth1 = { interface: 'eth1', virtualIpaddress: [virtualAddress('10.0.0.1', { interface: 'eth1' })] }

const configs = [
  vrrpConfig([]),
  vrrpConfig([instance()]),
  vrrpConfig([instance({ priority: 255 }), instance({ name: 'VI_2', vrid: 52, version: 3, advertInt: fromSeconds(0.01), ...eth1 })]),
  vrrpConfig([instance({ name: 'six', family: 6, preemption: { kind: 'nopreempt' } }), instance({ transport: unicast(['192.0.2.1']) })], {
    garpInterval: fromSeconds(0.1),
    gnaInterval: fromSeconds(0.1),
    logUnknownVrids: true,
  }),
  vrrpConfig(
    [instance({ preemption: { kind: 'preempt', delay: fromSeconds(3) }, garp: { ...instance().garp, masterRefresh: fromSeconds(2) } })],
    {
      startupDelay: fromSeconds(2),
    },
  ),
]

const priority = fc.constantFrom(0, 1, 50, 99, 100, 101, 254, 255)

const anyAdvert = fc
  .record({
    priority,
    vrid: fc.constantFrom(51, 52, 53),
    version: fc.constantFrom(2, 3),
    intervalCs: fc.constantFrom(0, 1, 100, 4000),
    source: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.9'),
    destination: fc.constantFrom('224.0.0.18', '192.0.2.2'),
    ttl: fc.constantFrom(255, 255, 64),
    ifindex: fc.constantFrom(2, 3, 9),
    damage: fc.option(fc.nat(19), { freq: 5 }),
  })
  .map(({ damage, ...advert }) =>
    incoming({ ...advert, ...(damage === null ? {} : { spoil: (bytes: Uint8Array) => bytes.with(damage % bytes.length, 0xa5) }) }),
  )

const anyLinkEvent = fc.constantFrom<VrrpEvent>(
  { kind: 'link', link: link() },
  { kind: 'link', link: link('eth0', { running: false }) },
  { kind: 'link', link: link('eth1', { index: 3 }) },
  { kind: 'link-removed', index: 2, name: 'eth0' },
  { kind: 'address-added', address: hostAddress('192.0.2.2/24') },
  { kind: 'address-added', address: hostAddress('fe80::2/64') },
  { kind: 'address-removed', address: hostAddress('192.0.2.2/24') },
  {
    kind: 'links-known',
    links: [link(), link('eth1', { index: 3 })],
    addresses: [hostAddress('192.0.2.2/24'), hostAddress('10.0.0.2/8', { index: 3 })],
  },
)

/** An event, given what is desired now, and how long after the one before. */
type Move = { readonly wait: number; readonly event: VrrpEvent | 'settled' | 'lost' | 'deadline' }

const anyMove: fc.Arbitrary<Move> = fc.record({
  wait: fc.constantFrom(0, 1, 50_000, 1_000_000, 20_000_000),
  event: fc.oneof(
    { weight: 4, arbitrary: anyAdvert },
    { weight: 2, arbitrary: anyLinkEvent },
    { weight: 4, arbitrary: fc.constant('deadline' as const) },
    { weight: 2, arbitrary: fc.constantFrom('settled' as const, 'lost' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...configs).map((config): VrrpEvent => ({ kind: 'configured', config })) },
  ),
})

function walk(moves: readonly Move[], look: (before: RouterState, event: VrrpEvent, now: Instant) => RouterState): void {
  let now = 1_000_000_000
  let state = look(router.initial, { kind: 'configured', config: configs[1]! }, now as Instant)
  for (const { wait, event } of moves) {
    now += wait
    if (event === 'deadline') {
      const at = router.deadline(state)
      if (at !== undefined && at > now) now = at
      state = look(state, { kind: 'tick' }, now as Instant)
    } else if (event === 'settled') state = look(state, { kind: 'settled', objects: desired(state) }, now as Instant)
    else if (event === 'lost') state = look(state, { kind: 'objects-lost', objects: named(state) }, now as Instant)
    else state = look(state, event, now as Instant)
  }
}

describe('whatever happens, in whatever order', () => {
  const walks = fc.array(anyMove, { maxLength: 40 })

  test('a tick at the deadline moves the deadline, so that nobody is busy without end', () => {
    fc.assert(
      fc.property(walks, (moves) => {
        walk(moves, (before, event, now) => {
          let state = router.step(before, event, now).state
          for (let ticks = 0; (router.deadline(state) ?? Infinity) <= now; ticks++) {
            expect(ticks).toBeLessThan(3)
            state = router.step(state, { kind: 'tick' }, now).state
          }
          return state
        })
      }),
      { numRuns: 500 },
    )
  })

  test('what is desired is what masters hold, and only masters speak, but for one priority 0', () => {
    fc.assert(
      fc.property(walks, (moves) => {
        walk(moves, (before, event, now) => {
          const { state, effects } = router.step(before, event, now)
          const masters = state.instances.filter((one) => one.state.role === 'master')
          expect(desired(state)).toEqual(masters.flatMap(({ addresses }) => addresses))
          for (const effect of effects) {
            if (effect.kind !== 'send-advert') continue
            const was = before.instances.find(({ config }) => config.name === effect.instance)?.state.role
            const is = state.instances.find(({ config }) => config.name === effect.instance)?.state.role
            expect(effect.advert.priority === 0 ? [was, is === 'master'] : is).toEqual(
              effect.advert.priority === 0 ? ['master', false] : 'master',
            )
          }
          return state
        })
      }),
      { numRuns: 500 },
    )
  })

  test('a step changes nothing of the state before, and all is plain data', () => {
    fc.assert(
      fc.property(walks, (moves) => {
        walk(moves, (before, event, now) => {
          const copy = structuredClone(before)
          const step = router.step(before, event, now)
          expect(before).toEqual(copy)
          expect(structuredClone(step)).toEqual(step)
          // The same step from the copy: nothing hidden takes part in it.
          expect(router.step(copy, structuredClone(event), now)).toEqual(step)
          return step.state
        })
      }),
      { numRuns: 100 },
    )
  })
})

describe('the next takeover', () => {
  const started = (...instances: readonly ReturnType<typeof instance>[]): RouterState =>
    [
      { kind: 'links-known', links: [link(), link('eth1', { index: 3 })], addresses: [hostAddress('192.0.2.2/24')] } as const,
      { kind: 'configured', config: vrrpConfig(instances) } as const,
    ].reduce<RouterState>((state, event) => router.step(state, event, instant(0)).state, router.initial)

  test('is when the Master_Down_Interval of the first backup ends', () => {
    expect(nextTakeover(started(instance(), instance({ name: 'VI_2', vrid: 52, priority: 200 })))).toBe(3_218_750)
  })

  test('there is none without a backup', () => {
    expect(nextTakeover(started(instance({ priority: 255 }), instance({ name: 'VI_2', vrid: 52, interface: 'absent' })))).toBeUndefined()
  })
})

describe('many instances', () => {
  const many = Array.from({ length: 255 }, (_, n) => instance({ name: `VI_${n}`, vrid: n + 1, virtualIpaddress: [`10.0.${n}.1`] }))

  test('an event of one leaves the others as they are, to the object', () => {
    const rig = new Rig(vrrpConfig(many))
    const before = rig.state().instances
    rig.hear({ vrid: 7, priority: 200, addresses: ['10.0.6.1'] })
    expect(
      rig
        .state()
        .instances.filter((one, at) => one !== before[at])
        .map(({ config }) => config.name),
    ).toEqual(['VI_6'])
  })

  test('all that are due at one wake-up speak in it, in configured order', () => {
    const rig = new Rig(vrrpConfig(many))
    rig.until('master')
    expect(rig.adverts().map((effect) => effect.instance)).toEqual(many.map(({ name }) => name))
    expect(new Set(rig.adverts().map(({ at }) => at)).size).toBe(1)
  })
})

test('before the first complete picture of the interfaces nothing starts, not even with pieces of it', () => {
  let state = router.step(router.initial, { kind: 'configured', config: configs[1]! }, micros(0) as never).state
  for (const event of [
    { kind: 'link', link: link() },
    { kind: 'address-added', address: hostAddress('192.0.2.2/24') },
  ] as const) {
    const step = router.step(state, event, micros(1) as never)
    expect(step.effects).toEqual([])
    state = step.state
  }
  expect(state.instances[0]?.state.role).toBe('init')
  expect(router.deadline(state)).toBeUndefined()
})
