import type { Reader } from './reader.ts'

/** `$NAME=VALUE`: name, and the text behind the sign. */
export function parseDefinition(line: string): { readonly name: string; readonly value: string } | undefined {
  if (line.charCodeAt(0) !== DOLLAR) return undefined
  const match = /^\$([A-Za-z_][A-Za-z0-9_]*)=[ \t]*(.*)$/s.exec(line)
  return match === null ? undefined : { name: match[1] ?? '', value: match[2] ?? '' }
}

/** What a name stands for: one line, or several. */
export type Definition = readonly string[]

export type Substitution =
  | { readonly kind: 'text'; readonly text: string }
  /** The line ends in a name of several lines: the first goes on here, the others follow. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'endless' }
  /** `${_ENV}` names no variable. */
  | { readonly kind: 'no-variable' }

export interface SubstitutionSource {
  readonly definitions: ReadonlyMap<string, Definition>
  readonly reader: Reader
  /** More replacements in one line are a circle. */
  readonly mostReplacements: number
  readonly folder: string
  readonly instance: string
  /** Something was wrong with the arguments of `${_RANDOM}`. */
  complain(message: string): void
}

const DOLLAR = 36
const BUFFER = 1024

/** Replaces `${NAME}` anywhere, and `$NAME` before a blank, comma, closing parenthesis or the end, until nothing changes. */
export function substitute(line: string, source: SubstitutionSource): Substitution {
  let text = line
  let from = 0
  for (let rounds = 0; ; rounds++) {
    if (rounds > source.mostReplacements) return { kind: 'endless' }
    const found = nextReference(text, from, source)
    if (found === undefined) return { kind: 'text', text }
    if (found.kind === 'no-variable') return { kind: 'no-variable' }
    const { start, end, value } = found
    if (value.length > 1) {
      const rest = text.slice(end).trim()
      // A name of several lines counts only at the end of the line.
      if (rest !== '') {
        from = end
        continue
      }
      return { kind: 'lines', lines: [text.slice(0, start) + (value[0] ?? ''), ...value.slice(1)] }
    }
    const replaced = text.slice(0, start) + (value[0] ?? '') + text.slice(end)
    if (replaced.length >= BUFFER) return { kind: 'too-long' }
    text = replaced
    from = start
  }
}

type Found =
  | { readonly kind: 'found'; readonly start: number; readonly end: number; readonly value: Definition }
  | { readonly kind: 'no-variable' }

const REFERENCE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)([^{}]*)\}|([A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)]|$))/g

function nextReference(text: string, from: number, source: SubstitutionSource): Found | undefined {
  REFERENCE.lastIndex = from
  for (let match = REFERENCE.exec(text); match !== null; match = REFERENCE.exec(text)) {
    const [whole, braced, args = '', bare] = match
    const value = definitionOf(braced ?? bare ?? '', args, source)
    if (value === 'no-variable') return { kind: 'no-variable' }
    if (value !== undefined) return { kind: 'found', start: match.index, end: match.index + whole.length, value }
  }
  return undefined
}

function definitionOf(name: string, args: string, source: SubstitutionSource): Definition | 'no-variable' | undefined {
  const defined = source.definitions.get(name)
  if (defined !== undefined && args === '') return defined
  switch (name) {
    case '_PWD':
      return [source.folder]
    case '_INSTANCE':
      return [source.instance]
    case '_HASH':
      return ['#']
    case '_BANG':
      return ['!']
    case '_ENV': {
      const variable = args.trim()
      return variable === '' ? 'no-variable' : [source.reader.environment(variable) ?? '']
    }
    case '_RANDOM':
      return random(args, source)
    default:
      return undefined
  }
}

function random(args: string, source: SubstitutionSource): Definition | undefined {
  const words = args.trim() === '' ? [] : args.trim().split(/[ \t]+/)
  if (words.length > 2 || words.some((word) => !/^\d+$/.test(word))) {
    source.complain(`\${_RANDOM${args}} takes at most two numbers`)
    return undefined
  }
  const [low = 0, high = 32_767] = words.map(Number)
  if (low > high) {
    source.complain(`\${_RANDOM${args}}: ${low} is more than ${high}`)
    return [String(low)]
  }
  return [String(source.reader.random(low, high))]
}
