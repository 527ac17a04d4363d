import { expect, test } from 'vitest'
import type { ScriptCommand } from '../../../src/core/script-config.ts'
import { instanceText, loadText } from '../../support/config-files.ts'

/** /etc/check is a link to /opt/check, and only root can change either. */
function commandOf(global: string, user = ''): ScriptCommand | undefined {
  const text = `global_defs {\n${global}\n}\n${instanceText(`notify "/etc/check now" ${user}`)}`
  const script = (path: string) => ({ kind: 'found', path, real: path.replace('/etc', '/opt'), secure: true }) as const
  const reader = { interfaceExists: () => true, userExists: () => true, groupExists: () => true, script }
  return loadText(text, { reader }).vrrp?.instances[0]?.notify?.any
}

test('a script is run where its links lead, with use_symlink_paths where it was written', () => {
  expect(commandOf('')?.argv).toEqual(['/opt/check', 'now'])
  expect(commandOf('use_symlink_paths')?.argv).toEqual(['/etc/check', 'now'])
})

test('script_user for all, before it the script’s own user', () => {
  expect(commandOf('')?.runAs).toEqual({ user: 'keepalived_script', group: undefined })
  expect(commandOf('script_user nobody daemon')?.runAs).toEqual({ user: 'nobody', group: 'daemon' })
  expect(commandOf('script_user nobody daemon', 'root :adm')?.runAs).toEqual({ user: 'root', group: ':adm' })
})

test('set_supplementary_groups: all groups of the user, whoever it is', () => {
  const all = 'set_supplementary_groups'
  expect(commandOf(all)?.runAs).toEqual({ user: 'keepalived_script', group: ':' })
  expect(commandOf(`${all}\nscript_user nobody daemon`)?.runAs).toEqual({ user: 'nobody', group: ':daemon' })
  expect(commandOf(all, 'root :adm')?.runAs).toEqual({ user: 'root', group: ':adm' })
})

test('enable_script_security has the path looked at whenever it is run', () => {
  expect(commandOf('')?.guarded).toBeUndefined()
  expect(commandOf('enable_script_security')?.guarded).toBe(true)
})
