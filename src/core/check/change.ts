import { changed, changeOf, type ListChange } from '../../base/list-change.ts'
import type { RealServer, VirtualServer } from './config.ts'

/** What a reload makes of the services of a host, for a process that knows the former ones: what is the same is not told again. */
export type ServicesChange = ListChange<ServiceChange>

export interface ServiceChange {
  /** Place of the former one whose servers it keeps. */
  readonly former: number | undefined
  readonly frame: Omit<VirtualServer, 'realServers'>
  readonly realServers: ListChange<RealServer>
}

/** The very same objects are known again, and a service by its name. */
export function servicesChange(before: readonly VirtualServer[], now: readonly VirtualServer[]): ServicesChange {
  const places = new Map(before.map(({ name }, place) => [name, place]))
  return changeOf(before, now).map((part) => {
    if (part.kind === 'kept') return part
    const items = part.items.map(({ realServers, ...frame }): ServiceChange => {
      const former = places.get(frame.name)
      return { former, frame, realServers: changeOf(serversOf(before, former), realServers) }
    })
    return { kind: 'new', items }
  })
}

/** What `before` has become. */
export function changedServices(before: readonly VirtualServer[], change: ServicesChange): readonly VirtualServer[] {
  return change.flatMap((part): readonly VirtualServer[] => {
    if (part.kind === 'kept') return changed(before, [part])
    return part.items.map(({ former, frame, realServers }) => ({ ...frame, realServers: changed(serversOf(before, former), realServers) }))
  })
}

const serversOf = (services: readonly VirtualServer[], place: number | undefined): readonly RealServer[] =>
  services[place ?? -1]?.realServers ?? []
