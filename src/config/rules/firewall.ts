import type { FirewallConfig, InstanceConfig, VrrpGlobals } from '../../core/vrrp/config.ts'
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
      sets: setNames(global.vrrp_ipsets),
    },
  }
}

/** What is not named is named after the first. */
function setNames([first, six, linkLocal]: readonly string[] = []): FirewallConfig['sets'] {
  if (first === undefined) return { 4: 'vips', 6: 'vips', linkLocal: 'vips_link_local' }
  return { 4: first, 6: six ?? `${first}6`, linkLocal: linkLocal ?? `${first}_if6` }
}
