import { expect, test } from 'vitest'
import { rehearseReading } from '../../src/process/reading-rehearsal.ts'
import { rehearseChange } from '../../src/process/reload-rehearsal.ts'
import { realServer, virtualServer } from '../core/check/support.ts'

test('of a configuration that has changed no more is read than the change', () => {
  // Eight services have changed in one server each, of which the first is always read; so is all of the first service that has not.
  expect(rehearseReading({ configId: undefined, allChecks: false, test: false })).toBe(8 * 2 + 3)
})

test('a weight of every other service changes, and of many services that of some', () => {
  const services = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      virtualServer({
        name: `${i}`,
        services: [{ kind: 'fwmark', fwmark: i + 1, family: 4 }],
        realServers: [realServer(1), realServer(2)],
      }),
    )
  expect([0, 3, 100].map((count) => rehearseChange(services(count)))).toEqual([0, 2, 8])
})
