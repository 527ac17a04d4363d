/** The words of an ordinary line: blanks separate, double quotes group and are removed; an adjoining quote begins a new word. */
export function splitWords(text: string): { readonly words: readonly string[]; readonly unmatched: boolean } {
  const words: string[] = []
  const { length } = text
  let i = 0
  while (i < length) {
    const code = text.charCodeAt(i)
    if (isSpace(code)) {
      i++
    } else if (code === QUOTE) {
      const end = text.indexOf('"', i + 1)
      if (end < 0) return { words, unmatched: true }
      words.push(text.slice(i + 1, end))
      i = end + 1
    } else {
      const start = i
      for (i++; i < length; i++) {
        const next = text.charCodeAt(i)
        if (isSpace(next) || next === QUOTE) break
      }
      words.push(text.slice(start, i))
    }
  }
  return { words, unmatched: false }
}

/** Where word `index` of an ordinary line begins; the end of the line if there are fewer. */
export function wordOffset(text: string, index: number): number {
  const pattern = /"[^"]*"|[^ \t-\r"]+/g
  for (let i = 0; ; i++) {
    const match = pattern.exec(text)
    if (match === null) return text.length
    if (i === index) return match.index
  }
}

/** A script with its arguments, and who runs it. */
export interface Command {
  readonly kind: 'command'
  /** As written, quotes removed. */
  readonly text: string
  /** First word of the command; undefined if there is none. */
  readonly path: string | undefined
  readonly argv: readonly string[]
  readonly user: string | undefined
  /** A leading colon asks for the user's supplementary groups. */
  readonly group: string | undefined
}

export type CommandSplit = Command | { readonly kind: 'unterminated' }

/** A line that holds a command: keyword, the whole command, user, group. */
export function splitCommand(line: string): CommandSplit {
  const outer = splitQuoted(line, false)
  if (outer === undefined) return { kind: 'unterminated' }
  const [, text = '', user, group] = outer
  const argv = splitQuoted(text, true)
  if (argv === undefined) return { kind: 'unterminated' }
  return { kind: 'command', text, path: argv[0], argv, user, group }
}

const BLANK = 32
const QUOTE = 34
/** isspace(3) of the C locale. */
const isSpace = (code: number): boolean => code === BLANK || (code >= 9 && code <= 13)

/** Quotes of both kinds group and adjoining pieces are one word; with `resolve` a backslash is resolved, else kept with its character. */
export function splitQuoted(text: string, resolve: boolean): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; ) {
    const character = text.charAt(i)
    if (character === '\\' && i + 1 < text.length) {
      const [value, length] = resolve ? readEscape(text, i) : [text.slice(i, i + 2), 2]
      word = (word ?? '') + value
      i += length
      continue
    }
    if (quote !== '') {
      if (character === quote) quote = ''
      else word = (word ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + character
    }
    i++
  }
  if (quote !== '') return undefined
  if (word !== undefined) words.push(word)
  return words
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function readEscape(text: string, at: number): readonly [value: string, length: number] {
  const rest = text.slice(at + 1, at + 4)
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0]
  if (octal !== undefined) return [String.fromCharCode(Number(`0o${octal}`) & 255), 1 + octal.length]
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)?.[1]
  if (hex !== undefined) return [String.fromCharCode(Number(`0x${hex}`)), 2 + hex.length]
  if (rest.startsWith('c') && rest.length > 1) return [String.fromCharCode(rest.charCodeAt(1) & 31), 3]
  const character = rest.charAt(0)
  return [SIMPLE_ESCAPES[character] ?? character, 2]
}
