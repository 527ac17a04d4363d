import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { wordCheckMail } from '../../../src/core/check/mail-wording.ts'
import type { CheckNotice, QuorumNews } from '../../../src/core/check/notify.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import type { AttemptKind } from '../../../src/core/check/reports.ts'

const passed: ProbeResult = { kind: 'passed', latency: fromSeconds(0.001) }
const refused: ProbeResult = { kind: 'failed', reason: { kind: 'connect', detail: 'ECONNREFUSED' } }
const late: ProbeResult = { kind: 'timed-out', stage: 'reply' }
const names = { server: '[10.0.0.2]:tcp:25', virtualServer: '[192.0.2.1]:tcp:25', target: '[10.0.0.2]:25' }
const script = (end: { kind: 'exited'; code: number } | { kind: 'timed-out' }): ProbeResult => ({
  kind: 'failed',
  reason: { kind: 'script', end },
})

describe('mail of a real server, in the words of its checker', () => {
  test.each<{ readonly check: AttemptKind; readonly result: ProbeResult; readonly body: string }>([
    { check: 'TCP_CHECK', result: refused, body: 'TCP CHECK failed on service' },
    { check: 'TCP_CHECK', result: passed, body: 'TCP CHECK succeed on service' },
    { check: 'HTTP_GET', result: refused, body: 'CHECK failed on service : HTTP request failed' },
    { check: 'SSL_GET', result: passed, body: 'CHECK succeed on service' },
    { check: 'SMTP_CHECK', result: refused, body: 'CHECK failed on service : Could not connect to server [10.0.0.2]:25' },
    { check: 'SMTP_CHECK', result: passed, body: 'CHECK succeed on service' },
    { check: 'DNS_CHECK', result: late, body: 'DNS_CHECK: failed on service' },
    { check: 'DNS_CHECK', result: passed, body: 'DNS_CHECK: succeed on service' },
    { check: 'UDP_CHECK', result: refused, body: 'UDP CHECK failed on service' },
    { check: 'PING_CHECK', result: passed, body: 'ICMP CHECK succeed on service' },
    { check: 'MISC_CHECK', result: script({ kind: 'exited', code: 1 }), body: 'MISC CHECK failed on service' },
    { check: 'MISC_CHECK', result: script({ kind: 'timed-out' }), body: 'MISC CHECK timed out on service' },
    { check: 'MISC_CHECK', result: passed, body: 'MISC CHECK succeeded on service' },
  ])('$check: $body', ({ check, result, body }) => {
    const up = result.kind === 'passed'
    expect(wordCheckMail({ of: 'checker', ...names, check, up, result })).toEqual({
      subject: `Realserver [10.0.0.2]:tcp:25 of virtual server [192.0.2.1]:tcp:25 - ${up ? 'UP' : 'DOWN'}`,
      body: `=> ${body} <=`,
    })
  })
})

describe('mail of a virtual server says the figures', () => {
  const bodyOf = (up: boolean, more: Partial<QuorumNews>): string | undefined => {
    const mail = { quorum: 5, hysteresis: 1, liveWeight: 1, first: false, ...more }
    const notice: CheckNotice = { of: 'virtual-server', virtualServer: 'FWM 5', up, script: undefined, last: false, mail }
    return wordCheckMail(notice)?.body
  }
  test.each([
    { name: 'at the start without quorum', up: false, first: true, body: '=> Starting with quorum down 5+1=6 <= 1 <=' },
    { name: 'at the start with it', up: true, first: true, body: '=> Starting with quorum up 5+1=6 <= 1 <=' },
    { name: 'gained', up: true, first: false, body: '=> Gained quorum 5+1=6 <= 1 <=' },
    { name: 'lost', up: false, first: false, body: '=> Lost quorum 5+1=6 <= 1 <=' },
  ])('$name', ({ up, first, body }) => expect(bodyOf(up, { first })).toBe(body))
})

test('mail of a server that a reload removes', () => {
  const notice: CheckNotice = { of: 'real-server', ...names, up: false, script: undefined, last: false, mail: true }
  expect(wordCheckMail(notice)?.body).toBe('=> Removing <=')
  expect(wordCheckMail({ ...notice, mail: false })).toBeUndefined()
})

test('a check that succeeds on a server that another one keeps down', () => {
  expect(wordCheckMail({ of: 'checker', ...names, check: 'TCP_CHECK', up: false, result: passed })).toEqual({
    subject: 'Realserver [10.0.0.2]:tcp:25 of virtual server [192.0.2.1]:tcp:25 - DOWN',
    body: '=> TCP CHECK succeed on service <=',
  })
})
