import type { IpAddress } from '../../base/ip.ts'
import type { AgentConfig } from '../../config/agent-config.ts'
import type { Forwarding } from '../../core/check/config.ts'

/** What the checks go by: how this director forwards, and where. */
export interface Director {
  readonly methods: ReadonlySet<Forwarding['method']>
  readonly schedulers: readonly string[]
  readonly virtualServers: boolean
  /** Of VRRP instances. */
  readonly interfaces: readonly string[]
  readonly multicast: boolean
  readonly families: ReadonlySet<4 | 6>
  /** Virtual addresses and where they belong. */
  readonly vips: readonly { readonly address: IpAddress; readonly interface: string }[]
  readonly realServers: readonly { readonly address: IpAddress; readonly method: Forwarding['method'] }[]
  /** auth_hmac compares clocks. */
  readonly comparesClocks: boolean
}

export function directorOf({ vrrp, check }: Pick<AgentConfig, 'vrrp' | 'check'>): Director {
  const instances = vrrp?.instances ?? []
  const servers = check?.virtualServers ?? []
  const realServers = servers.flatMap((server) =>
    server.realServers.map(({ address, forwarding }) => ({ address, method: forwarding.method })),
  )
  return {
    methods: new Set(realServers.map(({ method }) => method)),
    schedulers: [...new Set(servers.map(({ scheduler }) => scheduler))],
    virtualServers: servers.length > 0,
    interfaces: [...new Set(instances.map((instance) => instance.interface))],
    multicast: instances.some(({ transport }) => transport.kind === 'multicast'),
    families: new Set(instances.map(({ family }) => family)),
    vips: instances.flatMap((instance) =>
      [...instance.virtualIpaddress, ...instance.virtualIpaddressExcluded].map(({ prefix, interface: device }) => ({
        address: prefix.address,
        interface: device,
      })),
    ),
    realServers: [...new Map(realServers.map((one) => [`${one.address} ${one.method}`, one])).values()],
    comparesClocks: instances.some(({ authHmac }) => authHmac?.antiReplay === 'time'),
  }
}
