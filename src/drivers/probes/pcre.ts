/** A pattern as JavaScript has it. */
export interface Translated {
  readonly source: string
  readonly flags: string
}

/**
 * Rewrites a PCRE pattern with keepalived's `regex_options` for JavaScript, where the two differ: the end of the subject, classes by
 * name, quoting, comments, white space. What JavaScript lacks (possessive and atomic groups, recursion, conditions) stays as it is and
 * is refused when compiled. Options that change only how PCRE searches mean nothing here.
 */
export function translate(pattern: string, options: readonly string[]): Translated {
  const leading = /^\(\?([imsx]+)\)/.exec(pattern)
  const letters = leading?.[1] ?? ''
  const has = (option: string, letter = '-'): boolean => options.includes(option) || letters.includes(letter)
  const modes: Modes = {
    extended: has('extended', 'x'),
    multiline: has('multiline', 'm'),
    dollarEndonly: has('dollar_endonly'),
    allowEmptyClass: has('allow_empty_class'),
  }
  const flags = [has('caseless', 'i') ? 'i' : '', modes.multiline ? 'm' : '', has('dotall', 's') ? 's' : '', isWide(options) ? 'u' : '']
  return { source: rewrite(pattern.slice(leading?.[0].length ?? 0), modes), flags: flags.join('') }
}

/** The subject is read as UTF-8, not as bytes. */
export function isWide(options: readonly string[]): boolean {
  return options.includes('utf') || options.includes('ucp')
}

interface Modes {
  readonly extended: boolean
  readonly multiline: boolean
  readonly dollarEndonly: boolean
  readonly allowEmptyClass: boolean
}

/** Quoted text, an escape, a class, a comment group, white space with its comments, or one character. */
const parts = /\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*\]|\(\?#[^)]*\)|\s+|#[^\n]*|[\s\S]/g

function rewrite(pattern: string, modes: Modes): string {
  return pattern.replace(parts, (part: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    if (part.startsWith('(?#')) return ''
    if (part.startsWith('\\')) return escapes.get(part.slice(1)) ?? part
    if (part.startsWith('[') && part.length > 1) return rewriteClass(part, modes)
    if (modes.extended && /^[\s#]/.test(part)) return ''
    if (part === '$' && !modes.multiline && !modes.dollarEndonly) return endOrLastNewline
    return part
  })
}

const start = '(?<![\\s\\S])'
const end = '(?![\\s\\S])'
const endOrLastNewline = '(?=\\n?(?![\\s\\S]))'

const escapes: ReadonlyMap<string, string> = new Map([
  ['A', start],
  ['z', end],
  ['Z', endOrLastNewline],
  ['a', '\\x07'],
  ['e', '\\x1b'],
  ['h', '[\\t ]'],
  ['H', '[^\\t ]'],
  ['N', '[^\\n]'],
  ['R', '(?:\\r\\n|[\\n\\v\\f\\r\\x85])'],
])

/** A `]` that comes first is one of the characters, as in all of POSIX and unlike JavaScript. */
function rewriteClass(part: string, { allowEmptyClass }: Modes): string {
  if (allowEmptyClass && /^\[\^?\]/.test(part)) return part
  return part
    .replace(/^(\[\^?)\]/, '$1\\]')
    .replace(/\[:([a-z]+):\]/g, (whole, name: string) => namedClasses.get(name) ?? whole)
    .replace(/\\([aeh])/g, (whole, letter: string) => classEscapes.get(letter) ?? whole)
    .replace(/(?!^)\[/g, '\\[')
}

const namedClasses: ReadonlyMap<string, string> = new Map([
  ['alpha', 'A-Za-z'],
  ['digit', '0-9'],
  ['alnum', 'A-Za-z0-9'],
  ['upper', 'A-Z'],
  ['lower', 'a-z'],
  ['space', '\\t-\\r '],
  ['blank', '\\t '],
  ['punct', '!-\\/:-@\\x5b-`{-~'],
  ['print', ' -~'],
  ['graph', '!-~'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['xdigit', '0-9A-Fa-f'],
  ['word', '\\w'],
])

const classEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\\x07'],
  ['e', '\\x1b'],
  ['h', '\\t '],
])
