import type { Weight } from '../config/lint/weights.ts'
import { OWNER } from '../core/vrrp/election.ts'
import type { Election } from './election.ts'
import type { Seat } from './pair.ts'
import { listed } from './phrases.ts'

/** What is allowed in each file, and yet cannot do what it is there for. */
export function trapsOf({ winner, loser }: Election): readonly string[] {
  return [...weightsTooSmall(winner, loser), ...weightsAgainstNopreempt(winner, loser), ...nopreemptOnTheWrongSide(winner, loser)]
}

/** Files count with any number they hold: nothing is known of their bounds. */
const known = ({ weights = [] }: Seat): readonly Weight[] => weights.filter(({ weight, block }) => weight !== 0 && block !== 'track_file')
const hasFile = ({ weights = [] }: Seat): boolean => weights.some(({ weight, block }) => weight !== 0 && block === 'track_file')

const total = (weights: readonly Weight[], sign: 1 | -1): number =>
  weights.reduce((sum, { weight }) => sum + (Math.sign(weight) === sign ? weight : 0), 0)

const held = (priority: number): number => Math.min(254, Math.max(1, priority))

/** The winner at its worst still outranks the other at its best. */
function weightsTooSmall(winner: Seat, loser: Seat): readonly string[] {
  const weights = [...known(winner), ...known(loser)]
  if (weights.length === 0 || hasFile(winner) || hasFile(loser) || winner.instance.priority === OWNER) return []
  const worst = held(winner.instance.priority + total(known(winner), -1))
  const best = held(loser.instance.priority + total(known(loser), 1))
  if (worst < best) return []
  const names = listed([...new Set(weights.map(({ name }) => name))])
  return [
    `weight: no result of ${names} changes who is master: at its worst ${winner.host} has priority ${worst}, at its best ${loser.host} has ${best}.`,
  ]
}

/** Weights act through preemption by the other. */
function weightsAgainstNopreempt(winner: Seat, loser: Seat): readonly string[] {
  return [
    [winner, loser],
    [loser, winner],
  ].flatMap(([self, other]) => {
    if (self === undefined || other === undefined || other.instance.preemption.kind !== 'nopreempt' || known(self).length === 0) return []
    const names = listed(known(self).map(({ name }) => name))
    return [
      `weight: ${names} of ${self.host} cannot move mastership to ${other.host}, whose nopreempt leaves a master of lower priority alone. Weight 0 makes a failure a fault, which does.`,
    ]
  })
}

function nopreemptOnTheWrongSide(winner: Seat, loser: Seat): readonly string[] {
  if (winner.instance.priority === loser.instance.priority) return []
  if (loser.instance.preemption.kind !== 'nopreempt' || winner.instance.preemption.kind === 'nopreempt') return []
  return [
    `nopreempt: only ${loser.host} has it, whose priority is the lower one; ${winner.host} preempts all the same. It belongs to ${winner.host}.`,
  ]
}
