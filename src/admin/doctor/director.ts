import { bitsOf, familyOf, type IpAddress, networkOf } from '../../base/ip.ts'
import type { AgentConfig } from '../../config/agent-config.ts'
import type { Forwarding } from '../../core/check/config.ts'
import type { AddressObject } from '../../core/reconcile/kinds.ts'

/** What the checks go by: how this director forwards, and where. */
export interface Director {
  readonly methods: ReadonlySet<Forwarding['method']>
  readonly schedulers: readonly string[]
  readonly virtualServers: boolean
  /** Of VRRP instances. */
  readonly interfaces: readonly string[]
  /** Where requests come in: those, and those of virtual addresses that are no instance's. */
  readonly devices: readonly string[]
  readonly multicast: boolean
  readonly families: ReadonlySet<4 | 6>
  /** Virtual addresses and where they belong. */
  readonly vips: readonly { readonly address: IpAddress; readonly interface: string }[]
  /** Addresses of virtual servers, whoever holds them. */
  readonly served: readonly IpAddress[]
  readonly realServers: readonly { readonly address: IpAddress; readonly method: Forwarding['method'] }[]
  /** auth_hmac compares clocks. */
  readonly comparesClocks: boolean
}

/** `own`: the addresses of this host, which tell where a virtual address that VRRP knows nothing of belongs. */
export function directorOf({ vrrp, check }: Pick<AgentConfig, 'vrrp' | 'check'>, own: readonly AddressObject[]): Director {
  const instances = vrrp?.instances ?? []
  const servers = check?.virtualServers ?? []
  const realServers = servers.flatMap((server) =>
    server.realServers.map(({ address, forwarding }) => ({ address, method: forwarding.method })),
  )
  const elected = instances.flatMap((instance) =>
    [...instance.virtualIpaddress, ...instance.virtualIpaddressExcluded].map(({ prefix, interface: device }) => ({
      address: prefix.address,
      interface: device,
    })),
  )
  const served = [...new Set(servers.flatMap(({ services }) => services.flatMap((key) => (key.kind === 'address' ? [key.address] : []))))]
  const byHand = served.flatMap((address) => {
    const place = elected.some((vip) => vip.address === address) ? undefined : placeOf(address, own)
    return place === undefined ? [] : [{ address, interface: place }]
  })
  const interfaces = [...new Set(instances.map((instance) => instance.interface))]
  return {
    methods: new Set(realServers.map(({ method }) => method)),
    schedulers: [...new Set(servers.map(({ scheduler }) => scheduler))],
    virtualServers: servers.length > 0,
    interfaces,
    devices: [...new Set([...interfaces, ...byHand.map((vip) => vip.interface)])],
    multicast: instances.some(({ transport }) => transport.kind === 'multicast'),
    families: new Set(instances.map(({ family }) => family)),
    vips: [...elected, ...byHand],
    served,
    realServers: [...new Map(realServers.map((one) => [`${one.address} ${one.method}`, one])).values()],
    comparesClocks: instances.some(({ authHmac }) => authHmac?.antiReplay === 'time'),
  }
}

/** The interface that holds an address, or has its subnet. */
function placeOf(address: IpAddress, own: readonly AddressObject[]): string | undefined {
  const reachable = own.filter((one) => one.interface !== 'lo')
  const place = reachable.find(({ prefix }) => prefix.address === address) ?? reachable.find((one) => covers(one, address))
  return place?.interface
}

/** Whether an address is in the subnet of one of ours; one that stands alone has no subnet. */
export function covers({ prefix }: AddressObject, address: IpAddress): boolean {
  const family = familyOf(address)
  if (familyOf(prefix.address) !== family || prefix.length === bitsOf(family)) return false
  return networkOf({ address, length: prefix.length }) === networkOf(prefix)
}
