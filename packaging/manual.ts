import { catalogue, type Entry, rangeOf } from '../src/config/catalogue.ts'
import { exampleOf } from '../src/config/example.ts'
import { KEEPALIVED_VERSION, VERSION } from '../src/process/version.ts'

/** keepalived.conf(5) in roff, made from the keyword tables. */
export function manualPage(): string {
  const entries = catalogue()
  return [
    '.\\" Made from the keyword tables by packaging/manual.ts.',
    `.TH KEEPALIVED.CONF 5 "" "vipkeeper ${VERSION}" "File formats"`,
    '.SH NAME',
    'keepalived.conf \\- configuration of vipkeeper and keepalived',
    ...description(),
    '.SH BEFORE KEYWORDS ARE READ',
    'These words are done line by line, in any block, and before the keywords.',
    ...entries.filter(({ kind }) => kind === 'directive').flatMap(item),
    ...blocks(entries).flatMap(({ path, members }) => [
      `.SH ${path.length === 0 ? 'AT THE ROOT' : quoted(path.join(' '))}`,
      ...members.flatMap(item),
    ]),
    '.SH SEE ALSO',
    '.BR keepalived (8),',
    '.BR vipkeeper (8)',
    '',
  ].join('\n')
}

const description = (): readonly string[] => [
  '.SH DESCRIPTION',
  'The file is read line by line. A keyword and its arguments are one line; a block is a keyword with lines in braces.',
  'What follows an unquoted # or ! is a comment. Double quotes keep blanks and comment characters together.',
  '.PP',
  `All keywords of keepalived ${KEEPALIVED_VERSION} are known. Those marked`,
  '.I accepted only',
  'are read, checked and reported once at start, and nothing is done about them yet.',
  '.PP',
  '.B vipkeeper explain',
  '.I KEYWORD',
  'shows the same for one word.',
]

interface Section {
  readonly path: readonly string[]
  readonly members: readonly Entry[]
}

/** Entries by the block in which they stand, in the order of the tables. */
export function blocks(entries: readonly Entry[]): readonly Section[] {
  const sections = new Map<string, { readonly path: readonly string[]; readonly members: Entry[] }>()
  for (const entry of entries) {
    if (entry.kind === 'directive') continue
    const key = entry.path.join('/')
    const section = sections.get(key)
    if (section === undefined) sections.set(key, { path: entry.path, members: [entry] })
    else section.members.push(entry)
  }
  return [...sections.values()]
}

function item(entry: Entry): readonly string[] {
  const { keyword, about, missing } = entry
  const facts = [
    ...fact('Range', rangeOf(about)),
    ...fact('Default', about.default),
    ...fact('Since', about.since),
    ...fact('Same as', about.aliasOf),
    ...fact('Instead', about.deprecated),
    ...(missing ? ['Not in this build.'] : about.acted ? [] : ['Accepted only.']),
  ]
  return [
    '.TP',
    `.BI ${quoted(keyword)} ${quoted(about.grammar === '' ? '' : ` ${about.grammar}`)}`,
    roff(`${capital(about.summary)}.`),
    ...(facts.length === 0 ? [] : ['.br', roff(facts.join(' '))]),
    '.br',
    `Example: \\fB${escaped(exampleOf(entry))}\\fR`,
  ]
}

const fact = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`${name}: ${value}.`])
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Text that roff prints as it stands. */
export const escaped = (text: string): string =>
  text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/’/g, '\\(cq').replace(/~/g, '\\(ti').replace(/\^/g, '\\(ha')
/** A line of its own must not begin with a control character. */
const roff = (line: string): string => escaped(line).replace(/^([.'])/, '\\&$1')
const quoted = (text: string): string => `"${escaped(text).replace(/"/g, '\\(dq')}"`
