import type { LineReader, LineWord } from './value-line.ts'

export type RouteTime = 'rtt' | 'rttvar' | 'rto_min'

/** Raw units of the kernel in a millisecond. */
const PER_MILLISECOND: Readonly<Record<RouteTime, number>> = { rtt: 8, rttvar: 4, rto_min: 1 }
const LEAST = 200
const MOST = 120_000

/** `N` in the kernel's units, `Ns`, `Nsec`, `Nsecs` or `Nms`; below 200 ms it is raised, above 120 s it is reduced, or refused where it has no unit. */
export function readRouteTime(reader: LineReader, word: LineWord, name: RouteTime): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)(s|sec|secs|ms)?$/.exec(word.text) ?? []
  const scale = PER_MILLISECOND[name]
  const raw = Number(digits) * (unit === '' ? 1 : unit === 'ms' ? scale : scale * 1_000)
  const expected = `${LEAST}ms to ${MOST / 1_000}s, as N, Ns or Nms`
  if (digits === '' || (unit === '' && raw > MOST * scale)) {
    reader.report({ code: 'route-time', at: word, message: `Invalid ${name} ${word.text} for route; the line is dropped`, expected })
    return undefined
  }
  if (raw > MOST * scale) {
    reader.report({
      code: 'route-time',
      at: word,
      message: `${name} value ${word.text} above maximum ${MOST / 1_000}s, resetting`,
      expected,
    })
    return MOST * scale
  }
  if (unit.startsWith('s') && /\.\d{4}/.test(digits)) {
    reader.report({ code: 'route-time', at: word, message: `${name} '${word.text}' has more than three decimals; it is rounded`, expected })
  }
  if (raw >= LEAST * scale) return Math.round(raw)
  reader.report({ code: 'route-time', at: word, message: `${name} value ${word.text} below minimum ${LEAST}ms, resetting`, expected })
  return LEAST * scale
}
