import type { IpAddress } from '../../base/ip.ts'
import type { Endpoint } from './effects.ts'
import type { Instance } from './instance.ts'

interface Found {
  readonly instance: Instance
  readonly ifindex: number
  readonly sealed: boolean
  readonly groups: Set<IpAddress>
  /** Of all its instances together. */
  receiveBuffer: number
  members: number
}

/**
 * The kernel's default holds some 250 adverts: one of each instance, if there are many of them. Who stands still for a moment would lose
 * some, and take masters for dead that are well.
 */
const FEW = 16
/** For sixteen adverts of each, with what the kernel adds to them. */
const ROOM = 16 * 1024

/** The sockets that these instances need, sorted by interface index and family. In FAULT too: nobody misses the first advert after it. */
export function endpointsOf(instances: readonly Instance[]): readonly Endpoint[] {
  const found = new Map<string, Found>()
  for (const instance of instances) {
    const { config, environment, state } = instance
    const { ifindex } = environment
    if (ifindex === undefined || state.role === 'stopped') continue
    // Whoever wants an authentication header also hears the adverts without: to say that it does not take them.
    for (const sealed of config.authentication.kind === 'AH' ? [false, true] : [false]) {
      const key = `${ifindex} ${config.family} ${sealed}`
      const endpoint = found.get(key) ?? { instance, ifindex, sealed, groups: new Set(), receiveBuffer: 0, members: 0 }
      found.set(key, endpoint)
      endpoint.receiveBuffer += environment.receiveBuffer ?? 0
      endpoint.members++
      if (config.transport.kind === 'multicast') endpoint.groups.add(config.transport.group)
    }
  }
  return [...found.values()]
    .map(
      ({ instance: { config, environment }, ifindex, sealed, groups, receiveBuffer, members }): Endpoint => ({
        interface: environment.device,
        ifindex,
        family: config.family,
        groups: [...groups].sort(),
        ...(receiveBuffer > 0 && { receiveBuffer }),
        ...(receiveBuffer === 0 && members > FEW && { leastReceiveBuffer: members * ROOM }),
        ...(sealed && { protocol: 'ah' }),
      }),
    )
    .sort(byPlace)
}

/** What is open while one set is left for the other: an advert can leave by a new socket at once, and a last one by an old. */
export function joined(before: readonly Endpoint[], after: readonly Endpoint[]): readonly Endpoint[] {
  const groups = ({ groups: own }: Endpoint, others: readonly IpAddress[]): readonly IpAddress[] => [...new Set([...own, ...others])].sort()
  const kept = before.filter((old) => !after.some((endpoint) => byPlace(old, endpoint) === 0))
  const opened = after.map((endpoint) => {
    const old = before.find((one) => byPlace(one, endpoint) === 0)
    return old === undefined ? endpoint : { ...endpoint, groups: groups(endpoint, old.groups) }
  })
  return [...kept, ...opened].sort(byPlace)
}

const byPlace = (a: Endpoint, b: Endpoint): number =>
  a.ifindex - b.ifindex || a.family - b.family || Number(a.protocol === 'ah') - Number(b.protocol === 'ah')

export function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
