import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dumpDirectory, stateDumpPath, writeDump } from '../../src/process/dump-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-dump-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a dump', () => {
  test('is whole, private, and leaves no other file', () => {
    const text = 'x'.repeat(100_000)
    expect(writeDump(folder, 'keepalived.json', text)).toEqual({ ok: true, value: undefined })
    expect(readFileSync(join(folder, 'keepalived.json'), 'utf8')).toBe(text)
    expect(statSync(join(folder, 'keepalived.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['keepalived.json'])
  })

  test('replaces a planted link instead of following it (CVE-2018-19044)', () => {
    writeFileSync(join(folder, 'target'), 'precious')
    symlinkSync(join(folder, 'target'), join(folder, 'keepalived.data'))
    writeDump(folder, 'keepalived.data', 'new')
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious')
    expect(readFileSync(join(folder, 'keepalived.data'), 'utf8')).toBe('new')
  })

  test('does not keep the mode or content of a file that was there (CVE-2018-19046)', () => {
    writeFileSync(join(folder, 'keepalived.data'), 'a longer text than the new one', { mode: 0o666 })
    writeDump(folder, 'keepalived.data', 'new')
    expect(readFileSync(join(folder, 'keepalived.data'), 'utf8')).toBe('new')
    expect(statSync(join(folder, 'keepalived.data')).mode & 0o777).toBe(0o600)
  })

  test('onto a directory is an error, and nothing is left behind', () => {
    mkdirSync(join(folder, 'keepalived.data'))
    expect(writeDump(folder, 'keepalived.data', 'new')).toEqual({ ok: false, error: 'EISDIR' })
    expect(readdirSync(folder)).toEqual(['keepalived.data'])
  })

  test('into a directory that does not exist is an error', () => {
    expect(writeDump(join(folder, 'none'), 'keepalived.data', 'new')).toEqual({ ok: false, error: 'ENOENT' })
  })

  test('passes through no name that an exporter would delete or read', async () => {
    const names = new Set<string>()
    const watcher = watch(folder, (_, name) => names.add(String(name)))
    writeDump(folder, 'keepalived.json', 'new')
    await expect.poll(() => names.has('keepalived.json')).toBe(true)
    watcher.close()
    expect([...names].filter((name) => name.startsWith('keepalived.json'))).toEqual(['keepalived.json'])
  })
})

describe('where dumps go', () => {
  test.each([
    { name: 'TMPDIR', environment: () => ({ TMPDIR: folder }), expected: () => folder },
    { name: '/tmp without TMPDIR', environment: () => ({}), expected: () => '/tmp' },
    { name: '/tmp if TMPDIR is relative', environment: () => ({ TMPDIR: 'tmp' }), expected: () => '/tmp' },
    { name: '/tmp if TMPDIR does not exist', environment: () => ({ TMPDIR: '/none/at/all' }), expected: () => '/tmp' },
    { name: '/tmp if TMPDIR is a file', environment: () => ({ TMPDIR: '/etc/passwd' }), expected: () => '/tmp' },
  ])('$name', ({ environment, expected }) => {
    expect(dumpDirectory(environment())).toBe(expected())
  })
})

describe('where the state is dumped', () => {
  const plain = { stateFile: undefined, label: '', mode: 0o600 }
  const roles = ['vrrp', 'checker', 'bfd', 'supervisor'] as const
  test.each([
    {
      name: 'without a word',
      settings: plain,
      is: ['/t/keepalived.data', '/t/keepalived_check.data', '/t/keepalived_bfd.data', '/t/keepalived_parent.data'],
    },
    {
      name: 'state_dump_file',
      settings: { ...plain, stateFile: '/run/a.b/state' },
      is: ['/run/a.b/state', '/run/a.b/state_check', '/run/a.b/state_bfd', '/run/a.b/state_parent'],
    },
    {
      name: 'state_dump_file without a folder',
      settings: { ...plain, stateFile: 'x.y.z' },
      is: ['/t/x.y.z', '/t/x.y_check.z', '/t/x.y_bfd.z', '/t/x.y_parent.z'],
    },
    {
      name: 'data_use_instance',
      settings: { ...plain, label: 'INST1' },
      is: ['/t/keepalived.INST1.data', '/t/keepalived_check.INST1.data', '/t/keepalived_bfd.INST1.data', '/t/keepalived_parent.INST1.data'],
    },
  ])('$name', ({ settings, is }) => expect(roles.map((role) => stateDumpPath(role, settings, '/t'))).toEqual(is))

  test('with umask it may be read by whom umask lets', () => {
    writeDump(folder, 'keepalived.data', 'new', 0o644)
    expect(statSync(join(folder, 'keepalived.data')).mode & 0o777).toBe(0o644)
  })
})
