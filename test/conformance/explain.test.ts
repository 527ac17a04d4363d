import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { explainPair } from '../../src/explain/pair.ts'
import { loadText } from '../support/config-files.ts'

const folder = fileURLToPath(new URL('./explain', import.meta.url))
const RULE = '\n--------\n'

/** A golden: two configurations, and what is said of them. `GOLDEN=write` writes the last anew. */
describe('explain --pair', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.golden')))('%s', (name) => {
    const golden = readFileSync(`${folder}/${name}`, 'utf8')
    const [a = '', b = ''] = golden.split(RULE)
    const { text, faults } = explainPair({ name: 'a.conf', vrrp: loadText(a).vrrp }, { name: 'b.conf', vrrp: loadText(b).vrrp })
    const got = [a, b, `${text}faults: ${faults}\n`].join(RULE)
    if (process.env['GOLDEN'] === 'write') writeFileSync(`${folder}/${name}`, got)
    expect(got).toBe(golden)
  })
})
