import { describe, expect, test } from 'vitest'
import { fromMillis, type Instant, instant, later } from '../../src/base/units.ts'
import type { Clock } from '../../src/core/loop.ts'
import { createPrompter } from '../../src/process/prompter.ts'

/** A clock that stands until it is looked at, and then goes on by 10 µs; `run` jumps to each wake-up asked for. */
function rig(takeover: Instant | undefined, { late = 0 } = {}) {
  const said: string[] = []
  let time = 0
  let looks = 0
  let armed: Instant | undefined
  let wakeUp = (): void => undefined
  let due = takeover
  const clock = (wake: () => void): Clock & { close(): void } => {
    wakeUp = wake
    const now = (): Instant => {
      time += 10
      return instant(time)
    }
    const wakeAt = (at: Instant | undefined): void => {
      armed = at
    }
    return { now, wakeAt, close: () => undefined }
  }
  const prompter = createPrompter({
    takeover: () => due,
    rehearse: () => said.push(`rehearses ${Math.round((takeover ?? 0) - time)} µs before`),
    unhindered: (act) => act(),
    wake() {
      looks++
      if (due === undefined || time < due) return
      said.push(`wakes ${time - due} µs late`)
      due = undefined
    },
    clock,
  })
  const run = (): readonly string[] => {
    while (armed !== undefined) {
      time = armed + late
      armed = undefined
      wakeUp()
    }
    return said
  }
  return { prompter, run, said, set: (at: Instant | undefined) => (due = at), armed: () => armed, looks: () => looks }
}

const due = later(instant(0), fromMillis(1_000))

describe('before a takeover', () => {
  test('it is rehearsed twice, and the loop wakes at once when it is due', () => {
    const { prompter, run } = rig(due)
    prompter.expect(due)
    expect(run()).toEqual(['rehearses 13990 µs before', 'rehearses 4990 µs before', 'wakes 0 µs late'])
  })

  test('a prompter that comes late leaves out what would make the takeover late', () => {
    const { prompter, run } = rig(due, { late: 4_900 })
    prompter.expect(due)
    expect(run()).toEqual(['wakes 0 µs late'])
  })

  test('a master that was heard in the meantime has moved it: nothing is rehearsed', () => {
    const { prompter, run, set } = rig(due)
    prompter.expect(due)
    set(later(due, fromMillis(300)))
    expect(run().filter((line) => line.startsWith('rehearses'))).toHaveLength(1)
  })

  test('takeovers that follow closely are not prompted: the loop is not held for each of them', () => {
    const { prompter, run, set, said } = rig(due)
    prompter.expect(due)
    run()
    const next = later(due, fromMillis(30))
    set(next)
    prompter.expect(next)
    run()
    expect(said).toHaveLength(3)
    const much = later(due, fromMillis(300))
    set(much)
    prompter.expect(much)
    run()
    expect(said).toHaveLength(6)
  })

  test('without a backup there is nothing to expect', () => {
    const { prompter, armed } = rig(undefined)
    prompter.expect(due)
    prompter.expect(undefined)
    expect(armed()).toBeUndefined()
  })
})
