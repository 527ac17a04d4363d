import type { IpAddress } from '../../base/ip.ts'
import type { Endpoint } from './effects.ts'
import type { Instance } from './instance.ts'

/** The sockets that these instances need, sorted by interface index and family. In FAULT too: nobody misses the first advert after it. */
export function endpointsOf(instances: readonly Instance[]): readonly Endpoint[] {
  const found = new Map<string, { readonly instance: Instance; readonly ifindex: number; readonly groups: Set<IpAddress> }>()
  for (const instance of instances) {
    const { config, environment, state } = instance
    const { ifindex } = environment
    if (ifindex === undefined || state.role === 'stopped') continue
    const key = `${ifindex} ${config.family}`
    const endpoint = found.get(key) ?? { instance, ifindex, groups: new Set() }
    found.set(key, endpoint)
    if (config.transport.kind === 'multicast') endpoint.groups.add(config.transport.group)
  }
  return [...found.values()]
    .map(({ instance: { config }, ifindex, groups }) => ({
      interface: config.interface,
      ifindex,
      family: config.family,
      groups: [...groups].sort(),
    }))
    .sort((a, b) => a.ifindex - b.ifindex || a.family - b.family)
}

export function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
