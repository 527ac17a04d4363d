import type { InstanceConfig } from './config.ts'
import type { Instance } from './instance.ts'
import { addressInterface, advertInterface } from './own-links.ts'

/** Which running instance each configured one continues; undefined for a new one. */
export interface Matching {
  readonly continued: readonly (Instance | undefined)[]
  readonly removed: readonly Instance[]
}

/** By what is seen on the wire, never by name; the name only decides between unicast instances that share all that. */
export function matchInstances(running: readonly Instance[], configs: readonly InstanceConfig[]): Matching {
  const free = new Map<string, Instance[]>()
  for (const instance of running) {
    const key = identity(instance.config)
    const alike = free.get(key)
    if (alike === undefined) free.set(key, [instance])
    else alike.push(instance)
  }
  const names = new Map(configs.map((config) => [config.name, identity(config)]))
  const continued = configs.map((config) => {
    const alike = free.get(identity(config)) ?? []
    const same = alike.findIndex((instance) => instance.config.name === config.name)
    const other = alike.findIndex((instance) => names.get(instance.config.name) !== identity(config))
    const at = same >= 0 ? same : other
    return at < 0 ? undefined : alike.splice(at, 1)[0]
  })
  return { continued, removed: [...free.values()].flat() }
}

function identity(config: InstanceConfig): string {
  const { vrid, family, interface: name, transport } = config
  const group = transport.kind === 'multicast' ? transport.group : ''
  return [vrid, family, name, advertInterface(config), addressInterface(config), transport.kind, group].join(' ')
}
