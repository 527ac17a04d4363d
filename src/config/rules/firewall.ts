import type { InstanceConfig, VrrpGlobals } from '../../core/vrrp/config.ts'
import type { GlobalDraft } from '../keywords/global-defs.ts'

/**
 * The table that drops what is sent to the addresses of `no_accept`: nf_tables of our own under every name, `nftables` as well as
 * `vrrp_iptables` with its chains.
 */
export function resolveFirewall(global: GlobalDraft, instances: readonly InstanceConfig[]): Pick<VrrpGlobals, 'firewall'> {
  if (!instances.some(({ noAccept }) => noAccept === true)) return {}
  return {
    firewall: {
      table: global.nftables ?? 'keepalived',
      priority: global.nftables_priority ?? -1,
      counters: global.nftables_counters ?? false,
      byIndex: global.nftables_ifindex ?? false,
    },
  }
}
