import { SCHED_BATCH, SCHED_OTHER, SCHED_RR } from 'linux-syscalls'
import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../src/base/units.ts'
import { Lateness } from '../../src/process/lateness.ts'
import { createLog } from '../../src/process/log.ts'

function late(highestPriority: number, { from = 0, refused = false, policy }: { from?: number; refused?: boolean; policy?: number } = {}) {
  const lines: string[] = []
  const asked: number[] = []
  const log = createLog({ role: 'vrrp', level: 'info', logDetail: 1 }, ({ text }) => void lines.push(text))
  const lateness = new Lateness({
    log,
    highestPriority,
    tolerance: fromMillis(100),
    scheduling: { policy: policy ?? (from === 0 ? SCHED_OTHER : SCHED_RR), priority: from },
    setPriority: (priority) => asked.push(priority) && (refused ? -1 : 0),
  })
  return { lateness, lines, asked }
}

describe('late wake-ups', () => {
  test('are counted from 10 ms on, and the longest delay of all is kept', () => {
    const { lateness, lines } = late(0)
    for (const millis of [1, 10, 11, 80, 30]) lateness.woke(fromMillis(millis))
    expect(lateness.wakeUps).toEqual({ late: 3, longest: fromMillis(80) })
    expect(lines).toEqual([])
  })

  test('beyond min_auto_priority_delay are told', () => {
    const { lateness, lines, asked } = late(0)
    lateness.woke(fromSeconds(1.5))
    expect(lines).toEqual(['A thread timer expired 1.500000 seconds ago'])
    expect(asked).toEqual([])
  })

  test('raise the real-time priority one by one up to max_auto_priority', () => {
    const { lateness, asked } = late(2)
    for (let n = 0; n < 5; n++) lateness.woke(fromSeconds(1))
    expect(asked).toEqual([1, 2])
  })

  test('begin at vrrp_rt_priority', () => {
    const { lateness, asked } = late(50, { from: 50 })
    lateness.woke(fromSeconds(1))
    expect(asked).toEqual([])
  })

  test('a raise that is refused is told, and tried again the next time', () => {
    const { lateness, lines, asked } = late(5, { refused: true })
    lateness.woke(fromSeconds(1))
    lateness.woke(fromSeconds(1))
    expect(asked).toEqual([1, 1])
    expect(lines).toContain('Unable to raise realtime priority to 1: errno 1')
  })
})

describe('what nobody is to hinder', () => {
  test('runs at real-time priority, and the process is an ordinary one again', () => {
    const { lateness, asked } = late(0)
    lateness.unhindered(() => asked.push(-1))
    expect(asked).toEqual([1, -1, 0])
  })

  test.each([
    { name: 'has vrrp_rt_priority', from: 50 },
    { name: 'is scheduled in another way by its administrator', policy: SCHED_BATCH },
  ])('a process that $name stays as it is', (given) => {
    const { lateness, asked } = late(0, given)
    lateness.unhindered(() => asked.push(-1))
    expect(asked).toEqual([-1])
  })

  test('a priority that was raised meanwhile stays', () => {
    const { lateness, asked } = late(5)
    lateness.unhindered(() => lateness.woke(fromSeconds(1)))
    expect(asked).toEqual([1, 1, 1])
  })

  test('without CAP_SYS_NICE it runs as well', () => {
    const { lateness, asked } = late(0, { refused: true })
    lateness.unhindered(() => asked.push(-1))
    expect(asked).toEqual([1, -1])
  })
})
