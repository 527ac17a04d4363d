import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { outcomeOf } from './contract.ts'
import { cases } from './rtnetlink-cases.ts'

const script = fileURLToPath(new URL('rtnetlink-cases.ts', import.meta.url))
const isRoot = process.getuid?.() === 0

describe.skipIf(!isRoot)(`rtnetlink on this kernel${isRoot ? '' : ' (skipped: needs root for a network namespace)'}`, () => {
  let lines: readonly string[] = []

  beforeAll(() => {
    const child = spawnSync('unshare', ['-n', process.execPath, '--conditions=source', script], { encoding: 'utf8', timeout: 60_000 })
    lines = `${child.stdout}\n${child.stderr}`.split('\n')
  })

  test.each(cases)('$name', ({ name }) => {
    expect(outcomeOf(lines, name) ?? `never ran: ${lines.slice(-5).join(' | ')}`).toBe(`ok ${name}`)
  })
})
