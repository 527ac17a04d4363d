import { describe, expect, test } from 'vitest'
import type { MacAddress } from '../../../src/base/mac.ts'
import { prng } from '../../../src/base/prng.ts'
import { fromMillis, fromSeconds, instant } from '../../../src/base/units.ts'
import { drive, rehearse } from '../../../src/core/reconcile/drive.ts'
import { addressKey, type KernelObject, keyOf, type Operation } from '../../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../../src/core/reconcile/reconciler.ts'
import { exists, initialState } from '../../../src/core/reconcile/state.ts'
import { EEXIST, EINVAL, ENODEV, ENOENT, ESRCH, FakeKernel } from '../../support/fake-kernel.ts'
import { address, destination, filter, ip, link, route, rule, service, setting } from '../../support/kernel-objects.ts'
import { host } from '../../support/reconciler-host.ts'

const vip = address('192.0.2.1/24')
const vip2 = address('192.0.2.2/24')
const web = service('192.0.2.1:80')
const one = destination('192.0.2.1:80', '10.0.0.1:80')
const two = destination('192.0.2.1:80', '10.0.0.2:80')
const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const remove = (object: KernelObject): Operation => ({ kind: 'remove', object })

const addressHost = () => {
  const it = host(['address'])
  it.configure(vip, vip2)
  it.want()
  return it
}
const serviceHost = () => {
  const it = host(['service', 'destination'])
  it.configure(web, one, two)
  it.want(web, one, two)
  return it
}

describe('an ordinary failover', () => {
  test('asks for the addresses at once, without a look at the kernel first', () => {
    const it = addressHost()
    const lists = it.kernel.listed.length
    it.want(vip, vip2)
    expect(it.kernel.asked).toEqual([add(vip), add(vip2)])
    expect(it.kernel.listed).toHaveLength(lists)
  })

  test('is settled in the same turn and says so once', () => {
    const it = addressHost()
    expect(it.want(vip)).toEqual([{ kind: 'settled' }])
    expect(it.want(vip)).toEqual([])
    expect([it.state.settled, exists(it.state, vip), exists(it.state, vip2)]).toEqual([true, true, false])
  })

  test('gives the addresses back in reverse, so that no first of a subnet takes others along', () => {
    const it = addressHost()
    it.want(vip, vip2)
    it.want()
    expect(it.kernel.asked.slice(2)).toEqual([remove(vip2), remove(vip)])
    expect(it.kernel.keys()).toEqual([])
  })

  test('an address that exists already (EEXIST) is ours and settled', () => {
    const it = addressHost()
    it.kernel.behindOurBack(add(vip))
    it.want(vip)
    expect([it.state.settled, it.kernel.keys()]).toEqual([true, ['address eth0 192.0.2.1/24']])
  })

  test('an address that exists with another label is replaced, after a look', () => {
    const it = addressHost()
    const labelled = address('192.0.2.1/24', { label: 'eth0:3' })
    it.kernel.behindOurBack(add(vip))
    it.want(labelled)
    expect(it.kernel.asked.slice(-2)).toEqual([remove({ ...vip, label: 'eth0' }), add(labelled)])
    expect(it.state.settled).toBe(true)
  })

  test('an address that is gone already (EADDRNOTAVAIL) counts as removed', () => {
    const it = addressHost()
    it.want(vip)
    it.kernel.behindOurBack(remove(vip))
    expect(it.want()).toEqual([{ kind: 'settled' }])
  })

  test('an interface that is gone (ENODEV) took its addresses along', () => {
    const it = addressHost()
    it.want(vip)
    it.kernel.removeInterface('eth0')
    expect(it.want()).toEqual([{ kind: 'settled' }])
  })
})

describe('start', () => {
  test('touches nothing before it knows what is desired', () => {
    const it = host(['address'])
    it.kernel.behindOurBack(add(vip))
    it.configure(vip)
    it.feed({ kind: 'overrun' })
    it.feed({ kind: 'noticed', change: 'added', key: addressKey('eth0', vip.prefix) })
    expect([it.kernel.asked, it.kernel.listed, it.pass(fromSeconds(60))]).toEqual([[], [], 0])
  })

  test('removes addresses that a crash left and the configuration names', () => {
    const it = host(['address'])
    it.kernel.behindOurBack(add(vip), add(vip2))
    it.configure(vip, vip2)
    it.want()
    expect(it.kernel.keys()).toEqual([])
  })

  test('leaves addresses alone that no configuration names', () => {
    const it = host(['address'])
    const foreign = address('192.0.2.99/24')
    it.kernel.behindOurBack(add(foreign))
    it.configure(vip)
    it.want(vip)
    it.want()
    it.pass(fromSeconds(120))
    expect(it.kernel.keys()).toEqual(['address eth0 192.0.2.99/24'])
  })

  test('adopts ip_vs services as they are, without an operation', () => {
    const it = host(['service', 'destination'])
    it.kernel.behindOurBack(add(web), add(one), add(two))
    it.configure(web, one, two)
    it.want(web, one, two)
    expect([it.kernel.asked, it.state.settled]).toEqual([[], true])
  })

  test('corrects an adopted service and its servers', () => {
    const it = host(['service', 'destination'])
    const stale = destination('192.0.2.1:80', '10.0.0.9:80')
    it.kernel.behindOurBack(add(service('192.0.2.1:80', { scheduler: 'wlc' })), add({ ...one, weight: 7 }), add(two), add(stale))
    it.configure(web, one, two)
    it.want(web, one, two)
    expect(it.kernel.asked).toEqual([{ kind: 'replace', object: web }, { kind: 'replace', object: one }, remove(stale)])
  })

  test('lvs_flush empties the table, foreign services too', () => {
    const it = serviceHost()
    it.kernel.behindOurBack(add(service('192.0.2.50:80')))
    it.feed({ kind: 'flush' })
    expect([it.kernel.keys(), it.state.settled]).toEqual([
      ['service TCP 192.0.2.1 80', 'service TCP 192.0.2.1 80 > 10.0.0.1 80', 'service TCP 192.0.2.1 80 > 10.0.0.2 80'],
      true,
    ])
  })
})

describe('ip_vs', () => {
  test('a removed service takes its servers with it, they are not removed one by one', () => {
    const it = serviceHost()
    const asked = it.kernel.asked.length
    it.want()
    expect([it.kernel.asked.slice(asked), it.kernel.keys()]).toEqual([[remove(web)], []])
  })

  test('F26 ESRCH for a server means that its service is lost: all is rebuilt in the same turn', () => {
    const it = serviceHost()
    it.kernel.behindOurBack({ kind: 'flush-services' })
    it.want(web, one)
    expect([it.kernel.keys(), it.state.settled]).toEqual([['service TCP 192.0.2.1 80', 'service TCP 192.0.2.1 80 > 10.0.0.1 80'], true])
  })

  test('F26 ENOENT when a server is changed means that it is missing: it is added instead', () => {
    const it = serviceHost()
    it.kernel.behindOurBack(remove(one))
    it.want(web, { ...one, weight: 9 }, two)
    expect(it.kernel.asked.slice(-1)).toEqual([add({ ...one, weight: 9 })])
    expect(it.state.settled).toBe(true)
  })

  test('F26 ENOENT for a service is a missing scheduler: its servers wait and nothing is said of them', () => {
    const it = host(['service', 'destination'])
    const twos = service('192.0.2.1:80', { scheduler: 'twos' })
    it.configure(twos)
    const reports = it.want(twos, one, two)
    expect(reports).toEqual([{ kind: 'refused', operation: add(twos), errno: ENOENT, detail: 'No such file or directory', more: 0 }])
    it.pass(fromMillis(150))
    expect(it.kernel.asked.map(({ kind, ...more }) => [kind, 'object' in more ? more.object.kind : ''])).toEqual([
      ['add', 'service'],
      ['add', 'destination'],
      ['add', 'destination'],
      ['add', 'service'],
      ['add', 'destination'],
      ['add', 'destination'],
    ])
  })

  test('a thousand objects refused alike are one report', () => {
    const it = host(['service', 'destination'])
    it.kernel.refuseWhere(() => 1)
    const services = Array.from({ length: 1_000 }, (_, i) => service(`192.0.2.1:${i + 1}`))
    const reports = it.want(...services)
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatchObject({ kind: 'refused', errno: 1, more: 999 })
  })
})

describe('drift', () => {
  test('F23 a table flushed behind our back is whole again within the period of 30 s', () => {
    const it = serviceHost()
    const before = it.kernel.keys()
    it.kernel.behindOurBack({ kind: 'flush-services' })
    it.pass(fromSeconds(29))
    expect(it.kernel.keys()).toEqual([])
    it.pass(fromSeconds(1.1))
    expect(it.kernel.keys()).toEqual(before)
    expect(it.reports.slice(-3).map((report) => [report.kind, 'found' in report ? report.objects.length : ''])).toEqual([
      ['settled', ''],
      ['drift', 3],
      ['settled', ''],
    ])
  })

  test('F24 a changed weight is put right, a foreign service stays untouched', () => {
    const it = serviceHost()
    const foreign = [add(service('192.0.2.50:80')), add(destination('192.0.2.50:80', '10.9.9.9:80'))]
    it.kernel.behindOurBack({ kind: 'replace', object: { ...one, weight: 0 } }, ...foreign)
    const asked = it.kernel.asked.length
    it.pass(fromSeconds(31))
    expect(it.kernel.asked.slice(asked)).toEqual([{ kind: 'replace', object: one }])
    expect(it.kernel.keys()).toContain('service TCP 192.0.2.50 80 > 10.9.9.9 80')
  })

  test('F20 IFC-03 a removed address is reported first and put back after 100 ms if it is still desired', () => {
    const it = addressHost()
    it.want(vip)
    it.kernel.behindOurBack(remove(vip))
    const reports = it.feed({ kind: 'noticed', change: 'removed', key: addressKey('eth0', vip.prefix) })
    expect([reports, it.kernel.has(vip)]).toEqual([[{ kind: 'drift', found: 'missing', objects: [vip] }], false])
    it.pass(fromMillis(100))
    expect([it.kernel.has(vip), it.state.settled]).toEqual([true, true])
  })

  test('F20 IFC-03 a removed address that its instance gives up for is not put back', () => {
    const it = addressHost()
    it.want(vip)
    it.kernel.behindOurBack(remove(vip))
    it.feed({ kind: 'noticed', change: 'removed', key: addressKey('eth0', vip.prefix) })
    it.want()
    it.pass(fromSeconds(60))
    expect(it.kernel.asked).toHaveLength(1)
  })

  test('F20 an address removed every 10 ms is fought with growing patience, at most 30 s', () => {
    const it = addressHost()
    it.want(vip)
    const asked = it.kernel.asked.length
    for (let ms = 0; ms < 10_000; ms += 10) {
      if (it.kernel.has(vip)) {
        it.kernel.behindOurBack(remove(vip))
        it.feed({ kind: 'noticed', change: 'removed', key: addressKey('eth0', vip.prefix) })
      }
      it.pass(fromMillis(10))
    }
    const adds = it.kernel.asked.length - asked
    expect(adds).toBeGreaterThan(3)
    expect(adds).toBeLessThan(10)
    it.pass(fromSeconds(31))
    expect(it.kernel.has(vip)).toBe(true)
  })

  test('F21 IFC-04 an address of ours that appears while it is not desired is removed', () => {
    const it = addressHost()
    it.kernel.behindOurBack(add(vip))
    it.feed({ kind: 'noticed', change: 'added', key: addressKey('eth0', vip.prefix) })
    expect(it.kernel.keys()).toEqual([])
  })

  test('our own notifications, late as they may be, and foreign ones cause no look at the kernel', () => {
    const it = addressHost()
    it.want(vip)
    it.want()
    it.want(vip)
    const lists = it.kernel.listed.length
    it.feed({ kind: 'noticed', change: 'added', key: addressKey('eth0', vip.prefix) })
    it.feed({ kind: 'noticed', change: 'removed', key: 'address eth0 198.51.100.7/24' })
    it.feed({ kind: 'noticed', change: 'added', key: 'address eth0 198.51.100.7/24' })
    expect(it.kernel.listed).toHaveLength(lists)
  })

  test('a late notification of a removal of our own is checked, found untrue and changes nothing', () => {
    const it = addressHost()
    it.want(vip)
    const asked = it.kernel.asked.length
    expect(it.feed({ kind: 'noticed', change: 'removed', key: addressKey('eth0', vip.prefix) })).toEqual([])
    expect(it.kernel.asked).toHaveLength(asked)
  })

  test('F18 IFC-08 after an overrun everything is compared at once', () => {
    const it = addressHost()
    it.want(vip, vip2)
    it.kernel.behindOurBack(remove(vip2))
    expect(it.feed({ kind: 'overrun' })).toEqual([{ kind: 'drift', found: 'missing', objects: [vip2] }])
    it.pass(fromMillis(100))
    expect(it.kernel.has(vip2)).toBe(true)
  })
})

describe('doubt about what was read', () => {
  test('F19 nothing is removed on the ground of a list that was interrupted', () => {
    const it = host(['address'])
    it.kernel.behindOurBack(add(vip))
    it.kernel.interruptLists(1)
    it.configure(vip)
    const reports = it.want()
    expect([reports[0], it.kernel.asked]).toEqual([{ kind: 'unreadable', of: 'address' }, []])
  })

  test('F19 an interrupted list is repeated within a second or so', () => {
    const it = host(['address'])
    it.kernel.behindOurBack(add(vip))
    it.kernel.interruptLists(1)
    it.configure(vip)
    it.want()
    it.pass(fromSeconds(1.1))
    expect(it.kernel.keys()).toEqual([])
  })

  test('F19 an interrupted audit of a settled table reports no drift and sends nothing', () => {
    const it = serviceHost()
    it.kernel.interruptLists(1)
    const asked = it.kernel.asked.length
    expect(it.feed({ kind: 'overrun' })).toEqual([{ kind: 'unreadable', of: 'service' }])
    expect(it.kernel.asked).toHaveLength(asked)
  })

  test('of two addresses that differ by their peer only, the one that serves is ours', () => {
    const mine = address('192.0.2.1/32', { peer: { address: ip('198.51.100.1'), length: 32 } })
    const other = address('192.0.2.1/32', { peer: { address: ip('198.51.100.2'), length: 32 } })
    for (const found of [
      [mine, other],
      [other, mine],
    ]) {
      const asked: Operation[] = []
      const kernel = {
        apply: (operations: readonly Operation[]) =>
          operations.map((operation) => {
            asked.push(operation)
            return { errno: 0, detail: '' }
          }),
        list: () => found,
      }
      const driven = drive(createReconciler({ kinds: ['address'] }), kernel, initialState, { kind: 'desired', objects: [mine] }, instant(0))
      expect([asked, driven.state.settled]).toEqual([[], true])
    }
  })

  test('what is desired is added even if nothing can be read', () => {
    const it = host(['address'])
    it.kernel.interruptLists(1_000)
    it.want(vip)
    expect(it.kernel.has(vip)).toBe(true)
  })

  test('unwanted objects are at most half of ours, or a second look must show them too', () => {
    const it = host(['service', 'destination'])
    const stale = [1, 2, 3].map((i) => service(`192.0.2.1:${i}`))
    it.configure(web, ...stale)
    it.want(web)
    it.kernel.behindOurBack(...stale.map(add))
    it.kernel.listed.length = 0
    it.pass(fromSeconds(31))
    expect(it.kernel.listed).toEqual(['service', 'destination', 'service', 'destination'])
    expect(it.reports.map(({ kind }) => kind)).toContain('withheld')
    expect(it.kernel.keys()).toEqual(['service TCP 192.0.2.1 80'])
  })

  test('a list that once shows our whole table unwanted and then does not removes nothing', () => {
    const it = host(['address'])
    it.configure(vip, vip2)
    it.want()
    const lists = [[vip, vip2], []]
    const lying = { apply: (operations: readonly Operation[]) => it.kernel.apply(operations), list: () => lists.shift() ?? [] }
    const driven = drive(createReconciler({ kinds: ['address'] }), lying, it.state, { kind: 'overrun' }, instant(5_000_000))
    expect([it.kernel.asked, driven.state.suspects.size]).toEqual([[], 0])
  })
})

describe('refusals', () => {
  test('are tried again after 100 ms, 200 ms, 400 ms and so on up to 30 s, and reported once', () => {
    const it = host(['address'])
    it.kernel.refuseWhere(({ kind }) => (kind === 'add' ? EINVAL : 0))
    it.want(vip)
    const tries = [100, 200, 400, 800, 1_600].map((ms) => {
      const asked = it.kernel.asked.length
      it.pass(fromMillis(ms - 1))
      const early = it.kernel.asked.length - asked
      it.pass(fromMillis(1))
      return [early, it.kernel.asked.length - asked]
    })
    expect(tries).toEqual([1, 2, 3, 4, 5].map(() => [0, 1]))
    it.pass(fromSeconds(300))
    const asked = it.kernel.asked.length
    it.pass(fromSeconds(300))
    expect(it.kernel.asked.length - asked).toBe(10)
    expect(it.reports.filter(({ kind }) => kind === 'refused')).toHaveLength(1)
  })

  test('one refused object does not hold up the others', () => {
    const it = host(['address'])
    it.kernel.refuseNth(1, EINVAL)
    it.want(vip, vip2)
    expect(it.kernel.keys()).toEqual(['address eth0 192.0.2.2/24'])
  })

  test('ENODEV is cured by a retry as soon as the interface is there', () => {
    const it = host(['address'], new FakeKernel([]))
    expect(it.want(vip)[0]).toMatchObject({ kind: 'refused', errno: ENODEV })
    it.kernel.addInterface('eth0')
    expect(it.feed({ kind: 'retry' })).toEqual([{ kind: 'settled' }])
  })

  test('a changed wish is tried at once, however long the former one is held', () => {
    const it = host(['service', 'destination'])
    it.want(service('192.0.2.1:80', { scheduler: 'twos' }))
    it.pass(fromSeconds(100))
    it.want(web)
    expect(it.kernel.has(web)).toBe(true)
  })

  test('an address that leaves and returns to the wish is tried at once', () => {
    const it = host(['address'])
    it.kernel.refuseWhere(() => EINVAL)
    it.want(vip)
    it.pass(fromSeconds(100))
    it.want()
    it.kernel.refuseWhere(undefined)
    it.want(vip)
    expect(it.kernel.has(vip)).toBe(true)
  })
})

describe('a kernel that refuses everything, or contradicts itself for ever', () => {
  const errnos = [EINVAL, EEXIST, ESRCH, ENOENT, ENODEV, 99, 12, 1]
  const change = { kind: 'desired', objects: [vip2, { ...web, scheduler: 'wlc' }, { ...one, weight: 9 }, two] } as const

  test.each(errnos)('with errno %i every turn ends and the pace is that of the back-off', (errno) => {
    for (const beforehand of [true, false]) {
      const it = host(['address', 'service', 'destination'])
      if (beforehand) it.kernel.behindOurBack(add(vip), add(web), add(one))
      it.configure(vip)
      if (beforehand) it.want(vip, web, one)
      it.kernel.refuseWhere(() => errno)
      it.feed(change)
      it.pass(fromSeconds(300))
      // Six objects, each at 0, 0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 12.7, 25.5 s, then every 30 s, and a second time in a turn at the most.
      expect(it.kernel.asked.length).toBeLessThan(6 * 2 * (9 + 10))
      it.kernel.refuseWhere(undefined)
      it.pass(fromSeconds(62))
      expect([it.state.settled, it.kernel.keys().length]).toEqual([true, 4])
    }
  })
})

describe('reload', () => {
  test('virtual addresses that go with the first of their subnet are back in the same turn, and nobody is told of a loss', () => {
    const it = addressHost()
    const vip3 = address('192.0.2.3/24')
    it.want(vip, vip2, vip3)
    const reports = it.want(vip2, vip3)
    expect([reports, it.kernel.keys()]).toEqual([[{ kind: 'settled' }], ['address eth0 192.0.2.2/24', 'address eth0 192.0.2.3/24']])
  })

  test('an address of the same subnet that takes the place of the first stays', () => {
    const it = addressHost()
    it.want(vip)
    it.want(vip2)
    expect([it.kernel.keys(), it.kernel.listed]).toEqual([['address eth0 192.0.2.2/24'], ['address']])
  })

  test('giving all back costs no look at the kernel', () => {
    const it = addressHost()
    it.want(vip, vip2)
    const lists = it.kernel.listed.length
    it.want()
    expect(it.kernel.listed).toHaveLength(lists)
  })

  test('an object that only the old configuration named is removed', () => {
    const it = serviceHost()
    const other = service('192.0.2.7:80')
    it.configure(other)
    it.want(other)
    expect(it.kernel.keys()).toEqual(['service TCP 192.0.2.7 80'])
  })

  test('with nothing changed sends nothing', () => {
    const it = serviceHost()
    const asked = it.kernel.asked.length
    it.configure(structuredClone(web))
    it.want(structuredClone(web), structuredClone(one), structuredClone(two))
    expect(it.kernel.asked).toHaveLength(asked)
  })
})

describe('every operation refused in turn', () => {
  const errnos = [EINVAL, EEXIST, ESRCH, ENOENT, 12, 105, 1]
  const story = (it: ReturnType<typeof host>): void => {
    const extra = destination('192.0.2.1:80', '10.0.0.3:80')
    const other = service('fwmark 5', { scheduler: 'wlc' })
    it.configure(web, other, vip, vip2)
    it.want(vip, vip2, web, one, two)
    it.pass(fromSeconds(1))
    it.want(vip2, web, { ...one, weight: 0 }, extra, other)
    it.kernel.behindOurBack({ kind: 'flush-services' })
    it.pass(fromSeconds(1))
    it.want(vip, other, destination('fwmark 5', '10.0.0.1:0'))
    it.pass(fromSeconds(120))
  }
  const wanted = ['address eth0 192.0.2.1/24', 'service fwmark 5 ipv4', 'service fwmark 5 ipv4 > 10.0.0.1 0']

  test.each(errnos)('with errno %i it converges, whichever operation it is', (errno) => {
    for (let n = 1; ; n++) {
      const it = host(['address', 'service', 'destination'])
      it.kernel.refuseNth(n, errno)
      story(it)
      expect([n, it.kernel.keys(), it.state.settled]).toEqual([n, wanted, true])
      if (it.kernel.asked.length < n) return
    }
  })
})

test('a rehearsal walks a failover and back, for either kind of process, before a kernel that refuses', () => {
  const asked: string[] = []
  const nowhere = {
    apply(operations: readonly Operation[]) {
      asked.push(...operations.map(({ kind }) => kind))
      return operations.map(() => ({ errno: 19, detail: '' }))
    },
  }
  expect(rehearse(createReconciler({ kinds: ['address'] }), [vip, vip2], nowhere)).toBe(true)
  expect(rehearse(createReconciler({ kinds: ['service', 'destination'] }), [web, one], nowhere)).toBe(true)
  expect(asked).toEqual(['add', 'add', 'remove', 'remove', 'add', 'add', 'remove'])
})

describe('routes, rules and filters', () => {
  const way = route('10.1.0.0/16 via 192.0.2.77 dev eth0')
  const choice = rule('from 10.1.0.0/16 table 100 preference 5')
  const guard = filter(4, ['192.0.2.1'])
  const routing = (...named: readonly KernelObject[]) => {
    const it = host(['filter', 'address', 'route', 'rule'])
    it.configure(...named)
    it.want()
    return it
  }

  test('are not even looked at before a configuration names one: other tables may be large', () => {
    const it = routing(vip)
    it.want(vip)
    expect(new Set(it.kernel.listed)).toEqual(new Set(['address']))
    it.configure(vip, way)
    expect(it.kernel.listed.slice(-2)).toEqual(['address', 'route'])
  })

  test('come with their address and go with it', () => {
    const it = routing(vip, way, choice, guard)
    it.want(guard, vip, way, choice)
    expect(it.kernel.keys()).toEqual([guard, vip, way, choice].map(keyOf).sort())
    it.want()
    expect(it.kernel.keys()).toEqual([])
  })

  test('a route that may have gone with an address of ours is looked for, and is nobody’s loss', () => {
    const it = routing(vip, vip2, way)
    it.want(vip, vip2, way)
    // As the kernel does it: without a word.
    it.kernel.behindOurBack(remove(way))
    const reports = it.want(vip, way)
    expect([reports.map(({ kind }) => kind), it.kernel.has(way)]).toEqual([['settled'], true])
  })

  test('F42 a filter that was taken away is put back at once when it is seen; a route waits for its owner', () => {
    const it = routing(guard, vip, way)
    it.want(guard, vip, way)
    it.kernel.behindOurBack(remove(guard), remove(way))
    it.feed({ kind: 'overrun' })
    expect([it.kernel.has(guard), it.kernel.has(way)]).toEqual([true, false])
    it.pass(fromMillis(200))
    expect(it.kernel.has(way)).toBe(true)
  })

  test.each(Array.from({ length: 10 }, (_, nth) => nth + 1))(
    'whichever operation is refused, here number %i, all is there in the end',
    (nth) => {
      const it = routing(guard, vip, way, choice)
      it.kernel.refuseNth(nth, EINVAL)
      it.want(guard, vip, way, choice)
      it.pass(fromSeconds(1))
      expect(it.kernel.keys()).toEqual([guard, vip, way, choice].map(keyOf).sort())
      it.want()
      it.pass(fromSeconds(1))
      expect(it.kernel.keys()).toEqual([])
    },
  )

  test('what another life has left is removed, once two looks agree', () => {
    const kernel = new FakeKernel()
    kernel.behindOurBack(add(way), add(choice), add(guard))
    const it = host(['filter', 'address', 'route', 'rule'], kernel)
    it.configure(vip, way, choice, guard)
    it.want()
    expect(kernel.keys()).toEqual([])
  })
})

describe('links and settings (use_vmac)', () => {
  const own = link()
  const below = setting('arp_ignore', 1)
  const mac = link({ type: { kind: 'macvlan', mac: '00:00:5e:00:01:34' as MacAddress } })
  const linked = (kernel = new FakeKernel(['eth0'])) => host(['link', 'setting'], kernel)

  test('VMC-05 what a crash left is adopted if it is right, and made anew if it has another MAC', () => {
    for (const [left, asks] of [
      [own, []],
      [mac, ['remove', 'add']],
    ] as const) {
      const it = linked()
      it.kernel.behindOurBack({ kind: 'add', object: left })
      it.want(own)
      expect([it.kernel.asked.map(({ kind }) => kind), it.kernel.keys(), it.state.settled]).toEqual([asks, [keyOf(own)], true])
    }
  })

  test('what it shows of a setting that somebody changed is put right in place', () => {
    const it = linked()
    it.want(below, own)
    it.kernel.behindOurBack({ kind: 'replace', object: { ...own, settings: [] } }, { kind: 'replace', object: { ...own, up: false } })
    it.feed({ kind: 'overrun' })
    expect([it.kernel.asked.at(-1)?.kind, it.state.settled]).toEqual(['replace', true])
  })

  test.each([1, 2, 3, 4, 5, 6])('whichever operation is refused, here number %i, all is there in the end, and gone after that', (nth) => {
    const it = linked()
    it.kernel.refuseNth(nth, EINVAL)
    it.want(below, own)
    it.pass(fromSeconds(1))
    expect([it.kernel.keys(), it.state.settled]).toEqual([[keyOf(own), keyOf(below)].sort(), true])
    it.want()
    it.pass(fromSeconds(1))
    expect([it.kernel.keys(), it.state.settled]).toEqual([[], true])
  })

  test('a name that something else has is left to it, and tried with patience', () => {
    const it = linked(new FakeKernel(['eth0', 'vrrp.51']))
    it.want(own)
    it.pass(fromSeconds(300))
    expect([it.kernel.keys(), it.reports.filter(({ kind }) => kind === 'refused')]).toMatchObject([[], [{ errno: 16 }]])
    expect(it.kernel.asked.length).toBeLessThan(25)
    it.want()
    expect(it.kernel.asked.some(({ kind }) => kind === 'remove')).toBe(false)
  })
})

describe('a wish that changes a few things', () => {
  test.each(Array.from({ length: 80 }, (_, seed) => seed))('does what looking everywhere would do, seed %i', (seed) => {
    const random = prng(seed)
    const below = (n: number): number => Math.floor(random.next() * n)
    const kinds = ['address', 'service', 'destination'] as const
    const thorough = createReconciler({ kinds })
    const one = host(kinds)
    const other = host(kinds, new FakeKernel(), {
      ...thorough,
      step: (state, event, now) => thorough.step({ ...state, open: undefined, wished: [] }, event, now),
    })
    const services = [1, 2, 3].map((n) => `192.0.2.${n}:80`)
    const all: KernelObject[] = [
      ...[1, 2, 3, 4].map((n) => address(`192.0.2.${n}/24`)),
      ...services.map((key) => service(key)),
      ...services.flatMap((key) => [1, 2, 3].map((n) => destination(key, `10.0.0.${n}:80`))),
    ]
    const wishes = new Set(all.filter(() => random.next() < 0.7))
    const varied = (object: KernelObject): KernelObject => {
      if (object.kind === 'destination') return { ...object, weight: below(3) }
      return object.kind === 'service' ? { ...object, scheduler: below(2) === 0 ? 'rr' : 'wlc' } : object
    }
    let wish: readonly KernelObject[] = [...wishes]
    for (let round = 0; round < 40; round++) {
      const dice = random.next()
      if (dice < 0.5) wish = wish.map((object) => (random.next() < 0.2 ? varied(object) : object))
      else if (dice < 0.7) wish = all.filter(() => random.next() < 0.7)
      else if (dice < 0.8) {
        const object = all[below(all.length)] as KernelObject
        for (const it of [one, other]) it.kernel.behindOurBack(it.kernel.has(object) ? remove(object) : add(object))
      } else if (dice < 0.9) {
        const errno = [EINVAL, EEXIST, ESRCH, ENOENT][below(4)] ?? EINVAL
        const key = keyOf(all[below(all.length)] as KernelObject)
        const refuse =
          below(2) === 0 ? undefined : (operation: Operation) => ('object' in operation && keyOf(operation.object) === key ? errno : 0)
        for (const it of [one, other]) it.kernel.refuseWhere(refuse)
      }
      const pause = below(3) === 0 ? fromSeconds(below(70)) : 0
      for (const it of [one, other]) {
        it.want(...wish)
        it.pass(pause)
      }
      expect(one.kernel.keys()).toEqual(other.kernel.keys())
      expect(one.reports).toEqual(other.reports)
      expect([...one.state.known].sort()).toEqual([...other.state.known].sort())
    }
  })
})
