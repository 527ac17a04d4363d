import { describe, expect, test } from 'vitest'
import type { VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { instanceText, type LoadMore, loadText } from '../../support/config-files.ts'

type Reader = NonNullable<LoadMore['reader']>

const found: Reader = { interfaceExists: () => true, script: (path: string) => ({ kind: 'found', path: `/found${path}`, secure: true }) }

function vrrp(text: string, reader: Reader = {}): VrrpConfig {
  const { vrrp: config } = loadText(text, { reader: { ...found, userExists: () => true, ...reader } })
  if (config === undefined) throw new Error('no vrrp configuration')
  return config
}

const notifyOf = (lines: string, reader?: Reader, before = '') => vrrp(before + instanceText(lines), reader).instances[0]?.notify
const group = (lines: string): string => `vrrp_sync_group G1 {\n  group {\n    VI_1\n  }\n${lines}\n}\n`
const ran = (...argv: readonly string[]) => ({ argv, runAs: { user: 'keepalived_script', group: undefined } })

describe('notify scripts of a vrrp_instance', () => {
  test.each([
    { keyword: 'notify_master', field: 'master' },
    { keyword: 'notify_backup', field: 'backup' },
    { keyword: 'notify_fault', field: 'fault' },
    { keyword: 'notify_stop', field: 'stop' },
    { keyword: 'notify_deleted', field: 'deleted' },
    { keyword: 'notify_master_rx_lower_pri', field: 'lowerPriority' },
    { keyword: 'notify', field: 'any' },
  ])('$keyword is the script of $field, found and with its arguments', ({ keyword, field }) => {
    expect(notifyOf(`${keyword} "/bin/tell me 'two words'"`)).toEqual({ [field]: ran('/found/bin/tell', 'me', 'two words') })
  })

  test('notify_deleted without a script only changes the word', () => {
    expect(notifyOf('notify_deleted')).toEqual({ deleted: 'told' })
  })

  test('one whose script is not there is told as DELETED all the same', () => {
    expect(notifyOf('notify_deleted /no/such', { script: () => ({ kind: 'missing' }) as never })).toEqual({ deleted: 'told' })
  })

  test('a user and a group of its own', () => {
    expect(notifyOf('notify /bin/tell root :adm', { groupExists: () => true })).toEqual({
      any: { argv: ['/found/bin/tell'], runAs: { user: 'root', group: ':adm' } },
    })
  })

  test('script_user, and its group, run what has no user of its own; an unknown one runs nothing', () => {
    const global = 'global_defs {\n  script_user nobody daemon\n}\n'
    const known: Reader = { groupExists: () => true }
    expect(notifyOf('notify /bin/tell', known, global)?.any?.runAs).toEqual({ user: 'nobody', group: 'daemon' })
    expect(notifyOf('notify /bin/tell root', known, global)?.any?.runAs).toEqual({ user: 'root', group: undefined })
    expect(notifyOf('notify /bin/tell', { userExists: () => false }, global)).toBeUndefined()
  })

  test('none is none', () => expect(notifyOf('')).toBeUndefined())

  test('one that is not there is not run', () => {
    expect(notifyOf('notify_master /no/such', { script: () => ({ kind: 'missing' }) as never })).toBeUndefined()
  })

  const secured = 'global_defs {\n  enable_script_security\n}\n'
  test('enable_script_security: one that others could change is not run', () => {
    const reader: Reader = { script: (path: string) => ({ kind: 'found', path, secure: false }) }
    expect(notifyOf('notify_master /bin/tell', reader, secured)).toBeUndefined()
    expect(notifyOf('notify_master /bin/tell', reader)).toBeDefined()
  })

  test('enable_script_security: nothing falls back to root', () => {
    const reader: Reader = { userExists: (name: string) => name === 'root' }
    expect(notifyOf('notify_master /bin/tell', reader, secured)).toBeUndefined()
    expect(notifyOf('notify_master /bin/tell root', reader, secured)).toBeDefined()
    expect(notifyOf('notify_master /bin/tell', reader)).toEqual({ master: { argv: ['/found/bin/tell'], runAs: undefined } })
  })
})

describe('notify scripts of a vrrp_sync_group', () => {
  test('notify_master, notify_backup, notify_fault, notify_stop and notify belong to the group', () => {
    const lines = ['master', 'backup', 'fault', 'stop'].map((state) => `  notify_${state} /bin/${state}\n`).join('')
    const config = vrrp(`${group(`${lines}  notify /bin/any`)}${instanceText('')}`)
    expect(config.instances[0]?.notify).toBeUndefined()
    expect(config.syncGroups[0]?.notify).toEqual({
      master: ran('/found/bin/master'),
      backup: ran('/found/bin/backup'),
      fault: ran('/found/bin/fault'),
      stop: ran('/found/bin/stop'),
      any: ran('/found/bin/any'),
    })
  })
})

describe('who gets mail, and who is told of priorities', () => {
  const globals = (line: string): string => `global_defs {\n  ${line}\n}\n`
  const mailOf = (lines: string, global = '') => notifyOf(lines, {}, globals(global))?.mail
  test.each([
    { name: 'smtp_alert of the instance', lines: 'smtp_alert', global: '', is: true },
    { name: 'smtp_alert_vrrp for all', lines: '', global: 'smtp_alert_vrrp', is: true },
    { name: 'the global smtp_alert for everything', lines: '', global: 'smtp_alert', is: true },
    { name: 'smtp_alert_vrrp before smtp_alert', lines: '', global: 'smtp_alert\n  smtp_alert_vrrp off', is: undefined },
    { name: 'that of the instance before all', lines: 'smtp_alert off', global: 'smtp_alert', is: undefined },
    { name: 'nobody says so', lines: '', global: '', is: undefined },
  ])('$name', ({ lines, global, is }) => expect(mailOf(lines, global)).toBe(is))

  test('smtp_alert of a group is its own', () => {
    const config = vrrp(`${group('smtp_alert')}${instanceText('')}`)
    expect([config.syncGroups[0]?.notify, config.instances[0]?.notify]).toEqual([{ mail: true }, undefined])
  })

  test('notify_priority_changes: of the instance, else of its group, else vrrp_notify_priority_changes', () => {
    const prioritiesOf = (lines: string, before: string) => notifyOf(lines, {}, before)?.priorities
    const everywhere = globals('vrrp_notify_priority_changes')
    expect(prioritiesOf('notify_priority_changes', '')).toBe(true)
    expect(prioritiesOf('', group('notify_priority_changes'))).toBe(true)
    expect(prioritiesOf('', everywhere)).toBe(true)
    expect(prioritiesOf('', everywhere + group('notify_priority_changes off'))).toBeUndefined()
    expect(prioritiesOf('notify_priority_changes off', everywhere)).toBeUndefined()
  })
})
