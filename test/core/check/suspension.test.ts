import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromSeconds } from '../../../src/base/units.ts'
import { checkStatus } from '../../../src/core/check/status.ts'
import { at, checkConfig, failed, Host, passed, realServer, tcpCheck, virtualServer } from './support.ts'

const vip = '198.51.100.1' as IpAddress
const vs = '[198.51.100.1]:tcp:80'
const suspending = (haSuspend: IpAddress | 'group' = vip) =>
  virtualServer({ haSuspend, realServers: [realServer(1, { checkers: [tcpCheck({ retry: 0 })] })] })

function holding(...addresses: string[]): Parameters<Host['step']>[0] {
  return { kind: 'addresses', present: new Set(addresses as IpAddress[]) }
}

function wait(host: Host, seconds: number): void {
  const end = host.now + seconds * 1_000_000
  while (host.deadline !== undefined && host.deadline * 1_000_000 <= end) host.tick()
  host.now = at(end / 1_000_000)
}

describe('ha_suspend', () => {
  test('nobody is checked before the address is here, and the servers stay as they are assumed', () => {
    const host = new Host(suspending())
    wait(host, 30)
    expect(host.probes).toEqual([])
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.log).toContain(`Deactivating healthchecker for service [192.0.2.1]:tcp:80 for VS ${vs}`)
    expect(checkStatus(host.state)[0]?.servers[0]?.checkers[0]).toMatchObject({ enabled: false, tested: false })
  })

  test('the address comes: the first attempt follows within delay_loop, and decides', () => {
    const host = new Host(suspending())
    wait(host, 30)
    host.step(holding('192.0.2.200', vip))
    wait(host, 6)
    expect(host.probes).toHaveLength(1)
    host.step({ kind: 'probe-result', id: host.probes[0]?.id ?? 0, result: failed })
    expect(host.table).toEqual([])
    expect(host.log.slice(2)).toEqual([
      'Netlink reflector reports IP 198.51.100.1 added',
      `Activating healthchecker for service [192.0.2.1]:tcp:80 for VS ${vs}`,
      'TCP connection to [192.0.2.1]:tcp:80 failed.',
      'TCP_CHECK on service [192.0.2.1]:tcp:80 failed.',
      `Removing service [192.0.2.1]:tcp:80 from VS ${vs}`,
      `Lost quorum 1-0=1 > 0 for VS ${vs}`,
    ])
  })

  test('an address that is here from the start: nothing rests, and nobody speaks of the address', () => {
    const host = new Host()
    const addresses = new Set([vip])
    host.step({ kind: 'configured', config: checkConfig([suspending()]), seed: 1, addresses })
    expect(host.log).toEqual([
      `Gained quorum 1+0=1 <= 1 for VS ${vs}`,
      `Activating healthchecker for service [192.0.2.1]:tcp:80 for VS ${vs}`,
    ])
    wait(host, 6)
    expect(host.probes).toHaveLength(1)
  })

  test('the address leaves: what is known stays, an attempt under way still counts, and there is no other', () => {
    const host = new Host()
    host.step(holding(vip))
    host.configure(suspending())
    host.answer(passed)
    host.tick()
    host.step(holding())
    expect(host.log.slice(-2)).toEqual([
      'Netlink reflector reports IP 198.51.100.1 removed',
      `Suspending healthchecker for service [192.0.2.1]:tcp:80 for VS ${vs}`,
    ])
    host.step({ kind: 'probe-result', id: host.probes.at(-1)?.id ?? 0, result: failed })
    wait(host, 60)
    expect(host.probes).toHaveLength(2)
    expect(host.table).toEqual([])
  })

  test('another address means nothing, and is not spoken of', () => {
    const host = new Host(suspending())
    const before = host.log.length
    host.step(holding('192.0.2.200'))
    expect(host.log.slice(before)).toEqual([])
  })

  test('of a virtual_server_group the address is never here, as with keepalived', () => {
    const host = new Host(suspending('group'))
    host.step(holding(vip))
    wait(host, 30)
    expect(host.probes).toEqual([])
  })

  test('a reload that takes the word away wakes the checks, and one that brings it lets them rest', () => {
    const { haSuspend: _none, ...awake } = suspending()
    const host = new Host(suspending())
    host.configure(awake)
    wait(host, 6)
    expect(host.probes).toHaveLength(1)
    host.step({ kind: 'probe-result', id: host.probes[0]?.id ?? 0, result: passed })
    host.configure(suspending())
    wait(host, 60)
    expect(host.probes).toHaveLength(1)
  })

  test('one that rests learns nothing from the shared probe of one that does not', () => {
    const other = virtualServer({
      name: 'FWM 5',
      services: [{ kind: 'fwmark', fwmark: 5, family: 4 }],
      realServers: suspending().realServers,
    })
    const host = Host.sharing(suspending(), other)
    host.answer(failed)
    expect(host.probes).toHaveLength(1)
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('FILE_CHECK follows its file all the time, so nothing is said of it', () => {
    const file = { kind: 'FILE_CHECK', name: 'f', path: '/f', weight: 0, reverse: false, initial: undefined } as const
    const host = new Host({ ...suspending(), realServers: [realServer(1, { checkers: [file] })] })
    host.step(holding(vip))
    expect(host.log.filter((line) => line.includes('healthchecker'))).toEqual([])
    host.step(holding())
    host.step({ kind: 'file-read', path: '/f', value: 1 })
    expect(host.table).toEqual([])
  })

  test('delay_loop 0 does not make those that rest spin', () => {
    const checkers = [tcpCheck({ delayLoop: fromSeconds(0) })]
    const host = new Host({ ...suspending(), realServers: [realServer(1, { checkers })] })
    host.tick()
    expect(host.deadline).toBeGreaterThan(0.05)
  })
})
