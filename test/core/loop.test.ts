import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '../../src/base/units.ts'
import { createLoop } from '../../src/core/loop.ts'
import type { Machine } from '../../src/core/machine.ts'

type Event = { readonly kind: 'tick' } | { readonly kind: 'say'; readonly word: string }

/** Remembers what it was told and repeats each word; its deadline is whatever it was told last as a number. */
const parrot: Machine<readonly string[], Event, string> = {
  initial: [],
  step: (state, event) => {
    const word = event.kind === 'tick' ? 'tick' : event.word
    if (word === 'bad') throw new Error('a mistake of ours')
    return { state: [...state, word], effects: [word, `${word}!`] }
  },
  deadline: (state) => {
    const last = state.findLast((word) => /^\d+$/.test(word))
    return last === undefined || state.at(-1) === 'tick' ? undefined : instant(Number(last))
  },
}

function bench(
  options: {
    readonly perform?: (word: string, say: (word: string) => void) => void
    readonly drain?: (say: (word: string) => void) => void
  } = {},
) {
  const log: string[] = []
  const wakes: (Instant | undefined)[] = []
  const clock = { time: 0 }
  const loop = createLoop<readonly string[], Event, string>({
    machine: parrot,
    clock: { now: () => instant(clock.time), wakeAt: (at) => wakes.push(at) },
    sources: [{ drain: () => options.drain?.((word) => loop.dispatch({ kind: 'say', word })) }],
    perform: (effect) => {
      log.push(effect)
      options.perform?.(effect, (word) => loop.dispatch({ kind: 'say', word }))
    },
    stepped: (state) => log.push(`after ${state.at(-1)}`),
    woken: (late) => late > 0 && log.push(`${late} late`),
  })
  return { loop, log, wakes, clock, say: (word: string) => loop.dispatch({ kind: 'say', word }) }
}

describe('dispatch', () => {
  test('performs the effects in order, then shows the state', () => {
    const { log, say } = bench()
    say('hello')
    expect(log).toEqual(['hello', 'hello!', 'after hello'])
  })

  test('an event that comes while an effect is performed waits for the end of the step', () => {
    const { log, say } = bench({ perform: (word, say) => word === 'one' && say('two') })
    say('one')
    expect(log).toEqual(['one', 'one!', 'after one', 'two', 'two!', 'after two'])
  })

  test('events that come together keep their order', () => {
    const { log, say } = bench({
      perform: (word, say) => {
        if (word === 'one') {
          say('two')
          say('three')
        }
        if (word === 'two') say('four')
      },
    })
    say('one')
    expect(log.filter((word) => word.startsWith('after'))).toEqual(['after one', 'after two', 'after three', 'after four'])
  })

  test('an exception passes through, and no further step is taken on a half-performed one', () => {
    const { loop, log, say } = bench()
    expect(() => say('bad')).toThrow('a mistake of ours')
    say('hello')
    expect(log).toEqual([])
    expect(loop.state()).toEqual([])
  })

  test('F50 a halted loop takes no step, neither for an event nor for a deadline', () => {
    const { loop, log, clock, say } = bench({ drain: (say) => say('datagram') })
    say('100')
    log.length = 0
    loop.halt()
    say('hello')
    clock.time = 500
    loop.wake()
    expect(loop.state()).toEqual(['100'])
    expect(log).toEqual([])
  })
})

describe('the wake-up', () => {
  test('is asked for once all events are done, for the nearest deadline', () => {
    const { wakes, say } = bench({ perform: (word, say) => word === '100' && say('50') })
    say('100')
    expect(wakes).toEqual([50])
  })

  test('is not asked for again while the deadline stays', () => {
    const { wakes, say } = bench()
    say('100')
    say('hello')
    expect(wakes).toEqual([100])
  })

  test('is taken back when there is no deadline any more', () => {
    const { wakes, say } = bench()
    say('100')
    say('tick')
    expect(wakes).toEqual([100, undefined])
  })

  test('F03 reads all sources before it ticks, so that what came in time is seen in time', () => {
    const { loop, clock, say } = bench({ drain: (say) => say('datagram') })
    say('100')
    clock.time = 500
    loop.wake()
    expect(loop.state()).toEqual(['100', 'datagram', 'tick'])
  })

  test('does not tick if what it read moved the deadline', () => {
    const { loop, clock, say, wakes } = bench({ drain: (say) => say('900') })
    say('100')
    clock.time = 500
    loop.wake()
    expect(loop.state()).toEqual(['100', '900'])
    expect(wakes).toEqual([100, 900])
  })

  test('is armed anew after one that came too early, though the deadline is the same', () => {
    const { loop, clock, say, wakes } = bench()
    say('100')
    clock.time = 99
    loop.wake()
    expect(loop.state()).toEqual(['100'])
    expect(wakes).toEqual([100, 100])
  })
})

test('a wake-up says how late it is, one that nobody asked for or that is early does not', () => {
  const { loop, log, clock, say } = bench()
  say('50')
  clock.time = 49
  loop.wake()
  clock.time = 70
  loop.wake()
  clock.time = 90
  loop.wake()
  expect(log.filter((line) => line.endsWith('late'))).toEqual(['20 late'])
})
