import type { InstanceConfig, StaticsConfig, VirtualAddress } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'

export interface ResolvedStatics {
  readonly config: StaticsConfig
  /** Interfaces by the instance that cannot do without them. */
  readonly interfaces: ReadonlyMap<string, readonly string[]>
}

/** `static_ipaddress`, `static_routes`, `static_rules`, and whom their `track_group` ties them to; undefined without any. */
export function resolveStatics({ parsed: { vrrp, global } }: Context): ResolvedStatics | undefined {
  const { staticAddresses, staticRoutes, staticRules, trackGroups } = vrrp
  if (staticAddresses.length + staticRoutes.length + staticRules.length === 0) return undefined
  const interfaces = new Map<string, string[]>()
  const tie = (group: string | undefined, device: string | undefined): void => {
    if (group === undefined || device === undefined) return
    for (const instance of trackGroups.get(group)?.group ?? []) interfaces.set(instance, [...(interfaces.get(instance) ?? []), device])
  }
  const addresses = staticAddresses.map(
    ({ useVmac: _vmac, trackGroup: _group, ...line }): VirtualAddress => ({
      ...line,
      interface: line.interface ?? global.default_interface ?? 'eth0',
    }),
  )
  for (const [at, line] of staticAddresses.entries()) tie(line.trackGroup, addresses[at]?.interface)
  for (const line of staticRoutes) tie(line.trackGroup, line.interface)
  for (const line of staticRules) tie(line.trackGroup, line.iif)
  return { config: { addresses, routes: staticRoutes.map(untied), rules: staticRules.map(untied) }, interfaces }
}

export function withStatics(instances: readonly InstanceConfig[], statics: ResolvedStatics | undefined): readonly InstanceConfig[] {
  if (statics === undefined || statics.interfaces.size === 0) return instances
  return instances.map((instance) => {
    const staticInterfaces = statics.interfaces.get(instance.name)
    return staticInterfaces === undefined ? instance : { ...instance, staticInterfaces }
  })
}

/** A line without what only the configuration knows of it. */
export function untied<Line extends { readonly trackGroup: string | undefined }>({
  trackGroup: _,
  ...line
}: Line): Omit<Line, 'trackGroup'> {
  return line
}
