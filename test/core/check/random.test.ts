import { describe, expect, test } from 'vitest'
import { type Prng, prng } from '../../../src/base/prng.ts'
import { fromSeconds, instant } from '../../../src/base/units.ts'
import { nearest } from '../../../src/core/check/agenda.ts'
import { checkerDeadline, isUp } from '../../../src/core/check/checker.ts'
import type { CheckConfig, Checker, VirtualServer } from '../../../src/core/check/config.ts'
import type { CheckEvent } from '../../../src/core/check/events.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { effectiveWeight } from '../../../src/core/check/weight.ts'
import { checkConfig, failed, Host, passed, realServer, sorryServer, tcpCheck, virtualServer } from './support.ts'

/** Any events in any order: what must hold after each. */
describe('a pool under random events', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'seed %i: servers, live weight, quorum and table agree, and a replay is exact',
    (seed) => {
      const first = run(seed)
      expect(run(seed)).toEqual(first)
    },
  )
})

/** The configuration that is in force, with some of it changed: what is not is the same object, or a copy of it. */
function changedConfig(random: Prng, host: Host, copies: boolean): CheckConfig {
  const before = host.state.config?.virtualServers ?? []
  const fresh = randomConfig(random)
  const services = before.flatMap((service, i) => {
    const dice = random.next()
    if (dice < 0.5) return [service]
    if (dice < 0.6) return []
    if (dice < 0.7) return [{ ...(fresh[i] ?? service), name: service.name }]
    const realServers = service.realServers.map((server) => (random.chance(0.3) ? { ...server, weight: random.between(0, 3) } : server))
    return [{ ...service, realServers }]
  })
  return checkConfig(copies ? structuredClone(services) : services)
}

/** A reload takes over what it is handed as the very same object, and finds out what is only equal: both come to the same. */
describe('reloads', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('seed %i: what is the same object is treated as what is equal', (seed) => {
    const hosts = [false, true].map((copies) => {
      const random = prng(seed)
      const config = randomConfig(random)
      const host = seed % 2 === 0 ? Host.sharing(...config) : new Host(...config)
      const tables: (readonly string[])[] = []
      for (let i = 0; i < 300; i++) {
        host.now = instant(host.now + (random.chance(0.4) ? random.between(0, 3_000_000) : 0))
        if (random.chance(0.1)) host.step({ kind: 'configured', config: changedConfig(random, host, copies), seed: random.between(0, 99) })
        else host.step(randomEvent(random, host))
        check(host)
        tables.push(host.table)
      }
      return [host.log, tables]
    })
    expect(hosts[0]).toEqual(hosts[1])
  })
})

function run(seed: number): string[] {
  const random = prng(seed)
  const config = randomConfig(random)
  const host = random.chance(0.5) ? Host.sharing(...config) : new Host(...config)
  for (let i = 0; i < 400; i++) {
    host.now = instant(host.now + (random.chance(0.4) ? random.between(0, 3_000_000) : 0))
    host.step(randomEvent(random, host))
    check(host)
  }
  return host.log
}

function randomEvent(random: Prng, host: Host): CheckEvent {
  const running = [...host.state.probes.keys()]
  const result = randomResult(random)
  if (random.chance(0.1)) return { kind: 'file-read', path: `/f${random.between(0, 2)}`, value: random.between(-4, 4) }
  if (random.chance(0.02)) return { kind: 'configured', config: checkConfig(randomConfig(random)), seed: random.between(0, 99) }
  if (random.chance(0.005)) return { kind: 'stop' }
  if (running.length > 0 && random.chance(0.6))
    return { kind: 'probe-result', id: running[random.between(0, running.length - 1)] ?? 0, result }
  if (random.chance(0.1)) return { kind: 'probe-result', id: random.between(0, host.probes.at(-1)?.id ?? 0), result }
  return { kind: 'tick' }
}

function randomResult(random: Prng): ProbeResult {
  if (random.chance(0.4)) return failed
  return random.chance(0.5) ? passed : { kind: 'weighed', latency: fromSeconds(0.01), weight: random.between(0, 5) }
}

function randomChecker(random: Prng): Checker {
  if (random.chance(0.3)) {
    const file = random.between(0, 2)
    const weight = random.between(-2, 2)
    return { kind: 'FILE_CHECK', name: `f${file}`, path: `/f${file}`, weight, reverse: random.chance(0.3), initial: undefined }
  }
  return tcpCheck({ retry: random.between(0, 2), alpha: random.chance(0.3), warmup: fromSeconds(random.between(0, 3)) })
}

function randomConfig(random: Prng): VirtualServer[] {
  return Array.from({ length: random.between(1, 3) }, (_, i) => {
    const realServers = Array.from({ length: random.between(1, 4) }, () => {
      const checkers = Array.from({ length: random.between(0, 2) }, () => randomChecker(random))
      return realServer(random.between(1, 5), { weight: random.between(0, 3), inhibitOnFailure: random.chance(0.3), checkers })
    })
    const quorum = random.between(1, 4)
    const sorry = random.chance(0.5) ? sorryServer({ inhibit: random.chance(0.5) }) : undefined
    return virtualServer({ name: `vs${i}`, realServers, quorum, hysteresis: random.between(0, quorum - 1), sorryServer: sorry })
  })
}

function check(host: Host): void {
  for (const { servers, liveWeight, quorum, config } of host.state.virtualServers) {
    for (const server of servers) {
      const influences = server.checkers.map(({ influence }) => influence)
      expect(server.weight).toBe(effectiveWeight(server.config.weight, influences))
    }
    for (const server of servers) expect(server.up).toBe(server.checkers.every(({ state }) => isUp(state.standing)))
    expect(liveWeight).toBe(servers.reduce((sum, { up, weight }) => sum + (up ? weight : 0), 0))
    if (quorum === 'up') expect(liveWeight).toBeGreaterThan(0)
    if (quorum !== 'up') expect(liveWeight).toBeLessThan(config.quorum + config.hysteresis)
  }
  expect([...host.state.probes.values()].flat().toSorted()).toEqual(
    host.state.checkers.flatMap(({ number, state }) => (state.phase === 'probing' ? [number] : [])).toSorted(),
  )
  const deadlines = host.state.checkers.flatMap(({ state }) => checkerDeadline(state) ?? [])
  expect(nearest(host.state.agenda)).toBe(deadlines.length === 0 ? undefined : Math.min(...deadlines))
  const keys = host.objects.flatMap((object) =>
    object.kind === 'destination' ? [`${JSON.stringify(object.service)} ${object.address}`] : [],
  )
  const perServer = host.state.virtualServers.length
  for (const key of new Set(keys)) expect(keys.filter((one) => one === key).length).toBeLessThanOrEqual(perServer)
}
