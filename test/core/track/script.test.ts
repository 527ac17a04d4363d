import { describe, expect, test } from 'vitest'
import { fromSeconds, instant } from '../../../src/base/units.ts'
import type { ScriptEnd } from '../../../src/core/script-config.ts'
import type { TrackScript } from '../../../src/core/track/config.ts'
import { createScript, reconfigureScript, type ScriptState, scriptDue, scriptEnded } from '../../../src/core/track/script.ts'

const script = (more: Partial<TrackScript> = {}): TrackScript => ({
  name: 'chk',
  run: { kind: 'command', command: { argv: ['/bin/true'], runAs: undefined } },
  interval: fromSeconds(1),
  timeout: fromSeconds(1),
  rise: 1,
  fall: 1,
  ...more,
})
const at = (seconds: number): ReturnType<typeof instant> => instant(seconds * 1e6)
const good: ScriptEnd = { kind: 'exited', code: 0 }
const bad: ScriptEnd = { kind: 'exited', code: 1 }
const after = (state: ScriptState, ends: readonly ScriptEnd[]): readonly string[] => {
  let now = state
  return ends.map((end) => {
    now = scriptEnded(now, end)
    return now.condition
  })
}

describe('what a result of vrrp_script is worth', () => {
  test.each<readonly [string, Partial<TrackScript>, readonly ScriptEnd[], readonly string[]]>([
    ['the first result decides alone, good', { rise: 3, fall: 3 }, [good], ['up']],
    ['the first result decides alone, bad', { rise: 3, fall: 3 }, [bad], ['down']],
    ['rise 2: two successes in a row', { rise: 2 }, [bad, good, good], ['down', 'down', 'up']],
    ['rise 2: a failure between starts the count anew', { rise: 2 }, [bad, good, bad, good, good], ['down', 'down', 'down', 'down', 'up']],
    ['fall 2: two failures in a row', { fall: 2 }, [good, bad, bad], ['up', 'up', 'down']],
    ['fall 2: a success between starts the count anew', { fall: 2 }, [good, bad, good, bad], ['up', 'up', 'up', 'up']],
    ['a signal is a failure', {}, [good, { kind: 'signalled', signal: 9 }], ['up', 'down']],
    ['a timeout is a failure', {}, [good, { kind: 'timed-out' }], ['up', 'down']],
    ['a program that is not there is a failure', {}, [good, { kind: 'not-run', ours: false, detail: 'ENOENT' }], ['up', 'down']],
    ['no room for a process says nothing', {}, [good, { kind: 'not-run', ours: true, detail: 'EAGAIN' }], ['up', 'up']],
    ['nor does being cancelled', {}, [{ kind: 'cancelled' }], ['unknown']],
  ])('%s', (_name, config, ends, expected) => {
    expect(after(createScript(script(config), at(0)), ends)).toEqual(expected)
  })
})

describe('when vrrp_script runs', () => {
  test('at once, and then each interval, counted from when it was due', () => {
    const first = scriptDue(createScript(script(), at(5)), 1, at(5.25))
    expect(first).toMatchObject({ starts: true, state: { run: 1, nextRunAt: at(6) } })
  })

  test('one that runs longer than the interval costs the next turn', () => {
    const { state } = scriptDue(createScript(script(), at(0)), 1, at(0))
    const second = scriptDue(state, 2, at(1))
    expect(second).toMatchObject({ starts: false, state: { run: 1, nextRunAt: at(2) } })
    expect(scriptDue(scriptEnded(second.state, good), 3, at(2)).starts).toBe(true)
  })

  test('after a stall there is one run, not one for each interval', () => {
    const { state } = scriptDue(createScript(script(), at(0)), 1, at(60))
    expect(state.nextRunAt).toBe(at(61))
  })
})

describe('vrrp_script over a reload', () => {
  const known = scriptEnded(createScript(script({ fall: 3 }), at(0)), good)

  test('its result counts on, with the new rise and fall', () => {
    const next = reconfigureScript(scriptEnded(known, bad), script({ fall: 1 }), at(1))
    expect(next).toMatchObject({ condition: 'up', contrary: 0 })
    expect(scriptEnded(next, bad).condition).toBe('down')
  })

  test('another command or user is another script', () => {
    const run = { kind: 'command', command: { argv: ['/bin/true'], runAs: { user: 'nobody', group: undefined } } } as const
    expect(reconfigureScript(known, script({ run }), at(1)).condition).toBe('unknown')
  })

  test('a shorter interval does not wait for the longer one', () => {
    const slow = scriptDue(createScript(script({ interval: fromSeconds(3600) }), at(0)), 1, at(0)).state
    expect(reconfigureScript(slow, script(), at(10)).nextRunAt).toBe(at(11))
  })
})
