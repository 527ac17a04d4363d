import { describe, expect, test } from 'vitest'
import { printSource, sourceOf } from '../../src/config/print-source.ts'
import { loadText } from '../support/config-files.ts'

function shown(text: string, files: Readonly<Record<string, string>> = {}): string {
  const all: Readonly<Record<string, string>> = { '/etc/keepalived/keepalived.conf': text, ...files }
  return printSource(
    loadText(text, { files }).diagnostics,
    sourceOf((file) => all[file]),
  ).replaceAll('/etc/keepalived/', '')
}

describe('findings for people', () => {
  test('a typo has its line, a caret under the word, and the nearest keyword', () => {
    expect(shown('global_defs {\n\trouter_idd lb1\n}\n')).toBe(`error[unknown-keyword] keepalived.conf:2:2: unknown keyword 'router_idd'
 2 | \trouter_idd lb1
   | \t^^^^^^^^^^
  = did you mean router_id?
`)
  })

  test('the caret stands under the wrong argument, not under the keyword', () => {
    expect(shown('child_wait_time many\n')).toContain(' 1 | child_wait_time many\n   |                 ^^^^\n')
  })

  test('a line of an included file names the include', () => {
    const text = shown('include /etc/keepalived/more.conf\n', { '/etc/keepalived/more.conf': 'child_wait_time many\n' })
    expect(text).toContain('error[invalid-number] more.conf:1:17')
    expect(text).toContain('  = by keepalived.conf, line 1\n')
  })

  test('a line that a definition made is shown as it was read', () => {
    const text = shown('$N=many\nchild_wait_time $N\n')
    expect(text).toContain(' 2 | child_wait_time $N\n')
    expect(text).toContain('  = read as: child_wait_time many\n')
  })

  test('a finding without a line has no excerpt', () => {
    const at = { file: 'k.conf', line: 0, column: 0 }
    const text = printSource([{ code: 'x', severity: 'none', at, message: 'm', expected: undefined }], () => 'text')
    expect(text).toBe('note[x] k.conf: m\n')
  })

  test('a file that is gone costs the excerpt only', () => {
    const at = { file: 'k.conf', line: 3, column: 1 }
    const text = printSource([{ code: 'x', severity: 'warning', at, message: 'm', expected: 'y' }], () => undefined)
    expect(text).toBe('warning[x] k.conf:3:1: m\n  = expected y\n')
  })
})
