import type { GlobResult } from './reader.ts'

/** What a pattern needs of a file system. */
export interface Folders {
  /** Names in a folder, in any order; undefined if it is none. */
  list(folder: string): readonly string[] | undefined
  exists(path: string): boolean
}

/** So many alternatives braces may unfold to. */
const MOST_ALTERNATIVES = 1024

/** glob(3) with braces on an absolute pattern: `* ? [..] {a,b}`; hidden names need their dot. */
export function globPaths(pattern: string, folders: Folders): GlobResult {
  const alternatives = unfoldBraces(pattern)
  const paths: string[] = []
  const missing: string[] = []
  for (const alternative of alternatives) {
    const found = matchPath(alternative, folders)
    if (found.length === 0) missing.push(alternative)
    paths.push(...found)
  }
  const slash = pattern.search(/[*?[{]/) < 0 ? pattern.lastIndexOf('/') : pattern.lastIndexOf('/', pattern.search(/[*?[{]/))
  return {
    paths,
    missingAlternatives: alternatives.length > 1 && paths.length > 0 ? missing : [],
    folderExists: folders.list(pattern.slice(0, slash) || '/') !== undefined,
  }
}

function matchPath(pattern: string, folders: Folders): readonly string[] {
  if (!/[*?[]/.test(pattern)) return folders.exists(pattern) ? [pattern] : []
  let found: readonly string[] = ['']
  for (const part of pattern.split('/').slice(1)) {
    const next: string[] = []
    if (!/[*?[]/.test(part)) {
      for (const path of found) if (folders.exists(`${path}/${part}`)) next.push(`${path}/${part}`)
    } else {
      for (const path of found) {
        const names = [...(folders.list(path === '' ? '/' : path) ?? [])].sort()
        for (const name of names) if (matchesName(part, name)) next.push(`${path}/${name}`)
      }
    }
    found = next
  }
  return found
}

/** Whether a name fits a pattern; without recursion, so that no pattern takes long. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  let p = 0
  let n = 0
  let star = -1
  let mark = 0
  while (n < name.length) {
    const step = matchOne(pattern, p, name.charAt(n))
    if (step > 0) {
      p += step
      n++
    } else if (pattern.charAt(p) === '*') {
      star = p++
      mark = n
    } else if (star >= 0) {
      p = star + 1
      n = ++mark
    } else return false
  }
  while (pattern.charAt(p) === '*') p++
  return p === pattern.length
}

/** How much of the pattern one character uses up; 0 if it does not fit. */
function matchOne(pattern: string, at: number, character: string): number {
  const token = pattern.charAt(at)
  if (token === '' || token === '*') return 0
  if (token === '?') return 1
  if (token === '[') {
    const end = pattern.indexOf(']', at + 2)
    if (end > 0) {
      const body = pattern.slice(at + 1, end)
      const negated = body.startsWith('!') || body.startsWith('^')
      return inClass(negated ? body.slice(1) : body, character) !== negated ? end - at + 1 : 0
    }
  }
  return token === character ? 1 : 0
}

function inClass(body: string, character: string): boolean {
  for (let i = 0; i < body.length; i++) {
    if (body.charAt(i + 1) === '-' && i + 2 < body.length) {
      if (character >= body.charAt(i) && character <= body.charAt(i + 2)) return true
      i += 2
    } else if (body.charAt(i) === character) return true
  }
  return false
}

/** `{a,b}` to its alternatives, from left to right. */
export function unfoldBraces(pattern: string): readonly string[] {
  let list: readonly string[] = [pattern]
  for (let rounds = 0; rounds < 16; rounds++) {
    const next = list.flatMap(unfoldOnce)
    if (next.length === list.length || next.length > MOST_ALTERNATIVES) return list
    list = next
  }
  return list
}

/** The outermost of the first braces that hold a comma. */
function unfoldOnce(pattern: string): readonly string[] {
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
    const cuts = cutsOf(pattern, open)
    const close = cuts?.at(-1)
    if (cuts === undefined || close === undefined || cuts.length < 2) continue
    const starts = [open, ...cuts.slice(0, -1)]
    return cuts.map((cut, i) => pattern.slice(0, open) + pattern.slice((starts[i] ?? 0) + 1, cut) + pattern.slice(close + 1))
  }
  return [pattern]
}

/** Where the commas of this brace stand, and its end; undefined if it has none. */
function cutsOf(pattern: string, open: number): readonly number[] | undefined {
  const cuts: number[] = []
  let depth = 0
  for (let i = open; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    if (character === '{') depth++
    else if (character === ',' && depth === 1) cuts.push(i)
    else if (character === '}' && --depth === 0) return [...cuts, i]
  }
  return undefined
}
