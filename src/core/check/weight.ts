/** What a checker makes of its server's weight. */
export type Influence =
  | { readonly kind: 'none' }
  /** `misc_dynamic`: in place of the configured weight. */
  | { readonly kind: 'replaces'; readonly weight: number }
  /** FILE_CHECK. */
  | { readonly kind: 'adds'; readonly amount: number }

export const noInfluence: Influence = { kind: 'none' }

/** The largest weight of ip_vs. */
const largest = 2_147_483_647

/** The weight that all of them together come to; several that replace it add their differences, as with keepalived. */
export function effectiveWeight(configured: number, influences: Iterable<Influence>): number {
  let weight = configured
  for (const influence of influences) {
    if (influence.kind === 'replaces') weight += influence.weight - configured
    if (influence.kind === 'adds') weight += influence.amount
  }
  return Math.min(Math.max(weight, 0), largest)
}
