import type { IpAddress } from '../../src/base/ip.ts'
import { type Prng, prng } from '../../src/base/prng.ts'
import { fromMillis, type Micros, micros } from '../../src/base/units.ts'
import type { InstanceConfig, Preemption, Transport, VrrpConfig } from '../../src/core/vrrp/config.ts'
import { instance } from '../support/vrrp.ts'

/** Something that goes wrong, and for how long. Written down before the run, so that a failing run can be shortened. */
export interface Fault {
  /** Since the start. */
  readonly at: Micros
  readonly lasts: Micros
  readonly what: FaultKind
  /** Positions of hosts; the second one where it takes two. */
  readonly host: number
  readonly other: number
}

export const FAULT_KINDS = [
  'crash',
  'mistake',
  'power-cut',
  'stop',
  'stall',
  'long-stall',
  'link-down',
  'interface-gone',
  'one-way-cut',
  'cut-off',
  'noise',
  'storm',
  'vip-removed',
  'reload',
  'new-priority',
  'kernel-refuses',
  'tracker-fails',
  'tracker-weighs',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Scenario {
  readonly seed: number
  readonly configs: readonly VrrpConfig[]
  /** When each host starts. */
  readonly starts: readonly Micros[]
  readonly faults: readonly Fault[]
  /** How long faults go on. */
  readonly unrest: Micros
}

/** A cluster and its misfortunes, from one number. */
export function scenarioOf(seed: number): Scenario {
  const random = prng(seed)
  const hosts = random.pick([2, 2, 2, 3, 3, 4, 5])
  const interval = random.pick([1000, 1000, 200, 100, 10])
  const version = interval === 1000 ? random.pick<2 | 3>([2, 3]) : 3
  const instances = random.pick([1, 1, 1, 2, 3])
  const unicast = random.chance(0.3)
  const grouped = instances > 1 && random.chance(0.5)
  // Members of a group whose best hosts differ have no host that may hold them all.
  const common = prioritiesOf(hosts, random)
  const priorities = Array.from({ length: instances }, () => (grouped ? common : prioritiesOf(hosts, random)))
  const preemption = random.pick<Preemption>([
    PREEMPT,
    PREEMPT,
    PREEMPT,
    { kind: 'nopreempt' },
    { kind: 'preempt', delay: fromMillis(interval * 4) },
  ])
  const configs = Array.from(
    { length: hosts },
    (_, host): VrrpConfig => ({
      syncGroups: grouped ? [{ name: 'G', members: Array.from({ length: instances }, (_, number) => `VI_${number}`) }] : [],
      tracked: { scripts: [], files: [{ name: 'tf', path: TRACKED_FILE, initial: undefined }], processes: [], bfds: [] },
      globals: {
        startupDelay: micros(random.chance(0.1) ? interval * 2000 : 0),
        logUnknownVrids: false,
        garpInterval: fromMillis(random.chance(0.2) ? 5 : 0),
        gnaInterval: micros(0),
      },
      instances: Array.from({ length: instances }, (_, number) =>
        instanceOf({
          number,
          host,
          hosts,
          priority: priorities[number]?.[host] ?? 100,
          version,
          interval,
          unicast,
          preemption,
          grouped,
          random,
        }),
      ),
    }),
  )
  const unrest = fromMillis(interval * 60)
  return {
    seed,
    configs,
    starts: configs.map(() => micros(random.between(0, interval * 3000))),
    faults: Array.from({ length: random.between(0, 8) }, () => faultOf(random, hosts, interval, unrest)),
    unrest,
  }
}

/** Its number is 0 but for faults. */
export const TRACKED_FILE = '/run/tracked'

const PREEMPT: Preemption = { kind: 'preempt', delay: micros(0) }

/** Mostly different ones, sometimes equal, sometimes an owner, seldom two. */
function prioritiesOf(hosts: number, random: Prng): readonly number[] {
  const kind = random.between(1, 10)
  return Array.from({ length: hosts }, (_, host) => {
    if (kind <= 2) return 100
    if (kind === 3 && host === 0) return 255
    if (kind === 4 && host < 2) return 255
    return random.between(1, 254)
  })
}

interface Draft {
  readonly number: number
  readonly host: number
  readonly hosts: number
  readonly priority: number
  readonly version: 2 | 3
  readonly interval: number
  readonly unicast: boolean
  readonly preemption: Preemption
  readonly grouped: boolean
  readonly random: Prng
}

function instanceOf(draft: Draft): InstanceConfig {
  const { number, host, hosts, priority, version, interval, random } = draft
  const peers = Array.from({ length: hosts }, (_, peer) => peer).filter((peer) => peer !== host)
  const transport: Transport = draft.unicast
    ? {
        kind: 'unicast',
        source: undefined,
        ttl: undefined,
        checkSource: true,
        peers: peers.map((peer) => ({ address: addressOf(peer), minTtl: 0, maxTtl: 255 })),
      }
    : { kind: 'multicast', group: '224.0.0.18' as IpAddress, source: undefined }
  return instance({
    name: `VI_${number}`,
    vrid: 51 + number,
    version,
    priority,
    state: random.pick(['MASTER', 'BACKUP']),
    // VRRPv3 routers need not agree: backups learn.
    advertInt: fromMillis(version === 3 && !draft.grouped && random.chance(0.1) ? interval * 2 : interval),
    preemption: priority === 255 ? PREEMPT : draft.preemption,
    transport,
    // An owner has no weighted ones.
    trackers: priority === 255 ? [] : [{ kind: 'file', name: 'tf', weight: 1, reverse: false }],
    lowerPrioNoAdvert: random.chance(0.05),
    higherPrioSendAdvert: random.chance(0.1),
    virtualIpaddress: [`10.0.${number}.100`, `10.0.${number}.101`].slice(0, random.between(1, 2)),
  })
}

export function addressOf(host: number): IpAddress {
  return `192.0.2.${host + 1}` as IpAddress
}

function faultOf(random: Prng, hosts: number, interval: number, unrest: Micros): Fault {
  const host = random.between(0, hosts - 1)
  const what = random.pick(FAULT_KINDS)
  const longest = what === 'stall' ? interval * 2 : interval * 12
  return {
    at: micros(random.between(0, unrest)),
    lasts: micros(random.between(interval * 10, longest * 1000)),
    what,
    host,
    other: (host + random.between(1, hosts - 1)) % hosts,
  }
}
