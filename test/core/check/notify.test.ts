import { describe, expect, test } from 'vitest'
import type { ScriptCommand } from '../../../src/core/script-config.ts'
import { at, checkConfig, checkTarget, failed, Host, passed, realServer, sorryServer, tcpCheck, virtualServer } from './support.ts'

// What keepalived 2.2.7 writes into lvs_notify_fifo for the same events, in this order.

const script = (name: string): ScriptCommand => ({ argv: [name], runAs: undefined })
/** Each asks a port of its own, so that a round can tell them apart. */
let port = 1
const checked = (last: number, more: Parameters<typeof realServer>[1] = {}, check: Parameters<typeof tcpCheck>[0] = {}) => {
  const server = realServer(last, more)
  return { ...server, checkers: [tcpCheck({ retry: 0, ...check, target: { ...checkTarget, address: server.address, port: port++ } })] }
}
const onlyTwo = (address: string) => (address.startsWith('192.0.2.2') ? passed : failed)
const vs = '[198.51.100.1]:tcp:80'
const rs = (last: number): string => `RS [192.0.2.${last}]:tcp:80 ${vs}`

describe('who is told', () => {
  test('at the start the quorum alone; then notify_down before quorum_down, notify_up before quorum_up', () => {
    const host = new Host(virtualServer({ realServers: [checked(1)] }))
    expect(host.told).toEqual([`VS ${vs} UP`])
    host.answer(failed)
    host.answer(passed)
    expect(host.told.slice(1)).toEqual([`${rs(1)} DOWN`, `VS ${vs} DOWN`, `${rs(1)} UP`, `VS ${vs} UP`])
  })

  test('quorum_down at a start without quorum only if a sorry server steps in', () => {
    const realServers = [checked(1, {}, { alpha: true })]
    expect(new Host(virtualServer({ realServers })).told).toEqual([])
    expect(new Host(virtualServer({ realServers, sorryServer: sorryServer() })).told).toEqual([`VS ${vs} DOWN`])
  })

  test('alpha: the first result tells, a failure too, and then no more of them', () => {
    const host = new Host(virtualServer({ realServers: [checked(1, {}, { alpha: true }), checked(2, {}, { alpha: true })] }))
    host.round(onlyTwo)
    host.round(onlyTwo)
    expect(host.told).toEqual([`${rs(1)} DOWN`, `${rs(2)} UP`, `VS ${vs} UP`])
  })

  test('rs_init_notifies: servers that are up from their start tell so before their quorum, at a reload those that are new', () => {
    const host = new Host()
    const configure = (...servers: ReturnType<typeof realServer>[]): void => {
      const config = checkConfig([virtualServer({ realServers: servers })])
      host.step({ kind: 'configured', config: { ...config, globals: { ...config.globals, rsInitNotifies: true } }, seed: 1 })
    }
    const before = [checked(1), checked(2, {}, { alpha: true })]
    configure(...before)
    expect(host.told).toEqual([`${rs(1)} UP`, `VS ${vs} UP`])
    configure(...before, checked(3))
    expect(host.told.slice(2)).toEqual([`${rs(3)} UP`])
  })

  test('each with its own script: notify_up, notify_down, quorum_up, quorum_down', () => {
    const host = new Host(
      virtualServer({
        realServers: [checked(1, { notifyUp: script('up'), notifyDown: script('down') })],
        quorumUp: script('gained'),
        quorumDown: script('lost'),
      }),
    )
    host.answer(failed)
    host.answer(passed)
    expect(host.scripts).toEqual(['gained', 'down', 'lost', 'up', 'gained'])
  })
})

describe('a reload', () => {
  test('who is gone tells so, without omega too; who was down before says nothing more', () => {
    const other = virtualServer({
      name: 'FWM 5',
      services: [{ kind: 'fwmark', fwmark: 5, family: 4 }],
      realServers: [checked(1), checked(2)],
    })
    const third = virtualServer({
      name: 'FWM 6',
      services: [{ kind: 'fwmark', fwmark: 6, family: 4 }],
      realServers: [checked(1), checked(2)],
    })
    const first = virtualServer({ realServers: [checked(1), checked(2)] })
    const host = new Host(first, other, third)
    host.round(onlyTwo)
    const [log, told] = [host.log.length, host.told.length]
    const [, two] = first.realServers
    host.configure({ ...first, realServers: two === undefined ? [] : [two] }, { ...third, realServers: third.realServers.slice(0, 1) })
    expect(host.told.slice(told)).toEqual([
      'RS [192.0.2.2]:none:80 FWM 5 DOWN',
      'VS FWM 5 DOWN',
      'RS [192.0.2.2]:none:80 FWM 6 DOWN',
      'VS FWM 6 DOWN',
    ])
    expect(host.log.slice(log).filter((line) => !line.startsWith('Activating'))).toEqual([
      'service [192.0.2.1]:tcp:80 no longer exist',
      'Removing Virtual Server FWM 5',
      'Removing service [192.0.2.2]:none:80 from VS FWM 5',
      'service [192.0.2.2]:none:80 no longer exist',
      'Removing service [192.0.2.2]:none:80 from VS FWM 6',
      'Lost quorum 1-0=1 > 0 for VS FWM 6',
    ])
  })

  test('a sorry server that was in the table and is no longer named is said to be removed', () => {
    const said = (before: object): readonly string[] => {
      const host = new Host(virtualServer({ realServers: [checked(1, {}, { alpha: true })], ...before }))
      host.log.splice(0)
      host.configure(virtualServer({ realServers: [checked(1, {}, { alpha: true })] }))
      return host.log.filter((line) => line.includes('sorry'))
    }
    const removed = [`Removing sorry server [192.0.2.99]:tcp:80 from VS ${vs}`]
    expect(said({ sorryServer: sorryServer() })).toEqual(removed)
    expect(said({ sorryServer: sorryServer({ inhibit: true }), realServers: [checked(1)] })).toEqual(removed)
    expect(said({ sorryServer: sorryServer(), realServers: [checked(1)] })).toEqual([])
  })
})

describe('the end', () => {
  const stopped = (more: Parameters<typeof virtualServer>[0]): Host => {
    const host = new Host(virtualServer({ realServers: [checked(1, { inhibitOnFailure: true }), checked(2), checked(3)], ...more }))
    host.round((address) => (address.startsWith('192.0.2.1') ? failed : passed))
    host.told.splice(0)
    host.log.splice(0)
    host.now = at(60)
    host.step({ kind: 'stop' })
    return host
  }

  test('omega: who is up is told to be down, the quorum behind its servers, and nothing follows', () => {
    expect(stopped({ omega: true }).told).toEqual([`${rs(2)} DOWN.`, `${rs(3)} DOWN.`, `VS ${vs} DOWN.`])
  })

  test('without omega nobody is told; only who has failed and stayed is called inhibited', () => {
    const { told, log } = stopped({})
    expect(told).toEqual([])
    expect(log).toEqual([
      `Shutting down (inhibited) service [192.0.2.1]:tcp:80 from VS ${vs}`,
      `Shutting down service [192.0.2.2]:tcp:80 from VS ${vs}`,
      `Shutting down service [192.0.2.3]:tcp:80 from VS ${vs}`,
    ])
  })

  test('lvs_flush_on_stop: services go at once, and omega tells of their quorum alone', () => {
    const host = new Host()
    const config = checkConfig([virtualServer({ omega: true, realServers: [checked(1)] })])
    for (const lvsFlushOnStop of ['all', 'vs'] as const) {
      host.step({ kind: 'configured', config: { ...config, globals: { ...config.globals, lvsFlushOnStop } }, seed: 1 })
      host.told.splice(0)
      host.log.splice(0)
      host.step({ kind: 'stop' })
      expect([host.told, host.log]).toEqual([[`VS ${vs} DOWN.`], []])
    }
  })

  test('omega without quorum: there is none to lose', () => {
    expect(stopped({ omega: true, quorum: 3 }).told).toEqual([`${rs(2)} DOWN.`, `${rs(3)} DOWN.`])
  })
})

describe('who gets mail', () => {
  const alerted = { smtpAlert: true } as const
  /** Two checkers of one server: who of them fails at each round. */
  function mailsOf(globals: object, rounds: readonly (readonly [boolean, boolean])[]): readonly string[] {
    const server = realServer(1, alerted)
    const target = (address: string) => ({ ...checkTarget, address: address as typeof server.address, port: port++ })
    const checkers = ['192.0.2.1', '192.0.2.2'].map((address) => tcpCheck({ retry: 0, target: target(address) }))
    const host = new Host()
    const config = checkConfig([virtualServer({ ...alerted, realServers: [{ ...server, checkers }] })])
    host.step({ kind: 'configured', config: { ...config, globals: { ...config.globals, ...globals } }, seed: 1 })
    for (const [first, second] of rounds) host.round((address) => ((address.startsWith('192.0.2.1:') ? first : second) ? passed : failed))
    return host.mails
  }
  const quorum = (state: string): string => `Virtualserver ${vs} - ${state}`
  const server = (state: string): string => `Realserver [192.0.2.1]:tcp:80 of virtual server ${vs} - ${state}`
  const rounds = [
    [false, true],
    [false, false],
    [true, false],
    [true, true],
  ] as const

  test('smtp_alert: the quorum before the server that changed it, and each checker that turns', () => {
    const mails = mailsOf({}, rounds)
    // Of the third round keepalived says that a check succeeds on a server that is DOWN.
    expect(mails).toEqual([quorum('UP'), quorum('DOWN'), server('DOWN'), server('DOWN'), server('DOWN'), quorum('UP'), server('UP')])
  })

  test('no_checker_emails: only the checker with which its server turns', () => {
    const mails = mailsOf({ noCheckerEmails: true }, rounds)
    expect(mails).toEqual([quorum('UP'), quorum('DOWN'), server('DOWN'), quorum('UP'), server('UP')])
  })

  test('a reload that removes them: each server, and the quorum with nothing alive', () => {
    const host = new Host(virtualServer({ ...alerted, realServers: [checked(1, alerted)] }))
    host.configure()
    expect(host.mails.slice(1)).toEqual([server('DOWN'), quorum('DOWN')])
  })

  test('without smtp_alert nobody', () => {
    const host = new Host(virtualServer({ realServers: [checked(1)] }))
    host.answer(failed)
    expect(host.mails).toEqual([])
  })

  test('alpha: the first result of a checker is told, a failure too', () => {
    const host = new Host(virtualServer({ realServers: [checked(1, { ...alerted, alpha: true }, { alpha: true })] }))
    host.answer(failed)
    host.answer(failed)
    host.answer(passed)
    expect(host.mails).toEqual([server('DOWN'), server('UP')])
  })
})
