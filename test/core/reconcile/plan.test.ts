import { expect, test } from 'vitest'
import { plan } from '../../../src/core/reconcile/plan.ts'
import { address, destination, service } from '../../support/kernel-objects.ts'

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

test('nothing to do is no operation', () => {
  expect(plan(nothing)).toEqual([])
})
