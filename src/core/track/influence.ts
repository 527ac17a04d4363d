import type { Tracker } from './config.ts'

/** What is known of a tracked thing. */
export type Condition = 'up' | 'down' | 'unknown'

/** What is known of all tracked things, by their names. */
export interface Observed {
  readonly interfaces: (name: string) => Condition
  readonly scripts: (name: string) => Condition
  readonly bfds: (name: string) => Condition
  readonly processes: (name: string) => Condition
  /** Undefined before anybody has looked. */
  readonly files: (name: string) => number | undefined
}

/** What trackers together do to an instance. */
export interface Influence {
  /** Added to its priority. */
  readonly weight: number
  /** Those that put it into FAULT. */
  readonly faults: readonly Tracker[]
  /** A file, or something that would be a fault, has not told yet how it is: nothing is good before it is known. */
  readonly waiting: boolean
}

export function influenceOf(trackers: readonly Tracker[], observed: Observed): Influence {
  let weight = 0
  let waiting = false
  const faults: Tracker[] = []
  for (const tracker of trackers) {
    const effect = effectOf(tracker, observed)
    if (effect === 'fault') faults.push(tracker)
    else if (effect === 'unknown') waiting = true
    else weight += effect
  }
  return { weight, faults, waiting }
}

type Effect = number | 'fault' | 'unknown'

function effectOf(tracker: Tracker, observed: Observed): Effect {
  const { kind, name } = tracker
  switch (kind) {
    case 'interface':
      return conditionEffect(tracker, observed.interfaces(name))
    case 'script':
      return conditionEffect(tracker, observed.scripts(name))
    case 'process':
      return conditionEffect(tracker, observed.processes(name))
    case 'bfd':
      return conditionEffect(tracker, observed.bfds(name))
    case 'file':
      return fileEffect(tracker, observed.files(name))
  }
}

/** A positive weight is added while it is up, a negative one while it is down; `reverse` changes the sign, or the fault's condition. */
function conditionEffect({ weight, reverse }: Tracker, condition: Condition): Effect {
  if (condition === 'unknown') return weight === 0 ? 'unknown' : 0
  if (weight === 0) return condition === (reverse ? 'up' : 'down') ? 'fault' : 0
  const applies = condition === (weight > 0 ? 'up' : 'down')
  return applies ? signed(weight, reverse) : 0
}

/** The number times the weight. At the bottom of the scale it is a fault, as is any number but 0 without a weight. */
function fileEffect({ weight, reverse }: Tracker, value: number | undefined): Effect {
  if (value === undefined) return 'unknown'
  if (weight === 0) return (value !== 0) === reverse ? 0 : 'fault'
  const product = signed(value * weight, reverse)
  return product <= -254 ? 'fault' : Math.min(product, 253)
}

// The sum with 0 is for -0, which is not the same to those who compare.
const signed = (weight: number, reverse: boolean): number => (reverse ? -weight : weight) + 0
