import { isUp } from './checker.ts'
import { tableWeight } from './desired.ts'
import type { CheckKind } from './reports.ts'
import type { LastAttempt, PoolState, RealServerState } from './state.ts'

/** What dumps and status pages show of the checkers; a snapshot. */
export interface VirtualServerStatus {
  readonly name: string
  readonly quorum: 'up' | 'down'
  readonly liveWeight: number
  readonly sorryServerStandsIn: boolean
  readonly servers: readonly RealServerStatus[]
}

export interface RealServerStatus {
  readonly name: string
  readonly up: boolean
  /** As the kernel should have it; undefined if it should not have it. */
  readonly weight: number | undefined
  /** The configured weight as its checkers change it. */
  readonly effectiveWeight: number
  readonly checkers: readonly CheckerStatus[]
}

export interface CheckerStatus {
  readonly check: CheckKind
  readonly up: boolean
  /** Not while `ha_suspend` lets it rest. */
  readonly enabled: boolean
  readonly tested: boolean
  readonly last: LastAttempt | undefined
  /** How many checkers learn from its attempts, itself among them. */
  readonly sharedBy: number
}

export function checkStatus(state: PoolState): readonly VirtualServerStatus[] {
  return state.virtualServers.map(({ config, servers, quorum, liveWeight }) => {
    const sorryServerStandsIn = config.sorryServer !== undefined && quorum !== 'up'
    return {
      name: config.name,
      quorum: quorum === 'up' ? 'up' : 'down',
      liveWeight,
      sorryServerStandsIn,
      servers: servers.map((server) => serverStatus(server, sorryServerStandsIn)),
    }
  })
}

function serverStatus(server: RealServerState, sorryServerStandsIn: boolean): RealServerStatus {
  return {
    name: server.name,
    up: server.up,
    weight: tableWeight(server, sorryServerStandsIn),
    effectiveWeight: server.weight,
    checkers: server.checkers.map(({ config, virtualServer, state, last, twins }) => ({
      check: config.kind,
      up: isUp(state.standing),
      enabled: !virtualServer.suspended,
      tested: state.standing.kind !== 'untested',
      last,
      sharedBy: twins?.length ?? 1,
    })),
  }
}
