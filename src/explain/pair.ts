import { type Weight, weightsOf } from '../config/lint/weights.ts'
import type { Parsed } from '../config/parsed.ts'
import type { InstanceConfig, VrrpConfig } from '../core/vrrp/config.ts'
import { areStrangers, differencesOf } from './differences.ts'
import { electionOf } from './election.ts'
import { failoverOf } from './failover.ts'
import { returnOf } from './return.ts'
import { trapsOf } from './traps.ts'

/** One of the two hosts: how to call it, and what its vrrp process would run. */
export interface Host {
  readonly name: string
  readonly vrrp: VrrpConfig | undefined
  /** What was read for it; without it trackers are not looked at. */
  readonly parsed?: Parsed
}

/** An instance where it runs. */
export interface Seat {
  readonly host: string
  readonly instance: InstanceConfig
  readonly weights?: readonly Weight[]
}

export interface PairView {
  readonly text: string
  /** Differences that must not be, traps, and instances without a partner. */
  readonly faults: number
}

/** Plain sentences about two configurations that are meant for one cluster. */
export function explainPair(a: Host, b: Host): PairView {
  const { couples, alone } = couple(a, b)
  const sections = couples.map(([first, second]) => section(first, second))
  const single = alone.map(({ host, instance }) => ({
    text: `${instance.name} of ${host} has no partner: nothing in the other file has VRID ${instance.vrid} or its name.\n`,
    faults: 1,
  }))
  const all = [...sections, ...single]
  if (all.length === 0) return { text: 'Neither file has a vrrp_instance: there is no election to explain.\n', faults: 0 }
  return { text: all.map(({ text }) => text).join('\n'), faults: all.reduce((sum, { faults }) => sum + faults, 0) }
}

function section(a: Seat, b: Seat): PairView {
  const differences = differencesOf(a, b)
  const election = electionOf(a, b)
  const traps = trapsOf(election)
  const names = a.instance.name === b.instance.name ? a.instance.name : `${a.instance.name} and ${b.instance.name}`
  const lines = [
    `${names}: VRID ${a.instance.vrid}, VRRPv${a.instance.version}, IPv${a.instance.family}`,
    ...(areStrangers(differences)
      ? ['  As they stand, both are master: see what must not differ. The rest tells how it is once that is mended.']
      : []),
    ...paragraph('Who is master', election.sentences),
    ...paragraph('Failover', failoverOf(election)),
    ...paragraph('Return', returnOf(election)),
    ...(traps.length === 0 ? [] : paragraph('Traps', traps)),
    ...paragraph('Must not differ', differences.length === 0 ? ['Nothing that must be the same differs.'] : differences),
  ]
  return { text: `${lines.join('\n')}\n`, faults: differences.length + traps.length }
}

const paragraph = (title: string, sentences: readonly string[]): readonly string[] => [
  `  ${title}:`,
  ...sentences.map((one) => `    ${one}`),
]

/** Instances of the two hosts that belong together: same VRID and family, else the same name, else the only ones left. */
function couple(a: Host, b: Host): { readonly couples: readonly (readonly [Seat, Seat])[]; readonly alone: readonly Seat[] } {
  const left = seats(a)
  const right = seats(b)
  const couples: (readonly [Seat, Seat])[] = []
  const match = (same: (one: InstanceConfig, other: InstanceConfig) => boolean): void => {
    for (const seat of [...left]) {
      const partner = right.find((other) => same(seat.instance, other.instance))
      if (partner === undefined) continue
      left.splice(left.indexOf(seat), 1)
      right.splice(right.indexOf(partner), 1)
      couples.push([seat, partner])
    }
  }
  match((one, other) => one.vrid === other.vrid && one.family === other.family && one.name === other.name)
  match((one, other) => one.vrid === other.vrid && one.family === other.family)
  match((one, other) => one.name === other.name)
  if (left.length === 1 && right.length === 1) match(() => true)
  return { couples, alone: [...left, ...right] }
}

function seats({ name, vrrp, parsed }: Host): Seat[] {
  return (vrrp?.instances ?? []).map((instance) => {
    const draft = parsed?.vrrp.instances.get(instance.name)
    return { host: name, instance, ...(draft === undefined || parsed === undefined ? {} : { weights: weightsOf(draft, parsed) }) }
  })
}
