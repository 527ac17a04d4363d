import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import type { FileCheck, ScheduledChecker } from '../../../src/core/check/config.ts'
import { followedFiles, judgeFile } from '../../../src/core/check/file-check.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { checkStatus } from '../../../src/core/check/status.ts'
import { effectiveWeight } from '../../../src/core/check/weight.ts'
import { checkConfig, failed, Host, passed, realServer, tcpCheck, virtualServer } from './support.ts'

const fileCheck = (more: Partial<FileCheck> = {}): FileCheck => ({
  kind: 'FILE_CHECK',
  name: 'f',
  path: '/f',
  weight: 1,
  reverse: false,
  initial: undefined,
  ...more,
})

const miscCheck = (more: Partial<ScheduledChecker> = {}): ScheduledChecker =>
  tcpCheck({
    kind: 'MISC_CHECK',
    script: { argv: ['/x.sh'], runAs: undefined },
    timeout: fromSeconds(5),
    dynamic: true,
    retry: 0,
    ...more,
  } as Partial<ScheduledChecker>)

const weighed = (weight: number): ProbeResult => ({ kind: 'weighed', latency: fromSeconds(0.01), weight })
const server = '[192.0.2.1]:tcp:80'
const place = `service ${server} of VS [198.51.100.1]:tcp:80`

/** One server of weight 10. */
const one = (...checkers: (FileCheck | ScheduledChecker)[]) => virtualServer({ realServers: [realServer(1, { weight: 10, checkers })] })
const tell = (host: Host, value: number, path = '/f'): void => host.step({ kind: 'file-read', path, value })

describe('FILE_CHECK: what a number means', () => {
  const fault = { kind: 'fault' }
  const adds = (amount: number) => ({ kind: 'adds', amount })
  test.each([
    ['the number is the change', 1, false, 7, adds(7)],
    ['weight multiplies it', 2, false, 5, adds(10)],
    ['a negative weight', -1, false, 7, adds(-7)],
    ['reverse turns the sign', 3, true, 7, adds(-21)],
    ['0 changes nothing', 3, false, 0, adds(0)],
    ['weight 0: any number is a fault', 0, false, 1, fault],
    ['weight 0: a negative one too', 0, false, -1, fault],
    ['weight 0: 0 is well', 0, false, 0, adds(0)],
    ['weight 0 reverse: 0 is a fault', 0, true, 0, fault],
    ['weight 0 reverse: any other is well', 0, true, 1, adds(0)],
    ['the least number of 32 bits is a fault', 1, false, -2_147_483_648, fault],
    ['one more is none', 1, false, -2_147_483_647, adds(-2_147_483_647)],
    ['below 32 bits is a fault', 3, true, 2_000_000_000, fault],
    ['above 32 bits is as much as there is', -1, false, -2_147_483_648, adds(2_147_483_647)],
  ])('%s', (_name, weight, reverse, value, verdict) => {
    expect(judgeFile(fileCheck({ weight, reverse }), value)).toEqual(verdict)
  })

  test('every file is followed once', () => {
    const config = checkConfig([one(fileCheck(), fileCheck({ weight: 2 }), tcpCheck()), one(fileCheck({ path: '/g' }))])
    expect(followedFiles(config)).toEqual([
      { path: '/f', initial: undefined },
      { path: '/g', initial: undefined },
    ])
  })
})

describe('FILE_CHECK: what comes of it', () => {
  test('the weight follows the file, and the log says it', () => {
    const host = new Host(one(fileCheck()))
    expect(host.table).toEqual(['192.0.2.1 10'])
    tell(host, 7)
    expect(host.table).toEqual(['192.0.2.1 17'])
    expect(host.log.at(-1)).toBe(`Changing weight from 10 to 17 for active ${place}`)
    tell(host, -10)
    expect(host.table).toEqual(['192.0.2.1 0'])
  })

  test('nothing is ever due, and another file is another matter', () => {
    const host = new Host(one(fileCheck()))
    expect(host.deadline).toBeUndefined()
    const { length } = host.log
    tell(host, 7, '/g')
    expect(host.log).toHaveLength(length)
  })

  test('what the file says at the start counts from the first moment', () => {
    const host = new Host()
    host.step({ kind: 'configured', config: checkConfig([one(fileCheck())]), seed: 1, files: new Map([['/f', 3]]) })
    expect(host.table).toEqual(['192.0.2.1 13'])
    expect(host.log.some((line) => line.startsWith('Changing'))).toBe(false)
  })

  test('a file that fails the server at the start keeps it out', () => {
    const host = new Host()
    host.step({ kind: 'configured', config: checkConfig([one(fileCheck({ weight: 0 }))]), seed: 1, files: new Map([['/f', 1]]) })
    expect(host.table).toEqual([])
  })

  test('a fault takes the server out; on the way back the weight is set without a word', () => {
    const host = new Host(one(fileCheck()))
    tell(host, 7)
    const before = host.log.length
    tell(host, -2_147_483_648)
    expect(host.table).toEqual([])
    tell(host, -2_147_483_648)
    tell(host, 4)
    expect(host.table).toEqual(['192.0.2.1 14'])
    expect(host.log.slice(before)).toEqual([
      `(${server}): tracked file f now FAULT state`,
      `Removing service ${server} from VS [198.51.100.1]:tcp:80`,
      'Lost quorum 1-0=1 > 0 for VS [198.51.100.1]:tcp:80',
      `(${server}): tracked file f leaving FAULT state`,
      `Adding service ${server} to VS [198.51.100.1]:tcp:80`,
      'Gained quorum 1+0=1 <= 14 for VS [198.51.100.1]:tcp:80',
    ])
  })

  test('a weight that falls to 0 loses the quorum, and regains it', () => {
    const host = new Host(one(fileCheck()))
    tell(host, -10)
    expect(host.log.at(-1)).toBe('Lost quorum 1-0=1 > 0 for VS [198.51.100.1]:tcp:80')
    tell(host, -9)
    expect(host.log.at(-1)).toBe('Gained quorum 1+0=1 <= 1 for VS [198.51.100.1]:tcp:80')
  })

  test('its word survives a reload, where a new check of the same file hears it too', () => {
    const host = new Host(one(fileCheck()))
    tell(host, 7)
    host.configure(one(fileCheck(), fileCheck({ weight: 2 })))
    expect(host.table).toEqual(['192.0.2.1 31'])
    host.configure(one(tcpCheck()))
    expect(host.table).toEqual(['192.0.2.1 10'])
  })

  test('with inhibit_on_failure a fault leaves weight 0', () => {
    const config = virtualServer({
      realServers: [realServer(1, { weight: 10, inhibitOnFailure: true, checkers: [fileCheck({ weight: 0 })] })],
    })
    const host = new Host(config)
    tell(host, 1)
    expect(host.table).toEqual(['192.0.2.1 0'])
  })
})

describe('misc_dynamic', () => {
  test('the status sets the weight, and 0 sets it back', () => {
    const host = new Host(one(miscCheck()))
    host.answer(weighed(253))
    expect(host.table).toEqual(['192.0.2.1 253'])
    expect(host.log.slice(-2)).toEqual([
      `Changing weight from 10 to 253 for active ${place}`,
      `Misc check for [${server} VS [198.51.100.1]:tcp:80] by [/x.sh] succeeded.`,
    ])
    host.answer(weighed(0))
    expect(host.table).toEqual(['192.0.2.1 0'])
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 10'])
  })

  test('one that comes back with another weight is given it while it is inactive', () => {
    const host = new Host(one(miscCheck()))
    host.answer(failed)
    expect(host.table).toEqual([])
    host.answer(weighed(3))
    expect(host.table).toEqual(['192.0.2.1 3'])
    expect(host.log).toContain(`Changing weight from 10 to 3 for inactive ${place}`)
  })

  test('what the script made of the weight ends with its failure, without a word, and the quorum counts right', () => {
    const host = new Host(one(miscCheck({ retry: 0 })))
    host.answer(weighed(42))
    host.answer(failed)
    host.log.splice(0)
    host.answer(passed)
    expect(host.table).toEqual(['192.0.2.1 10'])
    expect(host.log.filter((line) => /Changing|Gained/.test(line))).toEqual(['Gained quorum 1+0=1 <= 10 for VS [198.51.100.1]:tcp:80'])
  })

  test('together with FILE_CHECK the differences add up', () => {
    const host = new Host(one(fileCheck(), miscCheck()))
    tell(host, 1)
    host.answer(weighed(20))
    expect(host.table).toEqual(['192.0.2.1 21'])
    expect(checkStatus(host.state)[0]?.servers[0]?.effectiveWeight).toBe(21)
  })

  test('the dynamic weight survives a reload that leaves the check alone', () => {
    const host = new Host(one(miscCheck()))
    host.answer(weighed(20))
    host.configure(one(miscCheck({ delayLoop: fromSeconds(3), timeout: fromSeconds(9) } as Partial<ScheduledChecker>)))
    expect(host.table).toEqual(['192.0.2.1 20'])
  })
})

describe('the weight of ip_vs', () => {
  test.each([
    ['below 0 is 0', 10, [{ kind: 'adds', amount: -300 }], 0],
    ['above 31 bits is the largest', 10, [{ kind: 'adds', amount: 2_147_483_647 }], 2_147_483_647],
    [
      'two that replace add their differences',
      10,
      [
        { kind: 'replaces', weight: 20 },
        { kind: 'replaces', weight: 5 },
      ],
      15,
    ],
    [
      'a sum is cut once, at its end',
      10,
      [
        { kind: 'adds', amount: -300 },
        { kind: 'adds', amount: 295 },
      ],
      5,
    ],
  ] as const)('%s', (_name, configured, influences, weight) => {
    expect(effectiveWeight(configured, influences)).toBe(weight)
  })
})
