import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { FileBytes } from '../../src/config/reader.ts'
import { hostReader } from '../../src/process/config-reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-reader-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, mode = 0o644): string => {
  const path = join(folder, name)
  writeFileSync(path, 'router_id x\n')
  chmodSync(path, mode)
  return path
}
mkdirSync(join(folder, 'd'))
const reader = hostReader()

describe('files of the host', () => {
  test('a readable file gives its bytes', () => {
    expect(reader.readFile(file('a.conf'))).toMatchObject({ ok: true, value: Buffer.from('router_id x\n') })
  })

  test.each([
    { name: 'a folder', path: () => join(folder, 'd'), error: 'directory' },
    { name: 'a path that leads nowhere', path: () => join(folder, 'none'), error: 'missing' },
    { name: 'an executable file', path: () => file('run.conf', 0o755), error: 'executable' },
    { name: 'a device', path: () => '/dev/null', error: 'not-regular' },
  ])('$name is $error', ({ path, error }) => {
    expect(reader.readFile(path())).toEqual({ ok: false, error })
  })

  test('a large file is read into what was kept of an earlier reading, if it fits, and else anew', () => {
    const path = join(folder, 'large.conf')
    const read = (text: string, spare?: FileBytes): FileBytes => {
      writeFileSync(path, text)
      const content = reader.readFile(path, spare)
      if (!content.ok) throw new Error(content.error)
      expect(content.value.toString()).toBe(text)
      return content.value
    }
    const first = read('a'.repeat(100_000))
    const second = read('b'.repeat(100_001))
    const third = read('c'.repeat(70_000), first)
    expect([third.buffer === first.buffer, second.buffer === first.buffer]).toEqual([true, false])
    // A shorter one leaves its room as it was.
    expect(read('d'.repeat(100_002), third).buffer).toBe(first.buffer)
    expect(second.toString()).toBe('b'.repeat(100_001))
    expect(read('e'.repeat(300_000), first).buffer).not.toBe(first.buffer)
  })

  test('a pattern finds files in order', () => {
    file('g2.cnf')
    file('g1.cnf')
    expect(reader.glob(join(folder, '*.cnf')).paths).toEqual([join(folder, 'g1.cnf'), join(folder, 'g2.cnf')])
  })

  test('a relative path starts from its folder', () => {
    expect(reader.absolute('x.conf', '/etc/keepalived')).toBe('/etc/keepalived/x.conf')
    expect(reader.absolute('/x.conf', '/etc/keepalived')).toBe('/x.conf')
  })
})

describe('scripts of the host', () => {
  test('one is found by its path, if it may be run', () => {
    expect(reader.script(file('s', 0o755))).toMatchObject({ kind: 'found' })
    expect(reader.script(join(folder, 'none')).kind).toBe('missing')
    expect(reader.script(join(folder, 'd')).kind).toBe('not-executable')
  })

  test('one is found by its name in PATH', () => {
    expect(reader.script('sh')).toMatchObject({ kind: 'found' })
    expect(reader.script('no-such-command-here').kind).toBe('missing')
  })

  test('where anybody may write, or a link leads, it is not secure', () => {
    const path = file('t', 0o777)
    symlinkSync(path, join(folder, 'link'))
    expect(reader.script(path)).toMatchObject({ secure: false })
    expect(reader.script(join(folder, 'link'))).toMatchObject({ secure: false, realSecure: false })
  })

  test('enable_script_security: a link on the way (/bin is one) counts for nobody but use_symlink_paths', () => {
    symlinkSync('/usr/bin/true', join(folder, 'true'))
    expect(reader.script(join(folder, 'true'))).toMatchObject({ real: realpathSync('/usr/bin/true'), secure: false, realSecure: true })
  })
})

test('links, users and groups of this host are known, others are not', () => {
  expect([reader.interfaceExists('lo'), reader.interfaceMulticast('lo')]).toEqual([true, false])
  expect([reader.interfaceExists('nope99'), reader.interfaceMulticast('nope99')]).toEqual([false, undefined])
  expect([reader.userExists('root'), reader.userExists('no-such-user')]).toEqual([true, false])
  expect([reader.groupExists('root'), reader.groupExists('no-such-group')]).toEqual([true, false])
})

describe('host names', () => {
  test('smtp_server: asked of the resolver where a verdict is wanted', () => {
    const asking = hostReader({ resolves: true })
    expect(asking.hostResolves('localhost')).toBe(true)
    // A name that no resolver sends on: it is longer than DNS allows.
    expect(asking.hostResolves(`${'a'.repeat(70)}.invalid`)).toBe(false)
    expect(asking.hostResolves('--help')).toBe(false)
  })

  test('a daemon does not wait for DNS', () => {
    expect(reader.hostResolves('localhost')).toBeUndefined()
  })
})

test('iproute_usr_dir and iproute_etc_dir: routing names stand there, and the second overrides the first', () => {
  for (const [place, text] of [
    ['usr', '7 seven\n0x8 eight\n'],
    ['etc', '# ours\n9 eight\n'],
  ] as const) {
    mkdirSync(join(folder, place))
    writeFileSync(join(folder, place, 'rt_tables'), text)
  }
  const folders = { usr: join(folder, 'usr'), etc: join(folder, 'etc') }
  const numbers = ['seven', 'eight', 'main'].map((name) => reader.routingName('table', name, folders))
  expect(numbers).toEqual([7, 9, undefined])
})
