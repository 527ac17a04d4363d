import { elapsed, type Instant } from '../base/units.ts'
import { addressKey } from '../core/reconcile/kinds.ts'
import type { InstanceConfig, VirtualAddress } from '../core/vrrp/config.ts'
import type { Instance } from '../core/vrrp/instance.ts'
import { type InstanceStatus, instanceStatus } from '../core/vrrp/status.ts'

/** One instance as the dump files show it: what core knows of it, with times of day. */
export interface DumpedInstance extends InstanceStatus {
  readonly config: InstanceConfig
  /** Milliseconds since 1970; undefined for never. */
  readonly changedAt: number | undefined
  readonly timesOutAt: number | undefined
}

/** The two clocks at one moment, to turn a monotonic instant into a time of day. */
export interface Clocks {
  readonly instant: Instant
  /** Milliseconds since 1970. */
  readonly wall: number
}

export function dumpedInstance(instance: Instance, clocks: Clocks): DumpedInstance {
  const status = instanceStatus(instance)
  const wallOf = (at: Instant | undefined): number | undefined =>
    at === undefined ? undefined : clocks.wall + elapsed(clocks.instant, at) / 1000
  return { ...status, config: instance.config, changedAt: wallOf(status.lastTransition), timesOutAt: wallOf(status.expiresAt) }
}

/** Whether the kernel holds this address for the instance. */
export function isSet({ present }: InstanceStatus, { interface: device, prefix, peer }: VirtualAddress): boolean {
  return present.has(addressKey(device, peer === undefined ? prefix : { address: prefix.address, length: peer.length }))
}

/** Whether what is sent to the address is dropped. */
export function isGuarded(status: DumpedInstance, address: VirtualAddress): boolean {
  return status.config.noAccept === true && isSet(status, address)
}

/** What a dump shows in place of a secret. */
export const MASKED = '********'

const SCOPES: Readonly<Record<number, string>> = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' }

/** `192.0.2.250/24 dev eth0 scope global set`, as dump and JSON both have it. */
export function addressText(address: VirtualAddress, set: boolean, guarded = false): string {
  const { prefix, peer, broadcast, label, flags, preferredLft } = address
  const words = [`${prefix.address}${peer === undefined ? `/${prefix.length}` : ''}`]
  if (broadcast !== undefined) words.push(`brd ${broadcast}`)
  words.push(`dev ${address.interface}${address.below === undefined ? '' : `@${address.below}`}`)
  if (address.useVmac) words.push('use_vmac')
  words.push(`scope ${SCOPES[address.scope] ?? address.scope}`)
  if (label !== undefined) words.push(`label ${label}`)
  if (peer !== undefined) words.push(`peer ${peer.address}/${peer.length}`)
  if (flags.home) words.push('home')
  if (prefix.address.includes(':') && !flags.nodad) words.push('-nodad')
  if (flags.mngtmpaddr) words.push('mngtmpaddr')
  if (flags.noprefixroute) words.push('noprefixroute')
  if (flags.autojoin) words.push('autojoin')
  if (address.noTrack) words.push('no_track')
  if (preferredLft !== undefined) words.push(preferredLft === 0 ? 'deprecated' : `preferred_lft ${preferredLft}`)
  else if (prefix.address.includes(':')) words.push('preferred_lft forever')
  if (set) words.push('set')
  if (guarded) words.push('nftable_set')
  return words.join(' ')
}
