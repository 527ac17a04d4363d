import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { checkerPool } from '../../../src/core/check/pool.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { checkStatus } from '../../../src/core/check/status.ts'
import {
  at,
  checkConfig,
  checkTarget,
  failed,
  Host,
  httpCheck,
  passed,
  realServer,
  sorryServer,
  tcpCheck,
  virtualServer,
} from './support.ts'

const notFound: ProbeResult = { kind: 'failed', reason: { kind: 'status-code', url: '/', code: 404 } }

/** Two servers, each with its own target, so that a round can tell them apart. */
function pair(more: Parameters<typeof realServer>[1] = {}, check: Parameters<typeof tcpCheck>[0] = {}): ReturnType<typeof realServer>[] {
  return [1, 2].map((last) => {
    const server = realServer(last, more)
    return { ...server, checkers: [tcpCheck({ ...check, target: { ...checkTarget, address: server.address } })] }
  })
}

const only =
  (well: string, otherwise: ProbeResult = failed) =>
  (address: string): ProbeResult =>
    address.startsWith(well) ? passed : otherwise

describe('a server and its checker', () => {
  test('TCP_CHECK: a server that fails leaves the table after retry attempts, delay_before_retry apart, and returns at the first success', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers: [tcpCheck({ retry: 2 })] })] }))
    host.answer(passed)
    for (let i = 0; i < 3; i++) {
      expect(host.table).toEqual(['192.0.2.1 1'])
      host.answer(failed)
    }
    expect(host.table).toEqual([])
    host.answer(failed)
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.probes.map((probe) => probe.at)).toEqual([0, 6, 7, 8, 14, 20])
    expect(host.log).toEqual([
      'Gained quorum 1+0=1 <= 1 for VS [198.51.100.1]:tcp:80',
      'Activating healthchecker for service [192.0.2.1]:tcp:80 for VS [198.51.100.1]:tcp:80',
      'TCP connection to [192.0.2.1]:tcp:80 success.',
      'TCP connection to [192.0.2.1]:tcp:80 failed.',
      'TCP_CHECK on service [192.0.2.1]:tcp:80 failed after 2 retries.',
      'Removing service [192.0.2.1]:tcp:80 from VS [198.51.100.1]:tcp:80',
      'Lost quorum 1-0=1 > 0 for VS [198.51.100.1]:tcp:80',
      'TCP connection to [192.0.2.1]:tcp:80 success.',
      'Adding service [192.0.2.1]:tcp:80 to VS [198.51.100.1]:tcp:80',
      'Gained quorum 1+0=1 <= 1 for VS [198.51.100.1]:tcp:80',
    ])
  })

  test('the first attempt of all decides whatever retry says', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers: [tcpCheck({ retry: 5 })] })] }))
    host.answer(failed)
    expect(host.table).toEqual([])
    expect(host.log).toContain('TCP_CHECK on service [192.0.2.1]:tcp:80 failed.')
  })

  test('log_all_failures tells each failed attempt, HTTP_GET as keepalived words it', () => {
    const checkers = [httpCheck({ retry: 1, logAllFailures: true })]
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers })] }))
    for (const result of [passed, notFound, notFound, notFound, passed]) host.answer(result)
    expect(host.log.slice(2)).toEqual([
      'Remote Web server [192.0.2.1]:tcp:80 succeed on service.',
      'HTTP status code error to server [192.0.2.1]:tcp:80.',
      'HTTP status code error to server [192.0.2.1]:tcp:80.',
      'HTTP_CHECK on service [192.0.2.1]:tcp:80 failed after 1 retries.',
      'Removing service [192.0.2.1]:tcp:80 from VS [198.51.100.1]:tcp:80',
      'Lost quorum 1-0=1 > 0 for VS [198.51.100.1]:tcp:80',
      'HTTP status code success to [192.0.2.1]:tcp:80 url(/)',
      'Remote Web server [192.0.2.1]:tcp:80 succeed on service.',
      'Adding service [192.0.2.1]:tcp:80 to VS [198.51.100.1]:tcp:80',
      'Gained quorum 1+0=1 <= 1 for VS [198.51.100.1]:tcp:80',
    ])
  })

  test('alpha: out of the table until it succeeded once, and its first failure is no loss', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { alpha: true }) }))
    expect(host.table).toEqual([])
    host.round(only('192.0.2.2'))
    expect(host.table).toEqual(['192.0.2.2 1'])
    expect(host.log.filter((line) => /Removing|Lost|Starting/.test(line))).toEqual([])
  })

  test('a server without checkers is always up', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers: [], alpha: true })] }))
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.deadline).toBeUndefined()
  })

  test('a server is up when all its checkers are, and leaves and returns once', () => {
    const other = { ...checkTarget, port: 81 }
    const checkers = [tcpCheck({ retry: 0 }), tcpCheck({ retry: 0, target: other })]
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers })] }))
    host.round(() => passed)
    host.round(() => failed)
    expect(host.table).toEqual([])
    host.round((address) => (address.endsWith(':81') ? passed : failed))
    expect(host.table).toEqual([])
    host.round(() => passed)
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.log.filter((line) => /^(Removing|Adding) service/.test(line))).toHaveLength(2)
  })

  test('inhibit_on_failure: a failed server stays with weight 0', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { inhibitOnFailure: true, weight: 5 })] }))
    host.answer(failed)
    expect(host.table).toEqual(['192.0.2.1 0'])
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 5'])
    expect(host.log.filter((line) => /abling service/.test(line))).toEqual([
      'Disabling service [192.0.2.1]:tcp:80 of VS [198.51.100.1]:tcp:80',
      'Enabling service [192.0.2.1]:tcp:80 of VS [198.51.100.1]:tcp:80',
    ])
  })

  test('warmup: the first attempts are spread by the seed, the same for the same seed', () => {
    const spread = (): number[] => {
      const realServers = Array.from({ length: 50 }, (_, i) => realServer(i + 1, { checkers: [tcpCheck({ warmup: fromSeconds(6) })] }))
      const host = new Host(virtualServer({ realServers }))
      while (host.probes.length < 50) host.tick()
      return host.probes.map((probe) => probe.at)
    }
    const starts = spread()
    expect(starts).toEqual(spread())
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...starts)).toBeLessThan(7)
    expect(new Set(starts).size).toBe(50)
  })
})

describe('attempts and their answers', () => {
  test('connect_timeout: an attempt that never answers is given up by core itself, and cancelled', () => {
    const host = new Host(virtualServer())
    host.tick()
    expect(host.deadline).toBe(5)
    host.tick()
    expect(host.cancelled).toEqual([1])
    expect(host.table).toEqual([])
    expect(host.log).toContain('TCP connection to [192.0.2.1]:tcp:80 timeout.')
    expect(host.deadline).toBe(11)
  })

  test('a late answer of an attempt that was given up changes nothing', () => {
    const host = new Host(virtualServer())
    host.tick()
    host.tick()
    const before = host.log.length
    host.step({ kind: 'probe-result', id: 1, result: passed })
    expect(host.table).toEqual([])
    expect(host.log).toHaveLength(before)
    expect(host.deadline).toBe(11)
  })

  test('an answer counts once, one that nobody asked for not at all', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1, { checkers: [tcpCheck({ retry: 1 })] })] }))
    host.answer(passed)
    host.answer(failed)
    for (const id of [2, 2, 77, -1]) host.step({ kind: 'probe-result', id, result: failed })
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('after a stall of ours an answer that came in time is still heard', () => {
    const host = new Host(virtualServer())
    host.tick()
    host.now = at(9)
    host.step({ kind: 'tick' })
    expect(host.cancelled).toEqual([])
    host.step({ kind: 'probe-result', id: 1, result: passed })
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('an attempt that we had no descriptor for says nothing of the server', () => {
    const host = new Host(virtualServer())
    host.answer({ kind: 'not-made', detail: 'EMFILE' })
    host.answer(passed)
    expect(host.probes.map((probe) => probe.at)).toEqual([0, 1])
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('a tick before its time does nothing', () => {
    const host = new Host(virtualServer())
    host.answer(passed)
    host.now = at(5)
    host.step({ kind: 'tick' })
    expect(host.probes).toHaveLength(1)
  })
})

describe('quorum, hysteresis and the sorry server', () => {
  const name = '[198.51.100.1]:tcp:80'

  test('sorry_server takes the place of all servers when quorum is lost, and gives it back', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }), quorum: 2, sorryServer: sorryServer() }))
    host.round(() => passed)
    host.round(only('192.0.2.1'))
    expect(host.table).toEqual(['192.0.2.99 1'])
    expect(host.log.slice(-5)).toEqual([
      'TCP_CHECK on service [192.0.2.2]:tcp:80 failed.',
      `Removing service [192.0.2.2]:tcp:80 from VS ${name}`,
      `Lost quorum 2-0=2 > 1 for VS ${name}`,
      `Adding sorry server [192.0.2.99]:tcp:80 to VS ${name}`,
      `Removing alive servers from the pool for VS ${name}`,
    ])
    host.round(() => passed)
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 1'])
    expect(host.log.slice(-5)).toEqual([
      'TCP connection to [192.0.2.2]:tcp:80 success.',
      `Adding service [192.0.2.2]:tcp:80 to VS ${name}`,
      `Gained quorum 2+0=2 <= 2 for VS ${name}`,
      `Removing sorry server [192.0.2.99]:tcp:80 from VS ${name}`,
      `Adding alive servers to the pool for VS ${name}`,
    ])
  })

  test('servers that change while the sorry_server stands in are only remembered', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }), quorum: 2, sorryServer: sorryServer() }))
    host.round(() => failed)
    host.round(only('192.0.2.2'))
    expect(host.table).toEqual(['192.0.2.99 1'])
  })

  test('sorry_server_inhibit keeps it in the table with weight 0', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }), sorryServer: sorryServer({ inhibit: true }) }))
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 1', '192.0.2.99 0'])
    host.round(() => failed)
    expect(host.table).toEqual(['192.0.2.99 1'])
    expect(host.log).toContain(`Enabling sorry server [192.0.2.99]:tcp:80 to VS ${name}`)
    host.round(() => passed)
    expect(host.log).toContain(`Disabling sorry server [192.0.2.99]:tcp:80 from VS ${name}`)
  })

  test('inhibit_on_failure: when the sorry_server stands in, living servers stay with weight 0', () => {
    const realServers = pair({ inhibitOnFailure: true }, { retry: 0 })
    const host = new Host(virtualServer({ realServers, quorum: 2, sorryServer: sorryServer() }))
    host.round(only('192.0.2.1'))
    expect(host.table).toEqual(['192.0.2.1 0', '192.0.2.2 0', '192.0.2.99 1'])
  })

  test('alpha with sorry_server starts below quorum and says so', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { alpha: true }), sorryServer: sorryServer() }))
    expect(host.table).toEqual(['192.0.2.99 1'])
    expect(host.log.slice(0, 3)).toEqual([
      `Starting with quorum down 1-0=1 > 0 for VS ${name}`,
      `Adding sorry server [192.0.2.99]:tcp:80 to VS ${name}`,
      `Removing alive servers from the pool for VS ${name}`,
    ])
  })

  test('without sorry_server living servers stay in the table below quorum', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }), quorum: 2 }))
    host.round(only('192.0.2.1'))
    expect(host.table).toEqual(['192.0.2.1 1'])
    expect(host.log.at(-1)).toBe(`Lost quorum 2-0=2 > 1 for VS ${name}`)
  })

  test('hysteresis: weight counts, quorum is lost below quorum - hysteresis and gained at quorum + hysteresis', () => {
    const realServers = pair({ weight: 2 }, { retry: 0 })
    const host = new Host(virtualServer({ realServers, quorum: 3, hysteresis: 1, sorryServer: sorryServer() }))
    host.round(only('192.0.2.1'))
    expect(host.table).toEqual(['192.0.2.1 2'])
    host.round(() => failed)
    expect(host.table).toEqual(['192.0.2.99 1'])
    host.round(only('192.0.2.1'))
    expect(host.table).toEqual(['192.0.2.99 1'])
    host.round(() => passed)
    expect(host.table).toEqual(['192.0.2.1 2', '192.0.2.2 2'])
  })
})

describe('reload', () => {
  test('what is the same keeps its state, its attempt under way and its failures', () => {
    const server = virtualServer({ realServers: pair({}, { retry: 1 }) })
    const host = new Host(server)
    host.round(only('192.0.2.1'))
    host.now = at(6)
    host.step({ kind: 'tick' })
    const before = { log: host.log.length, probes: host.probes.length, objects: host.objects }
    host.configure(structuredClone(server))
    expect(host.log.slice(before.log).filter((line) => !line.startsWith('Activating'))).toEqual([])
    expect(host.objects).toEqual(before.objects)
    expect(host.cancelled).toEqual([])
    host.step({ kind: 'probe-result', id: host.probes.at(-1)?.id ?? 0, result: passed })
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 1'])
  })

  test('what has moved keeps its state too, the very same or equal, among as many as before or fewer', () => {
    const servers = (...lasts: readonly number[]) =>
      lasts.map((last) => {
        const server = realServer(last)
        return { ...server, checkers: [tcpCheck({ retry: 0, target: { ...checkTarget, address: server.address } })] }
      })
    const web = virtualServer({ name: 'web', realServers: servers(1, 2, 3) })
    const mail = virtualServer({ name: 'mail', realServers: servers(4, 5) })
    const [moved, fewer] = [
      { ...web, realServers: web.realServers.toReversed() },
      { ...web, realServers: web.realServers.slice(1) },
    ]
    for (const same of [(value: typeof web) => value, structuredClone<typeof web>]) {
      const host = new Host(web, mail)
      host.round((address) => (/[245]:80$/.test(address) ? failed : passed))
      const before = { log: host.log.length, deadline: host.deadline }
      host.configure(same(mail), same(moved))
      expect(host.table).toEqual(['192.0.2.3 1', '192.0.2.1 1'])
      host.configure(same(fewer))
      expect(host.table).toEqual(['192.0.2.3 1'])
      expect(host.deadline).toBe(before.deadline)
      expect(host.log.slice(before.log).filter((line) => /failed|success|Adding|quorum 1\+0/.test(line))).toEqual([])
    }
  })

  test('alpha does not reset a server that is up', () => {
    const server = virtualServer({ realServers: pair({}, { alpha: true }) })
    const host = new Host(server)
    host.round(() => passed)
    host.configure(structuredClone(server))
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 1'])
  })

  test('another delay_loop, retry or weight leaves the verdict; a shorter delay_loop counts at once', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }) }))
    host.round(only('192.0.2.1'))
    host.configure(virtualServer({ realServers: pair({ weight: 7 }, { retry: 3, delayLoop: fromSeconds(2) }) }))
    expect(host.table).toEqual(['192.0.2.1 7'])
    expect(host.deadline).toBe(2)
    expect(host.log.filter((line) => line.startsWith('Changing'))).toEqual([
      'Changing weight from 1 to 7 for active service [192.0.2.1]:tcp:80 of VS [198.51.100.1]:tcp:80',
      'Changing weight from 1 to 7 for inactive service [192.0.2.2]:tcp:80 of VS [198.51.100.1]:tcp:80',
    ])
  })

  test('another checker heals nobody: a server that was down stays so until it passed', () => {
    const host = new Host(virtualServer({ realServers: [realServer(1)] }))
    host.answer(failed)
    host.configure(virtualServer({ realServers: [realServer(1, { checkers: [httpCheck()] })] }))
    expect(host.table).toEqual([])
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 1'])
  })

  test('what is gone vanishes with its attempt', () => {
    const host = new Host(
      virtualServer({ realServers: pair() }),
      virtualServer({ name: 'FWM 5', services: [{ kind: 'fwmark', fwmark: 5, family: 4 }] }),
    )
    host.step({ kind: 'tick' })
    const before = host.log.length
    host.configure(virtualServer({ realServers: pair().slice(1) }))
    expect(host.cancelled.toSorted()).toEqual([1, 3])
    expect(host.table).toEqual(['192.0.2.2 1'])
    expect(host.log.slice(before)).toEqual([
      'service [192.0.2.1]:tcp:80 no longer exist',
      'Removing service [192.0.2.1]:tcp:80 from VS [198.51.100.1]:tcp:80',
      'Removing Virtual Server FWM 5',
      'Removing service [192.0.2.1]:none:80 from VS FWM 5',
      'Activating healthchecker for service [192.0.2.2]:tcp:80 for VS [198.51.100.1]:tcp:80',
    ])
    host.step({ kind: 'probe-result', id: 1, result: failed })
    host.step({ kind: 'probe-result', id: 2, result: passed })
    expect(host.table).toEqual(['192.0.2.2 1'])
  })

  test('a server that is added starts up and can give quorum', () => {
    const host = new Host(virtualServer({ realServers: pair().slice(0, 1), sorryServer: sorryServer() }))
    host.answer(failed)
    host.configure(virtualServer({ realServers: pair(), sorryServer: sorryServer() }))
    expect(host.table).toEqual(['192.0.2.2 1'])
    expect(host.log).toContain('Removing sorry server [192.0.2.99]:tcp:80 from VS [198.51.100.1]:tcp:80')
  })
})

describe('stop', () => {
  test('nothing is wanted any more, attempts are cancelled, and each server is named', () => {
    const host = new Host(virtualServer({ realServers: [...pair(), realServer(3, { inhibitOnFailure: true, checkers: [] })] }))
    host.step({ kind: 'tick' })
    const before = host.log.length
    host.step({ kind: 'stop' })
    expect(host.objects).toEqual([])
    expect(host.cancelled).toEqual([1, 2])
    expect(host.deadline).toBeUndefined()
    expect(host.log.slice(before)).toEqual([
      'Shutting down service [192.0.2.1]:tcp:80 from VS [198.51.100.1]:tcp:80',
      'Shutting down service [192.0.2.2]:tcp:80 from VS [198.51.100.1]:tcp:80',
      'Shutting down service [192.0.2.3]:tcp:80 from VS [198.51.100.1]:tcp:80',
    ])
  })
})

describe('what is read of the state', () => {
  test('desired is the same array until something changed', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }) }), virtualServer({ name: 'other' }))
    const first = host.objects
    host.answer(passed)
    expect(host.objects).toBe(first)
    host.round(only('192.0.2.1'))
    expect(host.objects).not.toBe(first)
    expect(host.objects[1]).toBe(first[1])
  })

  test('a reload makes anew only what has changed: the rest of the table is the same objects', () => {
    const three = (weight: number) => [1, 2, 3].map((last) => realServer(last, { weight: last === 2 ? weight : 1 }))
    const others = () => virtualServer({ name: 'other', realServers: three(1) })
    const host = new Host(virtualServer({ realServers: three(1) }), others())
    const before = host.objects
    host.configure(virtualServer({ realServers: three(5) }), others())
    const after = host.objects
    expect(after.map((object, i) => object === before[i])).toEqual([true, true, false, true, true, true, true, true])
    expect(host.table).toEqual(['192.0.2.1 1', '192.0.2.2 5', '192.0.2.3 1', '192.0.2.1 1', '192.0.2.2 1', '192.0.2.3 1'])
  })

  test('a service whose servers all change at once may have as many as it likes', () => {
    const pool = checkerPool({ shareProbes: false })
    const event = (weight: number) => {
      const realServers = Array.from({ length: 130_000 }, (_, port) => ({ ...realServer(1, { weight, checkers: [] }), port }))
      return { kind: 'configured', config: checkConfig([virtualServer({ realServers })]), seed: 1 } as const
    }
    const { state } = pool.step(pool.initial, event(1), at(0))
    expect(pool.step(state, event(2), at(1)).effects).toHaveLength(130_000)
  })

  test('status names virtual servers, servers and checkers with their last attempt', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }), sorryServer: sorryServer(), quorum: 2 }))
    host.round(only('192.0.2.1'))
    expect(checkStatus(host.state)).toEqual([
      {
        name: '[198.51.100.1]:tcp:80',
        quorum: 'down',
        liveWeight: 1,
        sorryServerStandsIn: true,
        servers: [
          {
            name: '[192.0.2.1]:tcp:80',
            up: true,
            weight: undefined,
            effectiveWeight: 1,
            checkers: [{ check: 'TCP_CHECK', up: true, enabled: true, tested: true, last: { at: at(0), result: passed }, sharedBy: 1 }],
          },
          {
            name: '[192.0.2.2]:tcp:80',
            up: false,
            weight: undefined,
            effectiveWeight: 1,
            checkers: [{ check: 'TCP_CHECK', up: false, enabled: true, tested: true, last: { at: at(0), result: failed }, sharedBy: 1 }],
          },
        ],
      },
    ])
  })

  test('the state is plain data: a copy goes on as the original does', () => {
    const host = new Host(virtualServer({ realServers: pair({}, { retry: 0 }) }))
    host.answer(passed)
    const copy = new Host()
    copy.state = structuredClone(host.state)
    copy.now = host.now
    for (const one of [host, copy]) one.round(() => failed)
    expect(copy.table).toEqual([])
    expect(structuredClone(copy.state.agenda)).toEqual(structuredClone(host.state.agenda))
  })
})
