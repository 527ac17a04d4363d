import { describe, expect, test } from 'vitest'
import { prng } from '../../../src/base/prng.ts'
import { fromSeconds } from '../../../src/base/units.ts'
import { type KernelObject, keyOf, type Operation } from '../../../src/core/reconcile/kinds.ts'
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
    it.configure(...wish)
    it.want(...wish)
    const asked = it.kernel.asked.length
    it.pass(fromSeconds(100))
    expect([it.kernel.asked.length, it.kernel.keys()]).toEqual([asked, keysOf(wish)])
    expect(it.reports).toEqual([{ kind: 'settled' }])
  })
})

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'whatever changes on either side, a walk later the kernel is as it should be, seed %i',
  (seed) => {
    const random = prng(seed)
    const below = (n: number): number => Math.floor(random.next() * n)
    const all = tableOf(120)
    const it = host(['service', 'destination'])
    it.configure(...all)
    let wish: readonly KernelObject[] = all
    for (let round = 0; round < 12; round++) {
      if (below(2) === 0) {
        const left = new Set(Array.from({ length: 1 + below(4) }, () => keyOf(serviceAt(below(120)))))
        wish = all
          .filter((object) => (object.kind === 'service' ? !left.has(keyOf(object)) : !left.has(keyOf(object).split(' > ')[0] ?? '')))
          .map((object) => (object.kind === 'destination' && below(20) === 0 ? { ...object, weight: below(5) } : object))
      }
      it.want(...wish)
      for (let i = below(6); i > 0; i--) {
        const object = all[below(all.length)] as KernelObject
        const there = it.kernel.has(object)
        it.kernel.behindOurBack(
          there ? (below(2) === 0 && object.kind === 'destination' ? replace({ ...object, weight: 9 }) : remove(object)) : add(object),
        )
      }
      it.pass(fromSeconds(below(40)))
    }
    it.pass(fromSeconds(120))
    const weights = (objects: readonly KernelObject[] | undefined) =>
      objects?.flatMap((object) => (object.kind === 'destination' ? `${keyOf(object)} ${object.weight}` : [])).sort()
    expect([it.kernel.keys(), it.state.settled]).toEqual([keysOf(wish), true])
    expect(weights(it.kernel.list('destination'))).toEqual(weights(wish))
  },
)
