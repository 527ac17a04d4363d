import { prng } from '../../src/base/prng.ts'
import { mutate, type Target } from './mutate.ts'

export interface Bounds {
  readonly seed: number
  /** Stops after so many inputs, or after so many seconds, whichever comes first. */
  readonly runs: number
  readonly seconds: number
}

export type Outcome =
  | { readonly kind: 'held'; readonly runs: number }
  /** A run threw, or took longer than an input may. `input` is as short as could be found. */
  | { readonly kind: 'broke'; readonly runs: number; readonly input: Uint8Array; readonly error: unknown }

/** No input of a few kilobytes may keep a decoder busy for longer (milliseconds, with room for a busy machine). */
const slowest = 2_000

/** Feeds a target until the bounds are reached or it breaks; the same seed gives the same inputs. */
export function fuzz(target: Target, { seed, runs, seconds }: Bounds): Outcome {
  const random = prng(seed)
  const source = target.source?.()
  const known = [...(target.seeds ?? [])]
  const end = performance.now() + seconds * 1_000
  let count = 0
  for (const input of target.seeds ?? []) {
    const error = attempt(target, input)
    if (error !== undefined) return { kind: 'broke', runs: count, input, error: error.thrown }
  }
  for (; count < runs && performance.now() < end; count++) {
    const input = source !== undefined && random.chance(0.5) ? source(random) : mutate(random, known)
    const error = attempt(target, input)
    if (error !== undefined) return { kind: 'broke', runs: count + 1, ...shortest(target, input, error.thrown) }
    // Now and then a mutant becomes a parent, so that changes add up.
    if (random.chance(0.02)) {
      if (known.length < 200) known.push(input)
      else known[random.between(target.seeds?.length ?? 0, known.length - 1)] = input
    }
  }
  return { kind: 'held', runs: count }
}

function attempt(target: Target, input: Uint8Array): { readonly thrown: unknown } | undefined {
  let most = slowest
  let least = Number.POSITIVE_INFINITY
  // What else the machine does, or a collection of garbage, must not count against an input: it is too slow if it is so every time.
  for (let tries = 0; tries < TRIES; tries++) {
    const before = process.threadCpuUsage()
    try {
      target.run(input.slice())
    } catch (thrown) {
      return { thrown }
    }
    const { user, system } = process.threadCpuUsage(before)
    most = target.mostMilliseconds?.() ?? slowest
    least = Math.min(least, (user + system) / 1_000)
    if (least <= most) return undefined
  }
  return { thrown: new Error(`took ${Math.round(least)} ms of ${Math.round(most)}`) }
}

const TRIES = 4

/** Leaves out ever smaller pieces while it still breaks. */
function shortest(target: Target, found: Uint8Array, thrown: unknown): { readonly input: Uint8Array; readonly error: unknown } {
  let input = found
  let error = thrown
  for (let piece = input.length >> 1; piece >= 1; piece >>= 1) {
    for (let at = 0; at + piece <= input.length; ) {
      const shorter = Uint8Array.from([...input.subarray(0, at), ...input.subarray(at + piece)])
      const failure = attempt(target, shorter)
      if (failure === undefined) at += piece
      else [input, error] = [shorter, failure.thrown]
    }
  }
  return { input, error }
}
