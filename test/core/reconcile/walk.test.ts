import { describe, expect, test } from 'vitest'
import { prng } from '../../../src/base/prng.ts'
import { fromMillis, fromSeconds } from '../../../src/base/units.ts'
import { type KernelObject, keyOf, type Operation, ownerKeyOf, serves } from '../../../src/core/reconcile/kinds.ts'
import type { ReconcilerState } from '../../../src/core/reconcile/state.ts'
import { PART_SIZE, partsOf } from '../../../src/core/reconcile/walk.ts'
import { destination, service } from '../../support/kernel-objects.ts'
import { host } from '../../support/reconciler-host.ts'

const SERVERS = 4
const keysOf = (objects: readonly KernelObject[]) => objects.map(keyOf).sort()
const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const remove = (object: KernelObject): Operation => ({ kind: 'remove', object })
const replace = (object: KernelObject): Operation => ({ kind: 'replace', object })

const serviceAt = (n: number) => service(`192.0.2.1:${n + 1}`)
const serversOf = (n: number) => Array.from({ length: SERVERS }, (_, i) => destination(`192.0.2.1:${n + 1}`, `10.0.0.${i + 1}:80`))
const tableOf = (size: number, from = 0): readonly KernelObject[] => {
  const places = Array.from({ length: size }, (_, n) => from + n)
  return [...places.map(serviceAt), ...places.flatMap(serversOf)]
}
const SERVICES = 300
const table = tableOf(SERVICES)

/** A host settled on the table, with what was asked and listed before forgotten. */
function settled() {
  const it = host(['service', 'destination'])
  it.configure(...table)
  it.want(...table)
  for (const list of [it.kernel.asked, it.kernel.listed, it.kernel.counts, it.reports]) list.length = 0
  return it
}

describe('the parts of a table', () => {
  const known = (objects: readonly KernelObject[]) => new Map(objects.map((object) => [keyOf(object), object]))

  test('are none if it is small, and else hold every service and destination once, each part no more than its size', () => {
    expect(partsOf(known(tableOf(51)))).toEqual([])
    const parts = partsOf(known(table))
    expect(keysOf(parts.flatMap(({ services }) => services.map((key) => ({ ...serviceAt(0), key }))))).toEqual(
      keysOf(table.filter(({ kind }) => kind === 'service')),
    )
    expect(parts.flatMap(({ destinations }) => destinations).sort()).toEqual(keysOf(table.filter(({ kind }) => kind === 'destination')))
    for (const { services, destinations } of parts) expect(services.length + destinations.length).toBeLessThanOrEqual(PART_SIZE)
    expect(parts).toHaveLength(Math.ceil(table.length / Math.floor(PART_SIZE / (1 + SERVERS)) / (1 + SERVERS)))
  })

  test('a service larger than a part is one of its own', () => {
    const large = Array.from({ length: 2 * PART_SIZE }, (_, i) => destination('192.0.2.1:1', `10.0.0.1:${i + 1}`))
    const parts = partsOf(known([serviceAt(0), serviceAt(1), serviceAt(2), ...large, ...serversOf(1)]))
    expect(parts.map(({ services, destinations }) => [services.length, destinations.length])).toEqual([
      [1, 2 * PART_SIZE],
      [2, SERVERS],
    ])
  })
})

describe('the audit of a large table', () => {
  test('lists the services once and the destinations part by part, all within the period, and asks for nothing', () => {
    const it = settled()
    const ticks = it.pass(fromSeconds(59))
    const [services, ...parts] = it.kernel.counts
    expect([it.kernel.asked, it.reports, it.kernel.listed[0], services]).toEqual([[], [], 'service', SERVICES])
    expect(parts.reduce((sum, count) => sum + count, 0)).toBe(SERVICES * SERVERS)
    expect(Math.max(...parts)).toBeLessThan(PART_SIZE)
    expect(ticks).toBe(1 + parts.length)
    it.pass(fromSeconds(2))
    expect(it.kernel.listed.filter((kind) => kind === 'service')).toHaveLength(2)
  })

  test('F24 puts right what is missing, changed or too much among the destinations, and only that', () => {
    const it = settled()
    const [gone, changed] = [serversOf(299)[1], serversOf(5)[0]] as const
    if (gone === undefined || changed === undefined) throw new Error('servers')
    const extra = destination('192.0.2.1:200', '10.0.0.99:80')
    it.kernel.behindOurBack(remove(gone), replace({ ...changed, weight: 7 }), add(extra))
    it.pass(fromSeconds(45))
    expect(it.kernel.asked).toEqual([replace(changed), remove(extra), add(gone)])
    expect(it.reports).toEqual([
      { kind: 'drift', found: 'differs', objects: [{ ...changed, weight: 7 }] },
      { kind: 'settled' },
      { kind: 'drift', found: 'unwanted', objects: [extra] },
      { kind: 'settled' },
      { kind: 'drift', found: 'missing', objects: [gone] },
      { kind: 'settled' },
    ])
    expect(it.kernel.keys()).toEqual(keysOf(table))
  })

  test('looks at all at once when something is amiss with the services', () => {
    for (const harm of [
      { kind: 'flush-services' } as const,
      remove(serviceAt(7)),
      replace({ ...serviceAt(7), scheduler: 'wlc' }),
    ] satisfies Operation[]) {
      const it = settled()
      it.kernel.behindOurBack(harm)
      it.pass(fromSeconds(30))
      expect([it.kernel.keys(), it.state.settled, it.state.walk]).toEqual([keysOf(table), true, undefined])
      expect(it.kernel.listed).toEqual(['service', 'service', 'destination'])
      expect(it.reports.map(({ kind }) => kind)).toEqual(['drift', 'settled'])
    }
  })

  test('a service that somebody removes during the walk is found by its part: all is looked at', () => {
    const it = settled()
    it.pass(fromSeconds(30))
    expect(it.state.walk).toBeDefined()
    it.kernel.behindOurBack(remove(serviceAt(299)))
    it.pass(fromSeconds(10))
    expect([it.kernel.keys(), it.state.settled, it.state.walk]).toEqual([keysOf(table), true, undefined])
  })

  test('a table that is flushed during the walk is whole again at its next part', () => {
    const it = settled()
    it.pass(fromSeconds(30))
    it.kernel.behindOurBack({ kind: 'flush-services' })
    it.pass(fromSeconds(0.1))
    expect([it.kernel.keys(), it.state.settled, it.state.walk]).toEqual([keysOf(table), true, undefined])
  })

  test('a part that cannot be read removes nothing; all is looked at instead', () => {
    const it = settled()
    it.pass(fromSeconds(30))
    it.kernel.listed.length = 0
    it.kernel.interruptLists(1)
    it.pass(fromSeconds(0.1))
    expect(it.kernel.listed).toEqual(['destination', 'service', 'destination'])
    expect([it.kernel.asked, it.reports, it.state.walk]).toEqual([[], [], undefined])
  })

  test('unwanted destinations that are more than half of a part must be seen twice', () => {
    const it = settled()
    const extras = Array.from({ length: 400 }, (_, i) => destination('192.0.2.1:10', `10.0.9.1:${i + 1}`))
    it.kernel.behindOurBack(...extras.map(add))
    it.pass(fromSeconds(45))
    expect(it.reports.map(({ kind }) => kind)).toEqual(['withheld', 'drift', 'settled'])
    expect(it.kernel.keys()).toEqual(keysOf(table))
  })

  test('a reload in its middle, with services that go, come and change, is no drift', () => {
    const it = settled()
    it.pass(fromSeconds(30))
    const others = tableOf(SERVICES, 20)
    const wish = others
      .filter((object) => !(object.kind === 'destination' && keyOf(object).startsWith('service TCP 192.0.2.1 1')))
      .map((object) => (object.kind === 'destination' && object.address.endsWith('2') ? { ...object, weight: 5 } : object))
    expect(it.state.walk).toBeDefined()
    it.want(...wish)
    expect(it.state.walk).toBeDefined()
    const asked = it.kernel.asked.length
    it.pass(fromSeconds(100))
    expect([it.kernel.asked.length, it.kernel.keys()]).toEqual([asked, keysOf(wish)])
    expect(it.reports).toEqual([{ kind: 'settled' }])
  })
})

/** Every key at which the kernel, as far as we know, is not as wished must be open: nobody looks at the others. */
function missedIn({ open, desired, known }: ReconcilerState): readonly string[] {
  if (open === undefined || desired === undefined) return []
  const wrong = [...desired].flatMap(([key, wanted]) => {
    const actual = known.get(key)
    return actual !== undefined && serves(actual, wanted) ? [] : [key]
  })
  return [...wrong, ...[...known.keys()].filter((key) => !desired.has(key))].filter((key) => !open.has(key))
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'whatever changes on either side, in the middle of a walk too, in the end the kernel is as it should be, seed %i',
  (seed) => {
    const random = prng(seed)
    const below = (n: number): number => Math.floor(random.next() * n)
    const oneIn = (n: number): boolean => below(n) === 0
    const all = tableOf(120)
    const it = host(['service', 'destination'])
    it.configure(...all)
    let wish: readonly KernelObject[] = all
    const wishAnew = (): void => {
      const left = new Set(Array.from({ length: 1 + below(8) }, () => keyOf(serviceAt(below(120)))))
      const base = oneIn(3) ? tableOf(120 + below(20), below(20)) : all
      wish = base
        .filter((object) => !left.has(ownerKeyOf(object)) && (object.kind === 'service' || !oneIn(30)))
        .map((object) => {
          if (object.kind === 'destination') return oneIn(20) ? { ...object, weight: below(5) } : object
          return object.kind === 'service' && oneIn(60) ? { ...object, scheduler: 'wlc' } : object
        })
      if (oneIn(10)) it.configure(...wish)
    }
    const harm = (): void => {
      const object = all[below(all.length)] as KernelObject
      if (!it.kernel.has(object)) it.kernel.behindOurBack(add(object))
      else it.kernel.behindOurBack(object.kind === 'destination' && oneIn(2) ? replace({ ...object, weight: 9 }) : remove(object))
    }
    const wait = (): void => {
      if (oneIn(2)) return void it.pass(fromMillis(below(45_000)))
      // Into the middle of the next walk.
      for (let i = 0; i < 700 && it.state.walk === undefined; i++) it.pass(fromMillis(60))
      it.pass(fromMillis(below(120)))
    }
    for (let round = 0; round < 40; round++) {
      if (oneIn(2)) wishAnew()
      it.want(...wish)
      if (oneIn(3)) it.kernel.interruptLists(1 + below(3))
      for (let i = below(8); i > 0; i--) harm()
      if (oneIn(8))
        for (let i = 0; i < 200; i++) it.kernel.behindOurBack(add(destination(`192.0.2.1:${1 + below(30)}`, `10.0.9.1:${i + 1}`)))
      if (oneIn(15)) it.kernel.behindOurBack({ kind: 'flush-services' })
      for (const kind of ['flush', 'retry', 'overrun'] as const) if (oneIn(15)) it.feed({ kind })
      const unlucky = below(5)
      if (oneIn(4)) it.kernel.refuseWhere((operation) => ('object' in operation && keyOf(operation.object).length % 5 === unlucky ? 16 : 0))
      else if (oneIn(3)) it.kernel.refuseWhere(undefined)
      expect(missedIn(it.state)).toEqual([])
      wait()
      expect(missedIn(it.state)).toEqual([])
    }
    it.kernel.interruptLists(0)
    it.kernel.refuseWhere(undefined)
    it.pass(fromSeconds(200))
    const told = (objects: readonly KernelObject[] | undefined): readonly string[] =>
      (objects ?? [])
        .filter((object) => it.state.owned.has(ownerKeyOf(object)))
        .map(
          (object) =>
            `${keyOf(object)} ${object.kind === 'destination' ? object.weight : object.kind === 'service' ? object.scheduler : ''}`,
        )
        .sort()
    expect(told([...(it.kernel.list('service') ?? []), ...(it.kernel.list('destination') ?? [])])).toEqual(told(wish))
    expect([it.state.settled, [...it.state.known.keys()].sort()]).toEqual([true, keysOf(wish)])
  },
)
