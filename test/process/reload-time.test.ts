import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ReloadTimer, reloadTime } from '../../src/process/reload-time.ts'

describe('reload_time_file holds a time to come', () => {
  const now = new Date(2026, 10, 21, 15, 42, 20)
  test.each([
    { text: '15:42:21\n', at: new Date(2026, 10, 21, 15, 42, 21) },
    { text: '15:42:20', at: new Date(2026, 10, 22, 15, 42, 20) },
    { text: '03:00:00', at: new Date(2026, 10, 22, 3, 0, 0) },
    { text: '26-12-31 23:59:59', at: new Date(2026, 11, 31, 23, 59, 59) },
    { text: '2027-01-02 03:04:05', at: new Date(2027, 0, 2, 3, 4, 5) },
    { text: '2027-01-02 03:04:05Z', at: new Date(Date.UTC(2027, 0, 2, 3, 4, 5)) },
  ])('$text', ({ text, at }) => expect(reloadTime(text, now)).toEqual(at))

  test('with a Z alone it is the next such time of UTC', () => {
    const at = reloadTime('00:00:00Z', now)
    expect(at?.getTime()).toBe(Date.UTC(2026, 10, 22))
  })

  test.each([
    '',
    'soon',
    '24:00:00',
    '12:60:00',
    '2026-11-21 15:42:20',
    '2026-02-30 00:00:00',
    '2027-13-01 00:00:00',
    '1:02:03',
    '12:00:00 Z',
  ])('%o is none', (text) => expect(reloadTime(text, now)).toBeUndefined())
})

describe('a timed reload', () => {
  let folder = ''
  let path = ''
  const lines: string[] = []
  let reloads = 0
  let timer: ReloadTimer
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reload-time-'))
    path = join(folder, 'time')
    reloads = 0
    lines.length = 0
    timer = new ReloadTimer({ say: (_level, text) => void lines.push(text), detail: () => undefined }, () => void reloads++)
  })
  afterEach(() => {
    timer.close()
    rmSync(folder, { recursive: true })
  })
  /** The next second but one, as UTC. */
  const soon = (): string => `${new Date(Date.now() + 1_500).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  test('is said, comes when its time comes, and takes its file away', async () => {
    writeFileSync(path, soon())
    timer.use({ path, repeat: false })
    expect(lines).toEqual([expect.stringMatching(/^Scheduling reload for \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)])
    await until(() => reloads > 0)
    expect(existsSync(path)).toBe(false)
  })

  test('reload_repeat leaves the file, for the same time of the next day', async () => {
    writeFileSync(path, soon().slice(11))
    timer.use({ path, repeat: true })
    await until(() => reloads > 0)
    expect(existsSync(path)).toBe(true)
    expect(lines).toHaveLength(2)
    expect(reloads).toBe(1)
  })

  test('follows what the file says later, and that it is gone', async () => {
    timer.use({ path, repeat: false })
    expect(lines).toEqual([])
    writeFileSync(path, '2098-01-02 03:04:05')
    await until(() => lines.length > 0)
    expect(lines).toEqual(['Scheduling reload for 2098-01-02 03:04:05'])
    rmSync(path)
    writeFileSync(join(folder, 'other'), soon())
    writeFileSync(path, 'tomorrow')
    await until(() => lines.some((line) => line.includes('is no time to come')))
    expect(reloads).toBe(0)
  })
})
