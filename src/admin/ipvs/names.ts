import { lookup, lookupService } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { type IpAddress, parseIp } from '../../base/ip.ts'
import type { Protocol } from '../../core/check/config.ts'

/** What hosts and ports are called. */
export interface Names {
  /** The first IPv4 address of a name; undefined if it has none. */
  addressOf(name: string): Promise<IpAddress | undefined>
  nameOf(address: IpAddress): Promise<string | undefined>
  portOf(name: string, protocol: Protocol): number | undefined
  serviceOf(port: number, protocol: Protocol): string | undefined
}

/** By the host's resolver and /etc/services, each asked once. */
export function hostNames(): Names {
  const hosts = new Map<IpAddress, Promise<string | undefined>>()
  let services: Services | undefined
  const known = (): Services => {
    services ??= readServices()
    return services
  }
  return {
    async addressOf(name) {
      try {
        return parseIp((await lookup(name, { family: 4 })).address)
      } catch {
        return undefined
      }
    },
    nameOf(address) {
      const name = hosts.get(address) ?? lookupService(address, 0).then(({ hostname }) => hostname, notFound)
      hosts.set(address, name)
      return name
    },
    portOf: (name, protocol) => known().ports.get(`${name}/${protocol.toLowerCase()}`),
    serviceOf: (port, protocol) => known().names.get(`${port}/${protocol.toLowerCase()}`),
  }
}

const notFound = (): undefined => undefined

interface Services {
  readonly ports: ReadonlyMap<string, number>
  readonly names: ReadonlyMap<string, string>
}

/** services(5): `name port/protocol alias…`; the first line that fits counts. */
function readServices(): Services {
  const ports = new Map<string, number>()
  const names = new Map<string, string>()
  for (const line of servicesFile().split('\n')) {
    const [name, where = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    const [port, protocol] = where.split('/')
    if (name === undefined || port === undefined || protocol === undefined) continue
    for (const one of [name, ...aliases]) if (!ports.has(`${one}/${protocol}`)) ports.set(`${one}/${protocol}`, Number(port))
    if (!names.has(where)) names.set(where, name)
  }
  return { ports, names }
}

function servicesFile(): string {
  try {
    return readFileSync('/etc/services', 'utf8')
  } catch {
    return ''
  }
}
