import type { Entry } from './catalogue.ts'
import { EXAMPLES } from './keywords/examples.ts'

/** A line as one would write it: what the table says, else the grammar filled in with the plainest values. */
export function exampleOf({ keyword, path, kind, about }: Entry): string {
  const known = about.example ?? EXAMPLES[`${path.at(-1) ?? ''} ${keyword}`] ?? EXAMPLES[keyword]
  if (known !== undefined) return known
  const body = kind === 'leaf' ? '' : ' { ... }'
  const words = about.grammar.replace(/\{.*\}$/, '').trim()
  return `${keyword} ${filled(firstAlternative(words))}`.trim() + body
}

/** `a | b` at the top level: the first; brackets of what may be left out are opened. */
function firstAlternative(grammar: string): string {
  let depth = 0
  for (let i = 0; i < grammar.length; i++) {
    const character = grammar.charAt(i)
    if (character === '[' || character === '<') depth++
    else if (character === ']' || character === '>') depth--
    else if (character === '|' && depth === 0) return grammar.slice(0, i).trim()
  }
  return grammar
}

const PLACEHOLDERS: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [/\[<bool>\]/g, 'on'],
  [/<command>/g, '/etc/keepalived/script.sh'],
  [/\s*\[<user> \[\[:\]<group>\]\]/g, ''],
  [/<(?:uint|int|seconds|ms)(?: ([-\d.]+)\.\.([-\d.]+))?>/g, (match) => plainNumber(match)],
  [/<ifname>/g, 'eth0'],
  [/<ip>|<ipv4>/g, '192.0.2.1'],
  [/<path>/g, '/etc/keepalived/file'],
  [/<name[^>]*>/g, 'NAME'],
  [/<str[^>]*>|<domain>|<address>/g, 'example.org'],
]

function filled(grammar: string): string {
  let text = grammar
  for (const [pattern, value] of PLACEHOLDERS)
    text = typeof value === 'string' ? text.replace(pattern, value) : text.replace(pattern, value)
  return text.replace(/\s*\[[^\]]*\]+/g, '').replace(/\s+/g, ' ')
}

/** A small number of the range, not its edge. */
function plainNumber(match: string): string {
  const [, low = '0', high = '100'] = /([-\d.]+?)\.\.([-\d.]+)/.exec(match) ?? []
  return [10, 3, 1, 1000, 0].map(String).find((value) => Number(value) >= Number(low) && Number(value) <= Number(high)) ?? low
}
