import { familyOf, type IpAddress } from '../../base/ip.ts'
import type { AgentConfig } from '../../config/agent-config.ts'
import type { VirtualServer } from '../../core/check/config.ts'

/** A virtual address that requests reach a real server under, and how they come. */
export interface Duty {
  readonly address: IpAddress
  readonly method: 'DR' | 'TUN'
}

/** What the director's configuration asks of a host with these addresses. Of NAT a real server knows nothing. */
export function dutiesOf({ check, vrrp }: Pick<AgentConfig, 'check' | 'vrrp'>, own: ReadonlySet<IpAddress>): readonly Duty[] {
  const virtual = (vrrp?.instances ?? [])
    .flatMap((instance) => [...instance.virtualIpaddress, ...instance.virtualIpaddressExcluded])
    .map(({ prefix }) => prefix.address)
  const duties = new Map<string, Duty>()
  for (const server of check?.virtualServers ?? []) {
    for (const { address, forwarding } of membersOf(server)) {
      if (!own.has(address) || forwarding.method === 'NAT') continue
      for (const vip of addressesOf(server, virtual)) duties.set(`${vip} ${forwarding.method}`, { address: vip, method: forwarding.method })
    }
  }
  return [...duties.values()]
}

const membersOf = ({ realServers, sorryServer }: VirtualServer) => [...realServers, ...(sorryServer === undefined ? [] : [sorryServer])]

/** What is sent to a firewall mark comes to addresses that the mark does not tell: any of VRRP's. */
function addressesOf({ services }: VirtualServer, virtual: readonly IpAddress[]): readonly IpAddress[] {
  return services.flatMap((key) => (key.kind === 'address' ? [key.address] : virtual.filter((one) => familyOf(one) === key.family)))
}
