import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const LIMIT = 30_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-bad-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function judge(file: string, ...words: readonly string[]) {
  return spawnSync(process.execPath, ['--conditions=source', main, '-t', '-f', file, ...words], {
    encoding: 'utf8',
    timeout: LIMIT,
    maxBuffer: 2 ** 26,
  })
}

const NOISE = Uint8Array.from({ length: 10 * 1_024 * 1_024 }, (_, i) => (i * 2_654_435_761) >>> 11)

describe('-t on bad input: a finding with its place, the exit status of keepalived, no crash', { timeout: LIMIT }, () => {
  test.each([
    { name: 'an unknown keyword', text: 'global_defs {\n  bogus 1\n}\n', status: 5, place: '2:3', says: "unknown keyword 'bogus'" },
    { name: 'a missing closing brace', text: 'global_defs {\n  router_id x\n', status: 5, place: '2:3', says: "1 '}' missing" },
    { name: 'a missing opening brace', text: 'global_defs\n  router_id x\n}\n', status: 5, place: '2:3', says: "'{' is missing" },
    {
      name: 'a number out of range',
      text: 'virtual_server 192.0.2.1 80000 {\n}\n',
      status: 5,
      place: '1:26',
      says: "'80000' is too large",
    },
    { name: 'a NUL byte', text: 'global_defs {\n  router\0_id x\n}\n', status: 5, place: '2:3', says: 'NUL byte' },
    {
      name: 'an include that must be there',
      text: '\nincludea nowhere.conf\n',
      status: 6,
      place: '2:1',
      says: 'nowhere.conf does not exist',
    },
    { name: 'a folder to include', text: 'includea folder\n', status: 6, place: '1:1', says: 'folder is a directory' },
    { name: 'a word that is missing', text: 'virtual_server\n', status: 2, place: '1:1', says: 'needs word 2' },
  ])('$name', ({ text, status, place, says }) => {
    const file = join(folder, 'k.conf')
    mkdirSync(join(folder, 'folder'))
    writeFileSync(file, text)
    const outcome = judge(file)
    expect(outcome.stderr).toContain(says)
    expect(outcome.stderr).toContain(`${file}:${place}`)
    expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(outcome.status).toBe(status)
  })

  test('an unreadable include: what is not a file is named with its place', () => {
    const file = join(folder, 'k.conf')
    writeFileSync(file, 'includer /dev/null\n')
    const { stderr, status } = judge(file)
    expect(stderr).toContain(`${file}:1:1: /dev/null is no regular file`)
    expect(status).toBe(6)
  })

  test.each([
    { name: 'a file that is missing', make: () => undefined, says: 'does not exist' },
    { name: 'a directory as file', make: (file: string) => mkdirSync(file), says: 'is a directory' },
  ])('$name: told by name; with -e an error', ({ make, says }) => {
    const file = join(folder, 'k.conf')
    make(file)
    expect(judge(file).stderr).toContain(`${file} ${says}`)
    expect(judge(file, '-e').status).toBe(4)
  })

  test('10 MB of noise end with findings, soon, and within bounds', () => {
    const file = join(folder, 'k.conf')
    writeFileSync(file, NOISE)
    const { stderr, status } = judge(file)
    expect(status).toBe(5)
    expect(stderr.split('\n').length).toBeLessThan(10_100)
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
  })

  test('a file beyond the limit of agent.toml is an error that names the remedy', () => {
    const file = join(folder, 'k.conf')
    const settings = join(folder, 'agent.toml')
    writeFileSync(file, '# a comment\n'.repeat(100))
    writeFileSync(settings, '[limits]\nbytes = 1024\nbyte = 5\n')
    const { stderr, status } = judge(file, '--settings', settings)
    expect(stderr).toContain(`${file} is too large (expected a smaller file, or more in [limits] of agent.toml)`)
    expect(stderr).toContain("unknown key 'limits.byte'")
    expect(status).toBe(5)
  })
})
