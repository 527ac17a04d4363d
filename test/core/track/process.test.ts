import { describe, expect, test } from 'vitest'
import { fromSeconds, type Instant, instant, later } from '../../../src/base/units.ts'
import type { TrackProcess } from '../../../src/core/track/config.ts'
import { createProcess, type ProcessState, processCounted, processDue, reconfigureProcess } from '../../../src/core/track/process.ts'

const process = (differing: Partial<TrackProcess> = {}): TrackProcess => ({
  name: 'tp',
  match: { kind: 'name', name: 'haproxy' },
  quorum: 1,
  quorumMax: undefined,
  forkDelay: fromSeconds(0),
  terminateDelay: fromSeconds(0),
  weight: 0,
  reverse: false,
  ...differing,
})
const at = (seconds: number): Instant => later(instant(0), fromSeconds(seconds))
/** Counts, one a second. */
const counted = (config: TrackProcess, ...counts: readonly number[]): ProcessState =>
  counts.reduce((state, count, second) => processCounted(processDue(state, at(second)), count, at(second)), createProcess(config))

describe('vrrp_track_process', () => {
  test.each([
    { name: 'without a count it is not known', counts: [], condition: 'unknown' },
    { name: 'quorum 1: one is enough', counts: [1], condition: 'up' },
    { name: 'none is too few', counts: [1, 0], condition: 'down' },
    { name: 'quorum 3: two are too few', config: { quorum: 3 }, counts: [2], condition: 'down' },
    { name: 'quorum_max 2: two are well', config: { quorumMax: 2 }, counts: [2], condition: 'up' },
    { name: 'quorum_max 2: three are too many', config: { quorumMax: 2 }, counts: [2, 3], condition: 'down' },
    { name: 'quorum_max 0: none may run', config: { quorum: 0, quorumMax: 0 }, counts: [0], condition: 'up' },
    { name: 'quorum_max 0: one is too many', config: { quorum: 0, quorumMax: 0 }, counts: [0, 1], condition: 'down' },
    { name: 'the first count does not wait for fork_delay', config: { forkDelay: fromSeconds(9) }, counts: [1], condition: 'up' },
    { name: 'nor for terminate_delay', config: { terminateDelay: fromSeconds(9) }, counts: [0], condition: 'down' },
    { name: 'fork_delay holds back a rise', config: { forkDelay: fromSeconds(2) }, counts: [0, 1, 1], condition: 'down' },
    { name: 'and ends', config: { forkDelay: fromSeconds(2) }, counts: [0, 1, 1, 1], condition: 'up' },
    { name: 'fork_delay does not hold back a fall', config: { forkDelay: fromSeconds(2) }, counts: [1, 0], condition: 'down' },
    { name: 'terminate_delay holds back a fall', config: { terminateDelay: fromSeconds(2) }, counts: [1, 0, 0], condition: 'up' },
    { name: 'and ends ', config: { terminateDelay: fromSeconds(2) }, counts: [1, 0, 0, 0], condition: 'down' },
    { name: 'who is back in time was never gone', config: { terminateDelay: fromSeconds(2) }, counts: [1, 0, 1, 1, 1], condition: 'up' },
    { name: 'more of the same do not prolong the delay', config: { forkDelay: fromSeconds(2) }, counts: [0, 1, 2, 3], condition: 'up' },
  ])('$name', ({ config = {}, counts, condition }) => {
    expect(counted(process(config), ...counts).condition).toBe(condition)
  })

  test('a reload keeps the count and asks the new quorum; another program is not known', () => {
    const state = counted(process(), 2)
    expect(reconfigureProcess(state, process({ quorum: 3 }))).toMatchObject({ running: 2, condition: 'down' })
    expect(reconfigureProcess(state, process({ match: { kind: 'name', name: 'other' } }))).toMatchObject({ condition: 'unknown' })
  })
})
