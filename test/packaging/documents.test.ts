import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compatibilityTable, summarised, withSummary } from '../../packaging/compatibility.ts'
import { bashCompletion, zshCompletion } from '../../packaging/completion.ts'
import { escaped, manualPage } from '../../packaging/manual.ts'
import { catalogue } from '../../src/config/catalogue.ts'
import { optionTable } from '../../src/process/options.ts'

describe('keepalived.conf(5)', () => {
  const lines = manualPage().split('\n')

  test('each keyword of each block is an item', () => {
    const items = lines.filter((line) => line.startsWith('.BI ')).map((line) => /^\.BI "([^"]*)"/.exec(line)?.[1])
    expect(items.length).toBe(catalogue().length)
    expect(new Set(items)).toEqual(new Set(catalogue().map(({ keyword }) => escaped(keyword))))
  })

  test('roff takes each line: known requests, no text that begins like one', () => {
    expect(lines.filter((line) => /^[.']/.test(line) && !/^\.(\\"|TH|SH|PP|TP|BI|BR|B|I|br)( |$)/.test(line))).toEqual([])
  })

  test.each([
    { text: 'a-b', roff: 'a\\-b' },
    { text: 'back\\slash', roff: 'back\\eslash' },
    { text: '~SEQ', roff: '\\(tiSEQ' },
    { text: 'server’s', roff: 'server\\(cqs' },
  ])('$text is $roff', ({ text, roff }) => {
    expect(escaped(text)).toBe(roff)
  })
})

/** What bash would offer for these words, the last of them being typed. */
function completed(...words: readonly string[]): readonly string[] {
  const script = `${bashCompletion()}\nCOMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\n_vipkeeper\nprintf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe('completion', () => {
  test.each([
    { words: ['vipkeeper', 'expl'], offered: ['explain'] },
    { words: ['vipkeeper', 'explain', 'nopreem'], offered: ['nopreempt'] },
    { words: ['vipkeeper', 'explain', '--l'], offered: ['--list'] },
    { words: ['vipkeeper', 'explain', 'weight', '--block', 'vrrp_scr'], offered: ['vrrp_script'] },
    { words: ['vipkeeper', '--lin'], offered: ['--lint'] },
    { words: ['vipkeeper', '--format', 'j'], offered: ['json'] },
    { words: ['vipkeeper', '--signum', 'JS'], offered: ['JSON'] },
    { words: ['vipkeeper', '-f', '/etc/host'], offered: expect.arrayContaining(['/etc/hosts']) },
    { words: ['vipkeeper', 'explain', 'xyzzy'], offered: [] },
    { words: ['vipkeeper', '-t', 'expl'], offered: [] },
  ])('bash: $words', ({ words, offered }) => {
    expect(completed(...words)).toEqual(offered)
  })

  test('bash and zsh know every option', () => {
    for (const { long } of optionTable) {
      expect(bashCompletion()).toContain(`--${long}`)
      expect(zshCompletion()).toContain(`--${long}`)
    }
  })

  test('zsh: single quotes are balanced, so that no text of a table can end one', () => {
    for (const line of zshCompletion().split('\n')) expect((line.replaceAll("'\\''", '').match(/'/g) ?? []).length % 2, line).toBe(0)
  })
})

describe('what is acted on', () => {
  test('the summary is up to date; if not: node --conditions=source packaging/compatibility.ts', () => {
    expect(summarised().length).toBeGreaterThan(0)
    for (const path of summarised()) {
      const text = readFileSync(path, 'utf8')
      expect(withSummary(text), path).toBe(text)
    }
  })

  test('the table has a row for each keyword, and says accepted only of all that is not acted on', () => {
    const rows = compatibilityTable()
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(rows.length).toBe(catalogue().length)
    expect(rows.filter((row) => row.endsWith('| acted on |')).length).toBe(
      catalogue().filter(({ about, missing }) => about.acted && !missing).length,
    )
  })

  test('a text without markers is left alone', () => {
    expect(withSummary('# Title\n')).toBe('# Title\n')
  })
})
