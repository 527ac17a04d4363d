import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { runInUml } from '../lab/uml.ts'
import { outcomeOf } from './contract.ts'
import { cases } from './uml/ipvs-contract.ts'

const script = fileURLToPath(new URL('uml/ipvs-contract.ts', import.meta.url))
const isRoot = process.getuid?.() === 0
const hasUml = spawnSync('linux.uml', ['--version']).status === 0
const why = isRoot ? 'needs User Mode Linux (package user-mode-linux)' : 'needs root'

// Unloading the module would disturb a host that uses it, so even where this kernel has ip_vs the machine of our own is preferred.
describe.skipIf(!isRoot || !hasUml)(`ip_vs over netlink${isRoot && hasUml ? '' : ` (skipped: ${why})`}`, () => {
  let lines: readonly string[] = []

  beforeAll(async () => {
    const machine = await runInUml({ file: script, seconds: 110 })
    lines = [...machine.lines, machine.console]
  })

  test.each(cases)('$name', ({ name }) => {
    expect(outcomeOf(lines, name) ?? `never ran: ${lines.slice(-5).join(' | ')}`).toBe(`ok ${name}`)
  })
})
