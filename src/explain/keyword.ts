import { catalogue, type Entry, placeOf, rangeOf } from '../config/catalogue.ts'
import { exampleOf } from '../config/example.ts'
import { LINTS } from '../config/lint/all.ts'
import { nearest } from '../config/nearest.ts'

export type Explanation =
  | { readonly kind: 'known'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string; readonly nearest: string | undefined }

/** All places where the word may stand, with what it means there; `block` keeps to those in a block of that name. The code of a lint is explained too. */
export function explainKeyword(word: string, block?: string): Explanation {
  const named = catalogue().filter(({ keyword }) => keyword === word)
  const entries = block === undefined ? named : named.filter(({ path }) => path.includes(block))
  if (entries.length > 0) return { kind: 'known', text: together(entries).map(explain).join('\n') }
  if (named.length > 0 && block !== undefined) {
    const places = named.map(placeOf).join(', ')
    return { kind: 'unknown', text: `${word} does not occur in ${block}; it stands ${places}\n`, nearest: undefined }
  }
  const lint = LINTS.find(({ code }) => word === `lint-${code}`)
  if (lint !== undefined) return { kind: 'known', text: `${word}, found by -t --lint:\n  ${lint.summary}\n` }
  const alike = nearest(word, new Set(catalogue().map(({ keyword }) => keyword)))
  const hint = alike === undefined ? 'vipkeeper explain --list shows all' : `did you mean ${alike}?`
  return { kind: 'unknown', text: `${word} is no keyword of keepalived.conf; ${hint}\n`, nearest: alike }
}

/** One line for each keyword and place: where, what, and whether it is acted on. */
export function listKeywords(block?: string): string {
  const entries = catalogue().filter(({ path }) => block === undefined || path.includes(block))
  return entries
    .map(({ keyword, path, kind, about }) => {
      const place = kind === 'directive' ? '(anywhere)' : path.length === 0 ? '(root)' : path.join('/')
      return `${place} ${keyword}: ${about.summary}${about.acted ? '' : ' (accepted, not acted on yet)'}\n`
    })
    .join('')
}

interface Explained {
  readonly entry: Entry
  readonly places: readonly string[]
}

/** Places where the word means exactly the same are named together. */
function together(entries: readonly Entry[]): readonly Explained[] {
  const groups = new Map<string, { readonly entry: Entry; readonly places: string[] }>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.kind, entry.missing, entry.about])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { entry, places: [placeOf(entry)] })
    else group.places.push(placeOf(entry))
  }
  return [...groups.values()]
}

function explain({ entry, places }: Explained): string {
  const { keyword, about, missing } = entry
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['grammar', `${keyword} ${about.grammar}`.trim()],
    ['range', rangeOf(about)],
    ['default', about.default],
    ['since', about.since],
    ['build', about.build],
    ['same as', about.aliasOf],
    ['instead', about.deprecated],
    ['example', exampleOf(entry)],
    ['acted on', actedOn(about.acted, missing)],
  ]
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(8)}  ${value}\n`]))
  return `${keyword}, ${places.join(', ')}:\n  ${about.summary}\n${lines.join('')}`
}

function actedOn(acted: boolean, missing: boolean): string {
  if (missing) return 'no: this build has no such feature, and reports the word as unknown'
  return acted ? 'yes' : 'not yet: accepted, checked, and reported once at start'
}
