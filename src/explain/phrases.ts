import { type Micros, toSeconds } from '../base/units.ts'
import type { VirtualAddress } from '../core/vrrp/config.ts'

/** `3.609 s`: to the millisecond, without trailing zeros. */
export const inSeconds = (time: Micros): string => `${Number(toSeconds(time).toFixed(3))} s`

/** `between 2.609 s and 3.609 s` */
export const between = (least: Micros, most: Micros): string => `between ${inSeconds(least)} and ${inSeconds(most)}`

/** `192.0.2.1/24`: links may be called otherwise on the other host. */
export const addressText = ({ prefix }: VirtualAddress): string => `${prefix.address}/${prefix.length}`

/** `a`, `a and b`, `a, b and c` */
export function listed(words: readonly string[]): string {
  const last = words.at(-1)
  if (last === undefined) return 'none'
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
