import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ReloadMark } from '../../src/process/reload-mark.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reload-mark-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('reload_file is there as long as a reload runs', () => {
  const path = join(folder, 'mark')
  const mark = new ReloadMark()
  mark.set(path)
  expect(existsSync(path)).toBe(true)
  mark.clear()
  expect(existsSync(path)).toBe(false)
  mark.clear()
})

test('without reload_file, or where it cannot be, nothing happens; a link is not followed', () => {
  const mark = new ReloadMark()
  mark.set(undefined)
  mark.set(join(folder, 'no', 'mark'))
  writeFileSync(join(folder, 'precious'), 'precious')
  symlinkSync('precious', join(folder, 'mark'))
  mark.set(join(folder, 'mark'))
  mark.clear()
  expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('precious')
})
