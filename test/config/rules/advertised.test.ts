import { expect, test } from 'vitest'
import { mostAdvertised } from '../../../src/config/rules/advertised.ts'
import { codesOf, loadText } from '../../support/config-files.ts'

test.each([
  { family: 4 as const, most: 255, address: (n: number) => `10.0.${n >> 8}.${n & 255}` },
  { family: 6 as const, most: 90, address: (n: number) => `2001:db8::${n.toString(16)}` },
])('an IPv$family advert holds $most of virtual_ipaddress; the rest is not advertised', ({ family, most, address }) => {
  expect(mostAdvertised(family)).toBe(most)
  const lines = Array.from({ length: most + 3 }, (_, n) => ` ${address(n + 1)}\n`).join('')
  const agent = loadText(
    `vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n${lines} }\n virtual_ipaddress_excluded {\n 192.0.2.1\n }\n}\n`,
  )
  expect(codesOf(agent)).toEqual([])
  const [instance] = agent.vrrp?.instances ?? []
  expect([instance?.virtualIpaddress.length, instance?.virtualIpaddressExcluded.length]).toEqual([most, 4])
  expect(instance?.virtualIpaddressExcluded.at(-1)?.prefix.address).toBe('192.0.2.1')
})
