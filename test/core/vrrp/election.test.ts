import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromSeconds, micros } from '../../../src/base/units.ts'
import type { Preemption } from '../../../src/core/vrrp/config.ts'
import { judgeAsBackup, judgeAsMaster, masterDownTime, skewTime } from '../../../src/core/vrrp/election.ts'

const preempt: Preemption = { kind: 'preempt', delay: micros(0) }
const nopreempt: Preemption = { kind: 'nopreempt' }

describe('the table of skew and down times', () => {
  test.each([
    // priority, v2 1 s, v3 100 cs, v3 10 cs, v2 5 s, v3 500 cs; seconds
    [255, 3.003906, 3.003906, 0.30039, 15.003906, 15.019531],
    [254, 3.007812, 3.007812, 0.300781, 15.007812, 15.039062],
    [100, 3.609375, 3.609375, 0.360937, 15.609375, 18.046875],
    [1, 3.996093, 3.996093, 0.399609, 15.996093, 19.980468],
  ])('TMR-01 TMR-02 TMR-03 Master_Down_Interval of priority %i, to the microsecond', (priority, v2, v3, v3Fast, v2Slow, v3Slow) => {
    const down = (version: 2 | 3, seconds: number): number =>
      masterDownTime({ version, downTimerAdverts: 3 }, priority, fromSeconds(seconds)) / 1e6
    expect([down(2, 1), down(3, 1), down(3, 0.1), down(2, 5), down(3, 5)]).toEqual([v2, v3, v3Fast, v2Slow, v3Slow])
  })

  test('TMR-02 the skew of VRRPv2 does not scale with the interval', () => {
    expect([0.01, 1, 5, 255].map((seconds) => skewTime(2, 100, fromSeconds(seconds)))).toEqual([609375, 609375, 609375, 609375])
  })

  test('TMR-03 TMR-21 the skew of VRRPv3 scales, down to microseconds at advert_int 0.01', () => {
    expect([0.01, 0.1, 40.95].map((seconds) => skewTime(3, 100, fromSeconds(seconds)))).toEqual([6093, 60937, 24953906])
    expect(skewTime(3, 254, fromSeconds(0.01))).toBe(78)
  })

  test('TMR-14 down_timer_adverts replaces the 3', () => {
    expect(masterDownTime({ version: 2, downTimerAdverts: 5 }, 100, fromSeconds(1))).toBe(5609375)
    expect(masterDownTime({ version: 2, downTimerAdverts: 1 }, 100, fromSeconds(1))).toBe(1609375)
  })
})

describe('judgeAsBackup', () => {
  test.each([
    { name: 'TMR-09 priority 0 means that the master resigned', heard: 0, own: 100, preemption: preempt, verdict: 'master-resigned' },
    { name: 'TMR-09 priority 0 counts with nopreempt too', heard: 0, own: 100, preemption: nopreempt, verdict: 'master-resigned' },
    { name: 'a higher priority stands', heard: 101, own: 100, preemption: preempt, verdict: 'master-stands' },
    {
      name: 'FSM-09 an equal priority stands: there is no tie-break in BACKUP',
      heard: 100,
      own: 100,
      preemption: preempt,
      verdict: 'master-stands',
    },
    { name: 'TMR-11 a lower priority is outranked', heard: 99, own: 100, preemption: preempt, verdict: 'master-outranked' },
    { name: 'FSM-11 with nopreempt the lowest priority stands', heard: 1, own: 254, preemption: nopreempt, verdict: 'master-stands' },
    { name: 'FSM-13 the owner preempts despite nopreempt', heard: 254, own: 255, preemption: nopreempt, verdict: 'master-outranked' },
    { name: 'FSM-15 another owner stands', heard: 255, own: 255, preemption: preempt, verdict: 'master-stands' },
  ])('$name', ({ heard, own, preemption, verdict }) => {
    expect(judgeAsBackup(heard, own, preemption)).toBe(verdict)
  })
})

describe('judgeAsMaster', () => {
  const judge = (heard: number, from: string, own: number, at: string): string =>
    judgeAsMaster({ priority: heard, address: from as IpAddress }, { priority: own, address: at as IpAddress })

  test.each([
    { name: 'FSM-10 priority 0 is somebody else leaving', heard: 0, from: '192.0.2.3', verdict: 'other-resigned' },
    { name: 'FSM-03 a higher priority outranks', heard: 101, from: '192.0.2.1', verdict: 'outranked' },
    { name: 'FSM-04 a lower priority does not, whatever its address', heard: 99, from: '192.0.2.3', verdict: 'stands' },
    { name: 'FSM-05 an equal priority from a higher address outranks', heard: 100, from: '192.0.2.3', verdict: 'outranked-by-address' },
    { name: 'FSM-06 an equal priority from a lower address does not', heard: 100, from: '192.0.2.1', verdict: 'stands' },
    { name: 'FSM-08 an equal priority from our own address is nobody', heard: 100, from: '192.0.2.2', verdict: 'own-packet' },
  ])('$name', ({ heard, from, verdict }) => {
    expect(judge(heard, from, 100, '192.0.2.2')).toBe(verdict)
  })

  test.each([
    ['192.0.2.9', '192.0.2.10'],
    ['9.255.255.255', '10.0.0.1'],
    ['127.255.255.255', '128.0.0.1'],
    ['fe80::9', 'fe80::10'],
    ['fe80::ffff', 'fe80::1:0'],
  ])('FSM-07 addresses compare as unsigned numbers in network order: %s is lower than %s', (lower, higher) => {
    expect(judge(100, higher, 100, lower)).toBe('outranked-by-address')
    expect(judge(100, lower, 100, higher)).toBe('stands')
  })
})
