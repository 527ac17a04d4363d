import { describe, expect, test } from 'vitest'
import type { Parsed } from '../../src/config/parsed.ts'
import { loadText } from '../support/config-files.ts'
import { readCheck } from '../support/config-text.ts'

const read = (checkers: string, before: (parsed: Parsed) => void = () => {}, virtualServer = '', server = '') =>
  readCheck(
    `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${virtualServer}\nreal_server 10.0.0.1 80 {\n${server}\n${checkers}\n}\n}`,
    before,
  )
const made = (...args: Parameters<typeof read>) => read(...args).config.virtualServers[0]?.realServers[0]?.checkers
const target = {
  address: '10.0.0.1',
  port: 80,
  connectTimeout: 5_000_000,
  fwmark: 0,
  bindto: undefined,
  bindPort: undefined,
  bindIf: undefined,
}
const every = (retry: number, delayBeforeRetry: number) => ({
  delayLoop: 60_000_000,
  warmup: 60_000_000,
  retry,
  delayBeforeRetry,
  alpha: false,
  logAllFailures: false,
})
const second = 1_000_000

describe('what a check is when nothing is said', () => {
  test.each([
    ['SMTP_CHECK', { target, heloName: 'smtpchecker.keepalived.org', ...every(1, second) }],
    ['DNS_CHECK', { target, type: 'SOA', name: '.', ...every(3, 60 * second) }],
    ['UDP_CHECK', { target, payload: undefined, reply: undefined, ...every(1, second) }],
    ['PING_CHECK', { target, ...every(1, second) }],
  ])('%s', (kind, rest) => {
    expect(made(`${kind} {\n}`)).toEqual([{ kind, ...rest }])
  })

  test('MISC_CHECK: no retry, the delay_loop of the virtual server as limit, run as whom we are', () => {
    const script = { argv: ['/x', 'a b', 'c'], runAs: undefined }
    const written = `MISC_CHECK {\nmisc_path "/x 'a b' c"\n}`
    const rest = { kind: 'MISC_CHECK', script, dynamic: false }
    expect(made(written)).toEqual([{ ...rest, timeout: 60 * second, ...every(0, second) }])
    const slower = { ...every(0, second), delayLoop: 4 * second, warmup: 4 * second }
    expect(made(written, undefined, 'delay_loop 7', 'delay_loop 4')).toEqual([{ ...rest, timeout: 7 * second, ...slower }])
  })
})

describe('SMTP_CHECK', () => {
  test('helo_name and the options of every checker', () => {
    const [one] = made('SMTP_CHECK {\nhelo_name me\nconnect_ip 10.9.9.9\nconnect_port 25\nconnect_timeout 2\nretry 4\n}') ?? []
    expect(one).toMatchObject({ heloName: 'me', retry: 4, target: { address: '10.9.9.9', port: 25, connectTimeout: 2 * second } })
  })

  test('each host block is one more checker, and its words are of them all', () => {
    const all = made('SMTP_CHECK {\nhost {\nconnect_port 25\n}\nhost {\nconnect_ip 10.0.0.9\n}\n}')
    expect(all).toHaveLength(3)
    for (const one of all ?? []) expect(one).toMatchObject({ kind: 'SMTP_CHECK', target: { address: '10.0.0.9', port: 25 } })
  })
})

describe('DNS_CHECK and UDP_CHECK', () => {
  test('type and name', () => {
    expect(made('DNS_CHECK {\ntype mx\nname a.example\nretry 1\n}')).toMatchObject([{ type: 'MX', name: 'a.example', retry: 1 }])
  })

  test('payload, require_reply and the lengths of the reply', () => {
    expect(made('UDP_CHECK {\npayload 01ff\nrequire_reply\n}')).toMatchObject([
      { payload: '01ff', reply: { pattern: '', minLength: 0, maxLength: 255 } },
    ])
    // From runs of keepalived: each word is read by itself.
    expect(made('UDP_CHECK {\npayload 1 f2f\nrequire_reply abc 1\n}')).toMatchObject([{ payload: '01f20f', reply: { pattern: 'ab0c01' } }])
    expect(made('UDP_CHECK {\nrequire_reply abxx\nmin_reply_length 2\nmax_reply_length 9\n}')).toMatchObject([
      { reply: { pattern: 'abxx', minLength: 2, maxLength: 9 } },
    ])
  })
})

describe('MISC_CHECK', () => {
  test('misc_timeout, misc_dynamic, and 0 as no misc_timeout', () => {
    expect(made('MISC_CHECK {\nmisc_path /x\nmisc_timeout 3\nmisc_dynamic\n}')).toMatchObject([{ timeout: 3 * second, dynamic: true }])
    expect(made('MISC_CHECK {\nmisc_path /x\nmisc_timeout 0\n}')).toMatchObject([{ timeout: 60 * second }])
  })

  test('S-X2 who runs it: user, else script_user, else keepalived_script, else we', () => {
    const scriptUser = ({ global }: Parsed): void =>
      void Object.assign(global, { script_user: { user: 'root', group: 'root', known: true } })
    expect(made('MISC_CHECK {\nmisc_path /x\nuser nobody root\n}', scriptUser)).toMatchObject([
      { script: { runAs: { user: 'nobody', group: 'root' } } },
    ])
    expect(made('MISC_CHECK {\nmisc_path /x\n}', scriptUser)).toMatchObject([{ script: { runAs: { user: 'root', group: 'root' } } }])
    expect(made('MISC_CHECK {\nmisc_path /x\n}')).toMatchObject([{ script: { runAs: undefined } }])
  })

  test('a script that is not there is left out, its server stays, and the log says so', () => {
    const one = read('MISC_CHECK {\nmisc_path /none\n}\nTCP_CHECK {\n}')
    expect(one.config.virtualServers[0]?.realServers[0]?.checkers.map(({ kind }) => kind)).toEqual(['TCP_CHECK'])
    expect(one.findings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      "none: [192.0.2.1]:tcp:80: Disabling misc script '/none' since not found/accessible",
    ])
  })
})

describe('FILE_CHECK', () => {
  const file =
    (more: object = {}) =>
    (parsed: Parsed) => {
      parsed.check.trackFiles.set('f', { name: 'f', line: {} as never, file: '/run/f', ...more })
    }
  const kind = { kind: 'FILE_CHECK', name: 'f', path: '/run/f' }
  test.each([
    ['weight 1 when nobody says otherwise', '', {}, { weight: 1, reverse: false, initial: undefined }],
    ['what the track_file says', '', { weight: 3, reverse: true }, { weight: 3, reverse: true }],
    ['its own weight', 'weight 0', { weight: 3 }, { weight: 0, reverse: false }],
    ['reverse', 'weight 2 reverse', {}, { weight: 2, reverse: true }],
    ['noreverse undoes that of the track_file', 'weight 2 noreverse', { weight: 3, reverse: true }, { weight: 2, reverse: false }],
    ['init_file', '', { init_file: { value: 5, overwrite: true } }, { initial: { value: 5, overwrite: true } }],
  ])('%s', (_name, lines, draft, rest) => {
    expect(made(`FILE_CHECK {\ntrack_file f\n${lines}\n}`, file(draft))).toMatchObject([{ ...kind, ...rest }])
  })
})

describe('BFD_CHECK', () => {
  const session = (parsed: Parsed): void => void parsed.check.bfds.set('b', {} as never)
  test.each([
    ['', '', '', false],
    ['alpha', '', '', true],
    ['', '', 'alpha', true],
    ['', 'alpha', '', true],
    ['alpha off', 'alpha', 'alpha', false],
  ])('name, and its alpha "%s" before that of the virtual server "%s" and the real server "%s"', (own, virtualServer, server, alpha) => {
    expect(made(`BFD_CHECK {\nname b\n${own}\n}`, session, virtualServer, server)).toEqual([{ kind: 'BFD_CHECK', name: 'b', alpha }])
  })

  test('name: a bfd_instance that only vrrp is told of is not configured for it', () => {
    const text = (who: string): string =>
      `bfd_instance b {\nneighbor_ip 192.0.2.9\n${who}\n}\nvirtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 {\nBFD_CHECK {\nname b\n}\n}\n}\n`
    const checkers = (who: string) => loadText(text(who)).check?.virtualServers[0]?.realServers[0]?.checkers
    expect(checkers('vrrp')).toEqual([])
    expect(checkers('checker')).toEqual([{ kind: 'BFD_CHECK', name: 'b', alpha: false }])
    expect(loadText(text('vrrp')).diagnostics.map(({ message }) => message)).toContain(
      '([10.0.0.1]:tcp:80) BFD_CHECK - BFD b not configured',
    )
  })
})
