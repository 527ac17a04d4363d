import { describe, expect, test } from 'vitest'
import type { AgentConfig } from '../../../src/config/agent-config.ts'
import { load } from '../../../src/config/load.ts'
import type { AuthHmac } from '../../../src/core/vrrp/config.ts'
import { host } from '../../support/config-text.ts'

const HEX = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const TEXT = 'a key as text, of 32 to 64 bytes'
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const counted = Uint8Array.from({ length: 32 }, (_, at) => at)

/** What becomes of an instance with this block, and these lines before it. */
function read(lines: readonly string[], { before = [] as readonly string[], files = {} as Readonly<Record<string, Uint8Array>> } = {}) {
  const text = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    version 3
    ${before.join('\n    ')}
    auth_hmac {
        ${lines.join('\n        ')}
    }
    virtual_ipaddress {
        192.0.2.10
    }
}`
  const reader = {
    ...host,
    glob: (path: string) => ({ paths: [path], missingAlternatives: [], folderExists: true }),
    exists: (path: string) => path in files,
    readFile: (path: string) => {
      const value = path === '/etc/keepalived.conf' ? encode(text) : files[path]
      return value === undefined ? ({ ok: false, error: 'missing' } as const) : ({ ok: true, value } as const)
    },
  }
  const config: AgentConfig = load('/etc/keepalived.conf', reader, { configId: undefined, allChecks: false, test: true })
  const instance = config.vrrp?.instances[0]
  if (instance === undefined) throw new Error(JSON.stringify(config.diagnostics))
  const hmac: AuthHmac | undefined = instance.authHmac
  return { hmac, instance, config, codes: config.diagnostics.map(({ code }) => code) }
}

describe('auth_hmac', () => {
  test('a key and its number suffice: enforce, by time, within five seconds', () => {
    const { hmac, codes, config } = read([`key 1 hex:${HEX}`, 'active_key 1'])
    const key = { id: 1, secret: counted }
    expect(hmac).toEqual({ keys: [key], activeKey: key, mode: 'enforce', antiReplay: 'time', timeWindow: 5_000_000 })
    expect(codes).toEqual([])
    expect(config.notActedOn).toEqual([])
  })

  test('all that can be said', () => {
    const lines = [`key 1 hex:${HEX}`, `key 7 "${TEXT}"`, 'active_key 7', 'time_window 30', 'anti_replay monotonic', 'mode permissive']
    const { hmac, codes } = read(lines)
    expect(hmac).toMatchObject({
      activeKey: { id: 7, secret: encode(TEXT) },
      mode: 'permissive',
      antiReplay: 'monotonic',
      timeWindow: 30_000_000,
    })
    expect(hmac?.keys.map(({ id }) => id)).toEqual([1, 7])
    expect(codes).toEqual([])
  })

  test.each([
    ['0.5', 5],
    ['2.5', 7.5],
    ['40', 120],
  ])('AUT-17 time_window is three intervals of %s s, at least 5 s: %d', (interval, window) => {
    expect(read([`key 1 hex:${HEX}`, 'active_key 1'], { before: [`advert_int ${interval}`] }).hmac?.timeWindow).toBe(window * 1e6)
  })

  test.each([
    { name: 'bytes', content: counted },
    { name: 'text with a newline at its end', content: encode(`${TEXT}\n`), secret: encode(TEXT) },
    { name: 'hex: with a newline at its end', content: encode(`hex:${HEX}\n`) },
  ])('AUT-20 file: holds $name', ({ content, secret = counted }) => {
    const { hmac, codes } = read(['key 1 file:/etc/key', 'active_key 1'], { files: { '/etc/key': content } })
    expect(hmac?.activeKey.secret).toEqual(secret)
    expect(codes).toEqual([])
  })

  test.each([
    { name: 'no active_key', lines: [`key 1 hex:${HEX}`], codes: ['hmac-active-key'] },
    { name: 'an active_key that is no key', lines: [`key 1 hex:${HEX}`, 'active_key 2'], codes: ['hmac-active-key'] },
    { name: 'no key', lines: ['active_key 1'], codes: ['hmac-active-key'] },
    { name: 'a key that is too short', lines: ['key 1 short', 'active_key 1'], codes: ['bad-key', 'hmac-active-key'] },
    {
      name: 'a key that is not hexadecimal',
      lines: [`key 1 hex:${'zz'.repeat(32)}`, 'active_key 1'],
      codes: ['bad-key', 'hmac-active-key'],
    },
    { name: 'a file that is not there', lines: ['key 1 file:/nowhere', 'active_key 1'], codes: ['bad-key', 'hmac-active-key'] },
  ])('is dropped with $name, and that is said', ({ lines, codes }) => {
    const outcome = read(lines)
    expect(outcome.hmac).toBeUndefined()
    expect(outcome.codes).toEqual(codes)
  })

  test.each([
    { name: 'too short', content: counted.subarray(0, 31) },
    { name: 'too long', content: new Uint8Array(65).fill(65) },
    { name: 'half a byte', content: encode(`hex:${HEX}0`) },
    { name: 'too long in hexadecimal', content: encode(`hex:${HEX}${HEX}00`) },
    { name: 'endless', content: new Uint8Array(100_000).fill(65) },
  ])('a file whose key is $name is refused, and the other key works on', ({ content }) => {
    const lines = ['key 1 file:/etc/key', `key 2 hex:${HEX}`, 'active_key 2']
    const { hmac, codes } = read(lines, { files: { '/etc/key': content } })
    expect(hmac?.keys.map(({ id }) => id)).toEqual([2])
    expect(codes).toEqual(['hmac-key'])
  })

  test('strict mode enforces it', () => {
    const { hmac, codes } = read([`key 1 hex:${HEX}`, 'active_key 1', 'mode permissive'], { before: ['strict_mode'] })
    expect(hmac?.mode).toBe('enforce')
    expect(codes).toContain('hmac-strict')
  })

  test('AUT-22 no finding tells a key', () => {
    const { config } = read([`key 1 hex:${HEX}00zz`, 'key 2 tooshort', 'active_key 3'])
    expect(config.diagnostics.length).toBeGreaterThanOrEqual(3)
    expect(JSON.stringify(config.diagnostics)).not.toMatch(/0001020304|tooshort/)
  })
})
