import { type Micros, micros } from '../base/units.ts'
import { masterDownTime, skewTime } from '../core/vrrp/election.ts'
import type { Election } from './election.ts'
import type { Seat } from './pair.ts'
import { between, inSeconds } from './phrases.ts'

/** How long the addresses are nowhere when the master fails, by kind of failure, and why. */
export function failoverOf({ winner, loser, decided }: Election): readonly string[] {
  const one = takeover(winner, loser)
  return decided === 'priority' ? one : [...one, ...takeover(loser, winner)]
}

/** The interval that a backup counts with: VRRPv3 learns the master's, VRRPv2 trusts its own. */
const countedInterval = (master: Seat, backup: Seat): Micros =>
  backup.instance.version === 3 ? master.instance.advertInt : backup.instance.advertInt

function takeover(master: Seat, backup: Seat): readonly string[] {
  const interval = countedInterval(master, backup)
  const { priority, version, downTimerAdverts } = backup.instance
  const down = masterDownTime(backup.instance, priority, interval)
  const skew = skewTime(version, priority, interval)
  const since = micros(Math.max(0, down - master.instance.advertInt))
  return [
    `${master.host} crashes or loses power: ${backup.host} is master ${between(since, down)} later.`,
    `  It waits for ${inSeconds(down)} of silence, ${downTimerAdverts} intervals of ${inSeconds(interval)} and ${inSeconds(skew)} of skew (${skewReason(version, priority)}), counted from the last advert.`,
    `${master.host} is stopped: ${backup.host} is master ${inSeconds(skew)} later, for the last advert has priority 0 and only the skew is waited.`,
    linkLoss(master, backup, between(since, down)),
  ]
}

const skewReason = (version: 2 | 3, priority: number): string =>
  version === 3 ? `(256 - ${priority}) / 256 of the interval` : `(256 - ${priority}) / 256 s, whatever the interval`

function linkLoss(master: Seat, backup: Seat, time: string): string {
  const { instance, host } = master
  if (instance.dontTrackPrimary)
    return `${host} loses the link ${instance.interface}: both are master until it is back, for dont_track_primary keeps ${host} master; ${backup.host} takes over ${time} later.`
  if (instance.interface === '') return `${host} loses its link: ${backup.host} is master ${time} later, as after a crash.`
  return `${host} loses the link ${instance.interface}: it drops the addresses at once (FAULT), and ${backup.host} is master ${time} later, for priority 0 cannot be sent any more.`
}
