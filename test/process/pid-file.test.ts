import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runningUnder, startedAt, statFields, writePidFile } from '../../src/process/pid-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-pid-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)

describe('writing', () => {
  test('the file holds the number and a newline and is readable for all, whatever the umask (S-F1)', () => {
    const umask = process.umask(0o077)
    const file = writePidFile(path('a.pid'), process.pid)
    process.umask(umask)
    expect(file.ok).toBe(true)
    expect(readFileSync(path('a.pid'), 'utf8')).toBe(`${process.pid}\n`)
    expect(statSync(path('a.pid')).mode & 0o777).toBe(0o644)
  })

  test('removing leaves a file alone that names somebody else by now', () => {
    const file = writePidFile(path('a.pid'), process.pid)
    writeFileSync(path('a.pid'), '1\n')
    if (file.ok) file.value.remove()
    expect(readFileSync(path('a.pid'), 'utf8')).toBe('1\n')
  })

  test.each([
    { name: 'a number nobody has', content: '4194305999\n' },
    { name: 'noise', content: 'rm -rf /\n' },
    { name: 'nothing', content: '' },
    { name: 'a negative number', content: '-1\n' },
    { name: 'a longer number than ours', content: '123456789012345678901234567890\n' },
  ])('a file with $name is taken over, whole', ({ content }) => {
    writeFileSync(path('a.pid'), content)
    expect(writePidFile(path('a.pid'), process.pid).ok).toBe(true)
    expect(readFileSync(path('a.pid'), 'utf8')).toBe(`${process.pid}\n`)
  })

  test('a symbolic link is refused and its target untouched (CVE-2018-19044)', () => {
    writeFileSync(path('target'), 'precious')
    symlinkSync(path('target'), path('a.pid'))
    expect(writePidFile(path('a.pid'), process.pid)).toEqual({ ok: false, error: { kind: 'unwritable', code: 'ELOOP' } })
    expect(readFileSync(path('target'), 'utf8')).toBe('precious')
  })

  test('a named pipe in its place is refused and holds nobody up', () => {
    execFileSync('mkfifo', [path('a.pid')])
    expect(runningUnder(path('a.pid'))).toBeUndefined()
    expect(writePidFile(path('a.pid'), process.pid)).toEqual({ ok: false, error: { kind: 'unwritable', code: 'not a file' } })
  })

  test('a folder that does not exist is named by its code', () => {
    expect(writePidFile(path('none/a.pid'), process.pid)).toEqual({ ok: false, error: { kind: 'unwritable', code: 'ENOENT' } })
  })
})

describe('who runs already', () => {
  test('a living process that wrote the file after it had started', () => {
    writeFileSync(path('a.pid'), `${process.ppid}\n`)
    expect(runningUnder(path('a.pid'))).toBe(process.ppid)
    expect(writePidFile(path('a.pid'), process.pid)).toEqual({ ok: false, error: { kind: 'running', pid: process.ppid } })
  })

  test('a number that was given to another process after the file was written is nobody', () => {
    writeFileSync(path('a.pid'), `${process.pid}\n`)
    const before = ((startedAt(process.pid) ?? 0) - 3_600_000) / 1000
    utimesSync(path('a.pid'), before, before)
    expect(runningUnder(path('a.pid'))).toBeUndefined()
  })

  test('no file, nobody', () => {
    expect(runningUnder(path('none.pid'))).toBeUndefined()
  })
})

test.each([
  { name: 'a plain name', stat: '42 (node) S 1 2 3', first: 'S' },
  { name: 'a name with spaces and parentheses', stat: '42 (a) R ) (b) S 1 2 3', first: 'S' },
])('fields of /proc/PID/stat after $name', ({ stat, first }) => {
  expect(statFields(stat)[0]).toBe(first)
})
