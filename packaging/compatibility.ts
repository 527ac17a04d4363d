/** `node --conditions=source packaging/compatibility.ts` brings the summary up to date, wherever its two marker lines stand. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { catalogue, type Entry } from '../src/config/catalogue.ts'
import { KEEPALIVED_VERSION } from '../src/process/version.ts'
import { blocks } from './manual.ts'

export const BEGIN = '<!-- keywords: made by packaging/compatibility.ts -->'
export const END = '<!-- keywords end -->'
const README = fileURLToPath(new URL('../README.md', import.meta.url))
const PACKAGING = fileURLToPath(new URL('./README.md', import.meta.url))

/** Every keyword: where it stands, since when, and whether it is acted on. */
export function compatibilityTable(): string {
  const entries = catalogue()
  return [
    '# Keywords of keepalived.conf',
    '',
    `All that keepalived ${KEEPALIVED_VERSION} knows. *Accepted only*: read, checked and reported once at start; nothing is done about it yet.`,
    'What each means: `vipkeeper explain KEYWORD`.',
    '',
    '| keyword | block | since | |',
    '|---|---|---|---|',
    ...entries.map(({ keyword, about, kind, path, missing }) => {
      const place = kind === 'directive' ? 'anywhere' : path.join(' ') || 'root'
      return `| \`${cell(keyword)}\` | ${cell(place)} | ${cell(about.since ?? '')} | ${stateOf(missing, about.acted)} |`
    }),
    '',
  ].join('\n')
}

/** How much of each block is acted on. */
export function compatibilitySummary(): string {
  const lines = blocks(catalogue()).map(({ path, members }) => {
    const acted = members.filter(({ about }) => about.acted).length
    return `| ${path.join(' ') || 'root'} | ${acted} of ${members.length} | ${acceptedOnly(members)} |`
  })
  return [BEGIN, '', '| block | acted on | accepted only |', '|---|---|---|', ...lines, '', END].join('\n')
}

function acceptedOnly(members: readonly Entry[]): string {
  const words = members.filter(({ about }) => !about.acted).map(({ keyword }) => keyword)
  if (words.length === 0) return ''
  return words.length === members.length && words.length > 3 ? 'all' : words.map((word) => `\`${cell(word)}\``).join(' ')
}

const stateOf = (missing: boolean, acted: boolean): string => (missing ? 'not in this build' : acted ? 'acted on' : 'accepted only')
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/</g, '&lt;')

/** A text with the summary between the two marker lines brought up to date; a text without markers is left alone. */
export function withSummary(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) return text
  return text.slice(0, from) + compatibilitySummary() + text.slice(to + END.length)
}

/** Texts of the checkout that have the markers. */
export function summarised(): readonly string[] {
  return [README, PACKAGING].filter((path) => existsSync(path) && readFileSync(path, 'utf8').includes(BEGIN))
}

if (import.meta.main) for (const path of summarised()) writeFileSync(path, withSummary(readFileSync(path, 'utf8')))
