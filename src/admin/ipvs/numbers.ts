/** A whole number as strtol(3) reads it, between these bounds; undefined if the text is anything else. */
export function wholeNumber(text: string, low: number, high: number): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(text)) return undefined
  const value = Number(text)
  return value >= low && value <= high ? value : undefined
}

/** A blank and eight digits; beyond them thousands, millions, … with a letter, unless the `exact` number is wanted. */
export function counter(value: bigint, exact: boolean): string {
  if (exact || value < 100_000_000n) return ` ${`${value}`.padStart(8)}`
  const [, unit, letter] = UNITS.find(([below]) => value < below) ?? UNITS[3]
  return `${`${value / unit}`.padStart(8)}${letter}`
}

const UNITS = [
  [10n ** 9n, 10n ** 3n, 'K'],
  [10n ** 11n, 10n ** 6n, 'M'],
  [10n ** 14n, 10n ** 9n, 'G'],
  [10n ** 30n, 10n ** 12n, 'T'],
] as const
