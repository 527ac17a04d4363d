import { describe, expect, test } from 'vitest'
import { printSource } from '../../src/config/print-source.ts'
import { withoutSecrets } from '../../src/config/secrets.ts'
import { loadText } from '../support/config-files.ts'

describe('AUT-22 a line that people see', () => {
  test.each([
    ['    auth_pass 1111', '    auth_pass ****'],
    ['\tauth_pass\t"two words"  ', '\tauth_pass\t***********  '],
    ['auth_pass "open', 'auth_pass *****'],
    ['authentication { auth_type PASS auth_pass secret }', 'authentication { auth_type PASS auth_pass ****** }'],
    ['  key 1 hex:0001', '  key 1 ********'],
    ['key 12 "a key as text"', 'key 12 ***************'],
    ['password geheim', 'password ******'],
  ])('%j becomes %j', (line, shown) => {
    expect(withoutSecrets(line)).toBe(shown)
  })

  test.each(['key 1 file:/etc/keepalived/key', 'key /etc/ssl/key.pem', 'auth_pass', 'auth_type PASS', 'my_auth_pass x', 'interface eth0'])(
    '%j stays',
    (line) => {
      expect(withoutSecrets(line)).toBe(line)
    },
  )

  test('a finding about a password or key shows its line without it, also where a definition made it', () => {
    const text = `$SECRET=verborgenes
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    authentication {
        auth_type PASS
        auth_pass geheimnisvoll
        auth_pass $SECRET
    }
    auth_hmac {
        key 1 hex:deadbeef
    }
    virtual_ipaddress {
        192.0.2.10
    }
}
`
    const { diagnostics } = loadText(text)
    const shown = printSource(diagnostics, (_, line) => text.split('\n')[line - 1])
    expect(shown).toContain('auth_pass *************\n')
    expect(shown).toContain('read as: auth_pass ***********')
    expect(shown).toContain('key 1 ************')
    expect(shown).not.toMatch(/geheim|verborgen|deadbeef/)
    expect(JSON.stringify(diagnostics)).not.toMatch(/geheim|verborgen|deadbeef/)
  })
})
