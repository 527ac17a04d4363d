import { expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import type { MacAddress } from '../../src/base/mac.ts'
import type { AnnounceEffect } from '../../src/core/vrrp/effects.ts'
import { type AnnouncementFailure, createAnnouncements } from '../../src/drivers/announcements.ts'

const announce: AnnounceEffect = {
  kind: 'announce',
  instance: 'VI_1',
  interface: 'no-such-dev',
  ifindex: 4711,
  family: 4,
  mac: '00:00:5e:00:01:33' as MacAddress,
  addresses: ['192.0.2.10' as IpAddress],
  repeat: 5,
}

test('a failure is a value, said once and again only for another reason', () => {
  const failures: AnnouncementFailure[] = []
  const announcements = createAnnouncements({ failed: (failure) => void failures.push(failure) })
  announcements.perform(announce)
  announcements.perform(announce)
  // ENXIO: no such interface; EPERM: no CAP_NET_RAW here.
  expect(failures).toHaveLength(1)
  expect(['ENXIO', 'EPERM']).toContain(failures[0]?.code)
  expect(failures[0]).toMatchObject({ instance: 'VI_1', interface: 'no-such-dev' })
  announcements.close()
})

test('nothing to announce is no failure', () => {
  const announcements = createAnnouncements({
    failed: (failure) => {
      throw new Error(failure.code)
    },
  })
  announcements.perform({ ...announce, repeat: 0 })
  announcements.close()
})
