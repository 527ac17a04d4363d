import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeComments, stripComment } from '../../src/config/comments.ts'
import { loadWhole } from '../../src/config/load.ts'
import { printConfiguration } from '../../src/config/print-config.ts'
import { MAIN, readerOf } from '../support/config-files.ts'

const print = (text: string, files: Readonly<Record<string, string>> = {}): string =>
  printConfiguration(loadWhole(MAIN, readerOf({ [MAIN]: text, ...files }), { configId: 'lb1', allChecks: false, test: true }).lines.all())
/** Without the defaults. */
const said = (text: string, files?: Readonly<Record<string, string>>): string => print(text, files).replace(/^ *# .*\n/gm, '')

describe('the configuration as understood', () => {
  test.each([
    {
      name: 'blocks are indented',
      text: 'vrrp_sync_group G { group { A\nB } }',
      printed: 'vrrp_sync_group G {\n  group {\n    A\n    B\n  }\n}\n',
    },
    { name: 'comments are gone', text: 'instance a # name\n! all\n', printed: 'instance a\n' },
    { name: '@ conditions are done', text: '@lb1 instance a\n@lb2 instance b\n', printed: 'instance a\n' },
    { name: 'definitions are replaced', text: '$N=web\ninstance $N\n', printed: 'instance web\n' },
    { name: 'sequences are unfolded', text: '~SEQ(N, 1, 2) instance a$N\n', printed: 'instance a1\ninstance a2\n' },
    { name: 'a kept ! is escaped again', text: 'instance a\\!b\n', printed: 'instance a\\!b\n' },
    { name: 'a # in quotes stays', text: 'instance "a#b"\n', printed: 'instance "a#b"\n' },
    { name: 'what looks like a definition is quoted', text: '$A=$B=5\n$A\n', printed: '"$B=5"\n' },
    { name: 'a missing brace at the end stays missing', text: 'global_defs {\nrouter_id a\n', printed: 'global_defs {\n  router_id a\n' },
    { name: 'a brace that opens nothing stands alone', text: '{\n}\n', printed: '{\n}\n' },
  ])('$name', ({ text, printed }) => {
    expect(said(text)).toBe(printed)
  })

  test('include is replaced by what the file says', () => {
    expect(said('include /etc/keepalived/a.conf\n', { '/etc/keepalived/a.conf': 'instance a\n' })).toBe('instance a\n')
  })

  test('defaults of words that were not written stand at the end of their block, as comments', () => {
    const text = print('vrrp_instance A {\npriority 150\n}\n')
    expect(text).toContain('\n  # state: BACKUP\n')
    expect(text).not.toContain('# priority')
  })
})

test('a text without its comment is given back by escapeComments and stripComment', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '#', '!', '"', '\\', '{') }), (line) => {
      const { text, unterminated } = stripComment(line)
      if (unterminated) return
      expect(stripComment(escapeComments(text)).text).toBe(text)
    }),
    { numRuns: 2000 },
  )
})
