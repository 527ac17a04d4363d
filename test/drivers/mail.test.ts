import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../src/base/units.ts'
import type { MailChannel } from '../../src/core/channel-config.ts'
import { type MailEnd, Mailer, mailDate } from '../../src/drivers/mail.ts'
import { MailServer } from '../support/mail-server.ts'

let server: MailServer
let mailer: Mailer
let ends: MailEnd[]
beforeEach(() => {
  ends = []
  mailer = new Mailer((end) => ends.push(end))
})
afterEach(() => {
  mailer.close()
  server.close()
})

const mail = { subject: 'VRRP Instance VI_1 - Entering MASTER state', body: '=> VRRP Instance is now owning VRRP VIPs <=' }
async function use(more: Partial<MailChannel> = {}, reply?: ConstructorParameters<typeof MailServer>[0]): Promise<void> {
  server = new MailServer(reply)
  const port = await server.listen()
  const channel: MailChannel = {
    host: '127.0.0.1',
    port,
    heloName: 'node1.example.org',
    timeout: fromSeconds(20),
    from: 'ka@example.org',
    to: ['ops@example.org', 'Second One <two@example.org>'],
    routerId: 'R1',
  }
  mailer.use({ ...channel, ...more })
}

/** A test that waits in vain has a limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('smtp_server is told', () => {
  test('who we are, from whom, to whom, and keepalived’s headers in keepalived’s order', async () => {
    await use()
    mailer.send(mail)
    await until(() => ends.length > 0)
    expect(ends).toEqual([{ kind: 'sent', subject: mail.subject }])
    const [delivery] = server.deliveries
    expect(delivery?.commands).toEqual([
      'EHLO node1.example.org',
      'MAIL FROM:<ka@example.org>',
      'RCPT TO:<ops@example.org>',
      'RCPT TO:<two@example.org>',
      'DATA',
    ])
    const [date, ...lines] = delivery?.text.split('\r\n') ?? []
    expect(date).toMatch(/^Date: (Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
    expect(lines).toEqual([
      'From: ka@example.org',
      'Subject: [R1] VRRP Instance VI_1 - Entering MASTER state',
      'X-Mailer: Keepalived',
      'To: ops@example.org, Second One <two@example.org>',
      '',
      '=> VRRP Instance is now owning VRRP VIPs <=',
      '',
      '',
    ])
  })

  test('without notification_email_from, router_id and smtp_helo_name, the name of this host and whom we run as', async () => {
    await use({ from: undefined, routerId: undefined, heloName: undefined })
    mailer.send(mail)
    await until(() => ends.length > 0)
    const { commands, text } = server.deliveries[0] ?? { commands: [], text: '' }
    expect(commands.slice(0, 2)).toEqual([`EHLO ${hostname()}`, expect.stringMatching(new RegExp(`^MAIL FROM:<\\S+@${hostname()}>$`))])
    expect(text).toContain(`Subject: [${hostname()}] VRRP`)
  })

  test('one connection for each alert, several at once, the others after them', async () => {
    await use()
    for (let i = 0; i < 30; i++) mailer.send({ ...mail, subject: `${i}` })
    await until(() => ends.length === 30)
    expect(server.connections).toBe(30)
    expect(server.deliveries).toHaveLength(30)
  })

  test('HELO, by a server that does not know EHLO', async () => {
    await use({}, (line) => (line.startsWith('EHLO') ? '500 what?' : undefined))
    mailer.send(mail)
    await until(() => ends.length > 0)
    expect(server.deliveries[0]?.commands.slice(0, 2)).toEqual(['EHLO node1.example.org', 'HELO node1.example.org'])
  })

  test('S-D3 no header of its own by a line break in a name', async () => {
    await use({ routerId: 'R1\r\nBcc: all@example.org' })
    mailer.send({ ...mail, subject: 'a\nX-Evil: b' })
    await until(() => ends.length > 0)
    expect(server.deliveries[0]?.text).toContain('Subject: [R1 Bcc: all@example.org] a X-Evil: b\r\n')
  })
})

describe('what goes wrong is said, and nobody waits', () => {
  test('a server that says no', async () => {
    await use({}, (line) => (line.startsWith('RCPT') ? '550 nobody here' : undefined))
    mailer.send(mail)
    await until(() => ends.length > 0)
    expect(ends).toEqual([{ kind: 'not-sent', subject: mail.subject, detail: expect.stringContaining('nobody here') }])
  })

  test('smtp_connect_timeout: a server that is silent', async () => {
    await use({ timeout: fromMillis(100) }, () => null)
    mailer.send(mail)
    await until(() => ends.length > 0)
    expect(ends).toMatchObject([{ kind: 'not-sent' }])
  })

  test('a server that hangs up, and one that is not there', async () => {
    await use({}, (line) => (line === 'DATA' ? '421 not now' : undefined))
    mailer.send(mail)
    await until(() => ends.length === 1)
    server.close()
    mailer.send(mail)
    await until(() => ends.length === 2)
    expect(ends).toMatchObject([{ kind: 'not-sent' }, { kind: 'not-sent', detail: expect.stringContaining('ECONNREFUSED') }])
  })

  test('of more than can wait the oldest are lost: said at the first, and counted when no more wait', async () => {
    await use()
    for (let i = 0; i < 110; i++) mailer.send({ ...mail, subject: `${i}` })
    expect(ends).toEqual([{ kind: 'lost', count: 1 }])
    await until(() => ends.at(-1)?.kind === 'sent' && ends.length >= 109)
    expect(ends.filter(({ kind }) => kind === 'lost')).toEqual([
      { kind: 'lost', count: 1 },
      { kind: 'lost', count: 2 },
    ])
    const subjects = ends.flatMap((end) => (end.kind === 'sent' ? [Number(end.subject)] : []))
    expect(subjects.toSorted((a, b) => a - b).slice(7, 10)).toEqual([7, 10, 11])
  })

  test('without smtp_server or notification_email nothing is sent', async () => {
    await use()
    mailer.use(undefined)
    mailer.send(mail)
    expect(ends).toEqual([])
    expect(server.connections).toBe(0)
  })
})

test('dates are RFC 5322 ones, by the clock on the wall', () => {
  const at = new Date(2026, 1, 3, 4, 5, 6)
  expect(mailDate(at)).toMatch(/^Tue, 03 Feb 2026 04:05:06 [+-]\d{4}$/)
  expect(new Date(mailDate(at)).getTime()).toBe(at.getTime())
})
