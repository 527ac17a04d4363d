import type { Mail } from '../core/channel-config.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import type { StateName, VrrpEffect } from '../core/vrrp/effects.ts'
import type { NotifyConfig } from '../core/vrrp/notify-config.ts'
import type { Notice } from './messages.ts'

type Told = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED'

/** Whom to tell of what happens to instances and groups: the script of the state, then `notify` with arguments. */
export class VrrpNotices {
  #config: VrrpConfig | undefined
  /** Of the configuration before: who is deleted stands only there. */
  #former: VrrpConfig | undefined
  readonly #groupStates = new Map<string, StateName>()
  /** Instances that have been told of once, as what they are now. */
  readonly #known = new Map<string, { state: StateName; priority: number }>()

  /** Precedes the effects of the change. */
  configured(config: VrrpConfig): void {
    this.#former = this.#config
    this.#config = config
    for (const group of this.#groupStates.keys()) {
      if (!config.syncGroups.some(({ name }) => name === group)) this.#groupStates.delete(group)
    }
  }

  /** What an effect is to be told as, if anybody wants to know. */
  of(effect: VrrpEffect): Notice | undefined {
    if (effect.kind === 'transition') return this.#transition(effect)
    if (effect.kind !== 'report') return undefined
    const { report } = effect
    if (report.event === 'priority-changed') return this.#priority(report.instance, report.to)
    if (report.event === 'group-transition') {
      this.#groupStates.set(report.group, report.to)
      const notify = this.#config?.syncGroups.find(({ name }) => name === report.group)?.notify
      return this.#notice('GROUP', report.group, toldAs(report.to), 0, notify)
    }
    if (report.event !== 'lower-priority-forces-election') return undefined
    const script = this.#notifyOf(report.instance, this.#config)?.lowerPriority
    // Not a state: it neither waits for those that tell of one, nor takes their place.
    const line = this.#line('INSTANCE', report.instance, 'MASTER_RX_LOWER_PRI', report.own)
    return whole(`INSTANCE ${report.instance} MASTER_RX_LOWER_PRI`, script === undefined ? [] : [script], line, false)
  }

  #transition({ instance, to, priority }: Extract<VrrpEffect, { readonly kind: 'transition' }>): Notice | undefined {
    const first = !this.#known.has(instance)
    const notify = this.#notifyOf(instance, to === 'DELETED' ? this.#former : this.#config)
    if (to === 'DELETED') this.#known.delete(instance)
    else this.#known.set(instance, { state: to, priority })
    const group = this.#config?.syncGroups.find(({ members }) => members.includes(instance))
    // Its group went there without it, and told so.
    if (!first && group !== undefined && this.#groupStates.get(group.name) === to) return undefined
    if (to !== 'DELETED') return this.#notice('INSTANCE', instance, toldAs(to), priority, notify)
    // Without `notify_deleted` it is called a fault, but notify_fault is for those that may recover: keepalived does not run it.
    if (notify?.deleted !== undefined) return this.#notice('INSTANCE', instance, 'DELETED', priority, notify)
    return this.#notice('INSTANCE', instance, 'FAULT', priority, {
      ...(notify?.any && { any: notify.any }),
      ...(notify?.mail && { mail: notify.mail }),
    })
  }

  /** `fifo_write_vrrp_states_on_reload`: all states again, for a reader that the reload has started. */
  statesAgain(): readonly Notice[] {
    if (this.#config?.globals.statesOnReload === undefined) return []
    const notices: (Notice | undefined)[] = []
    for (const { name } of this.#config.instances) {
      const { state = 'INIT', priority = 0 } = this.#known.get(name) ?? {}
      notices.push(this.#notice('INSTANCE', name, toldAs(state), priority))
    }
    for (const [name, state] of this.#groupStates) notices.push(this.#notice('GROUP', name, toldAs(state), 0))
    return notices.filter((notice) => notice !== undefined)
  }

  /** Of a master or backup; a fault has none that anybody sees. */
  #priority(instance: string, priority: number): Notice | undefined {
    const known = this.#known.get(instance)
    if (known === undefined) return undefined
    known.priority = priority
    if (this.#notifyOf(instance, this.#config)?.priorities === undefined) return undefined
    if (known.state !== 'MASTER' && known.state !== 'BACKUP') return undefined
    // Not a state either: a pipe that is full keeps both.
    return whole(`INSTANCE ${instance} PRIORITY`, [], this.#line('INSTANCE', instance, `${known.state}_PRIORITY`, priority), false)
  }

  #notice(
    what: 'INSTANCE' | 'GROUP',
    name: string,
    state: Told | undefined,
    priority: number,
    notify: NotifyConfig = {},
  ): Notice | undefined {
    if (state === undefined) return undefined
    const { any } = notify
    const generic: ScriptCommand | undefined = any && { ...any, argv: [...any.argv, what, name, state, String(priority)] }
    const scripts = [scriptFor(state, notify), generic].filter((script) => script !== undefined)
    const line = this.#line(what, name, state, priority)
    return whole(`${what} ${name}`, scripts, line, state === 'STOP', this.#mail(what, name, state, notify))
  }

  /** Nobody is left to send one about the stop. */
  #mail(what: 'INSTANCE' | 'GROUP', name: string, state: Told, { mail }: NotifyConfig): Mail | undefined {
    if (mail === undefined || state === 'STOP' || (state === 'FAULT' && this.#config?.globals.noEmailFaults === true)) return undefined
    const held = state === 'MASTER' ? 'now' : 'no longer'
    return what === 'INSTANCE'
      ? { subject: `VRRP Instance ${name} - Entering ${state} state`, body: `=> VRRP Instance is ${held} owning VRRP VIPs <=` }
      : { subject: `VRRP Group ${name} - Entering ${state} state`, body: `=> All VRRP group instances are now in ${state} state <=` }
  }

  /** For the FIFO, if there is one. */
  #line(what: 'INSTANCE' | 'GROUP', name: string, state: string, priority: number): string | undefined {
    return this.#config?.globals.fifo === undefined ? undefined : `${what} "${name}" ${state} ${priority}\n`
  }

  #notifyOf(instance: string, config: VrrpConfig | undefined): NotifyConfig | undefined {
    return config?.instances.find(({ name }) => name === instance)?.notify
  }
}

/** Nobody is told of INIT. */
const toldAs = (state: StateName): Told | undefined => (state === 'INIT' ? undefined : state)

/** A notice of something; of nothing there is none. */
function whole(
  subject: string,
  scripts: readonly ScriptCommand[],
  line: string | undefined,
  last: boolean,
  mail?: Mail | undefined,
): Notice | undefined {
  if (scripts.length === 0 && line === undefined && mail === undefined) return undefined
  return { subject, scripts, last, ...(line !== undefined && { line }), ...(mail && { mail }) }
}

function scriptFor(state: Told, notify: NotifyConfig): ScriptCommand | undefined {
  switch (state) {
    case 'MASTER':
      return notify.master
    case 'BACKUP':
      return notify.backup
    case 'FAULT':
      return notify.fault
    case 'STOP':
      return notify.stop
    case 'DELETED':
      return notify.deleted === 'told' ? undefined : notify.deleted
  }
}
