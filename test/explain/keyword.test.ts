import { describe, expect, test } from 'vitest'
import { catalogue } from '../../src/config/catalogue.ts'
import { LINTS } from '../../src/config/lint/all.ts'
import { explainKeyword, listKeywords } from '../../src/explain/keyword.ts'

describe('explain KEYWORD', () => {
  test('priority: all places, its range, default, release and example', () => {
    const { kind, text } = explainKeyword('priority', 'vrrp_instance')
    expect(kind).toBe('known')
    expect(text.slice(0, text.indexOf('priority, in vrrp_instance virtual_r'))).toBe(
      `priority, in vrrp_instance:
  who wins; 255 owns the addresses
  grammar   priority <uint 1..255>
  range     1..255
  default   100
  since     1.0.0
  build     VRRP
  example   priority 150
  acted on  yes

`,
    )
  })

  test('weight: every block that has it is shown, those of one meaning together', () => {
    const { text } = explainKeyword('weight')
    const places = catalogue().filter(({ keyword }) => keyword === 'weight')
    for (const { path } of places) expect(text).toContain(`in ${path.join(' ')}`)
    const checker = explainKeyword('connect_port').text
    expect(checker).toContain('in virtual_server real_server TCP_CHECK')
    expect(checker.split('grammar').length - 1).toBeLessThan(catalogue().filter(({ keyword }) => keyword === 'connect_port').length)
  })

  test('label of virtual_ipaddress and include, which no table of blocks holds, are explained too', () => {
    expect(explainKeyword('label').text).toContain('label, in static_ipaddress')
    expect(explainKeyword('include').text).toContain('include, anywhere')
  })

  test.each([
    { word: 'noprempt', nearest: 'nopreempt' },
    { word: 'prioirty', nearest: 'priority' },
    { word: 'virtual_routerid', nearest: 'virtual_router_id' },
    { word: 'frobnicate_all_of_it', nearest: undefined },
  ])('a typo: $word is near $nearest', ({ word, nearest }) => {
    expect(explainKeyword(word)).toMatchObject({ kind: 'unknown', nearest })
  })

  test('a block without the word names the places that have it', () => {
    expect(explainKeyword('nopreempt', 'real_server')).toMatchObject({
      kind: 'unknown',
      text: 'nopreempt does not occur in real_server; it stands in vrrp_instance\n',
    })
  })

  test.each(LINTS.map(({ code, summary }) => ({ code, summary })))(
    'lint-$code, the code of a finding, is explained',
    ({ code, summary }) => {
      expect(explainKeyword(`lint-${code}`)).toEqual({ kind: 'known', text: `lint-${code}, found by -t --lint:\n  ${summary}\n` })
    },
  )

  test('--list has one line for each entry of the tables', () => {
    expect(listKeywords().split('\n').length - 1).toBe(catalogue().length)
    expect(listKeywords('authentication')).toBe(
      'vrrp_instance/authentication auth_type: kind of authentication\nvrrp_instance/authentication auth_pass: the shared word; eight bytes count\n',
    )
  })
})
