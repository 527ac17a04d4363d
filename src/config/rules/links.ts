import { fromSeconds, type Micros, micros } from '../../base/units.ts'
import type { InstanceConfig, VrrpGlobals } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'

type Links = Pick<VrrpGlobals, 'garpGroups' | 'interfaceDelays' | 'linkbeats'>

/** What is said of links, whichever instances use them: their spacing, how long a change of theirs waits, and who is asked for a carrier. */
export function resolveLinks(context: Context, instances: readonly InstanceConfig[]): Links {
  const { garpGroups, interfaceDelays } = context.parsed.vrrp
  const linkbeats = polled(context, instances)
  return {
    ...(garpGroups.length > 0 && {
      garpGroups: garpGroups.map(({ interfaces, garp_interval: garp, gna_interval: gna }) => ({
        interfaces: interfaces.flatMap((name) => [name, ...above(name, instances)]),
        garpInterval: garp ?? micros(0),
        gnaInterval: gna ?? micros(0),
      })),
    }),
    ...(interfaceDelays.length > 0 && {
      interfaceDelays: interfaceDelays.flatMap(({ interface: name, down, up }) => {
        const delays = { down: shortened(fromSeconds(down), name, instances), up: shortened(fromSeconds(up), name, instances) }
        return [name, ...above(name, instances)].map((one) => ({ interface: one, ...delays }))
      }),
    }),
    ...(linkbeats.length > 0 && { linkbeats }),
  }
}

/** Links of our own above one: what is said of it is meant for them. */
function above(name: string, instances: readonly InstanceConfig[]): readonly string[] {
  const own = instances.flatMap(({ vmac, addressLinks = [] }) => (vmac === undefined ? addressLinks : [vmac, ...addressLinks]))
  return [...new Set(own.filter(({ base }) => base === name).map((link) => link.name))]
}

/** A backup has to see in time that its link is gone: no instance waits longer than for all but one of its adverts. */
function shortened(delay: Micros, name: string, instances: readonly InstanceConfig[]): Micros {
  const here = instances.filter((instance) => instance.interface === name)
  const longest = here.map(({ advertInt, downTimerAdverts }) => Math.round((downTimerAdverts - 1) * advertInt - advertInt / 256))
  return micros(Math.max(0, Math.min(delay, ...longest)))
}

/** `linkbeat_use_polling` is about all links that matter to an instance. */
function polled({ parsed }: Context, instances: readonly InstanceConfig[]): readonly string[] {
  const all = parsed.global.linkbeat_use_polling === true
  const names = instances.flatMap((instance) => {
    if (!all) return parsed.vrrp.instances.get(instance.name)?.linkbeat_use_polling === true ? [instance.interface] : []
    const tracked = instance.trackers.filter(({ kind }) => kind === 'interface').map(({ name }) => name)
    const holding = [...instance.virtualIpaddress, ...instance.virtualIpaddressExcluded].map((address) => address.interface)
    return [instance.interface, ...tracked, ...holding]
  })
  return [...new Set([...parsed.vrrp.linkbeats, ...names])].filter((name) => name !== '')
}
