import { describe, expect, test } from 'vitest'
import type { StateName, VrrpEffect } from '../../src/core/vrrp/effects.ts'
import type { NotifyConfig } from '../../src/core/vrrp/notify-config.ts'
import type { Notice } from '../../src/process/messages.ts'
import { VrrpNotices } from '../../src/process/vrrp-notices.ts'
import { instance, vrrpConfig } from '../support/vrrp.ts'

const script = (name: string) => ({ argv: [`/bin/${name}`], runAs: undefined })
const all: NotifyConfig = {
  master: script('master'),
  backup: script('backup'),
  fault: script('fault'),
  stop: script('stop'),
  lowerPriority: script('lower'),
  any: { argv: ['/bin/any', 'mine'], runAs: undefined },
}
const configOf = (notify?: NotifyConfig, group?: NotifyConfig) =>
  vrrpConfig(
    [instance({ name: 'VI_1', ...(notify && { notify }) })],
    {},
    {
      syncGroups: group === undefined ? [] : [{ name: 'G1', members: ['VI_1'], notify: group }],
    },
  )
const noticesOf = (notify?: NotifyConfig, group?: NotifyConfig): VrrpNotices => {
  const notices = new VrrpNotices()
  notices.configured(configOf(notify, group))
  return notices
}
const change = (to: StateName, from: StateName = 'BACKUP', priority = 100): VrrpEffect => ({
  kind: 'transition',
  instance: 'VI_1',
  from,
  to,
  why: 'init',
  priority,
})
const groupChange = (to: StateName, from: StateName = 'BACKUP'): VrrpEffect => ({
  kind: 'report',
  report: { event: 'group-transition', group: 'G1', from, to },
})
const lines = (notice: Notice | undefined): readonly string[] | undefined => notice?.scripts.map(({ argv }) => argv.join(' '))

describe('what an instance tells', () => {
  test.each([
    { keyword: 'notify_master', to: 'MASTER', first: '/bin/master' },
    { keyword: 'notify_backup', to: 'BACKUP', first: '/bin/backup' },
    { keyword: 'notify_fault', to: 'FAULT', first: '/bin/fault' },
    { keyword: 'notify_stop', to: 'STOP', first: '/bin/stop' },
  ] as const)('$keyword without arguments, then notify with INSTANCE, name, $to and the effective priority', ({ to, first }) => {
    const notice = noticesOf(all).of(change(to, 'INIT', 90))
    expect(lines(notice)).toEqual([first, `/bin/any mine INSTANCE VI_1 ${to} 90`])
    expect(notice).toMatchObject({ subject: 'INSTANCE VI_1', last: to === 'STOP' })
  })

  test('notify_deleted: told as FAULT without it, by notify alone, as DELETED with it, and by the configuration that had it', () => {
    const deletedOf = (notify: NotifyConfig) => {
      const notices = noticesOf(notify)
      notices.configured(vrrpConfig([]))
      return lines(notices.of(change('DELETED')))
    }
    expect(deletedOf(all)).toEqual(['/bin/any mine INSTANCE VI_1 FAULT 100'])
    expect(deletedOf({ fault: script('fault') })).toBeUndefined()
    expect(deletedOf({ ...all, deleted: 'told' })).toEqual(['/bin/any mine INSTANCE VI_1 DELETED 100'])
    expect(deletedOf({ ...all, deleted: script('deleted') })).toEqual(['/bin/deleted', '/bin/any mine INSTANCE VI_1 DELETED 100'])
  })

  test('notify_master_rx_lower_pri has no arguments, and no notify beside it; it does not stand in the way of states', () => {
    const source = '192.0.2.1' as never
    const heard: VrrpEffect = {
      kind: 'report',
      report: { event: 'lower-priority-forces-election', instance: 'VI_1', source, priority: 50, own: 100 },
    }
    expect(noticesOf(all).of(heard)).toEqual({
      subject: 'INSTANCE VI_1 MASTER_RX_LOWER_PRI',
      scripts: [script('lower')],
      last: false,
    })
    expect(noticesOf({ master: script('master') }).of(heard)).toBeUndefined()
  })

  test('without a script for the state, and without any, there is nothing to say', () => {
    expect(noticesOf({ master: script('master') }).of(change('BACKUP'))).toBeUndefined()
    expect(noticesOf().of(change('MASTER'))).toBeUndefined()
  })

  test('the scripts of a new configuration are used from its own changes on', () => {
    const notices = noticesOf({ master: script('old') })
    notices.configured(configOf({ master: script('new') }))
    expect(lines(notices.of(change('MASTER')))).toEqual(['/bin/new'])
  })
})

describe('what a sync group tells', () => {
  test('notify_master of the group, then its notify with GROUP, name, state and 0', () => {
    const notice = noticesOf(undefined, all).of(groupChange('MASTER'))
    expect(lines(notice)).toEqual(['/bin/master', '/bin/any mine GROUP G1 MASTER 0'])
    expect(notice?.subject).toBe('GROUP G1')
  })

  test('a member tells of itself before its group does', () => {
    const notices = noticesOf(all, all)
    expect(lines(notices.of(change('BACKUP', 'INIT')))?.[0]).toBe('/bin/backup')
    expect(lines(notices.of(groupChange('BACKUP', 'INIT')))?.[0]).toBe('/bin/backup')
  })

  test('a member that follows to where its group is already is not told of; a new one is, and so is one that leaves', () => {
    const notices = noticesOf(all, all)
    notices.of(groupChange('FAULT', 'INIT'))
    expect(notices.of(change('FAULT', 'INIT'))).toBeDefined()
    expect(notices.of(change('FAULT', 'BACKUP'))).toBeUndefined()
    expect(notices.of(change('BACKUP', 'FAULT'))).toBeDefined()
  })
})

describe('lines for vrrp_notify_fifo', () => {
  const withFifo = (notify?: NotifyConfig): VrrpNotices => {
    const config = configOf(notify, {})
    const notices = new VrrpNotices()
    notices.configured({ ...config, globals: { ...config.globals, fifo: true } })
    return notices
  }
  const lower: VrrpEffect = {
    kind: 'report',
    report: { event: 'lower-priority-forces-election', instance: 'VI_1', source: '192.0.2.1' as never, priority: 50, own: 100 },
  }

  test.each([
    { name: 'a master', effect: change('MASTER'), expected: 'INSTANCE "VI_1" MASTER 100\n' },
    { name: 'a backup with another priority', effect: change('BACKUP', 'INIT', 90), expected: 'INSTANCE "VI_1" BACKUP 90\n' },
    { name: 'a fault', effect: change('FAULT'), expected: 'INSTANCE "VI_1" FAULT 100\n' },
    { name: 'the stop', effect: change('STOP'), expected: 'INSTANCE "VI_1" STOP 100\n' },
    { name: 'a deletion without notify_deleted', effect: change('DELETED'), expected: 'INSTANCE "VI_1" FAULT 100\n' },
    { name: 'a group', effect: groupChange('MASTER'), expected: 'GROUP "G1" MASTER 0\n' },
    { name: 'a lower master', effect: lower, expected: 'INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100\n' },
  ])('$name, without any script', ({ effect, expected }) => {
    const notice = withFifo().of(effect)
    expect(notice?.line).toBe(expected)
    expect(notice?.scripts).toEqual([])
  })

  test('go with the scripts', () => {
    expect(withFifo(all).of(change('MASTER'))).toMatchObject({ scripts: { length: 2 }, line: 'INSTANCE "VI_1" MASTER 100\n' })
  })

  test('nobody is told of INIT', () => expect(withFifo(all).of(change('INIT'))).toBeUndefined())
})

describe('notify_priority_changes', () => {
  const notices = (notify: NotifyConfig): VrrpNotices => {
    const made = new VrrpNotices()
    const config = configOf(notify)
    made.configured({ ...config, globals: { ...config.globals, fifo: true } })
    return made
  }
  const changed = (to: number): VrrpEffect => ({ kind: 'report', report: { event: 'priority-changed', instance: 'VI_1', from: 100, to } })

  test.each([
    { state: 'MASTER', line: 'INSTANCE "VI_1" MASTER_PRIORITY 80\n' },
    { state: 'BACKUP', line: 'INSTANCE "VI_1" BACKUP_PRIORITY 80\n' },
    { state: 'FAULT', line: undefined },
  ] as const)('vrrp_notify_priority_changes tells pipes, and no script, of a $state', ({ state, line }) => {
    const told = notices({ ...all, priorities: true })
    expect(told.of(changed(90))).toBeUndefined()
    told.of(change(state))
    const notice = told.of(changed(80))
    expect(notice?.line).toBe(line)
    expect(notice?.scripts ?? []).toEqual([])
  })

  test('without it nobody is told', () => {
    const told = notices(all)
    told.of(change('MASTER'))
    expect(told.of(changed(80))).toBeUndefined()
  })
})

describe('fifo_write_vrrp_states_on_reload', () => {
  const reloaded = (globals: object): readonly (string | undefined)[] => {
    const notices = new VrrpNotices()
    const config = { ...configOf({ ...all, mail: true }, {}) }
    notices.configured({ ...config, globals: { ...config.globals, fifo: true, ...globals } })
    notices.of(change('MASTER'))
    notices.of(groupChange('MASTER'))
    notices.of({ kind: 'report', report: { event: 'priority-changed', instance: 'VI_1', from: 100, to: 80 } })
    const again = notices.statesAgain()
    expect(again.flatMap(({ scripts, mail }) => [...scripts, ...(mail === undefined ? [] : [mail])])).toEqual([])
    return again.map(({ line }) => line)
  }
  test('fifo_write_vrrp_states_on_reload tells pipes of the states that are, and runs no script', () => {
    expect(reloaded({ statesOnReload: true })).toEqual(['INSTANCE "VI_1" MASTER 80\n', 'GROUP "G1" MASTER 0\n'])
  })
  test('without it nobody is told', () => expect(reloaded({})).toEqual([]))
})

describe('smtp_alert', () => {
  const mailOf = (effect: VrrpEffect, globals: object = {}) => {
    const notices = new VrrpNotices()
    const config = configOf({ mail: true }, { mail: true })
    notices.configured({ ...config, globals: { ...config.globals, ...globals } })
    return notices.of(effect)?.mail
  }
  test.each([
    { name: 'an instance', effect: change('MASTER'), subject: 'VRRP Instance VI_1 - Entering MASTER state', held: 'now' },
    { name: 'one that yields', effect: change('BACKUP'), subject: 'VRRP Instance VI_1 - Entering BACKUP state', held: 'no longer' },
    { name: 'one that cannot', effect: change('FAULT'), subject: 'VRRP Instance VI_1 - Entering FAULT state', held: 'no longer' },
  ])('tells of $name', ({ effect, subject, held }) => {
    expect(mailOf(effect)).toEqual({ subject, body: `=> VRRP Instance is ${held} owning VRRP VIPs <=` })
  })
  test('tells of a group', () => {
    expect(mailOf(groupChange('FAULT'))).toEqual({
      subject: 'VRRP Group G1 - Entering FAULT state',
      body: '=> All VRRP group instances are now in FAULT state <=',
    })
  })
  test('a deletion is told as a fault, as keepalived does', () => {
    const notices = new VrrpNotices()
    notices.configured(configOf({ mail: true }))
    notices.configured(vrrpConfig([]))
    expect(notices.of(change('DELETED'))?.mail?.subject).toBe('VRRP Instance VI_1 - Entering FAULT state')
  })
  test('no_email_faults: not of faults; nor is anybody told of the stop', () => {
    expect(mailOf(change('FAULT'), { noEmailFaults: true })).toBeUndefined()
    expect(mailOf(groupChange('FAULT'), { noEmailFaults: true })).toBeUndefined()
    expect(mailOf(change('STOP'))).toBeUndefined()
  })
})
