import { describe, expect, test } from 'vitest'
import type { CheckNotice } from '../../src/core/check/notify.ts'
import { checkNotice } from '../../src/process/check-notices.ts'

const script = { argv: ['/bin/tell', 'me'], runAs: undefined }
const server: CheckNotice = {
  of: 'real-server',
  server: '[10.0.0.2]:tcp:80',
  virtualServer: '[192.0.2.1]:tcp:80',
  up: false,
  script,
  last: false,
  mail: false,
}

describe('lines for lvs_notify_fifo end with a newline and a zero byte', () => {
  const service = (virtualServer: string, up: boolean): CheckNotice => ({
    of: 'virtual-server',
    virtualServer,
    up,
    script: undefined,
    last: false,
    mail: undefined,
  })
  test.each<{ readonly notice: CheckNotice; readonly line: string }>([
    { notice: server, line: 'RS [10.0.0.2]:tcp:80 [192.0.2.1]:tcp:80 DOWN\n\0' },
    { notice: { ...server, up: true }, line: 'RS [10.0.0.2]:tcp:80 [192.0.2.1]:tcp:80 UP\n\0' },
    { notice: service('[2001:db8::1]:udp:53', false), line: 'VS [2001:db8::1]:udp:53 DOWN\n\0' },
    { notice: service('FWM 5', true), line: 'VS FWM 5 UP\n\0' },
  ])('$line', ({ notice, line }) => expect(checkNotice(notice, true)?.line).toBe(line))
})

test('notify_up, notify_down, quorum_up and quorum_down run without further arguments, one after the other for one server', () => {
  expect(checkNotice(server, false)).toEqual({ subject: 'RS [10.0.0.2]:tcp:80 [192.0.2.1]:tcp:80', scripts: [script], last: false })
  expect(checkNotice({ ...server, script: undefined, last: true }, true)).toMatchObject({ scripts: [], last: true })
  expect(checkNotice({ ...server, script: undefined }, false)).toBeUndefined()
})

test('smtp_alert of a virtual server and of a real one: mail, and of a checker nothing else', () => {
  const mail = { quorum: 2, hysteresis: 1, liveWeight: 3, first: false }
  const gained: CheckNotice = { of: 'virtual-server', virtualServer: 'FWM 5', up: true, script: undefined, last: false, mail }
  expect(checkNotice(gained, false)?.mail).toEqual({ subject: 'Virtualserver FWM 5 - UP', body: '=> Gained quorum 2+1=3 <= 3 <=' })
  const names = { server: '[10.0.0.2]:tcp:80', virtualServer: '[192.0.2.1]:tcp:80', target: '[10.0.0.2]:80' }
  expect(
    checkNotice({ of: 'checker', ...names, check: 'TCP_CHECK', up: false, result: { kind: 'timed-out', stage: 'connect' } }, true),
  ).toEqual({
    subject: 'RS [10.0.0.2]:tcp:80 [192.0.2.1]:tcp:80',
    scripts: [],
    last: false,
    mail: {
      subject: 'Realserver [10.0.0.2]:tcp:80 of virtual server [192.0.2.1]:tcp:80 - DOWN',
      body: '=> TCP CHECK failed on service <=',
    },
  })
})
