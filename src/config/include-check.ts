/** Which troubles of an include are fatal. */
export interface IncludeCheck {
  /** Unreadable, a directory, or executable. */
  readonly read: boolean
  readonly match: boolean
  readonly wildcard: boolean
  readonly brace: boolean
}

export const noChecks: IncludeCheck = { read: false, match: false, wildcard: false, brace: false }
export const allChecks: IncludeCheck = { read: true, match: true, wildcard: true, brace: true }

/** The letter behind `include`. */
export const SUFFIXES: Readonly<Record<string, IncludeCheck>> = {
  '': noChecks,
  r: { ...noChecks, read: true },
  m: { ...noChecks, read: true, match: true },
  w: { ...noChecks, read: true, match: true, wildcard: true },
  b: { ...noChecks, read: true, brace: true },
  a: allChecks,
}

export const union = (a: IncludeCheck, b: IncludeCheck): IncludeCheck => ({
  read: a.read || b.read,
  match: a.match || b.match,
  wildcard: a.wildcard || b.wildcard,
  brace: a.brace || b.brace,
})

const NAMES: Readonly<Record<string, keyof IncludeCheck>> = {
  read: 'read',
  match: 'match',
  wildcard_match: 'wildcard',
  brace_match: 'brace',
}

/** The words of `include_check` applied to what holds; undefined for the word that is wrong. */
export function applyIncludeCheck(
  current: IncludeCheck,
  words: readonly string[],
): { readonly check: IncludeCheck; readonly bad: number | undefined } {
  if (words.length === 0) return { check: allChecks, bad: undefined }
  let check = current
  for (const [index, word] of words.entries()) {
    const sign = word.startsWith('+') || word.startsWith('-') ? word.charAt(0) : ''
    const name = NAMES[word.slice(sign.length)]
    if (name === undefined || (sign === '' && index > 0)) return { check, bad: index }
    // The first word without a sign replaces what held before, and asks for `read` as well.
    if (sign === '') check = { ...noChecks, read: true }
    check = { ...check, [name]: sign !== '-' }
  }
  return { check, bad: undefined }
}
