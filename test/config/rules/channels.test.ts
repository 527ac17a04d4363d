import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { Channels } from '../../../src/core/channel-config.ts'
import { instanceText, type LoadMore, loadText } from '../../support/config-files.ts'

type Reader = NonNullable<LoadMore['reader']>
const found: Reader = { interfaceExists: () => true, script: (path: string) => ({ kind: 'found', path: `/found${path}`, secure: true }) }

function channels(lines: string, reader: Reader = {}): Channels {
  const text = `global_defs {\n  ${lines}\n}\n${instanceText('')}`
  return loadText(text, { reader: { ...found, userExists: () => true, ...reader } }).channels
}

describe('pipes', () => {
  test.each([
    { keyword: 'notify_fifo', of: 'all' },
    { keyword: 'vrrp_notify_fifo', of: 'vrrp' },
    { keyword: 'lvs_notify_fifo', of: 'checker' },
  ] as const)('$keyword with a user and a group, else of whom scripts run as', ({ keyword, of }) => {
    const placeOf = (words: string, reader?: Reader) => channels(`${keyword} ${words}`, reader).fifos
    const one = (owner: object | undefined) => [{ of, place: { path: '/run/f', owner }, reader: undefined }]
    expect(placeOf('/run/f nobody daemon')).toEqual(one({ user: 'nobody', group: 'daemon' }))
    expect(placeOf('/run/f')).toEqual(one({ user: 'keepalived_script', group: undefined }))
    expect(placeOf('/run/f', { userExists: () => false })).toEqual(one(undefined))
  })

  test.each([
    { keyword: 'notify_fifo_script', fifo: 'notify_fifo' },
    { keyword: 'vrrp_notify_fifo_script', fifo: 'vrrp_notify_fifo' },
    { keyword: 'lvs_notify_fifo_script', fifo: 'lvs_notify_fifo' },
  ])('$keyword reads it, with its own arguments', ({ keyword, fifo }) => {
    const { fifos } = channels(`${fifo} /run/f\n  ${keyword} "/bin/reader 'two words'" nobody`)
    expect(fifos[0]?.reader).toEqual({ argv: ['/found/bin/reader', 'two words'], runAs: { user: 'nobody', group: undefined } })
  })

  test('a notify_fifo_script that is not there, or has no pipe, is none', () => {
    expect(
      channels('notify_fifo /run/f\n  notify_fifo_script /bin/r', { script: () => ({ kind: 'missing' }) }).fifos[0]?.reader,
    ).toBeUndefined()
    expect(channels('notify_fifo_script /bin/r').fifos).toEqual([])
  })

  test('none is none', () => expect(channels('')).toEqual({ fifos: [], mail: undefined }))
})

describe('mail', () => {
  const people = 'notification_email {\n  a@example.org\n  "B <b@example.org>"\n}'

  test('notification_email, notification_email_from, smtp_server with a port, smtp_helo_name, smtp_connect_timeout and router_id', () => {
    const rest = 'notification_email_from c@example.org\nsmtp_server 192.0.2.1 26\nsmtp_helo_name me\nsmtp_connect_timeout 7\nrouter_id R1'
    expect(channels(`${people}\n${rest}`).mail).toEqual({
      host: '192.0.2.1',
      port: 26,
      heloName: 'me',
      timeout: fromSeconds(7),
      from: 'c@example.org',
      to: ['a@example.org', 'B <b@example.org>'],
      routerId: 'R1',
    })
  })

  test('else port 25, 30 seconds, and the host’s name', () => {
    expect(channels(`${people}\nsmtp_server mail.example.org`).mail).toMatchObject({
      host: 'mail.example.org',
      port: 25,
      heloName: undefined,
      timeout: fromSeconds(30),
      from: undefined,
      routerId: undefined,
    })
  })

  test.each([
    { name: 'without smtp_server', lines: people },
    { name: 'without notification_email', lines: 'smtp_server 192.0.2.1' },
  ])('$name there is none', ({ lines }) => expect(channels(lines).mail).toBeUndefined())
})

describe('smtp_alert of servers', () => {
  const mail = 'notification_email {\n  a@example.org\n}\nsmtp_server 192.0.2.1\n'
  const alerts = (global: string, virtual = '', real = ''): readonly (true | undefined)[] => {
    const text = `global_defs {\n${global}\n}\nvirtual_server 192.0.2.9 80 {\n${virtual}\nreal_server 192.0.2.8 80 {\n${real}\n}\n}\n`
    const service = loadText(text, { reader: found }).check?.virtualServers[0]
    return [service?.smtpAlert, service?.realServers[0]?.smtpAlert]
  }
  test.each([
    { name: 'real servers by themselves, their virtual server if it says so', global: mail, is: [undefined, true] },
    { name: 'smtp_alert_checker for both', global: `${mail}smtp_alert_checker`, is: [true, true] },
    { name: 'the global smtp_alert for both', global: `${mail}smtp_alert`, is: [true, true] },
    { name: 'smtp_alert_checker before smtp_alert', global: `${mail}smtp_alert\nsmtp_alert_checker off`, is: [undefined, undefined] },
    {
      name: 'their own smtp_alert before all',
      global: `${mail}smtp_alert`,
      virtual: 'smtp_alert off',
      real: 'smtp_alert off',
      is: [undefined, undefined],
    },
    { name: 'nobody where mail has nowhere to go', global: 'smtp_alert', is: [undefined, undefined] },
  ])('$name', ({ global, virtual, real, is }) => expect(alerts(global, virtual, real)).toEqual(is))
})
