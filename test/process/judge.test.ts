import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Judgement, judgeConfiguration } from '../../src/process/judge.ts'
import { parseCommandLine } from '../../src/process/options.ts'
import { DEFAULT_SETTINGS } from '../../src/process/settings-table.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-judge-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function judge(text: string, words: readonly string[], terminal = false): Judgement {
  const file = join(folder, 'k.conf')
  writeFileSync(file, text)
  const command = parseCommandLine(['-t', '-f', file, ...words])
  if (command.kind !== 'run') throw new Error(command.kind)
  return judgeConfiguration(command.options, DEFAULT_SETTINGS, terminal)
}

const TRAP = 'virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n}\n}\n'

describe('the text of -t', () => {
  test.each([
    { name: 'is one line each', words: [], terminal: false, begins: /^\/.*k\.conf:1:1: unknown keyword/ },
    { name: 'has the line and a caret at a terminal', words: [], terminal: true, begins: /^error\[unknown-keyword\]/ },
    {
      name: 'has the line and a caret with --format text',
      words: ['--format', 'text'],
      terminal: false,
      begins: /^error\[unknown-keyword\]/,
    },
    { name: 'has the line and a caret with --lint', words: ['--lint'], terminal: false, begins: /^error\[unknown-keyword\]/ },
    { name: 'is JSON with --format json, at a terminal too', words: ['--format', 'json'], terminal: true, begins: /^\[/ },
    {
      name: 'is annotations with --lint --format github',
      words: ['--lint', '--format', 'github'],
      terminal: false,
      begins: /^::error file=/,
    },
  ])('$name', ({ words, terminal, begins }) => {
    expect(judge('bogus\n', words, terminal).text).toMatch(begins)
  })
})

describe('the status of -t', () => {
  test.each([
    { name: 'a trap without --lint is 0', text: TRAP, words: [], code: 0 },
    { name: 'a trap with --lint is 3', text: TRAP, words: ['--lint'], code: 3 },
    { name: 'no trap with --lint is 0', text: '', words: ['--lint'], code: 0 },
    { name: 'an error with --lint is 5, trap or not', text: `${TRAP}bogus\n`, words: ['--lint'], code: 5 },
    { name: 'a missing argument with --lint is 2', text: 'child_wait_time\n', words: ['--lint'], code: 2 },
  ])('$name', ({ text, words, code }) => {
    expect(judge(text, words).code).toBe(code)
  })
})

describe('-t -d answers with the configuration as understood', () => {
  test.each([
    { name: 'definitions are done', text: '$N=a\ninstance $N\n', words: ['-d'], answer: 'instance a\n' },
    { name: 'without -d there is no answer', text: 'instance a\n', words: [], answer: '' },
    { name: 'a configuration that ends in the middle has none', text: 'instance a\nchild_wait_time\n', words: ['-d'], answer: '' },
  ])('$name', ({ text, words, answer }) => {
    expect(judge(text, words).answer).toBe(answer)
  })

  test('auth_pass is shown to nobody', () => {
    const { answer } = judge('vrrp_instance A {\nauthentication {\nauth_type PASS\nauth_pass geheim\n}\n}\n', ['-d'])
    expect(answer).toContain('auth_pass ******\n')
    expect(answer).not.toContain('geheim')
  })
})
