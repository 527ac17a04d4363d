import { compareIp, type IpAddress } from '../../base/ip.ts'
import { type Micros, micros } from '../../base/units.ts'
import type { InstanceConfig, Preemption } from './config.ts'

/** The priority of the router that owns the virtual addresses (RFC 9568 §5.2.4). */
export const OWNER = 255

/** What takes part in an election: the sender of an advert, or we with the priority and the address that we really send. */
export interface Candidate {
  readonly priority: number
  readonly address: IpAddress
}

/** What a backup makes of an advert (RFC 9568 §6.4.2). */
export type BackupVerdict = 'master-resigned' | 'master-stands' | 'master-outranked'

/** There is no tie-break in BACKUP: an equal priority always stands. */
export function judgeAsBackup(advertPriority: number, priority: number, preemption: Preemption): BackupVerdict {
  if (advertPriority === 0) return 'master-resigned'
  if (advertPriority >= priority) return 'master-stands'
  if (priority === OWNER) return 'master-outranked'
  switch (preemption.kind) {
    case 'nopreempt':
      return 'master-stands'
    case 'preempt':
      return 'master-outranked'
  }
}

/** What a master makes of an advert (RFC 9568 §6.4.3). `nopreempt` means nothing here. */
export type MasterVerdict = 'other-resigned' | 'outranked' | 'outranked-by-address' | 'stands' | 'own-packet'

export function judgeAsMaster(other: Candidate, self: Candidate): MasterVerdict {
  if (other.priority === 0) return 'other-resigned'
  if (other.priority > self.priority) return 'outranked'
  if (other.priority < self.priority) return 'stands'
  const order = compareIp(other.address, self.address)
  if (order === 0) return 'own-packet'
  return order > 0 ? 'outranked-by-address' : 'stands'
}

/**
 * Skew_Time: the lower the priority, the longer the wait. VRRPv2 counts in seconds whatever the interval (RFC 3768 §6.1); VRRPv3
 * scales it with the master's interval (RFC 9568 §6.1). Whole microseconds, rounded down as keepalived does.
 */
export function skewTime(version: 2 | 3, priority: number, masterAdvertInterval: Micros): Micros {
  const scale = version === 2 ? 1_000_000 : masterAdvertInterval
  return micros(Math.floor(((256 - priority) * scale) / 256))
}

/** Master_Down_Interval: so long without an advert means that there is no master. `down_timer_adverts` replaces the RFC's 3. */
export function masterDownTime(
  config: Pick<InstanceConfig, 'version' | 'downTimerAdverts'>,
  priority: number,
  masterAdvertInterval: Micros,
): Micros {
  return micros(config.downTimerAdverts * masterAdvertInterval + skewTime(config.version, priority, masterAdvertInterval))
}
