import { expect, test } from 'vitest'
import { statsText } from '../../src/status/stats.ts'
import { master, stats } from './sample.ts'

test('keepalived.stats has the labels, order and indentation that exporters parse', () => {
  expect(statsText([master()])).toBe(
    [
      'VRRP Instance: VI_1',
      '  Advertisements:',
      '    Received: 0',
      '    Sent: 4',
      '  Became master: 1',
      '  Released master: 0',
      '  Packet Errors:',
      '    Length: 0',
      '    TTL: 0',
      '    Invalid Type: 0',
      '    Advertisement Interval: 0',
      '    Address List: 0',
      '  Authentication Errors:',
      '    Invalid Type: 0',
      '    Type Mismatch: 0',
      '    Failure: 0',
      '  Authentication Extension Errors:',
      '    Missing: 0',
      '    Malformed: 0',
      '    Unknown Key: 0',
      '    Invalid HMAC: 0',
      '    Stale: 0',
      '    Replay: 0',
      '  Priority Zero:',
      '    Received: 0',
      '    Sent: 0',
      '',
    ].join('\n'),
  )
})

test('each reason to reject an advert moves its own line', () => {
  const moved = stats({
    packet_len_err: 3,
    ip_ttl_err: 4,
    invalid_type_rcvd: 8,
    advert_interval_err: 144,
    invalid_authtype: 32,
    authtype_mismatch: 33,
    auth_failure: 34,
    addr_list_err: 64,
    pri_zero_rcvd: 7,
    pri_zero_sent: 9,
    release_master: 3,
  })
  const text = statsText([master({ stats: moved })])
  expect(
    Object.fromEntries(
      [...text.matchAll(/^ {4}(Length|TTL|Advertisement Interval|Address List): (\d+)$/gm)].map((m) => [m[1], Number(m[2])]),
    ),
  ).toEqual({
    Length: 3,
    TTL: 4,
    'Advertisement Interval': 144,
    'Address List': 64,
  })
  expect([...text.matchAll(/Invalid Type: (\d+)/g)].map((m) => m[1])).toEqual(['8', '32'])
  expect(text).toContain('  Priority Zero:\n    Received: 7\n    Sent: 9\n')
  expect(text).toContain('    Type Mismatch: 33\n    Failure: 34\n')
  expect(text).toContain('  Released master: 3\n')
})

test('instances follow each other, none makes an empty file', () => {
  const both = statsText([master(), master({}, { name: 'VI_2' })])
  expect(both.match(/^VRRP Instance: .*$/gm)).toEqual(['VRRP Instance: VI_1', 'VRRP Instance: VI_2'])
  expect(statsText([])).toBe('')
})
