import type { IpAddress } from '../../base/ip.ts'
import { isScheduled, type VirtualServer } from './config.ts'
import type { CheckEffect } from './events.ts'
import type { CheckReport } from './reports.ts'
import type { PoolState, RunningChecker, VirtualServerState } from './state.ts'

/** `ha_suspend`: whether the checks of a service rest, because its address is not on this host. */
export function isSuspended({ haSuspend }: VirtualServer, present: ReadonlySet<IpAddress>): boolean {
  return haSuspend !== undefined && (haSuspend === 'group' || !present.has(haSuspend))
}

/**
 * Addresses came or left. A checker that rests keeps what it thinks of its server, and its turns: they pass without an attempt, so that
 * the first one after it wakes comes within its delay_loop.
 */
export function followAddresses(state: PoolState, present: ReadonlySet<IpAddress>): CheckEffect[] {
  state.addresses = present
  const turned = state.virtualServers.filter((self) => self.suspended !== isSuspended(self.config, present))
  const effects: CheckEffect[] = []
  for (const address of new Set(turned.map(({ config }) => config.haSuspend))) {
    const theirs = turned.filter(({ config }) => config.haSuspend === address)
    const came = address !== undefined && address !== 'group' && present.has(address)
    effects.push({ kind: 'report', report: { event: came ? 'address-came' : 'address-left', address: String(address) } })
    for (const self of theirs) effects.push(...turn(self, !came))
  }
  return effects
}

/** What is said of checkers when a configuration comes into force: of those that try, and those of BFD have one word for all. */
export function activations(checkers: readonly RunningChecker[]): CheckReport[] {
  const tried = checkers.filter(({ config }) => isScheduled(config))
  const said = tried.map((checker) => about(checker, checker.virtualServer.suspended ? 'checker-deactivated' : 'checker-activated'))
  return checkers.some(({ config }) => config.kind === 'BFD_CHECK') ? [...said, { event: 'bfd-activated' }] : said
}

function turn(self: VirtualServerState, suspended: boolean): CheckEffect[] {
  self.suspended = suspended
  const event = suspended ? 'checker-suspended' : 'checker-activated'
  const tried = self.checkers.filter(({ config }) => isScheduled(config))
  return tried.map((checker) => ({ kind: 'report', report: about(checker, event) }))
}

function about(
  { config, server, virtualServer }: RunningChecker,
  event: 'checker-activated' | 'checker-deactivated' | 'checker-suspended',
): CheckReport {
  return { event, server: server.name, virtualServer: virtualServer.config.name, check: config.kind }
}
