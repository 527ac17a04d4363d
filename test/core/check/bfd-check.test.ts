import { describe, expect, test } from 'vitest'
import type { Instant } from '../../../src/base/units.ts'
import type { BfdCheck, Checker } from '../../../src/core/check/config.ts'
import { checkStatus } from '../../../src/core/check/status.ts'
import { Host, passed, realServer, tcpCheck, virtualServer } from './support.ts'

const bfdCheck = (more: Partial<BfdCheck> = {}): BfdCheck => ({ kind: 'BFD_CHECK', name: 'peer', alpha: false, ...more })
const one = (...checkers: Checker[]) => virtualServer({ realServers: [realServer(1, { checkers })] })
const tell = (host: Host, up: boolean, session = 'peer'): void => host.step({ kind: 'bfd', session, up, at: (host.now - 47) as Instant })
const server = '[192.0.2.1]:tcp:80'
const place = 'VS [198.51.100.1]:tcp:80'

describe('BFD_CHECK', () => {
  test('the server leaves and returns with the session of that name, in the words of keepalived', () => {
    const host = new Host(one(bfdCheck()))
    const before = host.log.length
    tell(host, false)
    expect(host.table).toEqual([])
    tell(host, true)
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.log.slice(before)).toEqual([
      'Received BFD event: instance peer is in state Down (delivered in 47 usec)',
      `BFD check of [peer] RS(${server}) is DOWN`,
      `Removing service ${server} from ${place}`,
      `Lost quorum 1-0=1 > 0 for ${place}`,
      'Received BFD event: instance peer is in state Up (delivered in 47 usec)',
      `BFD check of [peer] RS(${server}) is UP`,
      `Adding service ${server} to ${place}`,
      `Gained quorum 1+0=1 <= 1 for ${place}`,
    ])
  })

  test('without alpha the server is up until something is known, with it down', () => {
    expect(new Host(one(bfdCheck())).table).toEqual(['192.0.2.1 1'])
    const host = new Host(one(bfdCheck({ alpha: true })))
    expect(host.table).toEqual([])
    tell(host, false)
    expect(host.log).toContain(`BFD check of [peer] RS(${server}) is DOWN`)
    expect(host.log.join()).not.toContain('Removing')
    tell(host, true)
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('inhibit_on_failure leaves it with weight 0', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { inhibitOnFailure: true, checkers: [bfdCheck()] })] }))
    tell(host, false)
    expect(host.table).toEqual(['192.0.2.1 0'])
    expect(host.log).toContain(`Disabling service ${server} of ${place}`)
  })

  test('together with another check both have to be well', () => {
    const host = new Host(one(bfdCheck(), tcpCheck({ alpha: true })))
    tell(host, true)
    expect(host.table).toEqual([])
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 1'])
    tell(host, false)
    expect(host.table).toEqual([])
  })

  test('another session is another matter, and nothing is ever due', () => {
    const host = new Host(one(bfdCheck()))
    tell(host, false, 'other')
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.deadline).toBeUndefined()
  })

  test('what is told again is not said again', () => {
    const host = new Host(one(bfdCheck()))
    tell(host, false)
    const { length } = host.log
    tell(host, false)
    expect(host.log.slice(length)).toEqual(['Received BFD event: instance peer is in state Down (delivered in 47 usec)'])
  })

  test('its state survives a reload, and a server that is new begins with what is known', () => {
    const host = new Host(one(bfdCheck()))
    tell(host, false)
    host.configure(virtualServer({ realServers: [realServer(1, { checkers: [bfdCheck()] }), realServer(2, { checkers: [bfdCheck()] })] }))
    expect(host.table).toEqual([])
    tell(host, true)
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 1'])
  })

  test('its activation is said once, and the status shows whether anything was heard', () => {
    const host = new Host(
      virtualServer({ realServers: [realServer(1, { checkers: [bfdCheck()] }), realServer(2, { checkers: [bfdCheck()] })] }),
    )
    expect(host.log.filter((line) => line.startsWith('Activating'))).toEqual(['Activating BFD healthchecker'])
    expect(checkStatus(host.state)[0]?.servers[0]?.checkers).toEqual([
      { check: 'BFD_CHECK', up: true, enabled: true, tested: false, last: undefined, sharedBy: 1 },
    ])
    tell(host, true)
    expect(checkStatus(host.state)[0]?.servers[0]?.checkers[0]?.tested).toBe(true)
  })
})
