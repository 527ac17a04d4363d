import type { Micros } from '../base/units.ts'
import { judgeAsBackup, masterDownTime } from '../core/vrrp/election.ts'
import { type Election, startsAtOnce } from './election.ts'
import type { Seat } from './pair.ts'
import { inSeconds } from './phrases.ts'

/** What happens when a host comes back and finds the other one master. */
export function returnOf({ winner, loser }: Election): readonly string[] {
  return [...comesBack(winner, loser), ...comesBack(loser, winner)]
}

function comesBack(self: Seat, master: Seat): readonly string[] {
  const { priority, preemption } = self.instance
  switch (judgeAsBackup(master.instance.priority, priority, preemption)) {
    case 'master-resigned':
    case 'master-stands':
      return [stays(self, master)]
    case 'master-outranked':
      return displaces(self, master)
  }
}

function stays(self: Seat, master: Seat): string {
  const { priority, preemption } = self.instance
  if (priority > master.instance.priority && preemption.kind === 'nopreempt')
    return `${self.host} comes back: it stays backup (nopreempt), and ${master.host} remains master until it fails or stops.`
  const why = priority === master.instance.priority ? 'an equal priority displaces nobody' : 'its priority is the lower one'
  const idle = preemption.kind === 'nopreempt' && priority < master.instance.priority ? '; nopreempt has nothing to do on this side' : ''
  return `${self.host} comes back: it stays backup, for ${why}${idle}.`
}

function displaces(self: Seat, master: Seat): readonly string[] {
  const { preemption, priority, version } = self.instance
  if (startsAtOnce(self)) return [`${self.host} comes back: it owns the addresses, and takes mastership from ${master.host} at once.`]
  const interval: Micros = version === 3 ? master.instance.advertInt : self.instance.advertInt
  const wait = inSeconds(masterDownTime(self.instance, priority, self.instance.advertInt))
  const after = inSeconds(masterDownTime(self.instance, priority, interval))
  if (preemption.kind === 'preempt' && preemption.delay > 0)
    return [
      `${self.host} comes back: it waits ${inSeconds(preemption.delay)} (preempt_delay, from the first lower advert it hears) and up to ${after} more, then takes mastership from ${master.host}.`,
    ]
  return [`${self.host} comes back: it does not follow a lower priority, and takes mastership from ${master.host} after ${wait}.`]
}
