import { describe, expect, test } from 'vitest'
import type { KernelObject } from '../../src/core/reconcile/kinds.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import type { RouterState } from '../../src/core/vrrp/router.ts'
import { withdraw } from '../../src/process/withdrawal.ts'
import { FakeKernel } from '../support/fake-kernel.ts'
import { address } from '../support/kernel-objects.ts'
import { instance, virtualAddress, vrrpConfig } from '../support/vrrp.ts'
import { Rig } from '../support/vrrp-rig.ts'

/** Of three instances the second is a backup. The kernel holds what they want, something static, and 192.0.2.99, which is nobody's. */
function host() {
  const all = [51, 52, 53].map((vrid) => instance({ name: `VI_${vrid}`, vrid, virtualIpaddress: [`192.0.2.${vrid}`] }))
  const statics = { addresses: [virtualAddress('192.0.2.77')], routes: [], rules: [] }
  const rig = new Rig({ ...vrrpConfig(all), statics })
  for (const { name } of all) rig.until('master', name)
  rig.hear({ vrid: 52, priority: 200, addresses: ['192.0.2.52'] })
  const kernel = new FakeKernel()
  const add = (object: KernelObject) => ({ kind: 'add', object }) as const
  kernel.behindOurBack(...rig.state().desired.map(add), add(address('192.0.2.99/32')))
  return { state: rig.state(), now: rig.clock(), kernel }
}

interface Damage {
  readonly state?: Partial<RouterState>
  /** Sending this instance's advert is a second mistake. */
  readonly mute?: string
  readonly kernel?: 'broken'
}

function withdrawn(damage: Damage = {}) {
  const { state, now, kernel } = host()
  const before = kernel.keys().length
  const sent: string[] = []
  const perform = (effect: VrrpEffect): void => {
    if (effect.kind !== 'send-advert') throw new Error(`not a matter of adverts: ${effect.kind}`)
    if (effect.instance === damage.mute) throw new Error('a second mistake of ours')
    sent.push(`${effect.instance} ${effect.advert.priority}`)
  }
  if (damage.kernel === 'broken') kernel.apply = kernel.list = () => expect.unreachable() as never
  withdraw({ ...state, ...damage.state }, now, { adverts: { perform }, kernel, kinds: ['address'] })
  return { sent, before, left: kernel.keys() }
}

const LEFT = ['address eth0 192.0.2.77/32', 'address eth0 192.0.2.99/32']

describe('F50 after a mistake of ours', () => {
  test('each master says priority 0; what the masters held goes, what is static or not ours stays', () => {
    expect(withdrawn()).toEqual({ sent: ['VI_51 0', 'VI_53 0'], before: 4, left: LEFT })
  })

  test('an advert that cannot be sent hinders neither the next nor the removal', () => {
    expect(withdrawn({ mute: 'VI_51' })).toMatchObject({ sent: ['VI_53 0'], left: LEFT })
  })

  test('a state with which nothing can be begun is no reason to leave the addresses', () => {
    expect(withdrawn({ state: { instances: undefined as never } })).toMatchObject({ sent: [], left: LEFT })
  })

  test('addresses that cannot be removed stay, and nothing is thrown', () => {
    expect(withdrawn({ kernel: 'broken' }).sent).toEqual(['VI_51 0', 'VI_53 0'])
  })
})
