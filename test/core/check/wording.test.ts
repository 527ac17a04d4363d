import { describe, expect, test } from 'vitest'
import type { CheckKind, FailedResult } from '../../../src/core/check/reports.ts'
import { wordCheckReport } from '../../../src/core/check/wording.ts'

const server = '[192.0.2.1]:tcp:80'
const because = (reason: Extract<FailedResult, { kind: 'failed' }>['reason']): FailedResult => ({ kind: 'failed', reason })
const detail = 'a detail'

describe('a failed attempt in the words of keepalived', () => {
  const rows: readonly [string, CheckKind, FailedResult][] = [
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
  ]
  test.each(rows)('%s (%s)', (words, check, result) => {
    expect(wordCheckReport({ event: 'attempt-failed', server, check, result })).toBe(words)
  })

  test('a digest and a regex that pass are named as such', () => {
    expect(wordCheckReport({ event: 'url-passed', server, url: '/b', proof: 'digest' })).toBe(`MD5 digest success to ${server} url(/b)`)
    expect(wordCheckReport({ event: 'url-passed', server, url: '/b', proof: 'regex' })).toBe(`Regex match success to ${server} url(/b)`)
  })

  test('retry 0 is not mentioned', () => {
    const failed = { event: 'checker-failed', server, retries: 0, retried: false } as const
    expect(wordCheckReport({ ...failed, check: 'HTTP_GET' })).toBe(`HTTP_CHECK on service ${server} failed.`)
    expect(wordCheckReport({ ...failed, check: 'TCP_CHECK' })).toBe(`TCP_CHECK on service ${server} failed.`)
  })

  test('an attempt that we could not make says why', () => {
    expect(wordCheckReport({ event: 'attempt-not-made', server, check: 'TCP_CHECK', detail: 'EMFILE' })).toBe(
      `TCP_CHECK on service ${server} could not be made: EMFILE`,
    )
  })
})
