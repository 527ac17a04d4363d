import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { printText } from '../../src/config/print.ts'
import { loadText } from '../support/config-files.ts'

const folder = fileURLToPath(new URL('./config', import.meta.url))
const RULE = '\n--------\n'

/** A golden: the configuration, its full meaning, its findings. `GOLDEN=write` writes the last two anew. */
describe('from text to meaning and findings', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.golden')))('%s', (name) => {
    const golden = readFileSync(`${folder}/${name}`, 'utf8')
    const text = golden.split(RULE)[0] ?? ''
    const { global: _global, diagnostics, notActedOn, ...agent } = loadText(text)
    const meaning = JSON.stringify({ ...agent, notActedOn: notActedOn.map(({ block, keyword }) => `${block}/${keyword}`) }, undefined, 1)
    const got = [text, meaning, printText(diagnostics)].join(RULE)
    if (process.env['GOLDEN'] === 'write') writeFileSync(`${folder}/${name}`, got)
    expect(got).toBe(golden)
  })
})
