import { expect } from 'vitest'
import type { Director } from '../../lab/director.ts'
import { until } from '../../lab/observe.ts'

/** Seconds: the log takes its own way, and may be a moment behind the wire. */
const BEHIND = 5

/** How often it is in the log. */
export const said = (director: Director, what: string): number => director.log.split(what).length - 1

/** It is in the log, or soon will be. */
export async function logs(director: Director, what: string | RegExp): Promise<void> {
  const isSaid = (): boolean => (typeof what === 'string' ? director.log.includes(what) : what.test(director.log))
  await until(isSaid, BEHIND, 0.02)
  expect(director.log).toMatch(what)
}
