import { assert } from '../../base/assert.ts'
import { finder } from '../../base/finder.ts'
import { changed, changeOf, type ListChange } from '../../base/list-change.ts'
import type { RealServer, VirtualServer } from './config.ts'

/** What a reload makes of the services of a host, for a process that knows the former ones: what is the same is not told again. */
export type ServicesChange = ListChange<ServiceChange>

export interface ServiceChange {
  /** Place of the former one whose servers it keeps, and all else without a `frame`. */
  readonly former: number | undefined
  readonly frame?: Frame
  readonly realServers: ListChange<RealServer>
}

type Frame = Omit<VirtualServer, 'realServers'>

/** The very same objects are known again, and a service by its name. */
export function servicesChange(before: readonly VirtualServer[], now: readonly VirtualServer[]): ServicesChange {
  const find = finder(before, ({ name }) => name)
  let at = 0
  return changeOf(before, now).map((part) => {
    const from = at
    at += part.kind === 'kept' ? part.count : part.items.length
    return part.kind === 'kept'
      ? part
      : { kind: 'new', items: part.items.map((item, i) => serviceChange(before, find(item.name, from + i), item)) }
  })
}

function serviceChange(before: readonly VirtualServer[], former: number | undefined, now: VirtualServer): ServiceChange {
  const { realServers: servers, ...frame } = now
  const realServers = changeOf(serversOf(before, former), servers)
  return hasFrame(before[former ?? -1], now) ? { former, realServers } : { former, frame, realServers }
}

/** Of parts that are the very same. */
function hasFrame(before: VirtualServer | undefined, now: VirtualServer): boolean {
  if (before === undefined) return false
  const names = Object.keys(now) as (keyof VirtualServer)[]
  return names.length === Object.keys(before).length && names.every((name) => name === 'realServers' || before[name] === now[name])
}

/** What `before` has become. */
export function changedServices(before: readonly VirtualServer[], change: ServicesChange): readonly VirtualServer[] {
  return change.flatMap((part): readonly VirtualServer[] => {
    if (part.kind === 'kept') return changed(before, [part])
    return part.items.map(({ former, frame = before[former ?? -1], realServers }) => {
      assert(frame !== undefined, 'a service that is new comes whole')
      return { ...frame, realServers: changed(serversOf(before, former), realServers) }
    })
  })
}

const serversOf = (services: readonly VirtualServer[], place: number | undefined): readonly RealServer[] =>
  services[place ?? -1]?.realServers ?? []
