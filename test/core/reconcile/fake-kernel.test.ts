import { describe, expect, test } from 'vitest'
import type { LinkEvent } from '../../../src/core/links.ts'
import { FakeKernel } from '../../support/fake-kernel.ts'
import { addressContract, ipvsContract, linkContract, routingContract } from '../../support/kernel-contract.ts'
import { address } from '../../support/kernel-objects.ts'

describe('the fake kernel keeps the contract', () => {
  test.each(routingContract)('routing: $name', ({ run }) => run(new FakeKernel(['eth0']), 'eth0'))
  test.each(addressContract)('addresses: $name', ({ run }) => run(new FakeKernel(['eth0']), 'eth0'))
  test.each(linkContract)('links: $name', ({ run }) => run(new FakeKernel(['eth0']), 'eth0'))
  test.each(ipvsContract)('ip_vs: $name', ({ run }) => run(new FakeKernel(['eth0']), 'eth0'))
})

test('the fake kernel tells of every address that comes and goes, as the monitor does', () => {
  const kernel = new FakeKernel(['lo', 'eth0'])
  const events: LinkEvent[] = []
  kernel.onEvent = (event) => events.push(event)
  const [first, second] = [address('192.0.2.1/24'), address('192.0.2.2/24')]
  kernel.apply([
    { kind: 'add', object: first },
    { kind: 'add', object: second },
    { kind: 'remove', object: first },
  ])
  const told = (kind: 'address-added' | 'address-removed', of: typeof first, secondary: boolean): LinkEvent => ({
    kind,
    address: { index: 2, prefix: of.prefix, scope: 0, secondary, tentative: false },
  })
  expect(events).toEqual([
    told('address-added', first, false),
    told('address-added', second, true),
    told('address-removed', second, true),
    told('address-removed', first, false),
  ])
})
