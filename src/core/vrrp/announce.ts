import { type Family, familyOf, type IpAddress } from '../../base/ip.ts'
import type { MacAddress } from '../../base/mac.ts'
import { earliest, type Instant, later, type Micros } from '../../base/units.ts'
import { type AddressObject, keyOf } from '../reconcile/kinds.ts'
import type { GarpConfig } from './config.ts'
import type { AnnounceEffect } from './effects.ts'
import type { Interfaces } from './interfaces.ts'

/**
 * When a master announces its addresses again. It ends with the state that holds it, so nothing is announced after MASTER is left.
 */
export interface AnnounceSchedule {
  /** The addresses that the kernel has: nothing else is announced. */
  readonly present: readonly AddressObject[]
  /** The second burst, `garp_master_delay` after the first. */
  readonly secondAt: Instant | undefined
  /** `garp_master_refresh` */
  readonly refreshAt: Instant | undefined
  /** The second burst after a lower priority was heard, `garp_lower_prio_delay`. */
  readonly lowerPrioAt: Instant | undefined
  /** `garp_extra_if`: the next one on other interfaces; absent without it. */
  readonly extraAt?: Instant
}

export const NOT_ANNOUNCED: AnnounceSchedule = { present: [], secondAt: undefined, refreshAt: undefined, lowerPrioAt: undefined }

/** Announce these addresses now, so many times. */
export interface Burst {
  readonly addresses: readonly AddressObject[]
  readonly repeat: number
}

export interface Announcing {
  readonly schedule: AnnounceSchedule
  readonly bursts: readonly Burst[]
}

/** The kernel has these addresses now: those that are new are announced, and the first ones start the schedule. */
export function addressesPresent(
  schedule: AnnounceSchedule,
  present: readonly AddressObject[],
  garp: GarpConfig,
  now: Instant,
): Announcing {
  const before = new Set(schedule.present.map(keyOf))
  const added = before.size === 0 ? present : present.filter((address) => !before.has(keyOf(address)))
  if (added.length === 0) return { schedule: { ...schedule, present }, bursts: [] }
  if (before.size > 0) return { schedule: { ...schedule, present }, bursts: [{ addresses: added, repeat: garp.masterRepeat }] }
  return announceAnew({ ...schedule, present }, garp, now)
}

/** The burst of a new master, and what follows it. */
export function announceAnew(schedule: AnnounceSchedule, garp: GarpConfig, now: Instant): Announcing {
  if (schedule.present.length === 0) return { schedule, bursts: [] }
  return {
    schedule: {
      present: schedule.present,
      secondAt: garp.masterDelay > 0 ? later(now, garp.masterDelay) : undefined,
      refreshAt: garp.masterRefresh > 0 ? later(later(now, garp.masterDelay), garp.masterRefresh) : undefined,
      lowerPrioAt: undefined,
      ...(garp.extra && { extraAt: later(now, garp.extra.every) }),
    },
    bursts: [{ addresses: schedule.present, repeat: garp.masterRepeat }],
  }
}

/** Somebody of a lower priority spoke as a master: clients may have listened to it. */
export function lowerPriorityHeard(schedule: AnnounceSchedule, garp: GarpConfig, now: Instant): Announcing {
  return {
    schedule: { ...schedule, lowerPrioAt: garp.lowerPrioDelay > 0 ? later(now, garp.lowerPrioDelay) : undefined },
    bursts: [{ addresses: schedule.present, repeat: garp.lowerPrioRepeat }],
  }
}

export function announceDeadline(schedule: AnnounceSchedule): Instant | undefined {
  return earliest(schedule.secondAt, schedule.refreshAt, schedule.lowerPrioAt, schedule.extraAt)
}

/** Whatever of the schedule is due. Refreshes keep their beat, but a stall is not made up for. */
export function announceDue(schedule: AnnounceSchedule, garp: GarpConfig, now: Instant): Announcing {
  let { secondAt, refreshAt, lowerPrioAt } = schedule
  const bursts: Burst[] = []
  const burst = (repeat: number): void => {
    bursts.push({ addresses: schedule.present, repeat })
  }
  if (secondAt !== undefined && secondAt <= now) {
    secondAt = undefined
    burst(garp.masterRepeat)
  }
  if (lowerPrioAt !== undefined && lowerPrioAt <= now) {
    lowerPrioAt = undefined
    burst(garp.lowerPrioRepeat)
  }
  if (refreshAt !== undefined && refreshAt <= now) {
    refreshAt = nextBeat(refreshAt, garp.masterRefresh, now)
    burst(garp.masterRefreshRepeat)
  }
  const next: AnnounceSchedule = { present: schedule.present, secondAt, refreshAt, lowerPrioAt }
  const { extra } = garp
  if (extra === undefined) return { schedule: next, bursts }
  const extraAt = schedule.extraAt ?? later(now, extra.every)
  if (extraAt > now) return { schedule: { ...next, extraAt }, bursts }
  bursts.push({ addresses: firstOn(extra.interfaces, schedule.present), repeat: 1 })
  return { schedule: { ...next, extraAt: nextBeat(extraAt, extra.every, now) }, bursts }
}

/** One address of each interface shows the network where its MAC is. */
function firstOn(interfaces: readonly string[], present: readonly AddressObject[]): readonly AddressObject[] {
  return interfaces.flatMap((name) => present.find((address) => address.interface === name) ?? [])
}

/** The next instant of a periodic timer: counted from when it was due, so it does not drift; from now if that is past too. */
export function nextBeat(due: Instant, period: Micros, now: Instant): Instant {
  const next = later(due, period)
  return next > now ? next : later(now, period)
}

/** One effect for each interface and family. Loopback and interfaces without ARP have nobody to tell. */
export function announceEffects(instance: string, burst: Burst, interfaces: Interfaces): readonly AnnounceEffect[] {
  if (burst.repeat === 0) return []
  const groups = new Map<string, AddressObject[]>()
  for (const address of burst.addresses) {
    const key = `${address.interface} ${familyOf(address.prefix.address)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [address])
    else group.push(address)
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const addresses = group.map(({ prefix }) => prefix.address)
    return announceOn({
      instance,
      interfaces,
      interface: first.interface,
      family: familyOf(first.prefix.address),
      addresses,
      repeat: burst.repeat,
    })
  })
}

export interface Announcement {
  readonly instance: string
  readonly interfaces: Interfaces
  readonly interface: string
  readonly family: Family
  readonly addresses: readonly IpAddress[]
  readonly repeat: number
}

export function announceOn(announcement: Announcement): readonly AnnounceEffect[] {
  const { interfaces, ...rest } = announcement
  const link = interfaces.byName.get(rest.interface)
  if (link === undefined || link.loopback || !link.arp || link.mac === undefined) return []
  const mac: MacAddress = link.mac
  return [{ kind: 'announce', ifindex: link.index, mac, ...rest }]
}
