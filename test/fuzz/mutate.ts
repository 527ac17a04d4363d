import type { Prng } from '../../src/base/prng.ts'

/** What a file in targets/ exports. */
export interface Target {
  readonly name: string
  /** Throws if the code under test did what it must not. */
  run(bytes: Uint8Array): void
  /** Inputs worth starting from. */
  readonly seeds?: readonly Uint8Array[]
  /** Makes inputs that are nearly right; half of all inputs come from it, and mutants of them. */
  readonly source?: () => (random: Prng) => Uint8Array
  /** Milliseconds of computing that the input of the last run may take; otherwise no more than any decoder needs. */
  mostMilliseconds?(): number
  /** So many inputs where nobody says how many. */
  readonly runs?: number
}

/** Longest input; beyond it nothing new is to be learnt. */
const longest = 4096

/** A new input: noise, or one of `known` with one to four changes. */
export function mutate(random: Prng, known: readonly Uint8Array[]): Uint8Array {
  if (known.length === 0 || random.chance(0.1)) return noise(random, random.between(0, 128))
  let bytes = known[random.between(0, known.length - 1)] ?? new Uint8Array(0)
  for (let changes = random.between(1, 4); changes > 0; changes--) bytes = change(random, bytes, known)
  return bytes.slice(0, longest)
}

const interesting = [0, 1, 2, 4, 7, 8, 0x10, 0x20, 0x7f, 0x80, 0xfe, 0xff, 10, 13, 34, 35, 64, 92, 123, 125]

function change(random: Prng, bytes: Uint8Array, known: readonly Uint8Array[]): Uint8Array {
  const at = random.between(0, bytes.length)
  const copy = bytes.slice()
  switch (random.between(0, 6)) {
    case 0: // flip a bit
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.between(0, 7))
      return copy
    case 1: // another byte
      if (at < copy.length) copy[at] = random.between(0, 255)
      return copy
    case 2: // a byte that often matters
      if (at < copy.length) copy[at] = interesting[random.between(0, interesting.length - 1)] ?? 0
      return copy
    case 3: // cut off
      return copy.subarray(0, at)
    case 4: // leave out
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + random.between(1, 8))])
    case 5: // put in
      return Uint8Array.from([...copy.subarray(0, at), ...noise(random, random.between(1, 8)), ...copy.subarray(at)])
    default: {
      // the beginning of one and the end of another
      const other = known[random.between(0, known.length - 1)] ?? copy
      return Uint8Array.from([...copy.subarray(0, at), ...other.subarray(random.between(0, other.length))])
    }
  }
}

function noise(random: Prng, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.between(0, 255))
}
