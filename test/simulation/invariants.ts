import { elapsed, type Instant, later, type Micros, micros } from '../../src/base/units.ts'
import type { InstanceConfig } from '../../src/core/vrrp/config.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import { type Instance, priorityOf } from '../../src/core/vrrp/instance.ts'
import type { Host, Observer } from './host.ts'
import type { World } from './world.ts'

/** More than wake-ups are late and packets on their way. */
const CLEAR_LEAD = 2000

/** What must never be, or did not come to be. The name is that of the invariant. */
export class Violation extends Error {
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.invariant = invariant
  }
}

/** What is remembered of an instance of a host between events. */
interface Memory {
  state: string
  masterSince: Instant | undefined
  /** Since MASTER was entered: one for each time that it is left. */
  priorityZeroSent: boolean
  lastAdvertAt: Instant | undefined
}

/** Watches all hosts after every event; knows nothing of how the core works inside. */
export class Invariants implements Observer {
  readonly #world: World
  readonly #memories = new Map<string, Memory>()
  readonly #disturbed = new Map<string, Instant>()
  readonly #hindered = new Map<string, Instant>()
  readonly #excused = new Map<string, Instant>()
  /** When an instance was last given up by anybody, by its name. */
  readonly #zeroAt = new Map<string, Instant>()
  readonly #overlapSince = new Map<string, Instant>()
  readonly transcript: string[] = []
  hosts: readonly Host[] = []
  /** When the last fault ended; undefined while there is one. */
  healthySince: Instant | undefined
  /** No transition is excused any more. */
  atRest = false

  constructor(world: World) {
    this.#world = world
  }

  performed(host: Host, effect: VrrpEffect): void {
    switch (effect.kind) {
      case 'transition':
        this.#transition(host, effect)
        break
      case 'send-advert':
        this.#advert(host, effect.instance, effect.advert.priority)
        break
      case 'announce': {
        // A unicast instance out of FAULT announces its own address, which is there whatever its state.
        if (effect.addresses.every((address) => address === host.address)) break
        const instance = instanceOf(host, effect.instance)
        if (instance?.state.role !== 'master')
          throw new Violation('I5', `${host.name} announces ${effect.instance} as ${instance?.state.role}`)
        const missing = effect.addresses.find(
          (address) => !instance.addresses.some((object) => object.prefix.address === address && host.kernel.has(object)),
        )
        if (missing !== undefined && host.kernel.exists() && !this.#lostLately(host)) {
          throw new Violation('I5', `${host.name} announces ${missing}, which the kernel does not have`)
        }
        break
      }
      case 'listen':
      case 'report':
        break
    }
  }

  crashed(host: Host): void {
    this.#note(host, 'crashed')
    for (const key of [...this.#memories.keys()]) if (key.startsWith(`${host.name} `)) this.#memories.delete(key)
  }

  note(text: string): void {
    this.transcript.push(`${(Number(this.#world.now() - 1_000_000_000) / 1e6).toFixed(6)} ${text}`)
  }

  /** After every event of the world. */
  check(): void {
    for (const host of this.hosts) {
      this.#checkKernel(host)
      this.#checkGroups(host)
    }
    for (const name of this.#instanceNames()) this.#checkOverlap(name)
  }

  /** I1, I3, I13: what must be so once all faults are over and the bound has passed. */
  checkSettled(): void {
    for (const name of this.#instanceNames()) {
      const alive = this.hosts.filter((host) => host.isRunning())
      const masters = alive.filter((host) => roleOf(host, name) === 'master')
      if (alive.length > 0 && masters.length !== 1) {
        throw new Violation(
          'I1',
          `${name} has ${masters.length} masters (${masters.map((host) => host.name)}) among ${alive.map((host) => host.name)}`,
        )
      }
      const [master] = masters
      const best = master === undefined ? undefined : instanceOf(master, name)
      for (const host of alive) {
        const other = instanceOf(host, name)
        if (other === undefined || best === undefined || host === master) continue
        if (priorityOf(other) > priorityOf(best) && other.config.preemption.kind === 'preempt') {
          throw new Violation('I13', `${name}: ${host.name} with ${priorityOf(other)} waits for ${master?.name} with ${priorityOf(best)}`)
        }
      }
    }
  }

  #instanceNames(): readonly string[] {
    return this.hosts[0]?.config.instances.map(({ name }) => name) ?? []
  }

  #transition(host: Host, { instance, from, to, why }: Extract<VrrpEffect, { kind: 'transition' }>): void {
    this.#note(host, `${instance} ${from} -> ${to} (${why})`)
    const memory = this.#memory(host, instance)
    if (memory.state !== from) throw new Violation('I7', `${host.name} ${instance} goes from ${from}, but was ${memory.state}`)
    if (from === to) throw new Violation('I7', `${host.name} ${instance} goes from ${from} to itself`)
    if (this.atRest) throw new Violation('I2', `${host.name} ${instance} goes to ${to} at rest`)
    if (from === 'BACKUP' && why === 'master-down') this.#promotion(host, instance)
    memory.state = to
    memory.masterSince = to === 'MASTER' ? this.#world.now() : undefined
    const outranked = why === 'higher-priority' || why === 'higher-address' || why === 'stalled' || why === 'sync-backup'
    const silent = outranked || this.#hasStalled(host, instance)
    if (from === 'MASTER' && silent === memory.priorityZeroSent) {
      throw new Violation('I4', `${host.name} ${instance} leaves MASTER by ${why} ${silent ? 'with' : 'without'} priority 0`)
    }
    memory.priorityZeroSent = false
  }

  /** I11: nobody who can hear displaces a master that it may not. I13: where nothing disturbs them, the best backup is the first. */
  #promotion(host: Host, name: string): void {
    const self = instanceOf(host, name)
    if (self === undefined || this.#is(this.#hindered, host)) return
    const priority = priorityOf(self)
    const isFirst = !this.#hasSuccessor(host, name)
    for (const peer of this.hosts) {
      const other = instanceOf(peer, name)
      if (peer === host || other === undefined || peer.isStalled() || this.#is(this.#hindered, peer)) continue
      const mayNot = self.config.preemption.kind === 'nopreempt' || priority <= priorityOf(other)
      if (this.#isEstablished(peer, name) && mayNot && priority < OWNER && !this.#wasCalledUp(self)) {
        throw new Violation('I11', `${host.name} ${name} with ${priority} displaces ${peer.name}, which is well`)
      }
      if (!isFirst || other.state.role !== 'backup' || this.#is(this.#disturbed, host) || this.#is(this.#disturbed, peer)) continue
      if (this.#lead(priorityOf(other) - priority, self.config) > CLEAR_LEAD) {
        throw new Violation('I13', `${host.name} ${name} with ${priority} comes before ${peer.name} with ${priorityOf(other)}`)
      }
    }
  }

  /**
   * How much shorter the skew of the better one is, at least: with the shortest interval that their master may have. Reckoned here
   * once more, for what is to be checked is no measure.
   */
  #lead(priorities: number, { version, vrid }: InstanceConfig): number {
    const intervals = this.hosts.flatMap(({ config }) =>
      config.instances.filter((one) => one.vrid === vrid).map(({ advertInt }) => advertInt),
    )
    return (priorities / 256) * (version === 2 ? 1_000_000 : Math.min(...intervals))
  }

  /** Silent for longer than the best backup waits: three intervals and the least skew. */
  #hasStalled(host: Host, name: string): boolean {
    const { lastAdvertAt } = this.#memory(host, name)
    const instance = instanceOf(host, name)
    if (lastAdvertAt === undefined || instance === undefined) return false
    const { advertInt, version } = instance.config
    const skew = (version === 2 ? 1_000_000 : advertInt) * (2 / 256)
    return elapsed(lastAdvertAt, this.#world.now()) > 3 * advertInt + skew
  }

  /** By a priority 0 that came after the first advert of the successor: it shortens the wait to the skew, whoever sends it (RFC 9568 §6.4.2). */
  #wasCalledUp({ config: { name, advertInt } }: Instance): boolean {
    const at = this.#zeroAt.get(name)
    return at !== undefined && elapsed(at, this.#world.now()) <= advertInt + CLEAR_LEAD
  }

  /** Somebody was first already: its advert may come before the priority 0 that called both up, and others wait where one does not. */
  #hasSuccessor(host: Host, name: string): boolean {
    const calledUpAt = this.#zeroAt.get(name)
    if (calledUpAt === undefined) return false
    return this.hosts.some((peer) => {
      const since = this.#memories.get(`${peer.name} ${name}`)?.masterSince
      return peer !== host && !peer.isStalled() && since !== undefined && since >= calledUpAt
    })
  }

  /** Its first advert has been heard: two that come up at the same moment cannot know of each other. */
  #isEstablished(host: Host, name: string): boolean {
    const since = this.#memories.get(`${host.name} ${name}`)?.masterSince
    return since !== undefined && elapsed(since, this.#world.now()) > CLEAR_LEAD
  }

  /** From now until then its timers may differ from those of its peers. */
  disturb(hosts: readonly Host[], duration: Micros): void {
    this.#until(this.#disturbed, hosts, duration)
  }

  /** From now until then it may not hear what is said, or not know what it is. */
  hinder(hosts: readonly Host[], duration: Micros): void {
    this.#until(this.#hindered, hosts, duration)
  }

  #until(times: Map<string, Instant>, hosts: readonly Host[], duration: Micros): void {
    const until = later(this.#world.now(), duration)
    for (const host of hosts) {
      const known = times.get(host.name)
      if (known === undefined || known < until) times.set(host.name, until)
    }
  }

  #is(times: ReadonlyMap<string, Instant>, host: Host): boolean {
    const until = times.get(host.name)
    return until !== undefined && this.#world.now() < until
  }

  /** I4. The transition follows the advert, so what is known here is the state before. */
  #advert(host: Host, name: string, priority: number): void {
    const memory = this.#memory(host, name)
    const role = roleOf(host, name)
    if (priority === 0) {
      this.#note(host, `${name} sends priority 0`)
      if (memory.state !== 'MASTER') throw new Violation('I4', `${host.name} ${name} sends priority 0 as ${memory.state}`)
      if (memory.priorityZeroSent) throw new Violation('I4', `${host.name} ${name} sends priority 0 twice`)
      memory.priorityZeroSent = true
      this.#zeroAt.set(name, this.#world.now())
      return
    }
    memory.lastAdvertAt = this.#world.now()
    const instance = instanceOf(host, name)
    const leaving = memory.state === 'MASTER' && instance?.config.higherPrioSendAdvert === true
    if (role !== 'master' && !leaving) throw new Violation('I4', `${host.name} ${name} sends an advert as ${role}`)
  }

  /** I6, at all times: either all members of a sync group are master, or none is. */
  #checkGroups(host: Host): void {
    const state = host.state()
    for (const { name, members } of state?.groups ?? []) {
      const masters = members.filter((at) => state?.instances[at]?.state.role === 'master')
      if (masters.length > 0 && masters.length < members.length) {
        const roles = members.map((at) => state?.instances[at]?.state.role)
        throw new Violation('I6', `${host.name} ${name} is divided: ${roles.join(', ')}`)
      }
    }
  }

  /** I3, at all times at which the process runs: the reconciler answers within the event. */
  #checkKernel(host: Host): void {
    if (!host.kernel.isIntact()) throw new Violation('I12', `${host.name} lost an address that is not virtual`)
    const state = host.state()
    if (state === undefined || host.isStalled() || !host.kernel.exists() || this.#lostLately(host)) return
    for (const {
      config,
      addresses,
      state: { role },
    } of state.instances) {
      for (const object of addresses) {
        if (host.kernel.has(object) !== (role === 'master')) {
          throw new Violation(
            'I3',
            `${host.name} ${config.name} is ${role}, and ${object.prefix.address} is ${role === 'master' ? 'missing' : 'there'}`,
          )
        }
      }
    }
  }

  /** I2: two masters that can hear each other do not last. */
  #checkOverlap(name: string): void {
    const masters = this.hosts.filter((host) => host.isRunning() && roleOf(host, name) === 'master')
    if (masters.length < 2 || this.healthySince === undefined) {
      this.#overlapSince.delete(name)
      return
    }
    const since = this.#overlapSince.get(name)
    if (since === undefined) {
      this.#overlapSince.set(name, this.#world.now())
      return
    }
    const instances = masters.map((host) => instanceOf(host, name)).filter((instance) => instance !== undefined)
    const interval = Math.max(...instances.map(({ config }) => config.advertInt))
    // Two owners first wait for the other one to see its mistake.
    const patience = instances.every(({ config }) => config.priority === OWNER) ? 4 : 2
    const bound = micros(patience * interval + 100_000)
    if (elapsed(since, this.#world.now()) > bound)
      throw new Violation('I2', `${name} has masters ${masters.map((host) => host.name)} for too long`)
  }

  /** Somebody took an address, or the kernel refuses it: for that moment the kernel may differ. */
  #lostLately(host: Host): boolean {
    return this.#is(this.#excused, host)
  }

  excuse(host: Host, duration: Micros): void {
    this.#until(this.#excused, [host], duration)
  }

  #memory(host: Host, instance: string): Memory {
    const key = `${host.name} ${instance}`
    const known = this.#memories.get(key)
    if (known !== undefined) return known
    const memory: Memory = { state: 'INIT', masterSince: undefined, priorityZeroSent: false, lastAdvertAt: undefined }
    this.#memories.set(key, memory)
    return memory
  }

  /** A process that ended in good order starts from INIT again. */
  stopped(host: Host): void {
    this.#note(host, 'stopped')
    for (const key of [...this.#memories.keys()]) if (key.startsWith(`${host.name} `)) this.#memories.delete(key)
  }

  #note(host: Host, text: string): void {
    this.note(`${host.name} ${text}`)
  }
}

/** I1: so long after the last fault there is one master: down time of the slowest, and two intervals. */
export function settlingBound(hosts: readonly Host[]): Micros {
  let bound = 0
  for (const host of hosts) {
    for (const config of host.config.instances) {
      const slowest = Math.max(
        ...hosts.flatMap((other) => other.config.instances.filter(({ vrid }) => vrid === config.vrid).map(({ advertInt }) => advertInt)),
      )
      const delay = config.preemption.kind === 'preempt' ? config.preemption.delay : 0
      const skew = config.version === 2 ? 1_000_000 : slowest
      const down = config.downTimerAdverts * slowest + skew
      bound = Math.max(bound, down + skew + 2 * slowest + (delay > 0 ? delay + down : 0))
    }
  }
  return micros(bound + 100_000)
}

const OWNER = 255

function instanceOf(host: Host, name: string): Instance | undefined {
  return host.state()?.instances.find(({ config }) => config.name === name)
}

function roleOf(host: Host, name: string): string | undefined {
  return instanceOf(host, name)?.state.role
}
