import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { Checker, VirtualServer } from '../../../src/core/check/config.ts'
import { checkStatus } from '../../../src/core/check/status.ts'
import { checkTarget, failed, Host, httpCheck, passed, realServer, tcpCheck, virtualServer } from './support.ts'

/** As many services as checkers, each with the same server and one of the checkers. */
function services(...checkers: readonly Checker[]): VirtualServer[] {
  return checkers.map((checker, i) => virtualServer({ name: `vs${i}`, realServers: [realServer(1, { checkers: [checker] })] }))
}

const { kind, ...schedule } = tcpCheck()
const script: Checker = {
  ...schedule,
  kind: 'MISC_CHECK',
  script: { argv: ['/bin/true'], runAs: undefined },
  timeout: fromSeconds(1),
  dynamic: false,
}

/** How many probes the first round takes. */
function firstRound(host: Host): number {
  host.tick()
  return host.probes.length
}

describe('share_probes: one probe for each distinct target', () => {
  test('a thousand services on the same server make one attempt, and all learn from it', () => {
    const host = Host.sharing(...services(...Array.from({ length: 1000 }, () => tcpCheck({ retry: 0 }))))
    host.answer(passed)
    host.answer(failed)
    expect(host.probes.map(({ at }) => at)).toEqual([0, 6])
    expect(host.table).toEqual([])
    host.answer(passed)
    expect(host.table).toHaveLength(1000)
    expect(host.log.filter((line) => line.startsWith('Adding service'))).toHaveLength(1000)
  })

  test.each<{ readonly name: string; readonly checkers: readonly Checker[]; readonly probes: number }>([
    { name: 'the same TCP_CHECK', checkers: [tcpCheck(), tcpCheck()], probes: 1 },
    { name: 'the same HTTP_GET', checkers: [httpCheck(), httpCheck()], probes: 1 },
    { name: 'alpha on one only', checkers: [tcpCheck({ alpha: true }), tcpCheck()], probes: 1 },
    { name: 'log_all_failures on one only', checkers: [tcpCheck({ logAllFailures: true }), tcpCheck()], probes: 1 },
    { name: 'another kind', checkers: [tcpCheck(), httpCheck()], probes: 2 },
    { name: 'another connect_port', checkers: [tcpCheck(), tcpCheck({ target: { ...checkTarget, port: 81 } })], probes: 2 },
    {
      name: 'another connect_timeout',
      checkers: [tcpCheck(), tcpCheck({ target: { ...checkTarget, connectTimeout: fromSeconds(4) } })],
      probes: 2,
    },
    { name: 'another fwmark', checkers: [tcpCheck(), tcpCheck({ target: { ...checkTarget, fwmark: 7 } })], probes: 2 },
    { name: 'another delay_loop', checkers: [tcpCheck(), tcpCheck({ delayLoop: fromSeconds(7) })], probes: 2 },
    { name: 'another retry', checkers: [tcpCheck(), tcpCheck({ retry: 2 })], probes: 2 },
    { name: 'another delay_before_retry', checkers: [tcpCheck(), tcpCheck({ delayBeforeRetry: fromSeconds(2) })], probes: 2 },
    { name: 'the same MISC_CHECK, whose script may count', checkers: [script, script], probes: 2 },
  ])('$name: $probes', ({ checkers, probes }) => {
    expect(firstRound(Host.sharing(...services(...checkers)))).toBe(probes)
    expect(firstRound(new Host(...services(...checkers)))).toBe(2)
  })

  test('alpha: the one whose service starts without the server is told of the success, the other of nothing', () => {
    const host = Host.sharing(...services(tcpCheck({ alpha: true }), tcpCheck()))
    expect(host.table).toEqual(['192.0.2.1 1'])
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.1 1'])
    expect(host.log.filter((line) => line.startsWith('Adding service'))).toEqual(['Adding service [192.0.2.1]:tcp:80 to VS vs0'])
  })

  test('warmup: the shared first attempt comes at the random point of one of them, not at the earliest of all', () => {
    const many = (count: number) => services(...Array.from({ length: count }, () => tcpCheck({ warmup: fromSeconds(6) })))
    const [alone, shared] = [Host.sharing(...many(1)), Host.sharing(...many(100))]
    alone.tick()
    shared.tick()
    expect(shared.probes.map(({ at }) => at)).toEqual(alone.probes.map(({ at }) => at))
  })

  test('no answer in time is one cancelled attempt and a failure of all', () => {
    const host = Host.sharing(...services(tcpCheck(), tcpCheck()))
    for (let i = 0; i < 3 && host.cancelled.length === 0; i++) host.tick()
    expect(host.cancelled).toEqual([1])
    expect(host.table).toEqual([])
    expect(host.log.filter((line) => /timeout/.test(line))).toHaveLength(2)
  })

  test('reload: a service that comes while the attempt is under way learns from it; one that goes does not take it along', () => {
    const host = Host.sharing(...services(tcpCheck(), tcpCheck()))
    host.tick()
    host.configure(...services(tcpCheck(), tcpCheck(), tcpCheck()).slice(1))
    expect(host.cancelled).toEqual([])
    host.tick()
    expect(host.probes).toHaveLength(1)
    host.step({ kind: 'probe-result', id: 1, result: failed })
    expect(host.table).toEqual([])
  })

  test('reload: the last one that waited for it takes the attempt along', () => {
    const host = Host.sharing(...services(tcpCheck(), tcpCheck()))
    host.tick()
    host.configure()
    expect(host.cancelled).toEqual([1])
  })

  test('reload: twins whose delay_loop has parted still learn from the attempt that both wait for, and then go their ways', () => {
    const host = Host.sharing(...services(tcpCheck(), tcpCheck()))
    host.tick()
    host.configure(...services(tcpCheck(), tcpCheck({ delayLoop: fromSeconds(9) })))
    host.step({ kind: 'probe-result', id: 1, result: passed })
    while (host.probes.length < 3) host.tick()
    expect(host.probes.map(({ at }) => at)).toEqual([0, 6, 9])
  })

  test('the status shows how many share the probe', () => {
    const sharedBy = (host: Host) =>
      checkStatus(host.state).flatMap(({ servers }) => servers.flatMap(({ checkers }) => checkers.map((one) => one.sharedBy)))
    const some = services(tcpCheck(), httpCheck(), tcpCheck())
    expect(sharedBy(Host.sharing(...some))).toEqual([2, 1, 2])
    expect(sharedBy(new Host(...some))).toEqual([1, 1, 1])
  })
})
