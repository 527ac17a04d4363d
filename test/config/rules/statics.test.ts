import { expect, test } from 'vitest'
import type { VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { instanceText, loadText } from '../../support/config-files.ts'

const vrrp = (text: string): VrrpConfig => {
  const { vrrp: config } = loadText(text, { reader: { interfaceExists: () => true } })
  if (config === undefined) throw new Error('no vrrp configuration')
  return config
}

test('static_ipaddress, static_routes and static_rules are kept in their order', () => {
  const { statics } = vrrp(
    `static_ipaddress {\n192.0.2.7/24 dev eth1\n192.0.2.8/24\n}\nstatic_routes {\n10.0.0.0/8 dev eth1\n}\nstatic_rules {\nfrom 10.0.0.0/8 table 5 preference 7\n}\n${instanceText()}`,
  )
  expect(statics?.addresses.map(({ prefix, interface: device }) => `${prefix.address} ${device}`)).toEqual([
    '192.0.2.7 eth1',
    '192.0.2.8 eth0',
  ])
  expect([statics?.routes[0]?.destination?.address, statics?.rules[0]?.preference]).toEqual(['10.0.0.0', 7])
})

test('default_interface is where static_ipaddress goes without dev', () => {
  const { statics } = vrrp(`global_defs {\ndefault_interface eth3\n}\nstatic_ipaddress {\n192.0.2.8/24\n}\n${instanceText()}`)
  expect(statics?.addresses[0]?.interface).toBe('eth3')
})

test.each([
  { keyword: 'static_ipaddress', line: '192.0.2.7/24 dev eth1' },
  { keyword: 'static_routes', line: '10.0.0.0/8 dev eth1' },
  { keyword: 'static_rules', line: 'from 10.0.0.0/8 iif eth1 table 5 preference 7' },
])('track_group and its group: the interface of $keyword counts for the instances named', ({ keyword, line }) => {
  const { instances } = vrrp(
    `track_group edge {\n  group {\n    VI_2\n  }\n}\n${keyword} {\n${line} track_group edge\n}\n${instanceText()}${instanceText('', 'VI_2', 52)}`,
  )
  expect(instances.map(({ staticInterfaces }) => staticInterfaces)).toEqual([undefined, ['eth1']])
})

test('without any there is nothing', () => {
  expect(vrrp(instanceText()).statics).toBeUndefined()
})
