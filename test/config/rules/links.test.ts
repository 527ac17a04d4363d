import { describe, expect, test } from 'vitest'
import type { VrrpGlobals } from '../../../src/core/vrrp/config.ts'
import { codesOf, instanceText, loadText } from '../../support/config-files.ts'

const globals = (text: string): VrrpGlobals => {
  const { vrrp } = loadText(text)
  if (vrrp === undefined) throw new Error('no vrrp')
  return vrrp.globals
}

describe('garp_group', () => {
  test('garp_interval, gna_interval, interface and interfaces', () => {
    const text =
      'garp_group {\n garp_interval 0.5\n interfaces {\n eth0 eth1\n }\n}\ngarp_group {\n gna_interval 2\n interface eth2\n}\n' +
      instanceText()
    expect(globals(text).garpGroups).toEqual([
      { interfaces: ['eth0', 'eth1'], garpInterval: 500_000, gnaInterval: 0 },
      { interfaces: ['eth2'], garpInterval: 0, gnaInterval: 2_000_000 },
    ])
  })
})

describe('interface_up_down_delays', () => {
  test.each([
    ['eth0 0.5 0.25', 500_000, 250_000],
    ['eth0 1', 1_000_000, 0],
    // As keepalived 2.2.7 does: two intervals of a second, less 1/256 of one.
    ['eth0 100 50', 1_996_094, 1_996_094],
    ['eth1 100 50', 100_000_000, 50_000_000],
  ])('%s: %i down, %i up', (line, down, up) => {
    const { interfaceDelays } = globals(`interface_up_down_delays {\n ${line}\n}\n${instanceText()}`)
    expect(interfaceDelays).toEqual([{ interface: line.slice(0, 4), down, up }])
  })
})

describe('a link of our own above one that is named', () => {
  const text = instanceText('use_vmac vrrp.51')

  test('shares the spacing of its garp_group', () => {
    expect(globals(`garp_group {\n garp_interval 1\n interface eth0\n}\n${text}`).garpGroups?.[0]?.interfaces).toEqual(['eth0', 'vrrp.51'])
  })

  test('waits with it, by interface_up_down_delays', () => {
    const { interfaceDelays } = globals(`interface_up_down_delays {\n eth0 1 1\n}\n${text}`)
    expect(interfaceDelays?.map((delay) => delay.interface)).toEqual(['eth0', 'vrrp.51'])
  })
})

describe('who is asked for a carrier', () => {
  test('linkbeat_interfaces names them', () => {
    expect(globals(`linkbeat_interfaces {\n eth0 MII\n eth1\n}\n${instanceText()}`).linkbeats).toEqual(['eth0', 'eth1'])
  })

  test('linkbeat_use_polling means all that matter to an instance', () => {
    const text = `linkbeat_use_polling\n${instanceText('track_interface {\n eth1\n}\nvirtual_ipaddress_excluded {\n 10.0.0.1 dev eth2\n}')}`
    expect(globals(text).linkbeats).toEqual(['eth0', 'eth1', 'eth2'])
  })

  test('in an instance it is an old word, and means its own', () => {
    const agent = loadText(instanceText('linkbeat_use_polling'))
    expect(codesOf(agent)).toEqual(['7 deprecated'])
    expect(agent.vrrp?.globals.linkbeats).toEqual(['eth0'])
  })

  test('is nobody otherwise', () => {
    expect(globals(instanceText()).linkbeats).toBeUndefined()
  })
})
