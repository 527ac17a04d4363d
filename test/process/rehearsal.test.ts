import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../src/base/units.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import type { Interfaces } from '../../src/core/vrrp/interfaces.ts'
import { withLinkEvent } from '../../src/core/vrrp/interfaces.ts'
import { rehearseFailover, type Stage } from '../../src/process/rehearsal.ts'
import { instance, vrrpConfig } from '../support/vrrp.ts'
import { hostAddress, link } from '../support/vrrp-rig.ts'

const interfaces: Interfaces = withLinkEvent(undefined, {
  kind: 'links-known',
  links: [link('eth0')],
  addresses: [hostAddress('192.0.2.2/24'), hostAddress('fe80::2/64', { scope: 253 })],
})

function rehearse(...instances: readonly ReturnType<typeof instance>[]) {
  const played: VrrpEffect['kind'][] = []
  const stage: Stage = {
    adverts: { perform: (effect) => void played.push(effect.kind) },
    announcements: { perform: (effect) => void played.push(effect.kind) },
    interfaceName: String,
  }
  return { succeeded: rehearseFailover(vrrpConfig(instances), interfaces, stage), played }
}

describe('a rehearsal', () => {
  test('goes through the adverts and the announcements of a failover', () => {
    const { succeeded, played } = rehearse(instance())
    expect(succeeded).toBe(true)
    expect(new Set(played)).toEqual(new Set(['send-advert', 'announce']))
  })

  test.each([
    ['VRRPv3 over IPv6', instance({ family: 6 })],
    ['the longest preempt_delay', instance({ preemption: { kind: 'preempt', delay: fromSeconds(1000) } })],
    ['an owner', instance({ priority: 255 })],
  ])('reaches MASTER with %s', (_name, one) => {
    expect(rehearse(one).succeeded).toBe(true)
  })

  test('ends where an instance cannot become master', () => {
    expect(rehearse(instance({ interface: 'absent' })).succeeded).toBe(false)
  })

  test('is played by those of a sync group that are cast, for all its members', () => {
    const all = Array.from({ length: 10 }, (_, i) => instance({ name: `VI_${i}`, vrid: i + 1 }))
    const group = { name: 'G', members: all.map(({ name }) => name) }
    const absent = { name: 'H', members: ['VI_9'] }
    const stage: Stage = { adverts: { perform: () => undefined }, announcements: { perform: () => undefined }, interfaceName: String }
    expect(rehearseFailover(vrrpConfig(all, {}, { syncGroups: [group, absent] }), interfaces, stage)).toBe(true)
  })

  test('is played by some instances for all', () => {
    const all = Array.from({ length: 200 }, (_, i) => instance({ name: `VI_${i}`, vrid: i + 1 }))
    expect(rehearse(...all).played.filter((kind) => kind === 'send-advert').length).toBeLessThan(40)
  })
})
