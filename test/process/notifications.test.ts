import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../src/base/units.ts'
import type { Notice } from '../../src/process/messages.ts'
import { Notifications, type ScriptTrouble } from '../../src/process/notifications.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notifications-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sh = (text: string) => ({ argv: ['/bin/sh', '-c', `cd ${folder}; ${text}`], runAs: undefined })
const says = (word: string) => sh(`echo ${word} >> out`)
const slow = (word: string) => sh(`echo ${word} >> out; while [ ! -e go ]; do sleep 0.01; done; echo ${word} is over >> out`)
const notice = (scripts: Notice['scripts'], more: Partial<Notice> = {}): Notice => ({
  subject: 'INSTANCE VI_1',
  scripts,
  last: false,
  ...more,
})
const out = (): readonly string[] => {
  const path = join(folder, 'out')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}
const go = (): void => writeFileSync(join(folder, 'go'), '')

/** A test that waits in vain has a limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
const ignore = (): void => undefined

describe('notify scripts, one after the other', () => {
  test('that of the state ends before notify begins', async () => {
    const notifications = new Notifications(ignore)
    notifications.tell(notice([slow('first'), says('second')]))
    await until(() => out().length === 1)
    go()
    await until(() => out().length === 3)
    expect(out()).toEqual(['first', 'first is over', 'second'])
  })

  test('a new state waits for the one before; of those that wait only the newest is told, and the others are counted', async () => {
    const troubles: ScriptTrouble[] = []
    const notifications = new Notifications((trouble) => troubles.push(trouble))
    notifications.tell(notice([slow('first')]))
    for (const word of ['second', 'third', 'fourth']) notifications.tell(notice([says(word)]))
    await until(() => out().length === 1)
    go()
    await until(() => out().length === 3)
    expect(out()).toEqual(['first', 'first is over', 'fourth'])
    expect(troubles).toEqual([
      { kind: 'skipped', subject: 'INSTANCE VI_1' },
      { kind: 'skipped', subject: 'INSTANCE VI_1' },
    ])
  })

  test('others do not wait', async () => {
    const notifications = new Notifications(ignore)
    notifications.tell(notice([slow('first')]))
    notifications.tell(notice([says('other')], { subject: 'INSTANCE VI_2' }))
    await until(() => out().includes('other'))
    expect(out()).not.toContain('first is over')
    go()
    await until(() => out().includes('first is over'))
  })

  test('one that hangs is ended at its deadline, said so, and followed by the next', async () => {
    const troubles: ScriptTrouble[] = []
    const notifications = new Notifications((trouble) => troubles.push(trouble), fromMillis(200))
    notifications.tell(notice([sh('sleep 60')]))
    notifications.tell(notice([says('next')]))
    await until(() => out().length === 1)
    expect(troubles).toEqual([{ kind: 'not-told', subject: 'INSTANCE VI_1', script: '/bin/sh', end: { kind: 'timed-out' } }])
  })

  test('one that cannot be run is said, and notify runs all the same', async () => {
    const troubles: ScriptTrouble[] = []
    const notifications = new Notifications((trouble) => troubles.push(trouble))
    notifications.tell(notice([{ argv: ['/no/such'], runAs: undefined }, says('any')]))
    await until(() => out().length === 1)
    expect(troubles).toMatchObject([{ kind: 'not-told', script: '/no/such', end: { kind: 'not-run' } }])
  })

  test('one that fails is nobody else’s business', async () => {
    const troubles: ScriptTrouble[] = []
    const notifications = new Notifications((trouble) => troubles.push(trouble))
    notifications.tell(notice([sh('exit 3'), says('any')]))
    await until(() => out().length === 1)
    expect(troubles).toEqual([])
  })
})

describe('the end', () => {
  test('notify_stop waits for no other, and is waited for', async () => {
    const notifications = new Notifications(ignore)
    notifications.tell(notice([slow('first')]))
    await until(() => out().length === 1)
    notifications.tell(notice([says('waits')]))
    notifications.tell(notice([sh('sleep 0.2; echo stop >> out')], { last: true }))
    await notifications.finish(fromSeconds(10))
    expect(out()).toEqual(['first', 'stop'])
  })

  test('nothing that waited is told after notify_stop', async () => {
    const notifications = new Notifications(ignore)
    notifications.tell(notice([slow('first')]))
    notifications.tell(notice([says('waits')]))
    notifications.tell(notice([says('stop')], { last: true }))
    await until(() => out().includes('first') && out().includes('stop'))
    go()
    await until(() => out().includes('first is over'))
    notifications.tell(notice([sh('sleep 0.3; echo other >> out')], { subject: 'INSTANCE VI_2' }))
    await until(() => out().includes('other'))
    expect(out()).not.toContain('waits')
    await notifications.finish(fromSeconds(1))
  })

  test('notify_stop that takes longer is killed with what it started', async () => {
    const notifications = new Notifications(ignore)
    notifications.tell(notice([sh('trap "" TERM; echo $$ >> out; sleep 60 & wait')], { last: true }))
    await until(() => out().length === 1)
    await notifications.finish(fromMillis(100))
    const pid = out()[0] ?? ''
    await until(() => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')))
  })

  test('nothing is told after it', async () => {
    const notifications = new Notifications(ignore)
    await notifications.finish(fromSeconds(1))
    notifications.tell(notice([says('late')]))
    notifications.tell(notice([says('late')], { last: true }))
    await notifications.finish(fromSeconds(1))
    expect(out()).toEqual([])
  })
})
