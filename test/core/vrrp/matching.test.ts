import { describe, expect, test } from 'vitest'
import { createInstance } from '../../../src/core/vrrp/instance.ts'
import { matchInstances } from '../../../src/core/vrrp/matching.ts'
import { instance, multicast, unicast } from '../../support/vrrp.ts'

const running = createInstance(instance())

describe('a reload continues an instance', () => {
  test.each([
    { name: 'of another name', differing: { name: 'other' } },
    { name: 'of another priority', differing: { priority: 200 } },
    { name: 'with other addresses', differing: { virtualIpaddress: ['10.0.0.1'] } },
    { name: 'with another source', differing: { transport: multicast(4, '192.0.2.7') } },
  ])('$name', ({ differing }) => {
    expect(matchInstances([running], [instance(differing)])).toEqual({ continued: [running], removed: [] })
  })

  test.each([
    { name: 'VRID', differing: { vrid: 52 } },
    { name: 'family', differing: { family: 6 as const } },
    { name: 'interface', differing: { interface: 'eth1' } },
    { name: 'mode', differing: { transport: unicast(['192.0.2.1']) } },
    { name: 'group', differing: { transport: multicast(4, undefined, '224.0.0.9') } },
  ])('not one of another $name', ({ differing }) => {
    expect(matchInstances([running], [instance(differing)])).toEqual({ continued: [undefined], removed: [running] })
  })

  test('UNI-06 of several unicast ones that share a VRID, each continues its own name', () => {
    const [one, two] = ['one', 'two'].map((name) => createInstance(instance({ name, transport: unicast(['192.0.2.1']) })))
    const configs = ['two', 'new', 'one'].map((name) => instance({ name, transport: unicast(['192.0.2.1']) }))
    expect(matchInstances([one!, two!], configs)).toEqual({ continued: [two, undefined, one], removed: [] })
  })
})
