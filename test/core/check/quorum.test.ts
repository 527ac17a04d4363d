import { describe, expect, test } from 'vitest'
import { judgeQuorum, type QuorumState, quorumChange } from '../../../src/core/check/quorum.ts'

describe('quorum and hysteresis', () => {
  const rows: readonly [QuorumState, live: number, quorum: number, hysteresis: number, 'up' | 'down'][] = [
    ['unknown', 1, 1, 0, 'up'],
    ['unknown', 0, 1, 0, 'down'],
    ['unknown', 3, 3, 1, 'down'],
    ['down', 4, 3, 1, 'up'],
    ['down', 3, 3, 1, 'down'],
    ['up', 3, 3, 1, 'up'],
    ['up', 2, 3, 1, 'up'],
    ['up', 1, 3, 1, 'down'],
    ['up', 0, 3, 3, 'down'],
    ['up', 0, 1, 0, 'down'],
    ['unknown', 0, 0, 4_294_967_295, 'down'],
    ['down', 7, 0, 4_294_967_295, 'down'],
  ]
  test.each(rows)('%s with live weight %i, quorum %i, hysteresis %i is %s', (before, live, quorum, hysteresis, after) => {
    expect(judgeQuorum(before, live, { quorum, hysteresis })).toBe(after)
  })
})

describe('what a change of quorum is called', () => {
  const rows: readonly [QuorumState, 'up' | 'down', sorry: boolean, string | undefined][] = [
    ['unknown', 'up', false, 'quorum-gained'],
    ['down', 'up', true, 'quorum-gained'],
    ['up', 'up', true, undefined],
    ['up', 'down', false, 'quorum-lost'],
    ['unknown', 'down', false, undefined],
    ['unknown', 'down', true, 'quorum-down-at-start'],
    ['down', 'down', true, undefined],
  ]
  test.each(rows)('quorum from %s to %s, sorry_server %s: %s', (before, after, sorry, change) => {
    expect(quorumChange(before, after, sorry)).toBe(change)
  })
})
