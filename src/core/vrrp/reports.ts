import type { Family, IpAddress } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { ScriptEnd } from '../script-config.ts'
import type { StateName } from './effects.ts'
import type { RejectReason } from './receive.ts'

/**
 * What may be written to the log, as data: `event` is stable, the process layer words it. Those marked "once" are sent at most once
 * for each instance until its state or configuration changes.
 */
export type Report =
  // Elections.
  | { readonly event: 'backup-got-priority-zero'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'master-got-priority-zero'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'master-down-expired'; readonly instance: string; readonly after: Micros }
  | {
      readonly event: 'lower-priority-forces-election'
      readonly instance: string
      readonly source: IpAddress
      readonly priority: number
      readonly own: number
      /** Not worth a line: it was said within the last minute. */
      readonly again?: true
    }
  | {
      readonly event: 'lower-priority-discarded'
      readonly instance: string
      readonly source: IpAddress
      readonly priority: number
      readonly own: number
    }
  | {
      readonly event: 'higher-priority-received'
      readonly instance: string
      readonly source: IpAddress
      readonly priority: number
      readonly own: number
    }
  | {
      readonly event: 'higher-address-received'
      readonly instance: string
      readonly source: IpAddress
      readonly priority: number
      readonly ownAddress: IpAddress
    }
  /** Once a minute: a lower priority has been speaking as a master for so long, although it was answered. */
  | { readonly event: 'dual-master-suspected'; readonly instance: string; readonly source: IpAddress; readonly lasting: Micros }
  /** Once: somebody uses our address, or our own packet came back. */
  | { readonly event: 'own-address-received'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'two-owners'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'owner-lowered'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'owner-restored'; readonly instance: string }
  | { readonly event: 'preempt-delay-started'; readonly instance: string; readonly delay: Micros }
  | { readonly event: 'preempt-delay-stopped'; readonly instance: string }
  | { readonly event: 'priority-zero-sent'; readonly instance: string }
  /** A master could not run for longer than its peers wait; it listens before it announces again. */
  | { readonly event: 'stalled'; readonly instance: string; readonly late: Micros }

  // Trackers.
  | { readonly event: 'priority-changed'; readonly instance: string; readonly from: number; readonly to: number }
  /** It ended otherwise than the run before. */
  | { readonly event: 'script-returns'; readonly script: string; readonly end: ScriptEnd }
  /** It is good or bad now, whatever the last runs said. */
  | { readonly event: 'script-changed'; readonly script: string; readonly good: boolean; readonly end: ScriptEnd }
  /** The bfd process has told of a session, so long ago. */
  | { readonly event: 'bfd-received'; readonly bfd: string; readonly up: boolean; readonly delay: Micros }
  | { readonly event: 'bfd-changed'; readonly instance: string; readonly bfd: string; readonly up: boolean }
  | { readonly event: 'process-changed'; readonly process: string; readonly good: boolean }

  // Sync groups.
  | { readonly event: 'group-syncing'; readonly group: string; readonly to: 'MASTER' | 'BACKUP' | 'FAULT' }
  /** All members have changed, and everything that tells of them precedes it. */
  | { readonly event: 'group-transition'; readonly group: string; readonly from: StateName; readonly to: StateName }

  // What was received. All once.
  | {
      readonly event: 'advert-rejected'
      readonly instance: string
      readonly source: IpAddress
      readonly reason: RejectReason
      /** What was in the packet and what was wanted, where the reason compares two values. */
      readonly received: number | string | undefined
      readonly expected: number | string | undefined
    }
  | {
      readonly event: 'address-list-differs'
      readonly instance: string
      readonly source: IpAddress
      readonly missing: IpAddress | undefined
      readonly received: number
      readonly expected: number
    }
  | {
      readonly event: 'interval-differs'
      readonly instance: string
      readonly source: IpAddress
      readonly received: Micros
      readonly own: Micros
    }
  | { readonly event: 'old-unicast-checksum'; readonly instance: string; readonly source: IpAddress }
  | { readonly event: 'unknown-vrid'; readonly ifindex: number; readonly family: Family; readonly vrid: number; readonly source: IpAddress }

  // Faults, addresses.
  | { readonly event: 'fault-raised'; readonly instance: string; readonly cause: FaultCause; readonly subject: string }
  | { readonly event: 'fault-cleared'; readonly instance: string; readonly cause: FaultCause; readonly subject: string }
  | { readonly event: 'setting-vips'; readonly instance: string }
  | { readonly event: 'removing-vips'; readonly instance: string }
  /** What else comes and goes with mastership. */
  | { readonly event: 'setting' | 'removing'; readonly instance: string; readonly what: 'evips' | 'routes' | 'rules' | 'firewall' }
  /** A route or a rule; `text` in keepalived's words. */
  | { readonly event: 'routing-lost'; readonly instance: string; readonly what: string; readonly text: string }
  /** Nothing ends with it: of an instance where it says `no_track`, or static (without an instance). */
  | { readonly event: 'restoring'; readonly instance: string | undefined; readonly what: string; readonly text: string }
  | { readonly event: 'vip-lost'; readonly instance: string; readonly address: IpAddress; readonly interface: string }
  | { readonly event: 'vips-moved-to-excluded'; readonly instance: string; readonly count: number; readonly limit: number }
  | {
      readonly event: 'announcing'
      readonly instance: string
      readonly interface: string
      readonly addresses: readonly IpAddress[]
      readonly repeat: number
    }

/** keepalived counts several named causes; an instance leaves FAULT when none is left. */
export type FaultCause =
  | 'interface-down'
  | 'interface-missing'
  | 'no-source-address'
  | 'no-unicast-peers'
  | 'tracked-interface-down'
  | 'script-failed'
  | 'tracked-file'
  | 'tracked-bfd'
  | 'process-quorum'
