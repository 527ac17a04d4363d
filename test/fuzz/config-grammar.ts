import fc from 'fast-check'
import type { Prng } from '../../src/base/prng.ts'
import { catalogue } from '../../src/config/catalogue.ts'
import { exampleOf } from '../../src/config/example.ts'
import { rootTable } from '../../src/config/keywords/root.ts'
import type { Keyword, Table } from '../../src/config/schema.ts'

/** Arguments that somewhere mean something, and their neighbours that nearly do. */
const WORDS =
  '0 1 2 -1 .5 1.5 255 256 65535 65536 4294967295 4294967296 0x10 010 1-5 10.0.0.1 10.0.0.0/8 10.0.0.1-9 2001:db8::1 fe80::1%eth0 ::/129 eth0 eth9 lo all on off MASTER BACKUP TCP udp NAT DR TUN rr PASS AH dev via table from to group fwmark inet6 root /x "/x y" "a \\" b" \'c d\' constructor __proto__ toString G VI_1 $A ${A} ${B} ${_PWD} ${_ENV X} ${_RANDOM 1 2} # ! " \\ { } é \u0000'.split(
    ' ',
  )
const word = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) })
const words = fc.array(word, { maxLength: 4 }).map((list) => list.join(' '))

/** As the manual has them: what is well-formed reaches furthest. */
const examples = new Map(catalogue().map((entry) => [entry.keyword, exampleOf(entry).replace(/\s*\{.*$/s, '')]))

const line = (keyword: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(examples.get(keyword) ?? keyword) },
    { weight: 2, arbitrary: words.map((rest) => `${keyword} ${rest}`) },
  )

/** Nearly always what belongs there. */
const opening = fc.constantFrom(' {', ' {', ' {', '{', '\n{', ' { x', '')
const closing = fc.constantFrom('}', '}', '}', '} x', '')

function statement(keyword: string, row: Keyword<object>, depth: number): fc.Arbitrary<string> {
  if (row.kind === 'leaf') return line(keyword)
  const body = row.kind === 'block' && depth > 0 ? statements(row.table, depth - 1) : fc.array(words, { maxLength: 4 }).map(joined)
  return fc.tuple(line(keyword), opening, body, closing).map(([head, open, inside, close]) => `${head}${open}\n${inside}\n${close}`)
}

const joined = (lines: readonly string[]): string => lines.join('\n')

function statements(table: Table<object>, depth: number): fc.Arbitrary<string> {
  const rows = Object.entries(table).flatMap(([keyword, row]) =>
    row === undefined ? [] : [fc.memo(() => statement(keyword, row as Keyword<object>, depth))(1)],
  )
  return fc.array(fc.oneof({ weight: 12, arbitrary: fc.oneof(...rows) }, { weight: 1, arbitrary: directive }), { maxLength: 6 }).map(joined)
}

/** What the preprocessor knows. */
const directive = fc.oneof(
  words.map((value) => `$A=${value}`),
  words.map((value) => `$B= \\\n ${value} \\\n ${value}`),
  fc.tuple(fc.constantFrom('1', '1,3', '3,-1,1', '0,0', '1,99999', '$A'), words).map(([range, rest]) => `~SEQ(I,${range}) ${rest} \${I}`),
  fc.tuple(words, words).map(([list, rest]) => `~LST({N,M},{a,b},${list}) ${rest} $N`),
  words.map((rest) => `@main ${rest}`),
  words.map((rest) => `@^main ${rest}`),
  fc.constantFrom('include fuzz.conf', 'includea /nowhere', 'include *.conf', 'include {a,b}', 'include_check +match', '# c', '! c'),
)

const configuration = fc.array(statements(rootTable as unknown as Table<object>, 3), { minLength: 1, maxLength: 3 }).map(joined)

const BATCH = 200
const encoder = new TextEncoder()

/** A source of files that are nearly right: blocks within blocks as the tables allow them, each with arguments that may be wrong. */
export function configurationSource(): (random: Prng) => Uint8Array {
  let waiting: string[] = []
  return (random) => {
    if (waiting.length === 0) waiting = fc.sample(configuration, { numRuns: BATCH, seed: random.between(0, 2 ** 31 - 1) })
    return encoder.encode(waiting.pop() ?? '')
  }
}
