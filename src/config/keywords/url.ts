import type { HttpRegex, HttpUrl } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { parseWhole } from '../numbers.ts'
import { bool, flag, leaf, type Row, type Table, text } from '../schema.ts'
import type { Statement } from '../tree.ts'
import { splitQuoted } from '../words.ts'

/** url { path, and what its answer must be }: one request; all urls of a checker must succeed, in their order. */
export interface UrlDraft {
  path?: string
  digest?: string
  readonly status_code: { low: number; high: number }[]
  virtualhost?: string
  regex?: string
  regex_no_match?: boolean
  readonly regex_options: string[]
  regex_min_offset?: number
  regex_max_offset?: number
  regex_stack?: readonly string[]
  tls_compliant?: boolean
}

const since = '2.0.7'
const replaced: Row = { twice: 'replace-reported', acted: true }

export const url: Table<UrlDraft> = {
  path: text('request target', { ...replaced, default: 'required', since: '<=1.0.0' }),
  digest: leaf('<32 hex digits>', 'MD5 of the body, as genhash prints it', { since: '<=1.0.0', acted: true }, readDigest),
  status_code: leaf(
    '<code or range 100..599> ...',
    'accepted status codes',
    { since: '<=1.0.0', default: '200-299', acted: true },
    readStatusCodes,
  ),
  virtualhost: text('Host header', {
    ...replaced,
    missing: 'report',
    since: '1.3.6',
    default: 'of the checker, real server, virtual server, else the address',
  }),
  regex: leaf('<quoted pattern>', 'PCRE2 pattern that the body must match', { since, build: 'REGEX', acted: true }, readRegex),
  regex_no_match: flag('a match means failure', { since, build: 'REGEX', default: 'off', acted: true }),
  regex_options: leaf(
    '<option> ...',
    'PCRE2 compile options; unknown ones mean nothing',
    { since, build: 'REGEX', acted: true },
    (draft, { words }) => {
      draft.regex_options.push(...words.slice(1))
    },
  ),
  regex_min_offset: offset('first offset of the body that is searched', '0'),
  regex_max_offset: offset('last offset of the body where a match may start', 'unlimited'),
  regex_stack: leaf(
    '<uint start> <uint max>',
    'sizes of the stack of a compiled pattern; here it grows as it must',
    { since, build: 'REGEX_JIT', default: 'of the library', acted: true },
    (draft, { words }) => {
      draft.regex_stack = words.slice(1, 3)
    },
  ),
}

/** SSL_GET knows one more. */
export const sslUrl: Table<UrlDraft> = {
  ...url,
  tls_compliant: bool('close_notify for this url', { since: '2.2.8', default: 'off; here it is always sent', acted: true }),
}

export const newUrl = (): UrlDraft => ({ status_code: [], regex_options: [] })

/** Undefined for a url without path, which is dropped. */
export function urlFromDraft(draft: UrlDraft, tlsCompliant: boolean): HttpUrl | undefined {
  if (draft.path === undefined) return undefined
  return {
    path: draft.path,
    virtualhost: draft.virtualhost,
    statusCodes: draft.status_code.length === 0 ? [{ low: 200, high: 299 }] : draft.status_code,
    digest: draft.digest,
    regex: regexFromDraft(draft),
    tlsCompliant: draft.tls_compliant ?? tlsCompliant,
  }
}

function regexFromDraft(draft: UrlDraft): HttpRegex | undefined {
  if (draft.regex === undefined) return undefined
  return {
    pattern: draft.regex,
    options: draft.regex_options,
    noMatch: draft.regex_no_match ?? false,
    minOffset: draft.regex_min_offset ?? 0,
    maxOffset: draft.regex_max_offset ?? Number.MAX_SAFE_INTEGER,
  }
}

function readDigest(draft: UrlDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  if (draft.digest !== undefined) {
    context.report('general', 'digest-duplicate', `digest '${word}' is a duplicate; it is ignored`, 'one digest', 1)
  } else if (/^[0-9a-f]{32}$/i.test(word)) draft.digest = word.toLowerCase()
  else context.report('general', 'digest', `digest '${word}' is not an MD5 sum; it is ignored`, '32 hexadecimal digits', 1)
}

function readStatusCodes(draft: UrlDraft, { words }: Statement, context: Context): void {
  for (let i = 1; i < words.length; i++) {
    const [first = '', last] = (words[i] ?? '').split('-')
    const low = parseWhole(first, STATUS)
    const high = last === undefined ? low : parseWhole(last, STATUS)
    if (low.kind === 'number' && high.kind === 'number' && low.value <= high.value)
      draft.status_code.push({ low: low.value, high: high.value })
    else
      context.report('general', 'status-code', `status code '${words[i]}' is not valid; it is ignored`, 'a code or a range in 100..599', i)
  }
}

const STATUS = { min: 100, max: 599 }

// Quotes go, but escapes belong to the pattern; only an escaped quote loses its backslash.
function readRegex(draft: UrlDraft, { line }: Statement, context: Context): void {
  const words = splitQuoted(line.text, false)
  if (words === undefined) {
    context.report('unmatched-quote', 'unmatched-quote', 'a quote is not closed', 'a closing quote', 1)
    return
  }
  const [, pattern] = words
  if (pattern === undefined) return
  if (draft.regex !== undefined) context.report('general', 'duplicate', 'regex was given before; this one replaces it', 'one regex', 0)
  draft.regex = pattern.replaceAll(/\\(["'])/g, '$1')
}

// Read as C's strtoul would: what is not a number is 0, and nothing is reported.
function offset(summary: string, text: string) {
  return leaf<UrlDraft, number>('<uint>', summary, { since, build: 'REGEX', default: text, acted: true }, (draft, { keyword, words }) => {
    const digits = /^\+?(\d+)/.exec(words[1] ?? '')?.[1]
    const value = Math.min(Number(digits ?? '0'), Number.MAX_SAFE_INTEGER)
    if (keyword === 'regex_min_offset') draft.regex_min_offset = value
    else draft.regex_max_offset = value
  })
}
