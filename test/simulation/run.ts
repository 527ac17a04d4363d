import { prng } from '../../src/base/prng.ts'
import { fromMillis, type Micros, micros } from '../../src/base/units.ts'
import type { VrrpConfig } from '../../src/core/vrrp/config.ts'
import { Host } from './host.ts'
import { Invariants, settlingBound } from './invariants.ts'
import { SimulatedKernel } from './kernel.ts'
import { addressOf, type Fault, type Scenario } from './scenario.ts'
import { QUIET, Segment } from './segment.ts'
import { World } from './world.ts'

const ENOMEM = 12

/** How a run ended. */
export interface Outcome {
  readonly failure: Error | undefined
  readonly transcript: readonly string[]
  /** Virtual time that passed. */
  readonly duration: Micros
}

/** Unrest with faults, in which nothing unsafe may happen; then peace, in which all must come right and stay so. */
export function runScenario(scenario: Scenario): Outcome {
  const cluster = createCluster(scenario.configs, scenario.seed ^ 0x5eed)
  const { world, invariants, hosts } = cluster
  const started = world.now()
  let failure: Error | undefined
  try {
    invariants.disturb(hosts, micros(Math.max(...scenario.starts) + cluster.calming))
    for (const [number, host] of hosts.entries()) world.after(scenario.starts[number] ?? micros(0), () => host.start())
    for (const fault of scenario.faults) world.after(fault.at, () => inflict(fault, cluster))
    world.run(scenario.unrest)
    heal(cluster)
    world.run(settlingBound(hosts))
    invariants.checkSettled()
    invariants.note('at rest')
    invariants.atRest = true
    world.run(micros(Math.max(...scenario.configs.flatMap(({ instances }) => instances.map(({ advertInt }) => advertInt * 12)))))
    invariants.checkSettled()
  } catch (error) {
    failure = error as Error
  }
  return { failure, transcript: invariants.transcript, duration: micros(world.now() - started) }
}

/** Hosts on one segment, watched. */
export interface Cluster {
  readonly world: World
  readonly segment: Segment
  readonly invariants: Invariants
  readonly hosts: readonly Host[]
  /** So long after a disturbance things are as if there had been none. */
  readonly calming: Micros
}

/** One host for each configuration, none of them started. */
export function createCluster(configs: readonly VrrpConfig[], seed: number): Cluster {
  const world = new World()
  const random = prng(seed)
  const segment = new Segment(world, random)
  const invariants = new Invariants(world)
  const hosts = configs.map((config, number) => {
    const address = addressOf(number)
    const kernel = new SimulatedKernel(number + 1, [{ address, length: 24 }])
    return new Host({ name: `h${number + 1}`, address, world, segment, kernel, random, observer: invariants, config })
  })
  invariants.hosts = hosts
  world.onEvent = () => invariants.check()
  return { world, segment, invariants, hosts, calming: micros(settlingBound(hosts) * 2) }
}

function inflict(fault: Fault, cluster: Cluster): void {
  const { world, segment, invariants, hosts } = cluster
  const host = hosts[fault.host]
  const other = hosts[fault.other]
  if (host === undefined || other === undefined) return
  const { kernel } = host
  invariants.note(`${host.name} ${fault.what}${fault.what === 'one-way-cut' ? ` to ${other.name}` : ''} for ${fault.lasts / 1e6} s`)
  const affected = isOfTheSegment(fault) ? hosts : [host]
  invariants.disturb(changesRanks(fault) ? hosts : affected, micros(fault.lasts + cluster.calming))
  invariants.hinder(affected, micros(fault.lasts + (isOver(fault) ? 0 : cluster.calming)))
  const afterwards = (action: () => void): void => {
    world.after(fault.lasts, action)
  }
  switch (fault.what) {
    case 'crash':
      host.crash()
      afterwards(() => host.start())
      break
    case 'mistake':
      host.perish()
      afterwards(() => host.start())
      break
    case 'power-cut':
      host.powerCut()
      afterwards(() => host.start())
      break
    case 'stop':
      host.stop()
      invariants.stopped(host)
      afterwards(() => host.start())
      break
    case 'stall':
    case 'long-stall':
      host.stall()
      afterwards(() => host.resume())
      break
    case 'link-down':
      kernel.setRunning(false)
      afterwards(() => kernel.setRunning(true))
      break
    case 'interface-gone':
      kernel.unplug()
      // It may be back before the process has heard that it was gone.
      invariants.excuse(host, micros(1000))
      afterwards(() => kernel.plugIn())
      break
    case 'one-way-cut':
      segment.cut(host.name, other.name)
      afterwards(() => segment.mend(host.name, other.name))
      break
    case 'cut-off':
      for (const peer of hosts) {
        segment.cut(host.name, peer.name)
        segment.cut(peer.name, host.name)
      }
      afterwards(() => segment.mendAll())
      break
    case 'noise':
      segment.noise = { loss: 0.1, duplication: 0.1, corruption: 0.01, delay: fromMillis(2) }
      afterwards(() => {
        segment.noise = QUIET
      })
      break
    case 'storm':
      segment.noise = { loss: 0.5, duplication: 0.3, corruption: 0.1, delay: micros((host.config.instances[0]?.advertInt ?? 0) * 3) }
      afterwards(() => {
        segment.noise = QUIET
      })
      break
    case 'vip-removed': {
      const object = host.state()?.instances[0]?.addresses[0]
      if (object === undefined) return
      // Until the notification has come and been acted upon.
      invariants.excuse(host, host.isStalled() ? micros(60_000_000) : micros(1000))
      kernel.removeBehindOurBack(object)
      break
    }
    case 'reload':
      host.reload(structuredClone(host.config))
      break
    case 'new-priority':
      host.reload(withPriority(host.config, 1 + (fault.lasts % 254)))
      break
    case 'tracker-fails':
      host.write(-300)
      afterwards(() => host.write(0))
      break
    case 'tracker-weighs':
      host.write((fault.lasts % 500) - 250)
      afterwards(() => host.write(0))
      break
    case 'kernel-refuses':
      // Refusals are tried again with growing patience, of half a minute at most.
      invariants.excuse(host, micros(fault.lasts + 31_000_000))
      kernel.refuseWhere(() => ENOMEM)
      afterwards(() => kernel.refuseWhere(undefined))
      break
  }
}

function isOfTheSegment({ what }: Fault): boolean {
  return what === 'one-way-cut' || what === 'cut-off' || what === 'noise' || what === 'storm'
}

/** The others begin to wait for it, or leave off: each from when it hears of it. */
function changesRanks({ what }: Fault): boolean {
  return what === 'new-priority' || what === 'tracker-weighs'
}

/** Whether a host is whole again with the end of it: it starts anew and hears all that is said from then on. */
function isOver({ what }: Fault): boolean {
  return (
    what === 'crash' || what === 'mistake' || what === 'power-cut' || what === 'stop' || what === 'link-down' || what === 'interface-gone'
  )
}

function withPriority(config: VrrpConfig, priority: number): VrrpConfig {
  return { ...config, instances: config.instances.map((instance) => ({ ...instance, priority })) }
}

/** Everything is as it should be again, at once. */
function heal({ world, segment, invariants, hosts, calming }: Cluster): void {
  invariants.disturb(hosts, calming)
  invariants.hinder(hosts, calming)
  invariants.note('all faults over')
  segment.mendAll()
  segment.noise = QUIET
  for (const host of hosts) {
    host.write(0)
    host.kernel.refuseWhere(undefined)
    host.kernel.plugIn()
    host.kernel.setRunning(true)
    host.resume()
    host.start()
  }
  invariants.healthySince = world.now()
}
