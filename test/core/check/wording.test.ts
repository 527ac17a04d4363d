import { describe, expect, test } from 'vitest'
import type { AttemptKind, FailedResult, RetryFigures } from '../../../src/core/check/reports.ts'
import { wordCheckReport } from '../../../src/core/check/wording.ts'
import type { ScriptEnd } from '../../../src/core/script-config.ts'

const server = '[192.0.2.1]:tcp:80'
const virtualServer = '[198.51.100.1]:tcp:80'
const target = '[192.0.2.9]:25'
const last: RetryFigures = { retries: 2, retry: 2, first: false, decisive: true }
const because = (reason: Extract<FailedResult, { kind: 'failed' }>['reason']): FailedResult => ({ kind: 'failed', reason })
const detail = 'a detail'

describe('a failed attempt in the words of keepalived', () => {
  const rows: readonly [string, AttemptKind, FailedResult][] = [
    [`TCP connection to ${server} failed.`, 'TCP_CHECK', because({ kind: 'connect', detail })],
    [`TCP connection to ${server} timeout.`, 'TCP_CHECK', { kind: 'timed-out', stage: 'connect' }],
    [`Connection failed server ${server}.`, 'HTTP_GET', because({ kind: 'connect', detail })],
    [`Timeout connecting server ${server}.`, 'HTTP_GET', { kind: 'timed-out', stage: 'connect' }],
    [`Timeout WEB read server ${server}.`, 'SSL_GET', { kind: 'timed-out', stage: 'reply' }],
    [`Timeout HTTP read server ${server}.`, 'HTTP_GET', { kind: 'timed-out', stage: 'body' }],
    [`SSL handshake/communication error connecting to server ${server}.`, 'SSL_GET', because({ kind: 'tls', detail })],
    [`Read error with server ${server}.`, 'HTTP_GET', because({ kind: 'reply', detail })],
    [`Read, no data received from  server ${server}.`, 'HTTP_GET', because({ kind: 'closed', detail })],
    [`HTTP status code error to server ${server}.`, 'HTTP_GET', because({ kind: 'status-code', url: '/', code: 500 })],
    [`HTTP status code error to server ${server}.`, 'HTTP_GET', because({ kind: 'malformed', detail })],
    [`MD5 digest error to server ${server}.`, 'HTTP_GET', because({ kind: 'digest', url: '/', digest: '' })],
    [`Regex match failed server ${server}.`, 'HTTP_GET', because({ kind: 'regex', url: '/', detail })],
    [`SMTP_CHECK Could not connect to server ${target}`, 'SMTP_CHECK', because({ kind: 'connect', detail })],
    [`SMTP_CHECK Network unreachable for server 192.0.2.9 - real server ${server}`, 'SMTP_CHECK', because({ kind: 'unreachable', detail })],
    [`SMTP_CHECK Connection timeout to server ${target}`, 'SMTP_CHECK', { kind: 'timed-out', stage: 'connect' }],
    [`SMTP_CHECK Read timeout from server ${target}`, 'SMTP_CHECK', { kind: 'timed-out', stage: 'reply' }],
    [`SMTP_CHECK Read failure from server ${target}`, 'SMTP_CHECK', because({ kind: 'reply', detail })],
    [`SMTP_CHECK Bad greeting banner from server ${target}`, 'SMTP_CHECK', because({ kind: 'smtp', stage: 'greeting', detail })],
    [`SMTP_CHECK Bad HELO response from server ${target}`, 'SMTP_CHECK', because({ kind: 'smtp', stage: 'helo', detail })],
    [
      `SMTP_CHECK Buffer overflow reading from server ${target}. Increase SMTP_BUFF_MAX in check_smtp.h`,
      'SMTP_CHECK',
      because({ kind: 'malformed', detail }),
    ],
    [`DNS_CHECK (${server}) read timeout from socket after 2 retries`, 'DNS_CHECK', { kind: 'timed-out', stage: 'reply' }],
    [`DNS_CHECK (${server}) read error occurred. (rcode = 2) after 2 retries`, 'DNS_CHECK', because({ kind: 'dns-code', code: 2 })],
    [`DNS_CHECK (${server}) network unreachable for ${target} after 2 retries`, 'DNS_CHECK', because({ kind: 'unreachable', detail })],
    [`DNS_CHECK (${server}) failed to read socket; a detail after 2 retries`, 'DNS_CHECK', because({ kind: 'reply', detail })],
    [`UDP connection to ${server} failed.`, 'UDP_CHECK', { kind: 'timed-out', stage: 'reply' }],
    [`UDP check to ${server} reply data mismatch.`, 'UDP_CHECK', because({ kind: 'mismatch', detail })],
    [`ICMP connection to address ${server} timeout.`, 'PING_CHECK', { kind: 'timed-out', stage: 'reply' }],
    [`ICMP connection to ${server} of ${virtualServer} failed.`, 'PING_CHECK', because({ kind: 'unreachable', detail })],
  ]
  test.each(rows)('%s (%s)', (words, check, result) => {
    expect(wordCheckReport({ event: 'attempt-failed', server, virtualServer, target, check, result, ...last })).toBe(words)
  })

  test('a digest and a regex that pass are named as such', () => {
    expect(wordCheckReport({ event: 'url-passed', server, url: '/b', proof: 'digest' })).toBe(`MD5 digest success to ${server} url(/b)`)
    expect(wordCheckReport({ event: 'url-passed', server, url: '/b', proof: 'regex' })).toBe(`Regex match success to ${server} url(/b)`)
  })

  test('retry 0 is not mentioned', () => {
    const failed = { event: 'checker-failed', server, virtualServer, retries: 0, retried: false } as const
    expect(wordCheckReport({ ...failed, check: 'HTTP_GET' })).toBe(`HTTP_CHECK on service ${server} failed.`)
    expect(wordCheckReport({ ...failed, check: 'TCP_CHECK' })).toBe(`TCP_CHECK on service ${server} failed.`)
  })

  test('an attempt that we could not make says why', () => {
    expect(wordCheckReport({ event: 'attempt-not-made', server, check: 'TCP_CHECK', detail: 'EMFILE' })).toBe(
      `TCP_CHECK on service ${server} could not be made: EMFILE`,
    )
  })
})

describe('MISC_CHECK, from runs of keepalived', () => {
  const failed = (figures: Partial<RetryFigures>, end: ScriptEnd): string => {
    const result: FailedResult = { kind: 'failed', reason: { kind: 'script', end } }
    return wordCheckReport({
      event: 'attempt-failed',
      server,
      virtualServer,
      target: '/x.sh',
      check: 'MISC_CHECK',
      result,
      ...last,
      ...figures,
    })
  }
  const begin = `Misc check for [${server} VS ${virtualServer}] by [/x.sh] `
  const status: ScriptEnd = { kind: 'exited', code: 1 }
  const late: ScriptEnd = { kind: 'timed-out' }
  const rows: readonly [string, Partial<RetryFigures>, ScriptEnd][] = [
    ['failed, will do 2 retries (exited with status 1).', { retry: 0, decisive: false }, status],
    ['failed on retry 1/2 (exited with status 1).', { retry: 1, decisive: false }, status],
    ['failed after 2 retries (exited with status 1).', {}, status],
    ['failed after 2 retries (exited with status 1).', { first: true, retry: 0 }, status],
    ['failed with retry disabled (exited with status 3).', { retries: 0, retry: 0 }, { kind: 'exited', code: 3 }],
    ['failed with retry disabled (due to signal 9).', { retries: 0, retry: 0 }, { kind: 'signalled', signal: 9 }],
    ['timed out, will do 1 retry.', { retries: 1, retry: 0, decisive: false }, late],
    ['timed out after 1 retry.', { retries: 1, retry: 1 }, late],
    ['timed out with retry disabled.', { retries: 0, retry: 0 }, late],
  ]
  test.each(rows)('%s', (words, figures, end) => {
    expect(failed(figures, end)).toBe(begin + words)
  })
})

describe('what passed, and what was given up', () => {
  const rows: readonly [string, AttemptKind][] = [
    [`Remote SMTP server ${server} succeed on service.`, 'SMTP_CHECK'],
    [`UDP connection to ${server} success.`, 'UDP_CHECK'],
    [`ICMP connection to ${server} success.`, 'PING_CHECK'],
    [`Misc check for [${server} VS ${virtualServer}] by [${target}] succeeded.`, 'MISC_CHECK'],
  ]
  test.each(rows)('%s (%s)', (words, check) => {
    expect(wordCheckReport({ event: 'checker-passed', server, virtualServer, check, target })).toBe(words)
  })

  test('UDP_CHECK and PING_CHECK count the retries that were made', () => {
    const given = { event: 'checker-failed', server, virtualServer, retries: 2 } as const
    expect(wordCheckReport({ ...given, retried: true, check: 'UDP_CHECK' })).toBe(`UDP_CHECK on service ${server} failed after 2 retries.`)
    expect(wordCheckReport({ ...given, retried: false, check: 'UDP_CHECK' })).toBe(`UDP_CHECK on service ${server} failed.`)
    expect(wordCheckReport({ ...given, retried: true, check: 'PING_CHECK' })).toBe(
      `ICMP CHECK on service ${server} of ${virtualServer} failed after 2 retries.`,
    )
    expect(wordCheckReport({ ...given, retried: false, check: 'PING_CHECK' })).toBe(`ICMP CHECK on service ${server} failed.`)
  })

  test('DNS_CHECK mentions no retries at the first attempt, nor before the last', () => {
    const result: FailedResult = { kind: 'timed-out', stage: 'reply' }
    const one = { event: 'attempt-failed', server, virtualServer, target, check: 'DNS_CHECK', result, retries: 2, retry: 0 } as const
    expect(wordCheckReport({ ...one, first: true, decisive: true })).toBe(`DNS_CHECK (${server}) read timeout from socket`)
    expect(wordCheckReport({ ...one, first: false, decisive: false })).toBe(`DNS_CHECK (${server}) read timeout from socket`)
  })

  test('FILE_CHECK names the track_file', () => {
    expect(wordCheckReport({ event: 'file-fault', server, file: 'f' })).toBe(`(${server}): tracked file f now FAULT state`)
    expect(wordCheckReport({ event: 'file-fault-over', server, file: 'f' })).toBe(`(${server}): tracked file f leaving FAULT state`)
  })
})
