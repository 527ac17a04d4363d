import { describe, expect, test } from 'vitest'
import type { Parsed } from '../../../src/config/parsed.ts'
import { readCheck } from '../../support/config-text.ts'

/** Lines of a checker, which stand on lines 7 and following; its brace closes on the line behind them. */
const check = (kind: string, lines: string, before?: (parsed: Parsed) => void, server = '10.0.0.1 80') =>
  readCheck(
    `virtual_server ${server.includes('::') ? '2001:db8::5' : '192.0.2.1'} 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server ${server} {\n${kind} {\n${lines}\n}\n}\n}`,
    before,
  )
const first = (read: ReturnType<typeof readCheck>) => read.config.virtualServers[0]?.realServers[0]?.checkers[0]
const draft = (read: ReturnType<typeof readCheck>) => read.parsed.check.virtualServers[0]?.real_server[0]?.checkers[0]

describe('TCP_CHECK', () => {
  test('connects to its server within 5 s, every 60 s, retrying once after 1 s', () => {
    expect(first(check('TCP_CHECK', ''))).toEqual({
      kind: 'TCP_CHECK',
      target: {
        address: '10.0.0.1',
        port: 80,
        bindto: undefined,
        bindPort: undefined,
        bindIf: undefined,
        fwmark: 0,
        connectTimeout: 5_000_000,
      },
      delayLoop: 60_000_000,
      warmup: 60_000_000,
      retry: 1,
      delayBeforeRetry: 1_000_000,
      alpha: false,
      logAllFailures: false,
    })
  })

  test('connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark', () => {
    const read = check(
      'TCP_CHECK',
      'connect_ip 10.0.0.2\nconnect_port 8080\nbindto 10.0.0.3\nbind_port 1025\nbind_if eth0\nconnect_timeout 1.5\nfwmark 7',
    )
    expect(read.codes).toEqual([])
    expect(first(read)).toMatchObject({
      target: { address: '10.0.0.2', port: 8080, bindto: '10.0.0.3', bindPort: 1025, bindIf: 'eth0', fwmark: 7, connectTimeout: 1_500_000 },
    })
  })

  test('retry delay_before_retry warmup delay_loop alpha log_all_failures', () => {
    const read = check('TCP_CHECK', 'retry 0\ndelay_before_retry 0\nwarmup 0\ndelay_loop 0.5\nalpha\nlog_all_failures on')
    expect(read.codes).toEqual([])
    expect(first(read)).toMatchObject({ retry: 0, delayBeforeRetry: 0, warmup: 0, delayLoop: 500_000, alpha: true, logAllFailures: true })
  })

  test('connect_ip may be of the other family, and its prefix is cut off', () => {
    expect(first(check('TCP_CHECK', 'connect_ip 2001:db8::9/64'))).toMatchObject({ target: { address: '2001:db8::9' } })
  })
})

const CONNECTING = ['TCP_CHECK', 'HTTP_GET', 'SSL_GET', 'SMTP_CHECK', 'DNS_CHECK', 'UDP_CHECK', 'PING_CHECK']
describe.each(CONNECTING)('the connection of %s', (kind) => {
  const url = kind.endsWith('GET') ? '\nurl { path / }' : ''

  test.each([
    ['connect_ip of no address', 'connect_ip 10.0.0.999', ['7 checker-address']],
    ['connect_port 0', 'connect_port 0', ['7 invalid-number']],
    ['bind_port 65536', 'bind_port 65536', ['7 invalid-number']],
    ['bindto of another family than connect_ip', 'connect_ip 10.0.0.2\nbindto 2001:db8::9', ['8 checker-family']],
    ['connect_ip of another family than bindto', 'bindto 10.0.0.2\nconnect_ip 2001:db8::1', ['8 checker-family']],
    ['bind_if of 16 bytes', 'bind_if abcdefghijklmnop', ['7 interface-name']],
    ['fwmark in hexadecimal', 'fwmark 0x10', ['7 invalid-number']],
    ['connect_timeout 0', 'connect_timeout 0', ['7 timer']],
    ['retry -1', 'retry -1', ['7 invalid-number']],
    ['warmup 1e3', 'warmup 1e3', ['7 timer']],
    ['alpha extra', 'alpha extra', ['7 bad-boolean']],
    ['log_all_failures maybe', 'log_all_failures maybe', ['7 bad-boolean']],
    ['an unknown word', 'connet_timeout 3', ['7 unknown-keyword']],
  ])('%s is told and the check stays', (_name, lines, codes) => {
    const read = check(kind, lines + url)
    expect(read.codes).toEqual(codes)
    expect(draft(read)?.kind).toBe(kind)
  })

  test('a link-local destination needs bind_if', () => {
    expect(check(kind, `retry 1${url}`, undefined, 'fe80::1 80').codes).toEqual([
      url === '' ? '8 checker-link-local' : '9 checker-link-local',
    ])
    expect(check(kind, `bind_if eth0${url}`, undefined, 'fe80::1 80').codes).toEqual([])
  })

  test.each([
    'connect_ip',
    'connect_port',
    'bindto',
    'bind_port',
    'bind_if',
    'connect_timeout',
    'fwmark',
    'retry',
    'delay_before_retry',
    'warmup',
    'delay_loop',
  ])('status 2 where %s has no argument', (keyword) => {
    expect(check(kind, keyword).stopped).toBe(true)
  })
})

test('bindto of another family than the real_server is told, but not in SMTP_CHECK', () => {
  expect(check('TCP_CHECK', 'bindto 2001:db8::9').codes).toEqual(['7 checker-family'])
  expect(check('SMTP_CHECK', 'bindto 2001:db8::9').codes).toEqual([])
})

describe('SMTP_CHECK', () => {
  test('helo_name; the words inside the old host act on the checker', () => {
    const read = check('SMTP_CHECK', 'helo_name a\nhost {\nconnect_ip 10.0.0.2\nconnect_port 26\n}')
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({ helo_name: 'a', connect_ip: '10.0.0.2', connect_port: 26, hosts: 1 })
  })

  test('helo_name without a name is told', () => {
    expect(check('SMTP_CHECK', 'helo_name').codes).toEqual(['7 missing-argument'])
  })
})

describe('DNS_CHECK', () => {
  test('name may end with the dot of the root', () => {
    expect(check('DNS_CHECK', 'name example.org.').codes).toEqual([])
    expect(check('DNS_CHECK', `name ${'a'.repeat(63)}.org`).codes).toEqual([])
  })

  test('type in any case, and name', () => {
    const read = check('DNS_CHECK', 'type a\nname example.com')
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({ type: 'A', name: 'example.com' })
  })

  test.each([
    ['type PTR', 'type PTR', ['7 dns-type']],
    ['a name with an empty label', 'name -bad-.example..com', ['7 dns-name']],
    ['a name with two dots at the end', 'name a.b..', ['7 dns-name']],
    ['a label of 64 bytes', `name ${'a'.repeat(64)}`, ['7 dns-name']],
    ['a second name', 'name .\nname b', ['8 dns-name']],
  ])('%s is ignored', (_name, lines, codes) => {
    expect(check('DNS_CHECK', lines).codes).toEqual(codes)
  })

  test.each(['type', 'name'])('status 2 where %s has no argument', (keyword) => {
    expect(check('DNS_CHECK', keyword).stopped).toBe(true)
  })
})

describe('UDP_CHECK', () => {
  test('payload, require_reply, min_reply_length and max_reply_length', () => {
    const read = check('UDP_CHECK', 'payload 00ff 1a\nrequire_reply 00 xx\nmin_reply_length 2\nmax_reply_length 10')
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({ payload: '00ff1a', require_reply: '00xx', min_reply_length: 2, max_reply_length: 10 })
  })

  test.each([
    ['payload without data', 'payload', ['7 missing-argument']],
    ['payload with 0x', 'payload 0x00', ['7 udp-hex']],
    ['require_reply gg', 'require_reply gg', ['7 udp-hex']],
    ['min_reply_length 65536', 'min_reply_length 65536', ['7 invalid-number']],
    ['min_reply_length above max_reply_length', 'require_reply\nmin_reply_length 5\nmax_reply_length 4', ['10 udp-limits']],
  ])('%s is told', (_name, lines, codes) => {
    expect(check('UDP_CHECK', lines).codes).toEqual(codes)
  })

  test('without a reply the limits mean nothing', () => {
    expect(check('UDP_CHECK', 'min_reply_length 5\nmax_reply_length 4').codes).toEqual([])
  })
})

describe('MISC_CHECK', () => {
  test('misc_path, misc_timeout, misc_dynamic and user', () => {
    const read = check('MISC_CHECK', 'misc_path "/x a b"\nmisc_timeout 5\nmisc_dynamic\nuser root root\nretry 2\nalpha')
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({
      misc_path: { argv: ['/x', 'a', 'b'] },
      misc_timeout: 5,
      misc_dynamic: true,
      user: { user: 'root', group: 'root' },
      retry: 2,
      alpha: true,
    })
  })

  test.each([
    ['without misc_path', 'misc_timeout 5', ['8 misc-path']],
    ['with a bare misc_path', 'misc_path', ['8 misc-path']],
    ['with an unknown user, told once', 'misc_path /x\nuser nosuchuser\nuser nosuchtoo', ['8 misc-user']],
  ])('is skipped %s', (_name, lines, codes) => {
    const read = check('MISC_CHECK', lines)
    expect(read.codes).toEqual(codes)
    expect(draft(read)).toBeUndefined()
  })

  test('with enable_script_security and nobody to run it the script is removed', () => {
    const secure = ({ global }: Parsed): void => void Object.assign(global, { enable_script_security: true })
    expect(check('MISC_CHECK', 'misc_path /x', secure).codes).toEqual(['8 misc-user'])
    expect(check('MISC_CHECK', 'misc_path /x\nuser root', secure).codes).toEqual([])
  })

  test('user without a name, misc_timeout 4295', () => {
    expect(check('MISC_CHECK', 'misc_path /x\nuser\nmisc_timeout 4295').codes).toEqual(['8 misc-user', '9 invalid-number'])
  })
})

describe('FILE_CHECK', () => {
  const file = (parsed: Parsed): void => void parsed.check.trackFiles.set('f', {} as never)

  test('track_file, weight and reverse', () => {
    const read = check('FILE_CHECK', 'track_file f\nweight -2147483647 reverse', file)
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({ track_file: 'f', weight: -2_147_483_647, reverse: true })
  })

  test.each([
    ['weight 2147483648', 'track_file f\nweight 2147483648', ['8 file-weight']],
    ['weight 5 bogus', 'track_file f\nweight 5 bogus', ['8 file-weight']],
    ['weight alone', 'track_file f\nweight', ['8 missing-argument']],
    ['a track_file that is not defined before', 'track_file nope', ['7 track-file-unknown', '8 file-check']],
  ])('%s is told', (_name, lines, codes) => {
    expect(check('FILE_CHECK', lines, file).codes).toEqual(codes)
  })
})

describe('BFD_CHECK', () => {
  const session = (parsed: Parsed): void => void parsed.check.bfds.set('b', {} as never)

  test('name and alpha', () => {
    const read = check('BFD_CHECK', 'name b\nalpha', session)
    expect(read.codes).toEqual([])
    expect(draft(read)).toMatchObject({ name: 'b', alpha: true })
  })

  test.each([
    ['no name', 'alpha', ['8 bfd-check']],
    ['a bare name', 'name', ['7 bfd-name']],
    ['two names in a line', 'name b c', ['7 bfd-name']],
    ['an unknown session, and nothing more of it', 'name nope\nname b\nname', ['7 bfd-name']],
  ])('is skipped with %s', (_name, lines, codes) => {
    const read = check('BFD_CHECK', lines, session)
    expect(read.codes).toEqual(codes)
    expect(draft(read)).toBeUndefined()
  })
})

test('BFD_CHECK names its server as the log does', () => {
  expect(check('BFD_CHECK', 'name nope').findings[0]?.message).toBe('([10.0.0.1]:tcp:80) BFD_CHECK - BFD nope not configured')
})
