import { describe, expect, test } from 'vitest'
import type { AgentConfig } from '../../../src/config/agent-config.ts'
import { load } from '../../../src/config/load.ts'
import type { Authentication, InstanceConfig } from '../../../src/core/vrrp/config.ts'
import { host } from '../../support/config-text.ts'

/** What becomes of an instance with these lines. */
function read(...lines: readonly string[]): {
  readonly instance: InstanceConfig
  readonly codes: readonly string[]
  readonly config: AgentConfig
} {
  const text = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    ${lines.join('\n    ')}
    ${lines.some((line) => line.startsWith('virtual_ipaddress')) ? '' : 'virtual_ipaddress { \n 192.0.2.10 \n }'}
}`
  const reader = {
    ...host,
    glob: (path: string) => ({ paths: [path], missingAlternatives: [], folderExists: true }),
    readFile: () => ({ ok: true, value: new TextEncoder().encode(text) }) as const,
  }
  const config = load('/etc/keepalived.conf', reader, { configId: undefined, allChecks: false, test: true })
  const instance = config.vrrp?.instances[0]
  if (instance === undefined) throw new Error(JSON.stringify(config.diagnostics))
  return { instance, codes: config.diagnostics.map(({ code }) => code), config }
}

const block = (type: string, password?: string): string =>
  `authentication {\n auth_type ${type}\n ${password === undefined ? '' : `auth_pass ${password}`}\n }`
const withPassword = (kind: 'PASS' | 'AH', password: string): Authentication => ({ kind, password: new TextEncoder().encode(password) })
const NONE: Authentication = { kind: 'none' }

describe('authentication', () => {
  test('the sample of every manual: auth_type PASS, auth_pass 1111', () => {
    const { instance, codes, config } = read(block('PASS', '1111'))
    expect(instance.authentication).toEqual(withPassword('PASS', '1111'))
    expect(codes).toEqual([])
    expect(config.notActedOn).toEqual([])
  })

  test('AH', () => {
    expect(read(block('AH', 'secret')).instance.authentication).toEqual(withPassword('AH', 'secret'))
  })

  test('AUT-01 a longer auth_pass is cut to eight bytes, and that is said', () => {
    const { instance, codes } = read(block('PASS', 'secretlongpw'))
    expect(instance.authentication).toEqual(withPassword('PASS', 'secretlo'))
    expect(codes).toEqual(['truncated'])
  })

  test('AUT-01 eight bytes count, not eight characters', () => {
    const { instance, codes } = read(block('PASS', 'äöüß€'))
    expect(instance.authentication).toEqual({ kind: 'PASS', password: Uint8Array.from(Buffer.from('äöüß')) })
    expect(codes).toEqual(['truncated'])
  })

  test.each([
    { name: 'AUT-06 with version 3', lines: ['version 3', block('PASS', 'secret')], code: 'auth-version' },
    { name: 'AUT-06 with AH and version 3', lines: ['version 3', block('AH', 'secret')], code: 'auth-version' },
    { name: 'in strict mode', lines: ['strict_mode', block('PASS', 'secret')], code: 'auth-strict' },
    { name: 'without auth_pass', lines: [block('PASS')], code: 'auth-no-password' },
    { name: 'with an empty auth_pass', lines: [block('PASS', '""')], code: 'auth-no-password' },
    {
      name: 'with AH over IPv6',
      lines: ['version 2', block('AH', 'secret'), 'virtual_ipaddress { \n fe80::10 \n }'],
      code: 'auth-ah-ipv6',
    },
  ])('is dropped $name, and that is said', ({ lines, code }) => {
    const { instance, codes } = read(...lines)
    expect(instance.authentication).toEqual(NONE)
    expect(codes).toContain(code)
  })

  test('an unknown auth_type is none, and that is said', () => {
    const { instance, codes } = read(block('PAS', 'secret'))
    expect(instance.authentication).toEqual(NONE)
    expect(codes).toEqual(['bad-choice'])
  })

  test('auth_pass alone is none', () => {
    expect(read('authentication {\n auth_pass secret\n }').instance.authentication).toEqual(NONE)
  })

  test('AUT-12 AH is incompatible with state MASTER: it starts as BACKUP, and that is said', () => {
    const { instance, codes } = read('state MASTER', 'priority 100', block('AH', 'secret'))
    expect(instance).toMatchObject({ state: 'BACKUP', authentication: withPassword('AH', 'secret') })
    expect(codes).toEqual(['auth-master'])
  })

  test('AUT-22 no finding tells the password', () => {
    for (const lines of [['version 3'], ['strict_mode'], ['state MASTER']]) {
      const { config } = read(...lines, block('AH', 'geheimnis'))
      expect(config.diagnostics.length).toBeGreaterThan(0)
      expect(JSON.stringify(config.diagnostics)).not.toContain('geheim')
    }
  })
})
