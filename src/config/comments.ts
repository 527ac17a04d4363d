export interface Stripped {
  readonly text: string
  /** A double quote has no partner. */
  readonly unterminated: boolean
  /** A `#` or `!` ended the line. */
  readonly comment: boolean
}

const INTERESTING = /[#!"\\]/

/**
 * Cuts a comment off: `#` or `!` anywhere outside double quotes, in the middle of words too. A backslash before either, outside
 * quotes, keeps the character; before any other it is skipped with it. Single quotes protect nothing.
 */
export function stripComment(line: string): Stripped {
  if (!INTERESTING.test(line)) return { text: line, unterminated: false, comment: false }
  let quoted = false
  let text = ''
  let from = 0
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (character === '\\' && i + 1 < line.length) {
      const next = line.charAt(i + 1)
      if (!quoted && (next === '#' || next === '!')) {
        text += line.slice(from, i)
        from = i + 1
      }
      i++
    } else if (character === '"') {
      quoted = !quoted
    } else if (!quoted && (character === '#' || character === '!')) {
      return { text: (text + line.slice(from, i)).replace(/[ \t]+$/, ''), unterminated: false, comment: true }
    }
  }
  return { text: text + line.slice(from), unterminated: quoted, comment: false }
}

/** The reverse: a text that `stripComment` gives back as it was. */
export function escapeComments(text: string): string {
  if (!/[#!]/.test(text)) return text
  let quoted = false
  let escaped = ''
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '\\' && i + 1 < text.length) {
      escaped += character + text.charAt(++i)
      continue
    }
    if (character === '"') quoted = !quoted
    escaped += !quoted && (character === '#' || character === '!') ? `\\${character}` : character
  }
  return escaped
}
