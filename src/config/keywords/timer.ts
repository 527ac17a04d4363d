import { type Micros, micros } from '../../base/units.ts'
import { type Leaf, leaf, type Row } from '../schema.ts'

/** The largest span keepalived can hold, in seconds; and the largest that fits in 32 bits of microseconds. */
export const LONGEST = 18_446_744_073_709
export const LONGEST_32 = 4_294.967295
const SHORTEST = 0.000001

export interface TimerRow extends Row {
  /** Seconds. */
  readonly min: number
  readonly max: number
}

export const delayLoop = { min: SHORTEST, max: LONGEST }
export const connectTimeout = { min: SHORTEST, max: LONGEST_32 }
export const anyTime = { min: 0, max: LONGEST }

/** What a timer word came to: a value may be used although there is a complaint about it. */
export interface TimerReading {
  readonly value: Micros | undefined
  readonly complaint: string | undefined
}

/**
 * Seconds with up to six decimals, no exponent; blanks in front are skipped. Rubbish behind the digits is complained of and the digits are used; a span outside
 * the range (in seconds) is not used.
 */
export function readTimer(word: string, range: { readonly min: number; readonly max: number }): TimerReading {
  if (PLAIN.test(word)) return bounded(Number(word) * 1_000_000, range)
  const text = word.trimStart()
  if (text.startsWith('-')) return { value: undefined, complaint: 'must not be negative' }
  const [, digits = '', decimals = ''] = /^\+?(\d*)(?:\.(\d*))?/.exec(text) ?? []
  const value = Math.round(Number(`${digits || '0'}.${decimals || '0'}`) * 1_000_000)
  const reading = bounded(value, range)
  if (reading.value === undefined) return reading
  if (!/^\+?\d*(?:\.\d*)?$/.test(text)) return { value: micros(value), complaint: 'is not a plain number; its leading digits are used' }
  return { value: micros(value), complaint: decimals.length > 6 ? 'has more than six decimals; it is rounded' : undefined }
}

/** Nearly all spans are a few digits. */
const PLAIN = /^\d{1,9}$/

function bounded(value: number, range: { readonly min: number; readonly max: number }): TimerReading {
  if (value < range.min * 1_000_000 || value > range.max * 1_000_000) return { value: undefined, complaint: 'is out of range' }
  return { value: micros(value), complaint: undefined }
}

/** A span of the load balancing part. It forgives what the strict numbers of vrrp do not: see readTimer. */
export const timer = <Draft extends object>(summary: string, row: TimerRow): Leaf<Draft, Micros> =>
  leaf(`<seconds ${row.min}..${row.max}>`, summary, row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    const { value, complaint } = readTimer(word, row)
    if (complaint !== undefined) {
      context.report('invalid-number', 'timer', `${statement.keyword} '${word}' ${complaint}`, `seconds from ${row.min} to ${row.max}`, 1)
    }
    if (value !== undefined) (draft as Record<string, unknown>)[row.slot ?? statement.keyword] = value
  })
