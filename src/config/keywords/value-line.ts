import type { Context } from '../context.ts'
import type { Severity } from '../diagnostic.ts'
import { describeFault, type NumberRange, type ParsedNumber, parseCNumber, parseWhole } from '../numbers.ts'

/** A word of a line of data and its place in the line, from 0. */
export interface LineWord {
  readonly text: string
  readonly index: number
}

/** The words of one line of data, read from left to right; what is wrong with them goes to the context. */
export interface LineReader {
  readonly context: Context
  next(): LineWord | undefined
  /** The word that next() would give. */
  peek(): LineWord | undefined
  /** Puts the last word back. */
  back(): void
  /** The word after a keyword; without one keepalived ends with status 2. */
  argument(): LineWord | undefined
  report(complaint: Complaint): void
}

export interface Complaint {
  readonly code: string
  readonly at: LineWord
  readonly message: string
  readonly expected?: string
  readonly severity?: Severity
}

export function readLine(words: readonly string[], context: Context): LineReader {
  let position = 0
  const at = (index: number): LineWord | undefined => {
    const text = words[index]
    return text === undefined ? undefined : { text, index }
  }
  return {
    context,
    next: () => at(position++),
    peek: () => at(position),
    back: () => {
      position--
    },
    argument() {
      const word = at(position)
      if (word === undefined) context.missing(position)
      position++
      return word
    },
    report: ({ code, at: word, message, expected, severity = 'general' }) => context.report(severity, code, message, expected, word.index),
  }
}

export const UINT8: NumberRange = { min: 0, max: 255 }
export const UINT32: NumberRange = { min: 0, max: 4_294_967_295 }

/** A decimal number in a range; undefined after a report that names `what` and the effect. */
export function readNumber(reader: LineReader, word: LineWord, range: NumberRange, what: string): number | undefined {
  return settle(reader, word, parseWhole(word.text, range), range, what)
}

/** The same in C syntax: 0x and leading zeros count. */
export function readCNumber(reader: LineReader, word: LineWord, range: NumberRange, what: string): number | undefined {
  return settle(reader, word, parseCNumber(word.text, range), range, what)
}

function settle(reader: LineReader, word: LineWord, parsed: ParsedNumber, range: NumberRange, what: string): number | undefined {
  if (parsed.kind === 'number') return parsed.value
  const message = `${what}: '${word.text}' ${describeFault(parsed.fault)}`
  reader.report({ code: 'line-number', at: word, message, expected: `a number from ${range.min} to ${range.max}` })
  return undefined
}

/** An interface that is there, or may come later by dynamic_interfaces. */
export function interfaceExists(context: Context, name: string): boolean {
  return context.parsed.global.dynamic_interfaces !== undefined || context.reader.interfaceExists(name)
}

/** The interface is not there. keepalived remembers that and validates nothing at the end. */
export function reportMissingInterface(reader: LineReader, name: LineWord, what: string): void {
  const expected = 'an interface of this host, or dynamic_interfaces'
  reader.report({
    code: 'interface-missing',
    at: name,
    message: `interface ${name.text} for ${what} doesn't exist; the line is dropped`,
    expected,
  })
  reader.report({
    code: 'bad-interface',
    severity: 'bad-interface',
    at: name,
    message: 'Non-existent interface specified in configuration',
  })
}
