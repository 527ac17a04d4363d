import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The capabilities of the service as setpriv(1) wants them. */
function boundingSet(): string {
  const unit = readFileSync(join(root, 'packaging/vipkeeper.service'), 'utf8')
  const names = /^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? []
  return ['-all', ...names.map((name) => `+${name.slice('CAP_'.length).toLowerCase()}`)].join(',')
}

test('with the rights of the service a script runs as its user, and one that hangs is killed (MISC_CHECK user, script_user)', () => {
  const script = join(import.meta.dirname, 'unit-scripts.ts')
  const words = ['--bounding-set', boundingSet(), '--no-new-privs', process.execPath, '--conditions=source', script]
  const ends = execFileSync('setpriv', words, { encoding: 'utf8', timeout: 20_000 })
  expect(JSON.parse(ends)).toEqual([{ kind: 'exited', code: 3 }, { kind: 'timed-out' }])
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('sleep 25.5')
})
