import { expect, test } from 'vitest'
import { missingCapabilities, permissionMessage } from '../../src/process/capabilities.ts'

test.each([
  { name: 'root', mask: '000001ffffffffff', missing: [] },
  { name: 'nobody', mask: '0000000000000000', missing: ['CAP_NET_ADMIN', 'CAP_NET_RAW'] },
  { name: 'a process with CAP_NET_ADMIN only', mask: '0000000000001000', missing: ['CAP_NET_RAW'] },
  { name: 'a process with CAP_NET_RAW only', mask: '0000000000002000', missing: ['CAP_NET_ADMIN'] },
])('$name', ({ mask, missing }) => {
  expect(missingCapabilities(`Name:\tx\nCapEff:\t${mask}\nCapBnd:\t000001ffffffffff\n`, ['CAP_NET_ADMIN', 'CAP_NET_RAW'])).toEqual(missing)
})

test('the sentence names what is missing, what for, and the remedy', () => {
  expect(permissionMessage(['CAP_NET_ADMIN', 'CAP_NET_RAW'], 'send VRRP advertisements')).toBe(
    'Missing permission: CAP_NET_ADMIN and CAP_NET_RAW are needed to send VRRP advertisements; run as root, or grant it (systemd: AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW)',
  )
})
