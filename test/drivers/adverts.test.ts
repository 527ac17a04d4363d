import { expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import type { SendAdvertEffect } from '../../src/core/vrrp/effects.ts'
import { type AdvertTrouble, createAdverts } from '../../src/drivers/adverts.ts'

const ip = (text: string): IpAddress => text as IpAddress

const send: SendAdvertEffect = {
  kind: 'send-advert',
  instance: 'VI_1',
  interface: 'no-such-dev',
  ifindex: 4711,
  family: 4,
  advert: {
    version: 2,
    type: 1,
    vrid: 51,
    priority: 100,
    intervalCs: 100,
    authType: 0,
    authData: new Uint8Array(8),
    addresses: ['192.0.2.10'],
  },
  source: ip('192.0.2.1'),
  destinations: [ip('192.0.2.2'), ip('192.0.2.3')],
  multicast: false,
  ttl: 255,
  checksum: 'message-only',
  group: ip('224.0.0.18'),
}

function start(): { adverts: ReturnType<typeof createAdverts>; troubles: AdvertTrouble[] } {
  const troubles: AdvertTrouble[] = []
  const adverts = createAdverts({ received: () => {}, trouble: (trouble) => void troubles.push(trouble) })
  return { adverts, troubles }
}

test('PKT-18 an advert that cannot leave is said once for each destination, not each time', () => {
  const { adverts, troubles } = start()
  for (let i = 0; i < 3; i++) adverts.perform(send)
  expect(troubles).toMatchObject([
    { kind: 'not-sent', instance: 'VI_1', interface: 'no-such-dev', destination: '192.0.2.2', error: { code: 'ENOTCONN' } },
    { kind: 'not-sent', instance: 'VI_1', interface: 'no-such-dev', destination: '192.0.2.3', error: { code: 'ENOTCONN' } },
  ])
})

test('an interface that is gone is said once, however often core asks', () => {
  const { adverts, troubles } = start()
  const endpoint = { interface: 'no-such-dev', ifindex: 4711, family: 4 as const, groups: [ip('224.0.0.18')] }
  adverts.perform({ kind: 'listen', endpoints: [endpoint] })
  adverts.perform({ kind: 'listen', endpoints: [endpoint] })
  adverts.drain()
  expect(troubles).toMatchObject([{ kind: 'not-listening', interface: 'no-such-dev', family: 4, error: { code: 'ENODEV' } }])
  adverts.close()
})
