import { fail, ok, type Result } from '../base/result.ts'
import { LIMITS } from './limits.ts'
import { trimBlanks } from './lines.ts'
import { parseCNumber } from './numbers.ts'

/** One round of a `~SEQ` or `~LST`: names and their values. */
export type Round = readonly (readonly [name: string, value: string])[]

export interface Sequence {
  readonly rounds: readonly Round[]
  /** What is repeated. */
  readonly template: string
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Whether a line begins with a sequence; `substitute` resolves definitions in its arguments. */
export function parseSequence(
  line: string,
  substitute: (text: string) => string,
  mostRounds: number = LIMITS.sequenceRounds,
): Result<Sequence, string> | undefined {
  const head = /^~(SEQx?|LST)[ \t]*\(/.exec(line)
  if (head === null) return /^~(SEQ|LST)/.test(line) ? fail('a sequence needs its arguments in parentheses') : undefined
  const open = head[0].length
  const close = closingParenthesis(line, open)
  if (close < 0) return fail("a ')' is missing")
  const args = substitute(line.slice(open, close))
  const template = trimBlanks(line.slice(close + 1))
  const rounds = head[1] === 'LST' ? readList(args, mostRounds) : readNumbers(args, head[1] === 'SEQx', mostRounds)
  return rounds.ok ? ok({ rounds: rounds.value, template }) : rounds
}

function closingParenthesis(line: string, from: number): number {
  return line.indexOf(')', from)
}

function readNumbers(args: string, hex: boolean, mostRounds: number): Result<readonly Round[], string> {
  const [name = '', ...words] = args.split(',').map((word) => word.trim())
  if (!NAME.test(name)) return fail(`'${name}' is no name for a variable`)
  if (words.length < 1 || words.length > 3) return fail('a sequence has one to three numbers')
  const numbers: number[] = []
  for (const word of words) {
    const parsed = parseCNumber(word, { min: -2_147_483_648, max: 2_147_483_647 })
    if (parsed.kind === 'fault') return fail(`'${word}' is no number`)
    numbers.push(parsed.value)
  }
  const range = rangeOf(numbers)
  if (range.step === 0 || Math.sign(range.end - range.start) * Math.sign(range.step) < 0) return fail('the step leads away from the end')
  if (hex && (range.start < 0 || range.end < 0)) return fail('hexadecimal numbers are not negative')
  const count = Math.floor((range.end - range.start) / range.step) + 1
  if (count > mostRounds) return fail(`${count} rounds are too many, ${mostRounds} at most`)
  return ok(Array.from({ length: count }, (_, i) => [[name, (range.start + i * range.step).toString(hex ? 16 : 10)] as const]))
}

// With three numbers the step stands in the middle.
function rangeOf(numbers: readonly number[]): { readonly start: number; readonly step: number; readonly end: number } {
  const [a = 0, b = 0, c = 0] = numbers
  if (numbers.length === 3) return { start: a, step: b, end: c }
  if (numbers.length === 2) return { start: a, step: b < a ? -1 : 1, end: b }
  return { start: a < 0 ? -1 : 1, step: a < 1 ? -1 : 1, end: a }
}

function readList(args: string, mostRounds: number): Result<readonly Round[], string> {
  const parts = splitList(args)
  if (parts === undefined) return fail("'{' and '}' do not match")
  const [head, ...values] = parts
  if (head === undefined || values.length === 0) return fail('a list needs a variable and values')
  if (values.length > mostRounds) return fail(`${values.length} rounds are too many, ${mostRounds} at most`)
  const names = members(head)
  const bad = names.find((name) => !NAME.test(name))
  if (bad !== undefined) return fail(`'${bad}' is no name for a variable`)
  const rounds: Round[] = []
  for (const value of values) {
    const fields = head.startsWith('{') ? members(value) : [value]
    if (fields.length > names.length) return fail(`'${value}' has more members than there are variables`)
    if (fields.some((field) => /[ \t]/.test(field))) return fail('a value holds no blanks')
    rounds.push(names.map((name, i) => [name, fields[i] ?? ''] as const))
  }
  return ok(rounds)
}

const members = (text: string): readonly string[] =>
  text.startsWith('{')
    ? text
        .slice(1, -1)
        .split(',')
        .map((word) => word.trim())
    : [text]

/** Commas inside braces do not separate. */
function splitList(args: string): readonly string[] | undefined {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < args.length; i++) {
    const character = args.charAt(i)
    if (character === '{') depth++
    else if (character === '}') depth--
    else if (character === ',' && depth === 0) {
      parts.push(args.slice(from, i).trim())
      from = i + 1
    }
    if (depth < 0 || depth > 1) return undefined
  }
  if (depth !== 0) return undefined
  parts.push(args.slice(from).trim())
  return parts
}
