import type { IpAddress } from '../../base/ip.ts'
import type { Instant, Micros } from '../../base/units.ts'
import { keyOf } from '../reconcile/kinds.ts'
import type { StateName } from './effects.ts'
import type { Fault } from './environment.ts'
import { downTime, type Instance, priorityOf, stateName } from './instance.ts'
import type { RouterState } from './router.ts'

/** One instance as dumps, statistics and metrics show it, in keepalived's words. */
export interface InstanceStatus {
  readonly name: string
  readonly syncGroup: string | undefined
  readonly state: StateName
  /** The state that it would have if nothing kept it from it: `state MASTER` wants MASTER from the start. */
  readonly wantState: 'MASTER' | 'BACKUP'
  readonly basePriority: number
  readonly effectivePriority: number
  readonly ifindex: number | undefined
  readonly source: IpAddress | undefined
  /** The last master heard; undefined while we are master ourselves, and before any was heard. */
  readonly masterAddress: IpAddress | undefined
  readonly masterPriority: number
  /** master_adver_int */
  readonly masterAdvertInterval: Micros
  readonly masterDownTime: Micros
  /** On the monotonic clock; undefined while in INIT. */
  readonly lastTransition: Instant | undefined
  /** When the running timer ends: master-down in BACKUP, the next advert in MASTER. */
  readonly expiresAt: Instant | undefined
  readonly faults: readonly Fault[]
  /** Whether the kernel holds the addresses for us, and which. */
  readonly vipSet: boolean
  readonly present: ReadonlySet<string>
  /** How many of `virtual_ipaddress` are advertised; the others are treated as excluded. */
  readonly advertised: number
  readonly oldUnicastChecksum: boolean
  readonly stats: InstanceStats
}

/** Under keepalived's names (statistics text and JSON), and what it does not count. */
export interface InstanceStats {
  readonly advert_rcvd: number
  readonly advert_sent: number
  readonly become_master: number
  readonly release_master: number
  readonly packet_len_err: number
  readonly advert_interval_err: number
  readonly ip_ttl_err: number
  readonly invalid_type_rcvd: number
  readonly addr_list_err: number
  readonly invalid_authtype: number
  readonly authtype_mismatch: number
  readonly auth_failure: number
  readonly auth_ext_missing: number
  readonly auth_ext_malformed: number
  readonly auth_ext_unknown_key: number
  readonly auth_ext_invalid_hmac: number
  readonly auth_ext_stale: number
  readonly auth_ext_replay: number
  readonly pri_zero_rcvd: number
  readonly pri_zero_sent: number
  readonly checksum_err: number
  readonly version_err: number
  readonly source_err: number
  readonly owner_ignored: number
}

/** One sync group as the dump shows it. */
export interface GroupStatus {
  readonly name: string
  readonly state: StateName
  readonly members: readonly string[]
  /** Members with faults of their own, and members that cannot leave INIT yet. */
  readonly faults: number
  readonly waiting: number
}

export function groupStatus({ groups, instances }: RouterState): readonly GroupStatus[] {
  return groups.map(({ name, state, members: positions }) => {
    const members = positions.flatMap((at) => instances[at] ?? [])
    return {
      name,
      state,
      members: members.map(({ config }) => config.name),
      faults: members.filter(({ environment }) => environment.faults.length > 0).length,
      waiting: members.filter(({ environment }) => environment.waiting).length,
    }
  })
}

export function routerStatus(state: RouterState): readonly InstanceStatus[] {
  return state.instances.map(instanceStatus)
}

/** `present` is keyed as `keyOf` writes it. */
export function instanceStatus(instance: Instance): InstanceStatus {
  const { config, state, environment, master } = instance
  const present = state.role === 'master' ? state.announce.present : []
  const masterAdvertInterval = state.role === 'backup' ? state.masterAdvertInterval : config.advertInt
  return {
    name: config.name,
    syncGroup: instance.syncGroup,
    state: stateName(instance),
    wantState:
      state.role === 'master' || (state.role === 'backup' && state.wantsMaster) || (state.role !== 'backup' && config.state === 'MASTER')
        ? 'MASTER'
        : 'BACKUP',
    basePriority: config.priority,
    effectivePriority: priorityOf(instance),
    ifindex: environment.ifindex,
    source: environment.source,
    masterAddress: master?.address,
    masterPriority: master?.priority ?? 0,
    masterAdvertInterval,
    masterDownTime: downTime(instance, masterAdvertInterval),
    lastTransition: instance.lastTransition,
    expiresAt: state.role === 'backup' ? state.masterDownAt : state.role === 'master' ? state.advertAt : undefined,
    faults: environment.faults,
    vipSet: present.length > 0,
    present: new Set(present.map(keyOf)),
    advertised: instance.advertised.length,
    oldUnicastChecksum: instance.oldUnicastChecksum,
    stats: statsOf(instance),
  }
}

/** keepalived counts a wrong mode among the address-list errors, and a mismatch of VRRPv3 intervals among the interval errors. */
function statsOf({ counters }: Instance): InstanceStats {
  const { rejected } = counters
  return {
    advert_rcvd: counters.advertsReceived,
    advert_sent: counters.advertsSent,
    become_master: counters.becameMaster,
    release_master: counters.releasedMaster,
    packet_len_err: rejected.length + rejected.truncated,
    advert_interval_err: rejected.interval + counters.intervalDiffers,
    ip_ttl_err: rejected.ttl,
    invalid_type_rcvd: rejected.type,
    addr_list_err: rejected.mode + counters.addressListDiffers,
    invalid_authtype: rejected['auth-type'],
    authtype_mismatch: rejected['auth-mismatch'],
    auth_failure: rejected['auth-failure'] + rejected['ah-spi'] + rejected['ah-icv'] + rejected['ah-replay'],
    auth_ext_missing: rejected['hmac-missing'],
    auth_ext_malformed: rejected['hmac-malformed'],
    auth_ext_unknown_key: rejected['hmac-unknown-key'],
    auth_ext_invalid_hmac: rejected['hmac-invalid'],
    auth_ext_stale: rejected['hmac-stale'],
    auth_ext_replay: rejected['hmac-replay'],
    pri_zero_rcvd: counters.priorityZeroReceived,
    pri_zero_sent: counters.priorityZeroSent,
    checksum_err: rejected.checksum,
    version_err: rejected.version,
    source_err: rejected.source,
    owner_ignored: rejected['own-priority'],
  }
}
