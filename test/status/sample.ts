import type { IpAddress } from '../../src/base/ip.ts'
import { fromSeconds, micros } from '../../src/base/units.ts'
import { addressKey } from '../../src/core/reconcile/kinds.ts'
import type { VirtualAddress } from '../../src/core/vrrp/config.ts'
import type { DumpedInstance } from '../../src/status/instance-status.ts'
import { instance, virtualAddress } from '../support/vrrp.ts'

export const ip = (text: string): IpAddress => text as IpAddress

export const address = (text: string, over: Partial<VirtualAddress> = {}): VirtualAddress =>
  virtualAddress(text.includes('/') ? text : `${text}/32`, { interface: 'va', ...over })

const NO_STATS: DumpedInstance['stats'] = {
  advert_rcvd: 0,
  advert_sent: 0,
  become_master: 0,
  release_master: 0,
  packet_len_err: 0,
  advert_interval_err: 0,
  ip_ttl_err: 0,
  invalid_type_rcvd: 0,
  addr_list_err: 0,
  invalid_authtype: 0,
  authtype_mismatch: 0,
  auth_failure: 0,
  auth_ext_missing: 0,
  auth_ext_malformed: 0,
  auth_ext_unknown_key: 0,
  auth_ext_invalid_hmac: 0,
  auth_ext_stale: 0,
  auth_ext_replay: 0,
  pri_zero_rcvd: 0,
  pri_zero_sent: 0,
  checksum_err: 0,
  version_err: 0,
  source_err: 0,
  owner_ignored: 0,
}

export const stats = (over: Partial<DumpedInstance['stats']> = {}): DumpedInstance['stats'] => ({ ...NO_STATS, ...over })

/** A master of one address, as a host that ran keepalived once showed it. */
export function master(over: Partial<DumpedInstance> = {}, config: Partial<DumpedInstance['config']> = {}): DumpedInstance {
  const whole = instance({
    interface: 'va',
    priority: 150,
    virtualIpaddress: [address('192.0.2.250/24')],
    virtualIpaddressExcluded: [address('192.0.2.251/24')],
    ...config,
  })
  return {
    config: whole,
    name: whole.name,
    syncGroup: undefined,
    state: 'MASTER',
    wantState: 'MASTER',
    basePriority: whole.priority,
    effectivePriority: whole.priority,
    ifindex: 3,
    source: ip('192.0.2.1'),
    masterAddress: undefined,
    masterPriority: 0,
    masterAdvertInterval: fromSeconds(1),
    masterDownTime: micros(3_414_062),
    lastTransition: undefined,
    expiresAt: undefined,
    changedAt: 1_795_251_100_381.637,
    timesOutAt: 1_795_251_104_381.927,
    faults: [],
    vipSet: true,
    present: new Set(
      [...whole.virtualIpaddress, ...whole.virtualIpaddressExcluded].map(({ interface: device, prefix }) => addressKey(device, prefix)),
    ),
    advertised: 1,
    oldUnicastChecksum: false,
    stats: stats({ advert_sent: 4, become_master: 1 }),
    ...over,
  }
}
