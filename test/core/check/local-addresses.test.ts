import { expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { followLink, type LocalAddresses, presentAddresses } from '../../../src/core/check/local-addresses.ts'
import type { InterfaceAddress, Link, LinkEvent } from '../../../src/core/links.ts'

const on = (index: number, address: string, length = 24): InterfaceAddress => ({
  index,
  prefix: { address: address as IpAddress, length },
  scope: 0,
  secondary: false,
  tentative: false,
})
const after = (...events: LinkEvent[]): string[] => [
  ...presentAddresses(events.reduce((known, event) => followLink(known, event), new Map() as LocalAddresses)),
]

test('addresses come and leave; one that two interfaces have is here until both have lost it', () => {
  const [here, there] = [on(1, '192.0.2.1'), on(2, '192.0.2.1', 32)]
  const start: LinkEvent = { kind: 'links-known', links: [], addresses: [here] }
  expect(after(start)).toEqual(['192.0.2.1'])
  expect(after(start, { kind: 'address-added', address: there }, { kind: 'address-removed', address: here })).toEqual(['192.0.2.1'])
  expect(after(start, { kind: 'address-removed', address: here })).toEqual([])
})

test('an interface takes its addresses along; a survey replaces all that was known', () => {
  const start: LinkEvent = { kind: 'links-known', links: [], addresses: [on(1, '192.0.2.1'), on(2, '192.0.2.2')] }
  expect(after(start, { kind: 'link-removed', index: 1, name: 'eth0' })).toEqual(['192.0.2.2'])
  expect(after(start, { kind: 'links-known', links: [], addresses: [on(3, '192.0.2.3')] })).toEqual(['192.0.2.3'])
})

test('what changes nothing gives the same map, so that nobody is told', () => {
  const known = followLink(new Map(), { kind: 'links-known', links: [], addresses: [on(1, '192.0.2.1')] })
  expect(followLink(known, { kind: 'link', link: {} as Link })).toBe(known)
  expect(followLink(known, { kind: 'address-removed', address: on(1, '192.0.2.9') })).toBe(known)
})
