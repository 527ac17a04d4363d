import { describe, expect, test } from 'vitest'
import { consoleLine, ctime, type LogLine, lostLine, syslogDatagram } from '../../src/process/log-line.ts'

const line = (over: Partial<LogLine> = {}): LogLine => ({
  at: new Date(2026, 10, 21, 11, 30, 0).getTime(),
  role: 'vrrp',
  pid: 42,
  level: 'info',
  text: '(VI_1) Entering MASTER STATE',
  event: 'transition',
  fields: undefined,
  ...over,
})

describe('on the console', () => {
  test('a line has the form of the keepalived console', () => {
    expect(consoleLine(line())).toBe('Sat Nov 21 11:30:00 2026: (VI_1) Entering MASTER STATE\n')
  })

  test('a day below ten is padded with a space', () => {
    expect(ctime(new Date(2026, 0, 5, 1, 2, 3))).toBe('Mon Jan  5 01:02:03 2026')
  })

  test('what a text smuggles in cannot forge a second line', () => {
    expect(consoleLine(line({ text: 'a\nSat Nov 21 11:30:00 2026: b\x1b[2J' }))).toBe(
      'Sat Nov 21 11:30:00 2026: a\\x0aSat Nov 21 11:30:00 2026: b\\x1b[2J\n',
    )
  })
})

describe('to syslog', () => {
  test.each([
    {
      name: 'the vrrp process of keepalived',
      over: {},
      identity: 'keepalived' as const,
      facility: 3,
      start: '<30>Nov 21 11:30:00 Keepalived_vrrp[42]: ',
    },
    {
      name: 'the checker',
      over: { role: 'checker' as const },
      identity: 'keepalived' as const,
      facility: 3,
      start: '<30>Nov 21 11:30:00 Keepalived_healthcheckers[42]: ',
    },
    {
      name: 'the parent',
      over: { role: 'supervisor' as const },
      identity: 'keepalived' as const,
      facility: 3,
      start: '<30>Nov 21 11:30:00 Keepalived[42]: ',
    },
    {
      name: 'an error to local0',
      over: { level: 'error' as const },
      identity: 'keepalived' as const,
      facility: 16,
      start: '<131>Nov 21 11:30:00 Keepalived_vrrp[42]: ',
    },
    { name: 'our own name', over: {}, identity: 'vipkeeper' as const, facility: 3, start: '<30>Nov 21 11:30:00 Vipkeeper_vrrp[42]: ' },
  ])('$name', ({ over, identity, facility, start }) => {
    expect(syslogDatagram(line(over), identity, facility)).toBe(`${start}(VI_1) Entering MASTER STATE`)
  })
})

test('a loss is a line like any other', () => {
  expect(lostLine(7)).toMatchObject({ level: 'warn', text: '7 log lines dropped while the log could not be written', fields: { count: 7 } })
})
