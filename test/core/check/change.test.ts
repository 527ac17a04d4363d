import { expect, test } from 'vitest'
import { changedServices, servicesChange } from '../../../src/core/check/change.ts'
import { realServer, virtualServer } from './support.ts'

const [one, two, three] = [1, 2, 3].map((last) => realServer(last)) as [ReturnType<typeof realServer>, ...ReturnType<typeof realServer>[]]
const web = virtualServer({ name: 'web', realServers: [one, two, three].filter((server) => server !== undefined) })
const mail = virtualServer({ name: 'mail' })

test('of a service that has changed those servers are told that are new', () => {
  const fresh = realServer(2, { weight: 9 })
  const now = [mail, { ...web, realServers: web.realServers.map((server) => (server === two ? fresh : server)) }]
  const change = servicesChange([web, mail], now)
  expect(change[1]).toMatchObject({
    kind: 'new',
    items: [{ former: 0, realServers: [{ kind: 'kept' }, { kind: 'new', items: [fresh] }, { kind: 'kept' }] }],
  })
  expect(change[1]).not.toHaveProperty('items.0.frame')
  expect(changedServices([web, mail], structuredClone(change))).toEqual(now)
})

test('what is told comes to what there is, and what was kept is the very same', () => {
  const now = [virtualServer({ name: 'new' }), { ...web, quorum: 2 }, mail]
  const after = changedServices([web, mail], structuredClone(servicesChange([web, mail], now)))
  expect(after).toEqual(now)
  expect([after[1]?.realServers[0], after[2]]).toEqual([one, mail])
  expect(after[1]?.realServers[0]).toBe(one)
  expect(after[2]).toBe(mail)
})
