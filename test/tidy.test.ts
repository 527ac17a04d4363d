/** The house rules as tests: who may import whom, what is banned and what to use instead, where things live. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../src/config/catalogue.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/node_modules|\/build\//.test(path))
}

const sources = filesBelow('src', '.ts')
const text = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

function importsOf(path: string): Import[] {
  const found = [...text(path).matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)]
  return found.map((match) => {
    const target = match[2] ?? match[3] ?? ''
    return {
      from: path,
      to: target.startsWith('.') ? relative(root, join(root, dirname(path), target)) : target,
      typeOnly: match[1] !== undefined,
    }
  })
}

interface RingRule {
  readonly ring: string
  /** The places it may import from. */
  readonly allowed: readonly RegExp[]
  /** The places it may import types from. */
  readonly types?: readonly RegExp[]
}

const MAY_IMPORT: readonly RingRule[] = [
  { ring: 'src/base/', allowed: [/^src\/base\//] },
  { ring: 'src/core/', allowed: [/^src\/base\//, /^src\/core\//, /^dgram-vrrp\/codec$/] },
  { ring: 'src/config/', allowed: [/^src\/base\//, /^src\/config\//, /^toml$/], types: [/^src\/core\/.*config\.ts$/] },
  { ring: 'src/explain/', allowed: [/^src\/base\//, /^src\/config\//, /^src\/core\/vrrp\/(config|election)\.ts$/, /^src\/explain\//] },
  {
    ring: 'src/netlink/',
    allowed: [
      /^src\/base\//,
      /^src\/netlink\//,
      /^linux-syscalls$/,
      /^src\/core\/(reconcile\/(kinds|route|rule|filter)|links|(check|vrrp)\/config)\.ts$/,
    ],
  },
  {
    ring: 'src/drivers/',
    allowed: [
      /^src\/base\//,
      /^src\/drivers\//,
      /^src\/netlink\//,
      /^(dgram-vrrp|linux-syscalls)/,
      /^node:/,
      /^axios$/,
      /^nodemailer\//,
      /^src\/core\/reconcile\/kinds\.ts$/,
    ],
    types: [/^src\/core\//],
  },
  {
    ring: 'src/admin/',
    allowed: [
      /^src\/(admin|base|config|drivers|netlink)\//,
      /^src\/core\/(reconcile\/kinds|check\/config|vrrp\/config)\.ts$/,
      /^src\/process\/config-reader\.ts$/,
      /^linux-syscalls$/,
      /^dgram-vrrp\/codec$/,
      /^node:/,
    ],
    types: [/^src\/core\//],
  },
  { ring: 'src/status/', allowed: [/^src\/base\//, /^src\/status\//, /^src\/core\//], types: [/^src\/config\//] },
  { ring: 'src/linux-syscalls/', allowed: [/^src\/linux-syscalls\//, /^node:/, /^node-gyp-build$/] },
  { ring: 'src/dgram-vrrp/', allowed: [/^src\/dgram-vrrp\//, /^node:/, /^linux-syscalls(\/checksum)?$/, /^@noble\/hashes\//] },
]

describe('who may import whom (src/README.md)', () => {
  test.each(MAY_IMPORT)('$ring keeps to its neighbours', ({ ring, allowed, types = [] }) => {
    const strangers = sources
      .filter((path) => path.startsWith(ring))
      .flatMap(importsOf)
      .filter(({ to, typeOnly }) => !allowed.some((rule) => rule.test(to)) && !(typeOnly && types.some((rule) => rule.test(to))))
    expect(strangers.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test('vrrp and check do not know each other in core', () => {
    const crossing = sources
      .filter((path) => /^src\/core\/(vrrp|check)\//.test(path))
      .flatMap(importsOf)
      .filter(({ from, to }) => to.startsWith(from.startsWith('src/core/vrrp/') ? 'src/core/check/' : 'src/core/vrrp/'))
    expect(crossing).toEqual([])
  })

  test('the vrrp and checker processes receive their configuration as values', () => {
    const reading = ['src/process/vrrp.ts', 'src/process/checker.ts']
      .filter((path) => sources.includes(path))
      .flatMap(importsOf)
      .filter(({ to, typeOnly }) => to.startsWith('src/config/') && !typeOnly)
    expect(reading).toEqual([])
  })
})

interface Ban {
  readonly pattern: RegExp
  readonly where: RegExp
  readonly instead: string
}

const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(|\bperformance\.now\(/,
    where: /^src\/(base|core|config|netlink)\//,
    instead: 'the `now` that step() receives',
  },
  { pattern: /\bMath\.random\(/, where: /^src\/(base|core|config|netlink|status)\//, instead: 'a seeded prng from base/prng.ts' },
  {
    pattern: /\bsetTimeout\(|\bsetInterval\(/,
    where: /^src\/(core|config|netlink|dgram-vrrp)\//,
    instead: 'a deadline in the state, or drivers/clock.ts',
  },
  { pattern: /\b(async|await)\b(?! *:)/, where: /^src\/core\//, instead: 'an effect, and an event when it is done' },
  { pattern: /: any\b|<any>|\bas any\b/, where: /^src\//, instead: 'unknown, and a check' },
  { pattern: /^\s*(export )?(const )?enum\s/, where: /^src\//, instead: 'a union of literals' },
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, where: /^(src|packaging|test\/(?!tidy))/, instead: 'an issue' },
  {
    pattern: /\b(it|test|describe)\.(skip|todo|only|fails)\b/,
    where: /^test\/(?!tidy)/,
    instead: 'a test that runs, or a spoken reason in test/README.md',
  },
]

describe('what is banned, and what to use instead', () => {
  const all = [...sources, ...filesBelow('test', '.ts'), ...filesBelow('packaging', '.ts')]
  test.each(BANS)('$pattern → $instead', ({ pattern, where }) => {
    const found = all
      .filter((path) => where.test(path))
      .flatMap((path) =>
        text(path)
          .split('\n')
          .flatMap((line, i) =>
            pattern.test(line.replace(/^\s*(\/\/|\*|\/\*).*$/, (comment) => (/TODO|FIXME|XXX|HACK/.test(comment) ? comment : '')))
              ? [`${path}:${i + 1}`]
              : [],
          ),
      )
    expect(found).toEqual([])
  })
})

describe('where things live', () => {
  test('the top level is what the customer fixed', () => {
    const allowed = /^(package\.json|package-lock\.json|tsconfig\.json|README\.md|LICENSE|src|conf|test|packaging|node_modules|dist|\..*)$/
    expect(readdirSync(root).filter((name) => !allowed.test(name))).toEqual([])
  })

  test('each unit test stands at the path of the file it proves', () => {
    const mirrored = filesBelow('test', '.test.ts').filter((path) =>
      /^test\/(admin|base|config|core|explain|netlink|drivers|process|status|dgram-vrrp|linux-syscalls)\//.test(path),
    )
    const folders = new Set(sources.map((path) => dirname(path).replace(/^src/, 'test')))
    expect(mirrored.filter((path) => !folders.has(dirname(path)))).toEqual([])
  })

  test('native code is at most 500 lines of C', () => {
    const lines = [...filesBelow('src', '.c'), ...filesBelow('src', '.h')].reduce((sum, path) => sum + text(path).split('\n').length - 1, 0)
    expect(lines).toBeLessThanOrEqual(500)
  })

  test('no file below src names a vague room', () => {
    expect(
      sources.filter((path) => /(^|\/)(utils?|helpers?|common|manager|types|data)(\.ts|\/)/.test(path) && !/status\/data\.ts$/.test(path)),
    ).toEqual([])
  })
})

/** Titles of tests, and what rows bring to them: names, or strings alone. Tests that are made from the tables prove no keyword by themselves. */
const TITLES: readonly RegExp[] = [
  /\b(?:test|describe)(?:\.each\b[^\n]*)?\(\s*(['`"])(?<title>(?:(?!\1).)+)\1/g,
  /\b(?:name|title|what|keyword|word|words|line|rule|text|conf): (['`"])(?<title>(?:(?!\1).)+)\1/g,
  /^\s+'(?<title>[^'\n]+)',$/gm,
  /\b(?:test|describe)\.each\(\[(?<title>'[^\]\n]*)\]/g,
]

const titles = filesBelow('test', '.test.ts')
  .filter((path) => !path.endsWith('every-keyword.test.ts'))
  .map(text)
  .flatMap((source) => TITLES.flatMap((pattern) => [...source.matchAll(pattern)].map(({ groups }) => groups?.['title'] ?? '')))
  .join('\n')

describe('what is said to be acted on', () => {
  const acted = new Set(catalogue().flatMap(({ keyword, about }) => (about.acted && /^[\w-]+$/.test(keyword) ? [keyword] : [])))

  test('each keyword that is acted on stands in the title of a test', () => {
    const unproven = [...acted].filter((keyword) => !new RegExp(`(^|[^\\w-])${keyword}([^\\w-]|$)`, 'm').test(titles))
    expect(unproven).toEqual([])
  })

  test('each keyword of each table is read by the test that is made from the tables', () => {
    const made = text('test/config/keywords/every-keyword.test.ts')
    expect(made).toMatch(/settings\.map\(\(entry\) => \[title\(entry\)/)
    expect(made).toMatch(/options\.map\(\(entry\) => \[title\(entry\)/)
  })
})
