import type { Instant, Micros } from '../base/units.ts'
import type { LinkEvent } from '../core/links.ts'
import type { Machine } from '../core/machine.ts'
import type { KernelObject, KernelPort, SettingObject } from '../core/reconcile/kinds.ts'
import { linkKey } from '../core/reconcile/link.ts'
import type { ReconcileEvent, Report } from '../core/reconcile/state.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import { groundObjects } from '../core/vrrp/own-links.ts'
import type { Log } from './log.ts'
import { createReconciling, type Reconciling } from './reconciling.ts'

export interface OwnLinksOptions {
  readonly kernel: KernelPort
  readonly log: Log
  readonly report: (report: Report) => void
  readonly period: Micros
  /** Settings that a predecessor changed: wanted again, or put back. */
  readonly inherited?: readonly SettingObject[]
}

/**
 * Our macvlans and ipvlans, and the settings below them: reconciled apart from the addresses, so that a failover has nothing to do
 * with them, and a survey of theirs does not read all addresses.
 */
export class OwnLinks {
  readonly #reconciling: Reconciling
  readonly #log: Log
  readonly #inherited: readonly SettingObject[]
  /** What the machine last wanted, and what we make of it. */
  #ground: readonly KernelObject[] = []
  #wished: readonly KernelObject[] = []
  /** Names of all interfaces. */
  #present: Set<string> = new Set()
  /** Whose link it is, by its key; those of former configurations too. */
  readonly #owners = new Map<string, string>()

  constructor({ kernel, log, report, period, inherited = [] }: OwnLinksOptions) {
    this.#inherited = inherited
    this.#log = log
    this.#reconciling = createReconciling({ kinds: ['link', 'setting'], kernel, report, period })
  }

  /** Before a configuration comes into force: what it needs is there, and what it no longer needs still is. */
  prepare(config: VrrpConfig, now: Instant): void {
    const objects = groundObjects(config)
    if (objects.length === 0 && this.#inherited.length === 0) return
    for (const { name: instance, vmac, addressLinks = [] } of config.instances)
      for (const { name } of vmac === undefined ? addressLinks : [vmac, ...addressLinks]) this.#owners.set(linkKey(name), instance)
    this.#reconciling.handle({ kind: 'configured', named: [...objects, ...this.#inherited] }, now)
    this.#wished = [...this.#ground, ...objects]
    this.#telling(() => this.#reconciling.follow(this.#wished, now))
  }

  /** What the machine wants; until that is another array, what was prepared stays. */
  follow(ground: readonly KernelObject[], now: Instant): void {
    if (ground !== this.#ground) this.#wished = ground
    this.#ground = ground
    // Without a VMAC nobody ever looks.
    if (this.#wished.length === 0 && this.#reconciling.state().known.size === 0) return
    this.#telling(() => this.#reconciling.follow(this.#wished, now))
  }

  /** What a change of links means: a link of ours is gone, or one below is back. */
  noticed(event: LinkEvent, now: Instant): void {
    const meaning = this.#meaningOf(event)
    if (meaning !== undefined && this.#wished.length > 0) this.#telling(() => this.#reconciling.handle(meaning, now))
  }

  #meaningOf(event: LinkEvent): ReconcileEvent | undefined {
    switch (event.kind) {
      case 'link': {
        const { name } = event.link
        if (this.#present.has(name)) return undefined
        this.#present.add(name)
        const isBelow = this.#wished.some((object) =>
          object.kind === 'setting' ? object.interface === name : object.kind === 'link' && object.base === name,
        )
        return isBelow ? { kind: 'retry' } : undefined
      }
      case 'link-removed':
        this.#present.delete(event.name)
        return { kind: 'noticed', change: 'removed', key: linkKey(event.name) }
      case 'links-known':
        this.#present = new Set(event.links.map(({ name }) => name))
        return { kind: 'overrun' }
      case 'address-added':
      case 'address-removed':
        return undefined
    }
  }

  sharing<State, Event, Effect>(machine: Machine<State, Event, Effect>): Machine<State, Event, Effect> {
    return this.#reconciling.sharing(machine)
  }

  #telling(act: () => void): void {
    const before = this.#reconciling.state().known
    act()
    const after = this.#reconciling.state().known
    if (before === after) return
    for (const [key, object] of after)
      if (object.kind === 'link' && !before.has(key))
        this.#log.say(
          'info',
          `(${this.#owners.get(key)}): Success creating ${object.type.kind === 'macvlan' ? 'VMAC' : 'ipvlan'} interface ${object.name}`,
          'link-created',
        )
    for (const [key, object] of before)
      if (object.kind === 'link' && !after.has(key))
        this.#log.say('info', `(${this.#owners.get(key)}) Success removing VMAC interface ${object.name}`, 'link-removed')
  }
}
