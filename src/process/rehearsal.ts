import { fromSeconds, type Instant, instant, later, micros } from '../base/units.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import type { VrrpEffect } from '../core/vrrp/effects.ts'
import type { VrrpEvent } from '../core/vrrp/events.ts'
import type { Interfaces } from '../core/vrrp/interfaces.ts'
import { desired, type RouterState, router } from '../core/vrrp/router.ts'
import type { Adverts } from '../drivers/adverts.ts'
import type { Announcements } from '../drivers/announcements.ts'
import { wordReport, wordTransition } from './wording.ts'

/** Drivers that do all but send: a rehearsal runs the same code as what it rehearses. */
export interface Stage {
  readonly adverts: Pick<Adverts, 'perform'>
  readonly announcements: Pick<Announcements, 'perform'>
  readonly interfaceName: (ifindex: number) => string
}

/** So many instances rehearse for all. */
const CAST = 4
/** So many deadlines are enough to become master: first timers, sync groups that wait for each other. */
const PATIENCE = 64

/**
 * Walks some instances from INIT to MASTER and out again: the machine itself, with a state and a time of its own, and the drivers up
 * to the socket. V8 takes milliseconds over code that runs for the first time, and the first failover may be the only one.
 * Returns whether all became master.
 */
export function rehearseFailover(config: VrrpConfig, interfaces: Interfaces, stage: Stage): boolean {
  let now: Instant = instant(0)
  let state: RouterState = router.initial
  const take = (event: VrrpEvent): void => {
    const step = router.step(state, event, now)
    state = step.state
    for (const effect of step.effects) play(effect, stage)
  }
  const nextDeadline = (): void => {
    now = router.deadline(state) ?? later(now, fromSeconds(1))
    take({ kind: 'tick' })
  }
  const allMaster = (): boolean => state.instances.every((instance) => instance.state.role === 'master')

  take({ kind: 'links-known', links: [...interfaces.byName.values()], addresses: [...interfaces.addresses.values()].flat() })
  const globals = { ...config.globals, startupDelay: micros(0) }
  take({ kind: 'configured', config: { ...castOf(config), globals } })
  for (let i = 0; i < PATIENCE && !allMaster(); i++) nextDeadline()
  const succeeded = allMaster()
  take({ kind: 'settled', objects: desired(state) })
  for (let i = 0; i < CAST; i++) nextDeadline()
  take({ kind: 'stop', keepAddresses: false })
  return succeeded
}

/** Some instances, in the groups that they are in, as far as those are cast too. */
function castOf(config: VrrpConfig): VrrpConfig {
  const instances = config.instances.slice(0, CAST)
  const isCast = (member: string): boolean => instances.some(({ name }) => name === member)
  const syncGroups = config.syncGroups.flatMap((group) => {
    const members = group.members.filter(isCast)
    return members.length === 0 ? [] : { ...group, members }
  })
  return { ...config, instances, syncGroups }
}

function play(effect: VrrpEffect, { adverts, announcements, interfaceName }: Stage): void {
  switch (effect.kind) {
    case 'send-advert':
      adverts.perform(effect)
      return
    case 'announce':
      announcements.perform(effect)
      return
    case 'transition':
      wordTransition(effect)
      return
    case 'report':
      wordReport(effect.report, interfaceName)
      return
    case 'run-script':
    case 'listen':
      return
  }
}
