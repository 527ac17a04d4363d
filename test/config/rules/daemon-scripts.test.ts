import { expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { ScriptFile } from '../../../src/config/reader.ts'
import { loadText } from '../../support/config-files.ts'

const scripts = (
  lines: string,
  script: (path: string) => ScriptFile = (path) => ({ kind: 'found', path: `/found${path}`, secure: true }),
) => loadText(`global_defs {\n${lines}\n}\n`, { reader: { script, userExists: () => true } }).daemonScripts

test.each([
  { name: 'startup_script and startup_script_timeout', keyword: 'startup_script', field: 'startup' },
  { name: 'shutdown_script and shutdown_script_timeout', keyword: 'shutdown_script', field: 'shutdown' },
] as const)('$keyword with its arguments and user, for at most 10 s or $timeout', ({ keyword, field }) => {
  const line = `${keyword} "/bin/a 'two words'" nobody`
  const command = { argv: ['/found/bin/a', 'two words'], runAs: { user: 'nobody', group: undefined } }
  expect(scripts(line)[field]).toEqual({ command, timeout: fromSeconds(10) })
  expect(scripts(`${line}\n${keyword}_timeout 5`)[field]).toEqual({ command, timeout: fromSeconds(5) })
  expect(scripts('')[field]).toBeUndefined()
})

test('a startup_script that is not there, or that others could change with enable_script_security, is none', () => {
  expect(scripts('startup_script /bin/a', () => ({ kind: 'missing' })).startup).toBeUndefined()
  const insecure = (path: string): ScriptFile => ({ kind: 'found', path, secure: false })
  expect(scripts('enable_script_security\nstartup_script /bin/a', insecure).startup).toBeUndefined()
})
