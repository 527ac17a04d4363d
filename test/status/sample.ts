import type { IpAddress } from '../../src/base/ip.ts'
import { fromSeconds, micros } from '../../src/base/units.ts'
import type { VirtualAddress } from '../../src/core/vrrp/config.ts'
import { ZERO_COUNTERS } from '../../src/core/vrrp/counters.ts'
import type { InstanceStatus } from '../../src/status/instance-status.ts'

export const ip = (text: string): IpAddress => text as IpAddress

export function address(text: string, over: Partial<VirtualAddress> = {}): VirtualAddress {
  const [host = '', length = '32'] = text.split('/')
  return {
    prefix: { address: ip(host), length: Number(length) },
    interface: 'va',
    scope: 0,
    label: undefined,
    broadcast: undefined,
    peer: undefined,
    flags: { home: false, nodad: true, mngtmpaddr: false, noprefixroute: false, autojoin: false },
    preferredLft: undefined,
    noTrack: false,
    ...over,
  }
}

/** A master of one address, as a host that ran keepalived once showed it. */
export function master(over: Partial<InstanceStatus> = {}, config: Partial<InstanceStatus['config']> = {}): InstanceStatus {
  return {
    config: {
      name: 'VI_1',
      vrid: 51,
      family: 4,
      version: 2,
      interface: 'va',
      state: 'BACKUP',
      priority: 150,
      advertInt: fromSeconds(1),
      preemption: { kind: 'preempt', delay: micros(0) },
      transport: { kind: 'multicast', group: ip('224.0.0.18'), source: undefined },
      checksum: { v3ChecksumAsV2: false, oldUnicastChecksum: undefined },
      authentication: { kind: 'none' },
      virtualIpaddress: [address('192.0.2.250/24')],
      virtualIpaddressExcluded: [address('192.0.2.251/24')],
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
      strict: false,
      ...config,
    },
    state: 'MASTER',
    wantState: 'MASTER',
    effectivePriority: 150,
    masterPriority: 0,
    masterAddress: undefined,
    masterAdvertInterval: fromSeconds(1),
    masterDownTimer: micros(3_414_062),
    source: ip('192.0.2.1'),
    faults: 0,
    lastTransition: 1_795_251_100_381.637,
    nextTimeout: 1_795_251_104_381.927,
    vipsSet: true,
    counters: { ...ZERO_COUNTERS, advertsSent: 4, becameMaster: 1 },
    ...over,
  }
}
