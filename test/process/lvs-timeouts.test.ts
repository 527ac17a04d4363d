import { expect, test } from 'vitest'
import { ok } from '../../src/base/result.ts'
import type { IpvsTimeouts } from '../../src/netlink/ipvs.ts'
import { LvsTimeouts } from '../../src/process/lvs-timeouts.ts'

/** ip_vs with the timeouts that a kernel starts with. */
function rig() {
  let now: IpvsTimeouts = { tcp: 900, tcpFin: 120, udp: 300 }
  const table = {
    timeouts: () => ok(now),
    setTimeouts: ({ tcp, tcpFin, udp }: IpvsTimeouts) => {
      now = { tcp: tcp || now.tcp, tcpFin: tcpFin || now.tcpFin, udp: udp || now.udp }
      return { errno: 0, detail: '' }
    },
  }
  return { timeouts: new LvsTimeouts(table), now: () => Object.values(now).join(' ') }
}

test('lvs_timeouts are set, and what was there before comes back at the end', () => {
  const { timeouts, now } = rig()
  timeouts.want({ tcp: 700, tcpFin: 0, udp: 170 })
  expect(now()).toBe('700 120 170')
  timeouts.restore()
  expect(now()).toBe('900 120 300')
})

test('lvs_timeouts that a reload changes or takes away', () => {
  const { timeouts, now } = rig()
  timeouts.want({ tcp: 700, tcpFin: 70, udp: 170 })
  timeouts.want({ tcp: 0, tcpFin: 80, udp: 0 })
  expect(now()).toBe('900 80 300')
  timeouts.want(undefined)
  expect(now()).toBe('900 120 300')
})

test('without lvs_timeouts nothing is touched', () => {
  const { timeouts } = rig()
  expect(timeouts.want(undefined)).toBeUndefined()
  timeouts.restore()
  const refusing = { timeouts: () => ok({ tcp: 1, tcpFin: 2, udp: 3 }), setTimeouts: () => ({ errno: 22, detail: 'EINVAL' }) }
  expect(new LvsTimeouts(refusing).want({ tcp: 1, tcpFin: 0, udp: 0 })).toBe('EINVAL')
})
