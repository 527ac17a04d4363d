import type { IpAddress } from '../base/ip.ts'
import { elapsed, type Instant, type Micros } from '../base/units.ts'
import type { InstanceConfig, VirtualAddress } from '../core/vrrp/config.ts'
import type { Counters } from '../core/vrrp/counters.ts'
import type { StateName } from '../core/vrrp/effects.ts'
import { masterDownTime } from '../core/vrrp/election.ts'
import { type Instance, instanceDeadline, priorityOf } from '../core/vrrp/instance.ts'

/** One instance as the dump files show it; a snapshot with wall-clock times. */
export interface InstanceStatus {
  readonly config: InstanceConfig
  readonly state: StateName
  readonly wantState: StateName
  readonly effectivePriority: number
  /** Of the last master heard; 0 if none, or if it is us. */
  readonly masterPriority: number
  readonly masterAddress: IpAddress | undefined
  readonly masterAdvertInterval: Micros
  readonly masterDownTimer: Micros
  readonly source: IpAddress | undefined
  readonly faults: number
  /** Milliseconds since 1970; undefined for never. */
  readonly lastTransition: number | undefined
  readonly nextTimeout: number | undefined
  readonly vipsSet: boolean
  readonly counters: Counters
}

/** The two clocks at one moment, to turn a monotonic instant into a time of day. */
export interface Clocks {
  readonly instant: Instant
  /** Milliseconds since 1970. */
  readonly wall: number
}

export function instanceStatus(instance: Instance, clocks: Clocks): InstanceStatus {
  const { config, state } = instance
  const wallOf = (at: Instant | undefined): number | undefined =>
    at === undefined ? undefined : clocks.wall + elapsed(clocks.instant, at) / 1000
  const interval = state.role === 'backup' ? state.masterAdvertInterval : config.advertInt
  const priority = priorityOf(instance)
  return {
    config,
    state: STATES[state.role],
    wantState: state.role === 'init' ? config.state : STATES[state.role],
    effectivePriority: priority,
    masterPriority: state.role === 'master' ? 0 : (instance.master?.priority ?? 0),
    masterAddress: instance.master?.address,
    masterAdvertInterval: interval,
    masterDownTimer: masterDownTime(config, priority, interval),
    source: instance.environment.source,
    faults: instance.environment.faults.length,
    lastTransition: wallOf(instance.lastTransition),
    nextTimeout: wallOf(instanceDeadline(instance)),
    vipsSet: state.role === 'master',
    counters: instance.counters,
  }
}

/** keepalived knows no state of its own for a stopped instance in a dump: it is about to be gone. */
const STATES: { readonly [role in Instance['state']['role']]: StateName } = {
  init: 'INIT',
  fault: 'FAULT',
  backup: 'BACKUP',
  master: 'MASTER',
  stopped: 'STOP',
}

/** What a dump shows in place of a secret. */
export const MASKED = '********'

const SCOPES: Readonly<Record<number, string>> = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' }

/** `192.0.2.250/24 dev eth0 scope global set`, as dump and JSON both have it. */
export function addressText(address: VirtualAddress, set: boolean): string {
  const { prefix, peer, broadcast, label, flags, preferredLft } = address
  const words = [`${prefix.address}${peer === undefined ? `/${prefix.length}` : ''}`]
  if (broadcast !== undefined) words.push(`brd ${broadcast}`)
  words.push(`dev ${address.interface}`, `scope ${SCOPES[address.scope] ?? address.scope}`)
  if (label !== undefined) words.push(`label ${label}`)
  if (peer !== undefined) words.push(`peer ${peer.address}/${peer.length}`)
  if (flags.home) words.push('home')
  if (prefix.address.includes(':') && !flags.nodad) words.push('-nodad')
  if (flags.mngtmpaddr) words.push('mngtmpaddr')
  if (flags.noprefixroute) words.push('noprefixroute')
  if (flags.autojoin) words.push('autojoin')
  if (address.noTrack) words.push('no_track')
  if (preferredLft !== undefined) words.push(preferredLft === 0 ? 'deprecated' : `preferred_lft ${preferredLft}`)
  if (set) words.push('set')
  return words.join(' ')
}
