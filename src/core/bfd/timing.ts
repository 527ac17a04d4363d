import { prng } from '../../base/prng.ts'
import { type Micros, micros } from '../../base/units.ts'
import type { Session } from './session.ts'

/** The interval in use: no more often than we wish, nor than the neighbour can hear (RFC 5880 §6.8.2). */
export function transmitInterval({ transmitFloor, remote }: Session): Micros {
  return Math.max(transmitFloor, remote.minRx) as Micros
}

/** How often the neighbour sends. */
export function remoteInterval({ detectFloor, remote }: Session): Micros {
  return Math.max(detectFloor, remote.minTx) as Micros
}

/** The neighbour's multiplier times the interval at which it sends (RFC 5880 §6.8.4); 0 before it was heard. */
export function detectionTime(session: Session): Micros {
  return (session.remote.multiplier * (session.remote.multiplier === 0 ? 0 : remoteInterval(session))) as Micros
}

/** After how long the neighbour misses us. */
export function remoteDetectionTime(session: Session): Micros {
  return (session.config.multiplier * transmitInterval(session)) as Micros
}

/** Shorter by up to a quarter, and with a multiplier of 1 by a tenth at least, so that one late packet is no failure (RFC 5880 §6.8.7). */
export function jittered(interval: Micros, multiplier: number, random: number): Micros {
  const most = multiplier === 1 ? 0.9 : 1
  return micros(interval * (0.75 + (most - 0.75) * random))
}

/** A number in [0, 1) for the `count`th packet of a session: the same for the same seed. */
export function randomOf(seed: number, count: number): number {
  return prng(seed ^ Math.imul(count, 0x9e3779b1)).next()
}

/** Periodic packets stop where the RFC says so (RFC 5880 §6.8.7). */
export function transmits({ config, state, remote, poll }: Session): boolean {
  if (state === 'AdminDown') return false
  if (config.passive && remote.discriminator === 0) return false
  if (remote.minRx === 0) return false
  return !(remote.demand && state === 'Up' && remote.state === 'Up' && poll === 'none')
}
