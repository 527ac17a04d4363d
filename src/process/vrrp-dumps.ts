import type { Instant } from '../base/units.ts'
import { waitingLinks } from '../core/vrrp/carrier.ts'
import type { Endpoint, TransitionEffect } from '../core/vrrp/effects.ts'
import type { RouterState } from '../core/vrrp/router.ts'
import { groupStatus, type InstanceStats, routerStatus } from '../core/vrrp/status.ts'
import { type DumpedInstance, dumpedInstance } from '../status/instance-status.ts'
import { jsonText } from '../status/json.ts'
import { statsText } from '../status/stats.ts'
import { vrrpData, type WakeUps } from '../status/vrrp-data.ts'
import type { Log } from './log.ts'
import { ctime } from './log-line.ts'
import type { DumpKind } from './messages.ts'

const SAID: { readonly [what in DumpKind]: string } = {
  data: 'Printing VRRP data',
  stats: 'Printing VRRP stats',
  'stats-clear': 'Printing and clearing VRRP stats',
  json: 'Printing VRRP as json',
}

/** The dumps of the vrrp process, and what they need to remember between two of them. */
export class VrrpDumps {
  /** The section of global definitions, made where the configuration is read. */
  global: string
  /** `json_version` */
  jsonVersion: 1 | 2
  /** What had been counted when the statistics were last cleared, by instance. */
  readonly #cleared = new Map<string, InstanceStats>()

  constructor(global: string, jsonVersion: 1 | 2) {
    this.global = global
    this.jsonVersion = jsonVersion
  }

  /** An instance of the same name after a deletion counts from zero. */
  transition({ instance, to }: TransitionEffect): void {
    if (to === 'DELETED') this.#cleared.delete(instance)
  }

  text(
    what: DumpKind,
    state: RouterState,
    { now, wakeUps, lost }: { readonly now: Instant; readonly wakeUps: WakeUps; readonly lost: (endpoint: Endpoint) => number },
    log: Log,
  ): string | undefined {
    log.say('info', `${SAID[what]} for process(${process.pid}) on signal`, 'dump', { what })
    const clocks = { instant: now, wall: Date.now() }
    const instances = state.instances.map((instance) => this.#sinceCleared(dumpedInstance(instance, clocks)))
    switch (what) {
      case 'data':
        return (
          this.global +
          vrrpData(
            {
              instances,
              endpoints: state.endpoints.map((endpoint) => ({ ...endpoint, lost: lost(endpoint) })),
              groups: groupStatus(state),
              tracked: state.tracked,
              ...(state.staticsConfig && { statics: state.staticsConfig }),
              links: [...(state.interfaces?.byName.values() ?? [])],
              addresses: state.interfaces?.addresses ?? new Map(),
              wakeUps,
              delays: state.globals.interfaceDelays ?? [],
              changing: waitingLinks(state.carriers),
              polled: state.globals.linkbeats ?? [],
            },
            ctime,
          )
        )
      case 'json':
        return jsonText(instances, this.jsonVersion, state.tracked)
      case 'stats':
        return statsText(instances)
      case 'stats-clear':
        for (const { name, stats } of routerStatus(state)) this.#cleared.set(name, stats)
        return statsText(instances)
    }
  }

  #sinceCleared(status: DumpedInstance): DumpedInstance {
    const before = this.#cleared.get(status.name)
    return before === undefined ? status : { ...status, stats: difference(status.stats, before) }
  }
}

function difference(now: InstanceStats, before: InstanceStats): InstanceStats {
  const entries = Object.entries(now) as readonly (readonly [keyof InstanceStats, number])[]
  return Object.fromEntries(entries.map(([name, value]) => [name, Math.max(0, value - before[name])])) as unknown as InstanceStats
}
