import { afterEach, expect, test } from 'vitest'
import { fromMillis, type Instant, instant } from '../../src/base/units.ts'
import { createClock, type MonotonicClock } from '../../src/drivers/clock.ts'

const open: MonotonicClock[] = []
afterEach(() => {
  for (const clock of open.splice(0)) clock.close()
})

/** A clock that gathers its wake-ups; `next` waits for one more. */
function start(): { clock: MonotonicClock; woken: Instant[]; next: () => Promise<Instant> } {
  const woken: Instant[] = []
  let heard = (): void => {}
  const clock = createClock(() => {
    woken.push(clock.now())
    heard()
  })
  open.push(clock)
  const next = (): Promise<Instant> =>
    new Promise((resolve) => {
      heard = () => resolve(woken.at(-1) ?? instant(0))
    })
  return { clock, woken, next }
}

test.each([0, 1, 77, 999, 1_001, 4_999])('wakes %i µs from now, never a microsecond early', async (delay) => {
  const { clock, next } = start()
  for (let round = 0; round < 10; round++) {
    const at = instant(clock.now() + delay)
    clock.wakeAt(at)
    expect(await next()).toBeGreaterThanOrEqual(at)
  }
})

test('with a grain it wakes at the end of the one that the instant is in, not before', async () => {
  const grain = fromMillis(20)
  const [at, woken] = await new Promise<readonly [Instant, Instant]>((resolve) => {
    const clock = createClock(() => resolve([at, clock.now()]), grain)
    open.push(clock)
    const at = instant(Math.ceil(clock.now() / grain) * grain + 1)
    clock.wakeAt(at)
  })
  expect(woken).toBeGreaterThanOrEqual(at + grain - 1)
})

test('an instant of the past wakes at once', async () => {
  const { clock, next } = start()
  clock.wakeAt(instant(1))
  await next()
})

test('only the last instant asked for counts', async () => {
  const { clock, woken, next } = start()
  const now = clock.now()
  clock.wakeAt(instant(now + 1_000))
  clock.wakeAt(instant(now + 60_000_000))
  clock.wakeAt(instant(now + 6_000))
  expect(await next()).toBeGreaterThanOrEqual(now + 6_000)
  expect(woken).toHaveLength(1)
})

test('undefined calls the wake-up off, even after the timer fired unread', async () => {
  const { clock, woken } = start()
  const other = start()
  clock.wakeAt(instant(clock.now() + 500))
  const busyUntil = clock.now() + 2_000
  while (clock.now() < busyUntil);
  clock.wakeAt(undefined)
  other.clock.wakeAt(instant(other.clock.now() + 3_000))
  await other.next()
  expect(woken).toEqual([])
})

test('a wake-up can be called off by what runs in the same turn, when both are due', async () => {
  let woken = 0
  // Which of two the kernel names first is its own affair; that one calls the other off.
  const clocks: MonotonicClock[] = [0, 1].map((i) =>
    createClock(() => {
      woken++
      clocks[1 - i]?.wakeAt(undefined)
    }),
  )
  open.push(...clocks)
  const busyUntil = (clocks[0]?.now() ?? 0) + 2_000
  for (const clock of clocks) clock.wakeAt(instant(clock.now() + 200))
  while ((clocks[0]?.now() ?? 0) < busyUntil);
  const third = start()
  third.clock.wakeAt(instant(third.clock.now() + 2_000))
  await third.next()
  expect(woken).toBe(1)
})

test('the same instant can be asked for again after it woke', async () => {
  const { clock, woken, next } = start()
  const at = clock.now()
  clock.wakeAt(at)
  await next()
  clock.wakeAt(at)
  await next()
  expect(woken).toHaveLength(2)
})

test('asking for the same instant twice is one wake-up', async () => {
  const { clock, woken, next } = start()
  const other = start()
  const at = instant(clock.now() + 500)
  clock.wakeAt(at)
  clock.wakeAt(at)
  await next()
  other.clock.wakeAt(instant(other.clock.now() + 2_000))
  await other.next()
  expect(woken).toHaveLength(1)
})

test('now is whole microseconds and does not go back', () => {
  const { clock } = start()
  let last = clock.now()
  for (let i = 0; i < 1_000; i++) {
    const now = clock.now()
    expect(Number.isInteger(now)).toBe(true)
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
})
