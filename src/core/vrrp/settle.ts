import type { Instant } from '../../base/units.ts'
import type { KernelObject } from '../reconcile/kinds.ts'
import { isUnspaced, queueAnnouncements, withoutInstance } from './announce-queue.ts'
import { desiredObjects, holdsAddresses } from './desired.ts'
import type { VrrpEffect } from './effects.ts'
import { endpointsOf, joined, sameEndpoints } from './endpoints.ts'
import type { Instance } from './instance.ts'
import type { RouterState } from './router.ts'

/** What follows from a step for the host as a whole: spacing of announcements, sockets, desired addresses. */
export function settle(before: RouterState, after: RouterState, now: Instant, out: VrrpEffect[]): RouterState {
  const isSame = after.instances === before.instances && after.statics === before.statics && after.globals === before.globals
  if (isSame && after.stopped === before.stopped) return spaceOut(after, now, out)
  const { redesire, left } = consequences(before.instances, after.instances)
  const queues = left.reduce((all, { config: { name } }) => withoutInstance(all, name), after.queues)
  const relisten = after.listeners !== before.listeners || after.stopped !== before.stopped
  const endpoints = relisten ? endpointsOf(after.instances) : before.endpoints
  const listen = relisten && !sameEndpoints(endpoints, before.endpoints)
  if (listen) {
    const open = joined(before.endpoints, endpoints)
    if (!sameEndpoints(open, before.endpoints)) out.unshift({ kind: 'listen', endpoints: open })
    if (!sameEndpoints(open, endpoints)) out.push({ kind: 'listen', endpoints })
  }
  const settled: RouterState = {
    ...after,
    queues,
    endpoints: listen ? endpoints : before.endpoints,
    desired: redesire || !sameFrame(before, after) ? desiredAll(after) : before.desired,
  }
  return spaceOut(settled, now, out)
}

/** With -V, too, what is static goes at the stop: so does keepalived. */
function desiredAll({ statics, stopped, instances, globals }: RouterState): readonly KernelObject[] {
  return [...(stopped ? [] : statics), ...desiredObjects(instances, globals.firewall)]
}

/** What else is desired by, than the instances. */
function sameFrame(before: RouterState, after: RouterState): boolean {
  return before.statics === after.statics && before.globals.firewall === after.globals.firewall && before.stopped === after.stopped
}

/** Mostly one instance of hundreds has changed, and neither what it wants nor what it is: then there are none. */
function consequences(
  before: readonly Instance[],
  after: readonly Instance[],
): { readonly redesire: boolean; readonly left: readonly Instance[] } {
  if (before.length !== after.length) return { redesire: true, left: [] }
  let redesire = false
  const left: Instance[] = []
  for (let at = 0; at < after.length; at++) {
    const former = before[at]
    const instance = after[at]
    if (former === instance || former === undefined || instance === undefined) continue
    if (
      former.addresses !== instance.addresses ||
      former.routing !== instance.routing ||
      holdsAddresses(former) !== holdsAddresses(instance)
    )
      redesire = true
    if (former.environment.sourceObject !== instance.environment.sourceObject || instance.state.role === 'stopped') redesire = true
    if (former.state.role === 'master' && instance.state.role !== 'master') left.push(instance)
  }
  return { redesire, left }
}

/** Only with `vrrp_garp_interval`, `vrrp_gna_interval` or a `garp_group` do announcements take the way through a queue. */
function spaceOut(state: RouterState, now: Instant, out: VrrpEffect[]): RouterState {
  if (isUnspaced(state.globals) && state.queues.size === 0) return state
  const bursts = out.filter((effect) => effect.kind === 'announce')
  if (bursts.length === 0 && state.queues.size === 0) return state
  const others = out.filter((effect) => effect.kind !== 'announce')
  const { queues, effects } = queueAnnouncements(state.queues, bursts, state.globals, now)
  out.splice(0, out.length, ...others, ...effects)
  return { ...state, queues }
}
