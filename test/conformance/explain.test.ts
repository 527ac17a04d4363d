import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadWhole } from '../../src/config/load.ts'
import { explainPair, type Host } from '../../src/explain/pair.ts'
import { MAIN, readerOf } from '../support/config-files.ts'

const folder = fileURLToPath(new URL('./explain', import.meta.url))
const RULE = '\n--------\n'

/** A golden: two configurations, and what is said of them. `GOLDEN=write` writes the last anew. */
describe('explain --pair', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.golden')))('%s', (name) => {
    const golden = readFileSync(`${folder}/${name}`, 'utf8')
    const [a = '', b = ''] = golden.split(RULE)
    const { text, faults } = explainPair(host('a.conf', a), host('b.conf', b))
    const got = [a, b, `${text}faults: ${faults}\n`].join(RULE)
    if (process.env['GOLDEN'] === 'write') writeFileSync(`${folder}/${name}`, got)
    expect(got).toBe(golden)
  })
})

function host(name: string, text: string): Host {
  const reader = readerOf({ [MAIN]: text }, { script: (path) => ({ kind: 'found', path, secure: true }) })
  const { config, parsed } = loadWhole(MAIN, reader, { configId: undefined, allChecks: false, test: true })
  return { name, vrrp: config.vrrp, parsed }
}
