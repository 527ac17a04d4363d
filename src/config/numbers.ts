export type NumberFault = 'not-a-number' | 'negative' | 'trailing' | 'too-small' | 'too-large'

export type ParsedNumber =
  | { readonly kind: 'number'; readonly value: number; readonly rounded: boolean }
  | { readonly kind: 'fault'; readonly fault: NumberFault }

export interface NumberRange {
  readonly min: number
  readonly max: number
}

const fault = (kind: NumberFault): ParsedNumber => ({ kind: 'fault', fault: kind })

/** Nearly all numbers are a few digits. */
const PLAIN = /^\d{1,15}$/

/** A whole decimal number, no base prefix, no blanks. */
export function parseWhole(word: string, range: NumberRange): ParsedNumber {
  if (PLAIN.test(word)) return bounded(Number(word), range, false)
  const match = /^[ \t]*([+-]?)(\d+)(.*)$/s.exec(word)
  if (match === null) return fault('not-a-number')
  if (match[3] !== '') return fault('trailing')
  const value = Number(match[2]) * (match[1] === '-' ? -1 : 1)
  if (match[1] === '-' && range.min >= 0) return fault('negative')
  return bounded(value, range, false)
}

/** `123`, `123.4`, `.5`; more decimals than the field holds are rounded and told. No exponent. */
export function parseDecimal(word: string, range: NumberRange & { readonly decimals: number }): ParsedNumber {
  const match = /^[ \t]*([+-]?)(\d*)(?:\.(\d*))?(.*)$/s.exec(word)
  const [, sign = '', integer = '', fraction = '', rest = ''] = match ?? []
  if (match === null || (integer === '' && fraction === '')) return fault('not-a-number')
  if (rest !== '') return fault('trailing')
  if (sign === '-' && range.min >= 0) return fault('negative')
  const scale = 10 ** range.decimals
  const exact = Number(`${integer === '' ? '0' : integer}.${fraction === '' ? '0' : fraction}`) * (sign === '-' ? -1 : 1)
  const value = Math.round(exact * scale) / scale
  return bounded(value, range, /[1-9]/.test(fraction.slice(range.decimals)))
}

/** C syntax: 0x and leading zero count. */
export function parseCNumber(word: string, range: NumberRange): ParsedNumber {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(word)
  if (match === null) return fault(/^[+-]?\d/.test(word) ? 'trailing' : 'not-a-number')
  const digits = match[2] ?? ''
  const magnitude = /^0[xX]/.test(digits)
    ? Number(digits)
    : digits.length > 1 && digits.startsWith('0')
      ? Number(`0o${digits.slice(1)}`)
      : Number(digits)
  const value = match[1] === '-' ? -magnitude : magnitude
  if (value < 0 && range.min >= 0) return fault('negative')
  return bounded(value, range, false)
}

function bounded(value: number, range: NumberRange, rounded: boolean): ParsedNumber {
  if (value < range.min) return fault('too-small')
  if (value > range.max) return fault('too-large')
  return { kind: 'number', value, rounded }
}

export function describeFault(kind: NumberFault): string {
  switch (kind) {
    case 'not-a-number':
      return 'is not a number'
    case 'negative':
      return 'must not be negative'
    case 'trailing':
      return 'has more behind its number'
    case 'too-small':
      return 'is too small'
    case 'too-large':
      return 'is too large'
  }
}
