import type { Family } from '../../base/ip.ts'
import type { AdvertEvent } from './events.ts'
import { hear } from './hearing.ts'
import type { Instance, Surroundings } from './instance.ts'
import type { RouterState } from './router.ts'
import { noticeStall } from './timers.ts'

/** Where each advert belongs, once the interfaces are known. */
export function listenersOf(instances: readonly Instance[]): RouterState['listeners'] {
  const listeners = new Map<number, number[]>()
  for (const [at, { config, environment }] of instances.entries()) {
    if (environment.ifindex === undefined) continue
    const key = listenerKey(environment.ifindex, config.family, config.vrid)
    const known = listeners.get(key)
    if (known === undefined) listeners.set(key, [at])
    else known.push(at)
  }
  return listeners
}

/** One number, made without garbage for every datagram. */
const listenerKey = (ifindex: number, family: Family, vrid: number): number => ifindex * 512 + (family === 6 ? 256 : 0) + vrid

/** Finds whom a datagram is for; what is for nobody is counted. */
export function deliver(state: RouterState, event: AdvertEvent, around: Surroundings): RouterState {
  const { packet } = event
  const vrid = packet.ok ? packet.value.advert.vrid : packet.error.vrid
  if (vrid === undefined) {
    const { unattributed } = state
    return {
      ...state,
      unattributed: event.truncated
        ? { ...unattributed, truncated: unattributed.truncated + 1 }
        : { ...unattributed, length: unattributed.length + 1 },
    }
  }
  const key = listenerKey(event.ifindex, event.family, vrid)
  const at = addressee(state, state.listeners.get(key) ?? [], event)
  const instance = at === undefined ? undefined : state.instances[at]
  if (at === undefined || instance === undefined) return ignoreStranger(state, { event, key, vrid }, around)
  const next = hear(noticeStall(instance, around), event, around)
  return next === instance ? state : { ...state, instances: state.instances.with(at, next) }
}

/** Unicast instances may share a VRID on an interface: the one with that peer is meant. */
function addressee({ instances }: RouterState, candidates: readonly number[], { source, destination }: AdvertEvent): number | undefined {
  if (candidates.length < 2) return candidates[0]
  const meant = candidates.find((at) => {
    const transport = instances[at]?.config.transport
    return transport?.kind === 'unicast' ? transport.peers.some(({ address }) => address === source) : transport?.group === destination
  })
  return meant ?? candidates[0]
}

interface Stranger {
  readonly event: AdvertEvent
  readonly key: number
  readonly vrid: number
}

function ignoreStranger(state: RouterState, { event, key, vrid }: Stranger, { out }: Surroundings): RouterState {
  const unattributed = { ...state.unattributed, unknownVrid: state.unattributed.unknownVrid + 1 }
  if (!state.globals.logUnknownVrids || state.strangers.has(key)) return { ...state, unattributed }
  const { ifindex, family, source } = event
  out.push({ kind: 'report', report: { event: 'unknown-vrid', ifindex, family, vrid, source } })
  return { ...state, unattributed, strangers: new Set(state.strangers).add(key) }
}
