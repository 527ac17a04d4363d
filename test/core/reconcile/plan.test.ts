import { expect, test } from 'vitest'
import type { KernelObject } from '../../../src/core/reconcile/kinds.ts'
import { plan } from '../../../src/core/reconcile/plan.ts'
import { address, destination, filter, route, rule, service } from '../../support/kernel-objects.ts'

const nothing = { add: [], replace: [], remove: [] }
const web = service('192.0.2.1:80')
const old = service('192.0.2.9:80')
const server = destination('192.0.2.1:80', '10.0.0.1:80')
const stale = destination('192.0.2.1:80', '10.0.0.2:80')
const orphan = destination('192.0.2.9:80', '10.0.0.3:80')
const [first, second, gone] = [address('192.0.2.1/24'), address('192.0.2.2/24'), address('192.0.2.3/24')]

test('what carries others comes before them and goes after them; addresses go first', () => {
  const operations = plan({
    add: [server, web, first],
    replace: [{ actual: { ...server, weight: 5 }, wanted: server }],
    remove: [gone, old, orphan, stale],
  })
  expect(operations).toEqual([
    { kind: 'remove', object: gone },
    { kind: 'add', object: first },
    { kind: 'add', object: web },
    { kind: 'replace', object: server },
    { kind: 'add', object: server },
    { kind: 'remove', object: stale },
    { kind: 'remove', object: old },
  ])
})

test('addresses come in the configured order and go in reverse', () => {
  expect(plan({ ...nothing, add: [first, second] }).map(({ kind }) => kind)).toEqual(['add', 'add'])
  expect(plan({ ...nothing, remove: [first, second] })).toEqual([
    { kind: 'remove', object: second },
    { kind: 'remove', object: first },
  ])
})

test('an address that cannot be changed in place is removed and added', () => {
  const labelled = { ...first, label: 'eth0:3' }
  expect(plan({ ...nothing, replace: [{ actual: { ...first, label: 'eth0' }, wanted: labelled }] })).toEqual([
    { kind: 'remove', object: { ...first, label: 'eth0' } },
    { kind: 'add', object: labelled },
  ])
})

test('a lifetime is changed in place', () => {
  const wanted = { ...first, preferredLft: 0 }
  expect(plan({ ...nothing, replace: [{ actual: first, wanted }] })).toEqual([{ kind: 'replace', object: wanted }])
})

const way = route('10.1.0.0/16 dev eth0')
const choice = rule('from 10.1.0.0/16 table 100 preference 5')
const guard = filter(4, ['192.0.2.1'])

test('FSM-01 firewall, addresses, routes, rules: each is there before who needs it', () => {
  expect(plan({ ...nothing, add: [choice, way, first, guard] }).map((one) => 'object' in one && [one.kind, one.object.kind])).toEqual([
    ['add', 'filter'],
    ['add', 'address'],
    ['add', 'route'],
    ['add', 'rule'],
  ])
})

test('FSM-02 rules, routes, addresses, firewall: they go the other way round', () => {
  expect(plan({ ...nothing, remove: [guard, first, way, choice] }).map((one) => 'object' in one && [one.kind, one.object.kind])).toEqual([
    ['remove', 'rule'],
    ['remove', 'route'],
    ['remove', 'address'],
    ['remove', 'filter'],
  ])
})

test('a filter that grows changes before the addresses do, one that shrinks after them', () => {
  const larger = filter(4, ['192.0.2.1', '192.0.2.2'])
  const kinds = (actual: KernelObject, wanted: KernelObject) =>
    plan({ add: [second], remove: [first], replace: [{ actual, wanted }] }).map((one) => 'object' in one && one.object.kind)
  expect(kinds(guard, larger)).toEqual(['filter', 'address', 'address'])
  expect(kinds(larger, guard)).toEqual(['address', 'address', 'filter'])
})

test('a route that differs is removed and added', () => {
  const wanted = { ...way, protocol: 9 }
  expect(plan({ ...nothing, replace: [{ actual: way, wanted }] })).toEqual([
    { kind: 'remove', object: way },
    { kind: 'add', object: wanted },
  ])
})

test('nothing to do is no operation', () => {
  expect(plan(nothing)).toEqual([])
})
