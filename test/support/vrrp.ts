import { type Family, familyOf, type IpAddress, parsePrefix } from '../../src/base/ip.ts'
import { fromSeconds, micros } from '../../src/base/units.ts'
import type { InstanceConfig, Transport, VirtualAddress, VrrpConfig, VrrpGlobals } from '../../src/core/vrrp/config.ts'

/** An instance as the wire tests have it, but for what is said otherwise: VRRPv2, VRID 51, priority 100, 1 s, VIP 192.0.2.10. */
export function instance(
  differing: Partial<Omit<InstanceConfig, 'virtualIpaddress' | 'virtualIpaddressExcluded'>> & {
    readonly virtualIpaddress?: readonly (string | VirtualAddress)[]
    readonly virtualIpaddressExcluded?: readonly (string | VirtualAddress)[]
  } = {},
): InstanceConfig {
  const family: Family = differing.family ?? 4
  const device = differing.interface ?? 'eth0'
  const { virtualIpaddress = [family === 4 ? '192.0.2.10' : 'fe80::10'], virtualIpaddressExcluded = [], ...rest } = differing
  const virtual = (address: string | VirtualAddress): VirtualAddress =>
    typeof address === 'string' ? virtualAddress(address, { interface: device }) : address
  return {
    name: 'VI_1',
    vrid: 51,
    family,
    version: family === 4 ? 2 : 3,
    interface: device,
    state: 'BACKUP',
    priority: 100,
    advertInt: fromSeconds(1),
    preemption: { kind: 'preempt', delay: micros(0) },
    transport: multicast(family),
    checksum: { v3ChecksumAsV2: false, oldUnicastChecksum: undefined },
    authentication: { kind: 'none' },
    virtualIpaddress: virtualIpaddress.map(virtual),
    virtualIpaddressExcluded: virtualIpaddressExcluded.map(virtual),
    garp: {
      masterDelay: fromSeconds(5),
      masterRepeat: 5,
      masterRefresh: micros(0),
      masterRefreshRepeat: 1,
      lowerPrioDelay: fromSeconds(5),
      lowerPrioRepeat: 5,
    },
    downTimerAdverts: 3,
    lowerPrioNoAdvert: false,
    higherPrioSendAdvert: false,
    ownerIgnoreAdverts: false,
    skipCheckAdvAddr: false,
    dontTrackPrimary: false,
    trackers: [],
    strict: false,
    ...rest,
  }
}

export function multicast(family: Family = 4, source?: string, group = family === 4 ? '224.0.0.18' : 'ff02::12'): Transport {
  return { kind: 'multicast', group: group as IpAddress, source: source as IpAddress | undefined }
}

export function unicast(peers: readonly string[], more: Partial<Extract<Transport, { kind: 'unicast' }>> = {}): Transport {
  return {
    kind: 'unicast',
    peers: peers.map((address) => ({ address: address as IpAddress, minTtl: 0, maxTtl: 255 })),
    source: undefined,
    ttl: undefined,
    checkSource: false,
    ...more,
  }
}

export function virtualAddress(text: string, differing: Partial<VirtualAddress> = {}): VirtualAddress {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(`not an address: ${text}`)
  return {
    prefix,
    interface: 'eth0',
    scope: 0,
    label: undefined,
    broadcast: undefined,
    peer: undefined,
    flags: { home: false, nodad: familyOf(prefix.address) === 6, mngtmpaddr: false, noprefixroute: false, autojoin: false },
    preferredLft: undefined,
    noTrack: false,
    ...differing,
  }
}

export function vrrpConfig(
  instances: readonly InstanceConfig[],
  globals: Partial<VrrpGlobals> = {},
  more: Partial<Pick<VrrpConfig, 'syncGroups' | 'tracked'>> = {},
): VrrpConfig {
  return {
    instances,
    syncGroups: [],
    tracked: { scripts: [], files: [], processes: [], bfds: [] },
    ...more,
    globals: { startupDelay: micros(0), logUnknownVrids: false, garpInterval: micros(0), gnaInterval: micros(0), ...globals },
  }
}
